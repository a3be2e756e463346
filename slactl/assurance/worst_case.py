"""The worst that can happen while every promise below is kept, with no assumption on joint behaviour.

Every instant of downtime can be charged to a cut, so the worst downtime is what the cuts can be packed with
(Hailperin's linear programme, 1965). The closed forms solve it exactly where each leaf occurs once. Where leaves
are shared, modules and decisive leaves are taken out exactly, and what is left is enclosed: from above by the
rules bottom-up or the cheapest path, whichever is less at each gate; from below by an outage timetable.
"""

from collections.abc import Mapping
from fractions import Fraction

from slactl.assurance.closed_forms import Bound, worst_gate, worst_weights
from slactl.assurance.modules import Decomposition, Module, decompose
from slactl.assurance.paths import cheapest_paths
from slactl.assurance.structure import Structure
from slactl.assurance.timetable import packed_downtime

_ZERO, _ONE = Fraction(0), Fraction(1)


def worst_case(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> Bound:
    """The share of the window for which `top` can be down while no leaf is down for more than its `downtime`.

    Exact (lower = upper) where what is below is read-once, or becomes so when decisive leaves are taken out.
    """
    if structure.read_once(top):
        value = _bottom_up(structure, structure.order(top), downtime)[top]
        return Bound(value, value)
    taken_apart = _taken_apart(structure, top, downtime)
    if not isinstance(taken_apart.root, str):
        return _constant(taken_apart.root)
    lower, upper = dict(downtime), dict(downtime)
    for module in taken_apart.modules:
        upper[module.top], _ = _bounding_sum(module, upper)
        if module.plain:
            lower[module.top] = worst_gate(module.gates[module.top], _of(module, lower))
        else:
            lower[module.top] = packed_downtime(module.structure, module.top, lower, enough=upper[module.top])
    return Bound(lower[taken_apart.root], upper[taken_apart.root])


def worst_case_all(structure: Structure, downtime: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """A sound upper bound of every name's downtime at once, in one linear pass that ignores what is shared.

    Exact for the names of `Structure.read_once_everywhere`; for the others at worst too strict, never unsafe.
    """
    return _bottom_up(structure, structure.order(), downtime)


def weakest(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> list[tuple[str, Fraction]]:
    """The leaves of the sum that bounds the worst case and what each adds to it, most first.

    The parts add up to the upper bound of `worst_case`; leaves that add nothing are left out.
    """
    taken_apart = _taken_apart(structure, top, downtime)
    if not isinstance(taken_apart.root, str):
        always_down = [name for name in structure.leaves(top) if downtime[name] >= 1]
        return [] if taken_apart.root else [(name, _ONE / len(always_down)) for name in always_down]
    upper = dict(downtime)
    sums: dict[str, dict[str, Fraction]] = {}
    for module in taken_apart.modules:
        upper[module.top], sums[module.top] = _bounding_sum(module, upper)
    weight = {taken_apart.root: _ONE}
    for module in reversed(taken_apart.modules):
        outer = weight.pop(module.top, _ZERO)
        for name, inner in sums[module.top].items():
            weight[name] = weight.get(name, _ZERO) + outer * inner
    parts = [(name, share * upper[name]) for name, share in weight.items() if share * upper[name]]
    return sorted(parts, key=lambda part: (-part[1], part[0]))


def _taken_apart(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> Decomposition:
    fixed = {name: downtime[name] <= 0 for name in structure.leaves(top) if not 0 < downtime[name] < 1}
    return decompose(structure, top, fixed)


def _constant(up: bool) -> Bound:
    return Bound(_ZERO, _ZERO) if up else Bound(_ONE, _ONE)


def _of(module: Module, values: Mapping[str, Fraction]) -> list[Fraction]:
    return [values[part] for part in module.gates[module.top].of]


def _bottom_up(
    structure: Structure, order: list[str], downtime: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    values: dict[str, Fraction] = {}
    for name in order:
        gate = structure.gates.get(name)
        if gate is None:
            values[name] = min(_ONE, downtime[name])
        else:
            values[name] = worst_gate(gate, [values[part] for part in gate.of])
    return values


def _bounding_sum(module: Module, downtime: Mapping[str, Fraction]) -> tuple[Fraction, dict[str, Fraction]]:
    """The module's upper bound, and the weight of each of its leaves in it."""
    if module.plain:
        only = module.gates[module.top]
        weights = worst_weights(only, _of(module, downtime))
        return worst_gate(only, _of(module, downtime)), dict(zip(only.of, weights, strict=True))
    order = module.structure.order(module.top)
    paths = cheapest_paths(module.structure, order, downtime)
    values: dict[str, Fraction] = {}
    by_path: set[str] = set()
    for name in order:
        gate = module.gates.get(name)
        if gate is None:
            values[name] = downtime[name]
            continue
        values[name] = worst_gate(gate, [values[part] for part in gate.of])
        if name in paths and paths[name][1] < values[name]:
            values[name] = paths[name][1]
            by_path.add(name)
    weight = dict.fromkeys(order, _ZERO) | {module.top: _ONE}
    for name in reversed(order):
        if weight[name] and name in module.gates:
            for part, share in _shares(module, name, values, paths[name][0] if name in by_path else None):
                weight[part] += weight[name] * share
    return values[module.top], {name: weight[name] for name in order if name not in module.gates}


def _shares(
    module: Module, name: str, values: Mapping[str, Fraction], path: frozenset[str] | None
) -> list[tuple[str, Fraction]]:
    if path is not None:
        return [(leaf, _ONE) for leaf in path]
    gate = module.gates[name]
    return list(zip(gate.of, worst_weights(gate, [values[part] for part in gate.of]), strict=True))
