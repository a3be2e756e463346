"""Taking a structure apart into modules: parts whose leaves occur nowhere else, each to be evaluated alone.

The rewrites are exact for every assumption, since each is an identity of the structure function phi:

    a leaf that is always up or always down     is propagated as a constant
    a leaf whose outage alone takes phi down    phi = leaf and (phi with the leaf up)
    a leaf that alone keeps phi up              phi = leaf or (phi with the leaf down)
    a module                                    becomes one leaf of what is around it

Modules are found in linear time by the dates of a depth-first walk (Dutuit and Rauzy 1996).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_

from slactl.assurance.structure import Gate, Structure
from slactl.base.quick_dataclass import dataclass

INNER = "\0"
"""Ends the name of what is left of a module after its single leaves are taken out; no document holds it."""


@dataclass(frozen=True, slots=True)
class Module:
    """A part of a structure; names that are not in its gates are leaves, or modules before it."""

    top: str
    gates: Mapping[str, Gate]
    given: frozenset[str] = frozenset()
    """Decisive leaves that count as up here: what is around the module accounts for the time when they are down."""

    @property
    def plain(self) -> bool:
        """Whether it is one gate over different parts, so that its closed form is exact."""
        parts = self.gates[self.top].of
        return len(self.gates) == 1 and len(set(parts)) == len(parts)

    @property
    def structure(self) -> Structure:
        """Its gates as a structure."""
        return Structure(self.gates)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Modules, each after those that it contains; `root` is the last one, a leaf, or a constant (True: always up)."""

    root: str | bool
    modules: tuple[Module, ...]


def decompose(structure: Structure, top: str, fixed: Mapping[str, bool]) -> Decomposition:
    """Take the structure below `top` apart, with the `fixed` leaves always up (True) or always down (False)."""
    root, gates = simplified(structure.gates, top, fixed, order=structure.order(top))
    if isinstance(root, str) and _is_tree(gates, root):
        return Decomposition(root, tuple(Module(name, {name: gate}) for name, gate in gates.items()))
    found: dict[str, Module] = {}
    pending = [_Rest(root, gates, frozenset())] if isinstance(root, str) and root in gates else []
    while pending:
        for module in _split(pending.pop()):
            outer, rest = (module, None) if module.plain else _without_single_leaves(module)
            found[module.top] = outer
            if rest is not None:
                pending.append(rest)
    if not isinstance(root, str):
        return Decomposition(root, ())
    together = Structure({name: gate for module in found.values() for name, gate in module.gates.items()})
    return Decomposition(root, tuple(found[name] for name in together.order(root) if name in found))


def _is_tree(gates: Mapping[str, Gate], root: str) -> bool:
    """Whether every gate but the root, and every leaf, is a part of one gate, once."""
    parts = [part for gate in gates.values() for part in gate.of]
    different = set(parts)
    return len(parts) == len(different) and gates.keys() - different == {root}


def simplified(
    gates: Mapping[str, Gate],
    top: str,
    fixed: Mapping[str, bool],
    here: Mapping[str, Mapping[str, bool]] | None = None,
    order: Sequence[str] | None = None,
) -> tuple[str | bool, dict[str, Gate]]:
    """What `top` becomes, and the gates that are left below it, with constants (True: always up) propagated.

    Args:
        gates: by name.
        top: a gate, or a leaf.
        fixed: leaves that are constant wherever they occur.
        here: for some gates, the parts of it that count as constant there alone.
        order: the names below `top`, parts first, if they are known.
    """
    within = here or {}
    meaning: dict[str, str | bool] = dict(fixed)
    kept: dict[str, Gate] = {}
    for name in order or Structure(gates).order(top):
        gate = gates.get(name)
        if gate is None:
            meaning.setdefault(name, name)
            continue
        constants = within.get(name, {})
        parts = [constants.get(part, meaning[part]) for part in gate.of]
        open_parts = [part for part in parts if isinstance(part, str)]
        needed = gate.at_least - sum(part is True for part in parts)
        meaning[name] = _meaning(name, needed, open_parts, kept)
    return meaning[top], kept


def _meaning(name: str, needed: int, parts: list[str], kept: dict[str, Gate]) -> str | bool:
    if needed <= 0:
        return True
    if needed > len(parts):
        return False
    if needed in (1, len(parts)):
        different = list(dict.fromkeys(parts))
        needed = 1 if needed == 1 else len(different)
        parts = different
    if len(parts) == 1:
        return parts[0]
    kept[name] = Gate(needed, tuple(parts))
    return name


@dataclass(frozen=True, slots=True)
class _Rest:
    top: str
    gates: Mapping[str, Gate]
    given: frozenset[str]


def _split(rest: _Rest) -> list[Module]:
    """Every module of what is left, with those inside it as leaves."""
    tops = module_tops(rest.gates, rest.top)
    return [Module(name, inside(rest.gates, name, tops), rest.given) for name in tops]


def inside(gates: Mapping[str, Gate], top: str, tops: frozenset[str]) -> dict[str, Gate]:
    """The gates of one module, without those of modules inside it."""
    found = {top: gates[top]}
    stack = list(gates[top].of)
    while stack:
        name = stack.pop()
        if name in gates and name not in tops and name not in found:
            found[name] = gates[name]
            stack.extend(gates[name].of)
    return found


def module_tops(gates: Mapping[str, Gate], top: str) -> frozenset[str]:
    """The gates whose leaves occur nowhere else."""
    entered, left, last = _dates(gates, top)
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    tops = set()
    for name in left:
        if name in gates:
            parts = gates[name].of
            low[name] = min(min(entered[part], low.get(part, entered[part])) for part in parts)
            high[name] = max(max(last[part], high.get(part, 0)) for part in parts)
            if low[name] > entered[name] and high[name] < left[name]:
                tops.add(name)
    return frozenset(tops)


def _dates(gates: Mapping[str, Gate], top: str) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """When a walk first enters, first leaves and last sees each name; a gate's parts are walked once."""
    entered: dict[str, int] = {}
    left: dict[str, int] = {}
    last: dict[str, int] = {}
    stack, clock = [top], 0
    while stack:
        name = stack[-1]
        clock += 1
        if name in gates and name not in entered:
            entered[name] = clock
            stack.extend(reversed(gates[name].of))
            continue
        entered.setdefault(name, clock)
        left.setdefault(name, clock)
        last[name] = clock
        stack.pop()
    return entered, left, last


def _without_single_leaves(module: Module) -> tuple[Module, _Rest | None]:
    """The module as its decisive leaves around a rest, and the rest; or the module itself where it has none."""
    cuts, paths = _decisive(module)
    singles = cuts or paths
    if not singles:
        return module, None
    root, gates = simplified(module.gates, module.top, dict.fromkeys(singles, bool(cuts)))
    rest: _Rest | None = None
    parts = singles
    if isinstance(root, str):
        if root in gates:
            gates[module.top + INNER] = gates.pop(root)
            root = module.top + INNER
            rest = _Rest(root, gates, module.given | frozenset(cuts))
        parts = [*singles, root]
    outer = Gate.all_of(parts) if cuts else Gate.any_of(parts)
    return Module(module.top, {module.top: outer}, module.given), rest


def _decisive(module: Module) -> tuple[list[str], list[str]]:
    """The leaves that alone take the module down, and those that alone keep it up."""
    order = module.structure.order(module.top)
    leaves = [name for name in order if name not in module.gates]
    down = {name: 1 << index for index, name in enumerate(leaves)}
    up = dict(down)
    for name in order:
        gate = module.gates.get(name)
        if gate is not None:
            down[name] = in_at_least(gate.down_at, [down[part] for part in gate.of])
            up[name] = in_at_least(gate.at_least, [up[part] for part in gate.of])
    return _members(leaves, down[module.top]), _members(leaves, up[module.top])


def in_at_least(count: int, sets: Sequence[int]) -> int:
    """The bits that are set in at least `count` of the sets."""
    if count == len(sets):
        return reduce(and_, sets)
    if count == 1:
        return reduce(or_, sets)
    tail = [-1] + [0] * count
    for one in sets:
        for index in range(count, 0, -1):
            tail[index] |= tail[index - 1] & one
    return tail[count]


def _members(leaves: Iterable[str], bits: int) -> list[str]:
    return [name for index, name in enumerate(leaves) if bits >> index & 1]
