"""The probability of a fault tree's top event, with basic events that occur independently of each other.

A coherent tree, in which more failures never help, is a structure like any other, and has a worst and a best case
too. Of other trees, like those with "not" or "xor", only this probability is worked out here.
"""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from slactl.assurance.bdd import Nodes
from slactl.assurance.closed_forms import Bound, worst_gate
from slactl.assurance.compiled import compiled
from slactl.assurance.independent import (
    BINARY,
    DECIMAL_NODES,
    ROUNDINGS,
    decimal_of,
    independent,
    within_roundings,
)
from slactl.assurance.large_bdd import weigh
from slactl.assurance.modules import inside, module_tops, simplified
from slactl.assurance.negation_free import negation_free
from slactl.assurance.rewrites import rewritten
from slactl.assurance.structure import Gate, Structure
from slactl.base.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from slactl.assurance.compiled import Compiled
    from slactl.assurance.negation_free import NegationFree
    from slactl.assurance.worst_case import WorstCase
    from slactl.base.fault_tree import FaultTree

NODE_LIMIT = 6_000_000
"""A diagram of so many nodes takes some seconds and some hundred megabytes."""
_DIGITS = 50
_ZERO, _ONE = Fraction(0), Fraction(1)
W = TypeVar("W", float, Decimal)


@dataclass(frozen=True, slots=True)
class Coherent:
    """A fault tree as a structure in which an event that occurs is down; the top event has the same name."""

    structure: Structure
    unavailability: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class TopEvent:
    """What is known of an event on top of a fault tree."""

    name: str
    probability: Bound
    coherent: Coherent | None
    """None where fewer failures may bring the event about: no worst and no best case are then known."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """What a coherent tree's top event comes to when its basic events depend on each other in whatever way."""

    structure: Structure
    worst: WorstCase
    independent: Bound
    """What it is between: the probability for independent events."""
    best: Bound


def whatever_depends(event: TopEvent) -> Dependent | None:
    """The most and the least that the probability can be while every basic event has its own (Hailperin 1965).

    None where the tree is not coherent.
    """
    if event.coherent is None:
        return None
    from slactl.assurance.best_case import best_case  # noqa: PLC0415 - the probability alone needs no programme
    from slactl.assurance.worst_case import worst_case  # noqa: PLC0415 - the same

    structure, unavailability = event.coherent.structure, event.coherent.unavailability
    worst = worst_case(structure, event.name, unavailability)
    best = best_case(structure, event.name, unavailability)
    between = event.probability.narrowed(best.lower, worst.bound.upper)
    return Dependent(structure, worst, between, best)


def top_event(tree: FaultTree, top: str, *, node_limit: int = NODE_LIMIT) -> TopEvent:
    """The probability of `top`, one of the tree's gates.

    The interval contains the truth. It is wide by 1e-12 of the probability at most, and mostly by much less, unless
    the tree shares so much that its diagram has more than `node_limit` nodes.
    """
    plain = negation_free(tree, top)
    if plain.negated:
        return TopEvent(top, _mixed(plain, node_limit), None)
    structure = Structure(plain.gates)
    found = independent(structure, top, plain.probabilities, node_limit=node_limit)
    return TopEvent(top, found, Coherent(structure, plain.probabilities))


def _mixed(plain: NegationFree, node_limit: int) -> Bound:
    """The probability where events occur as they are and negated."""
    fixed = {name: share == 0 for name, share in plain.probabilities.items() if share in (_ZERO, _ONE)}
    root, simple = simplified(plain.gates, plain.top, fixed)
    gates: Mapping[str, Gate] = simple
    if isinstance(root, str) and root in gates:
        root, gates = rewritten(gates, root)
    if not isinstance(root, str):
        share = _ZERO if root else _ONE
        return Bound(share, share)
    diagrams = {
        name: compiled(module, name, node_limit, plain.negated)
        for name, module in _modules(gates, root, plain.negated)
    }
    built = {name: one for name, one in diagrams.items() if one is not None}
    if len(built) < len(diagrams):
        return _enclosed(gates, root, plain.probabilities)
    if sum(len(one.nodes) for one in built.values()) > DECIMAL_NODES:
        return Bound(*within_roundings(*_evaluated(built, root, plain.probabilities, float, weigh), BINARY))
    with localcontext(Context(prec=_DIGITS, Emin=-(10**15), Emax=10**15)):
        found = _evaluated(built, root, plain.probabilities, decimal_of, Nodes.weigh)
    return Bound(*within_roundings(*found, (Fraction(10) ** (1 - _DIGITS), _ZERO)))


def _modules(
    gates: Mapping[str, Gate], top: str, negated: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Gate]]]:
    """Parts of which no event occurs elsewhere, negated or not, inner ones first."""
    linked = {**gates, **{name: Gate.all_of([event]) for name, event in negated.items()}}
    tops = module_tops(linked, top) if top in gates else frozenset()
    for name in Structure(gates).order(top):
        if name in tops and name in gates:
            yield name, inside(gates, name, tops)


def _evaluated(
    diagrams: Mapping[str, Compiled],
    root: str,
    shares: Mapping[str, Fraction],
    number: Callable[[Fraction], W],
    weigh_nodes: Callable[[Nodes, Sequence[W], Sequence[W], tuple[W, W]], W],
) -> tuple[W, int]:
    """The probability of the root in rounded numbers, and how many roundings it may be off by."""
    zero, one = number(_ZERO), number(_ONE)
    values = {name: (number(share), number(1 - share), 1) for name, share in shares.items()}
    for name, diagram in diagrams.items():
        given = [values[leaf] for leaf in diagram.leaves]
        of, not_of = [one for one, _, _ in given], [other for _, other, _ in given]
        roundings = sum(own + ROUNDINGS - 1 for _, _, own in given)
        occurs = weigh_nodes(diagram.nodes, of, not_of, (zero, one))
        is_not = zero if name == root else weigh_nodes(diagram.nodes, of, not_of, (one, zero))
        values[name] = (occurs, is_not, roundings)
    return values[root][0], values[root][2]


def _enclosed(gates: Mapping[str, Gate], top: str, shares: Mapping[str, Fraction]) -> Bound:
    """An interval gate by gate that holds for parts that depend on each other in whatever way."""
    found = {name: (share, share) for name, share in shares.items()}
    for name in Structure(gates).order(top):
        if name in gates:
            gate = gates[name]
            exchanged = Gate(gate.down_at, gate.of)
            least = 1 - worst_gate(exchanged, [1 - found[part][0] for part in gate.of])
            found[name] = (least, worst_gate(gate, [found[part][1] for part in gate.of]))
    return Bound(*found[top])
