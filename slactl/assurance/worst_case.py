"""The worst that can happen while every promise below is kept, with no assumption on joint behaviour.

Every instant of downtime can be charged to a cut, so the worst downtime is what the cuts can be packed with
(Hailperin's linear programme, 1965). The closed forms solve it exactly where each leaf occurs once. Where leaves
are shared, modules and decisive leaves are taken out exactly, and the programme is solved for what is left, over the
paths of its diagram. Where no diagram fits, the rest is enclosed: from above by the rules bottom-up or the cheapest
path, whichever is less at each gate; from below by an outage timetable.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from slactl.assurance.bdd import TooLargeError
from slactl.assurance.closed_forms import Bound, worst_gate, worst_weights
from slactl.assurance.cuts import CutDiagram
from slactl.assurance.joint import Clause, Entangled, entangled
from slactl.assurance.modules import INNER, Module, decompose
from slactl.assurance.packing import packed
from slactl.assurance.paths import Path, cheapest_paths, path_used_up
from slactl.assurance.schedule import Slot, cut_to, gate_timetable, joined
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.timetable import packed_timetable
from slactl.base.quick_dataclass import dataclass, field, replace

NODE_LIMIT = 60_000
_ZERO, _ONE = Fraction(0), Fraction(1)
_MOST_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One inequality of a proof: whenever `node` is down, the weights of those that are down add up to at least 1."""

    node: str
    weights: Mapping[str, Fraction]
    given: frozenset[str] = frozenset()
    """Leaves that count as up; the inequality holds while they are."""


class _Solved(Protocol):
    """A module's bounds, with the reasons for them."""

    @property
    def lower(self) -> Fraction:
        """The share of the window that the timetable attains."""

    @property
    def upper(self) -> Fraction:
        """The share of the window that the weights prove."""

    @property
    def weights(self) -> Mapping[str, Fraction]:
        """The upper bound is the sum of these times the upper bounds of the items, or 1 where that is less."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """What proves the weights, parts before wholes; the last step is the module's own."""

    @property
    def timetable(self) -> tuple[Slot, ...]:
        """Over the module's items; it attains the lower bound."""


@dataclass(frozen=True, slots=True)
class _Programmed:
    """A module that a programme was solved for, or that was enclosed."""

    lower: Fraction
    upper: Fraction
    weights: Mapping[str, Fraction]
    steps: tuple[Step, ...]
    timetable: tuple[Slot, ...]


@dataclass(frozen=True)
class _Plain:
    """A module with a closed form; its reasons are worked out when somebody asks, since most are never asked for."""

    module: Module
    lower: Fraction
    upper: Fraction
    lowers: Mapping[str, Fraction]
    uppers: Mapping[str, Fraction]

    @property
    def _gate(self) -> Gate:
        return self.module.gates[self.module.top]

    @cached_property
    def weights(self) -> Mapping[str, Fraction]:
        """Those of Rueger's sum."""
        return _merged(
            self._gate.of, worst_weights(self._gate, [self.uppers[part] for part in self._gate.of])
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """One."""
        return (Step(self.module.top, self.weights, self.module.given),)

    @cached_property
    def timetable(self) -> tuple[Slot, ...]:
        """Attains Rueger's sum."""
        return gate_timetable(self._gate, self.lowers, self.lower)


@dataclass(frozen=True)
class WorstCase:
    """The worst case of one structure, with its proof and its timetable."""

    top: str
    downtime: Mapping[str, Fraction]
    """The budget of each leaf and of each clause, as shares of the window."""
    root: str | bool
    """What the top comes down to: a module, a leaf, or a constant (True: always up)."""
    solved: Mapping[str, _Solved] = field(default_factory=dict)
    """Modules, each after those that it contains."""
    clauses: tuple[Clause, ...] = ()
    """The clauses that bear on the top, of the parts that are below it."""

    @cached_property
    def bound(self) -> Bound:
        """The share of the window for which the top can be down; exact where lower and upper are equal."""
        if not isinstance(self.root, str):
            share = _ZERO if self.root else _ONE
            return Bound(share, share)
        if self.root not in self.solved:
            share = min(_ONE, self.downtime[self.root])
            return Bound(share, share)
        return Bound(self.solved[self.root].lower, self.solved[self.root].upper)

    @property
    def last(self) -> str | None:
        """The node of the last step of the proof, or the leaf that the top comes down to; None for a constant."""
        if not isinstance(self.root, str):
            return None
        return self.solved[self.root].steps[-1].node if self.root in self.solved else self.root

    @cached_property
    def weights(self) -> dict[str, Fraction]:
        """The weight of each leaf and clause: the worst case is at most the sum of these times their budgets."""
        if not isinstance(self.root, str):
            return {}
        weight = {self.root: _ONE}
        for name in reversed(tuple(self.solved)):
            outer = weight.pop(name, _ZERO)
            for item, inner in self.solved[name].weights.items():
                if outer * inner:
                    weight[item] = weight.get(item, _ZERO) + outer * inner
        return weight

    @cached_property
    def links(self) -> list[tuple[str, Fraction]]:
        """The leaves and clauses of the bound and what each adds to it, most first; together they are the bound."""
        if not isinstance(self.root, str):
            always = self._always_down
            return [] if self.root else [(name, Fraction(1, len(always))) for name in sorted(always)]
        upper = dict(self.downtime) | {name: one.upper for name, one in self.solved.items()}
        part = {self.root: self.bound.upper}
        for name in reversed(tuple(self.solved)):
            outer = part.pop(name, _ZERO)
            inner = {item: weight * upper[item] for item, weight in self.solved[name].weights.items()}
            whole = sum(inner.values(), _ZERO)
            for item, share in inner.items():
                if outer and share:
                    part[item] = part.get(item, _ZERO) + outer * share / whole
        return sorted(
            ((name, share) for name, share in part.items() if share), key=lambda one: (-one[1], one[0])
        )

    @property
    def _always_down(self) -> frozenset[str]:
        return frozenset(name for name, share in self.downtime.items() if share >= 1)

    @property
    def steps(self) -> list[Step]:
        """The proof, parts before wholes; names that no step is about are leaves and clauses."""
        return [step for one in self.solved.values() for step in one.steps]

    @cached_property
    def timetable(self) -> tuple[Slot, ...] | None:
        """Outages that keep every budget and take the top down for `bound.lower`; None where there are too many."""
        always = self._always_down if not self.clauses else frozenset()
        if not isinstance(self.root, str):
            return () if self.root else (Slot(always, _ONE),)
        if self.root not in self.solved:
            return (Slot(always | {self.root}, self.bound.lower),) if self.bound.lower else ()
        inner = {name: one.timetable for name, one in self.solved.items()}
        slots = joined(inner.pop(self.root), inner, _MOST_ENTRIES)
        if slots is None:
            return None
        clauses = {clause.name for clause in self.clauses}
        return tuple(Slot((slot.down | always) - clauses, slot.share) for slot in slots)


def worst_case(
    structure: Structure,
    top: str,
    downtime: Mapping[str, Fraction],
    clauses: Sequence[Clause] = (),
    *,
    node_limit: int = NODE_LIMIT,
) -> WorstCase:
    """The share of the window for which `top` can be down while no leaf is down for more than its `downtime`.

    Args:
        structure: gates over leaves, which may be shared.
        top: the gate or leaf that is asked about.
        downtime: for each leaf below `top` the share of the window for which it may be down.
        clauses: promises on being down together, kept as well.
        node_limit: of the diagram of what cannot be taken apart; beyond it the answer is an interval.
    """
    budgets = {name: downtime[name] for name in structure.leaves(top)}
    fixed = {name: share <= 0 for name, share in budgets.items() if not 0 < share < 1}
    perfect = {
        name: True for name, up in fixed.items() if up
    }  # what may always be down need not be, under a clause
    core = entangled(structure, top, perfect, clauses)
    taken_apart = core.decomposition if core is not None else decompose(structure, top, fixed)
    solved: dict[str, _Solved] = {}
    if isinstance(taken_apart.root, str):
        if core is not None:
            budgets |= {clause.name: clause.downtime for clause in core.clauses}
        lower, upper = dict(budgets), dict(budgets)
        for module in taken_apart.modules:
            one: _Solved
            if core is not None and module.top == taken_apart.root:
                one = _entangled(top, core, lower, upper, node_limit)
            else:
                one = _solved(module, lower, upper, node_limit)
            lower[module.top], upper[module.top] = one.lower, one.upper
            solved[module.top] = one
    kept = core.clauses if core is not None else ()
    return WorstCase(top, budgets, taken_apart.root, solved, kept)


def worst_case_all(structure: Structure, downtime: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """A sound upper bound of every name's downtime at once, in one linear pass that ignores what is shared.

    Exact for the names of `Structure.read_once_everywhere`; for the others at worst too strict, never unsafe.
    """
    values: dict[str, Fraction] = {}
    for name in structure.order():
        gate = structure.gates.get(name)
        if gate is None:
            values[name] = min(_ONE, downtime[name])
        else:
            values[name] = worst_gate(gate, [values[part] for part in gate.of])
    return values


def _solved(
    module: Module, lower: Mapping[str, Fraction], upper: Mapping[str, Fraction], node_limit: int
) -> _Solved:
    if module.plain:
        return _plain(module, lower, upper)
    enclosed = _enclosed(module, lower, upper)
    if enclosed.lower == enclosed.upper:  # so it is mostly, where few leaves are shared
        return enclosed
    try:
        diagram = CutDiagram.build(module.gates, module.top, {}, node_limit)
    except TooLargeError:
        return enclosed
    return _programmed(diagram, Step(module.top, {}, module.given), lower, upper)


def _entangled(
    top: str, core: Entangled, lower: Mapping[str, Fraction], upper: Mapping[str, Fraction], node_limit: int
) -> _Programmed:
    """The root module with the clauses that bear on it; where no diagram fits, they are left out above.

    Below, a timetable that heeds them is then not looked for.
    """
    try:
        diagram = CutDiagram.build(core.gates, core.top, core.nodes, node_limit)
    except TooLargeError:
        found = _enclosed(Module(core.top, core.gates), lower, upper)
        return replace(found, lower=_ZERO, timetable=())
    return _programmed(diagram, Step(f"{top}{INNER}with clauses", {}), lower, upper)


def _programmed(
    diagram: CutDiagram, step: Step, lower: Mapping[str, Fraction], upper: Mapping[str, Fraction]
) -> _Programmed:
    """The programme over the diagram's cuts, solved once more where the bounds of the items differ."""
    proof = packed(diagram, [upper[item] for item in diagram.items])
    attained = proof
    if any(lower[item] != upper[item] for item in diagram.items):
        attained = packed(diagram, [lower[item] for item in diagram.items])
    weights = {item: weight for item, weight in zip(diagram.items, proof.weights, strict=True) if weight}
    total = sum((weight * upper[item] for item, weight in weights.items()), _ZERO)
    names = diagram.items
    slots = cut_to([Slot(frozenset(names[item] for item in cut), share) for cut, share in attained.timetable])
    down = sum((slot.share for slot in slots), _ZERO)
    return _Programmed(down, min(_ONE, total), weights, (replace(step, weights=weights),), slots)


def _plain(module: Module, lower: Mapping[str, Fraction], upper: Mapping[str, Fraction]) -> _Plain:
    gate = module.gates[module.top]
    lowers, uppers = [lower[part] for part in gate.of], [upper[part] for part in gate.of]
    most = worst_gate(gate, uppers)
    attained = most if lowers == uppers else worst_gate(gate, lowers)
    return _Plain(module, attained, most, lower, upper)


def _enclosed(module: Module, lower: Mapping[str, Fraction], upper: Mapping[str, Fraction]) -> _Programmed:
    """What is too large for a diagram: each gate by its rule or by a path, and a timetable that is found quickly."""
    structure, top, gates = module.structure, module.top, module.gates
    order = structure.order(top)
    paths = cheapest_paths(structure, order, upper)
    values: dict[str, Fraction] = {}
    steps: list[Step] = []
    for name in order:
        gate = gates.get(name)
        if gate is None:
            values[name] = upper[name]
            continue
        parts = [values[part] for part in gate.of]
        values[name] = worst_gate(gate, parts)
        if name in paths and paths[name][1] < values[name]:
            values[name] = paths[name][1]
            steps.append(_path_step(module, name, paths[name][0]))
        else:
            steps.append(Step(name, _merged(gate.of, worst_weights(gate, parts)), module.given))
    slots = packed_timetable(structure, top, lower, enough=values[top])
    attained = sum((slot.share for slot in slots), _ZERO)
    if paths and attained < values[top]:
        path, share = path_used_up(structure, order, upper, slots)
        if share < values[top]:
            values[top] = share
            steps[-1] = _path_step(module, top, path)
    return _Programmed(attained, values[top], _over_items(top, steps), _needed(top, steps), slots)


def _path_step(module: Module, node: str, path: Path) -> Step:
    return Step(node, dict.fromkeys(sorted(path), _ONE), module.given)


def _merged(parts: Sequence[str], weights: Sequence[Fraction]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for part, weight in zip(parts, weights, strict=True):
        if weight:
            found[part] = found.get(part, _ZERO) + weight
    return found


def _over_items(top: str, steps: Sequence[Step]) -> dict[str, Fraction]:
    weight = {top: _ONE}
    for step in reversed(steps):
        outer = weight.pop(step.node, _ZERO)
        if outer:
            for item, inner in step.weights.items():
                weight[item] = weight.get(item, _ZERO) + outer * inner
    return weight


def _needed(top: str, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that the last one rests on."""
    wanted = {top}
    kept: list[Step] = []
    for step in reversed(steps):
        if step.node in wanted:
            kept.append(step)
            wanted.update(step.weights)
    return tuple(reversed(kept))
