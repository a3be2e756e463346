"""What to expect when outages are independent and every leaf is exactly at its floor.

A leaf that several branches share counts once: exact by a decision diagram of "down", or where that grows too
large, by an interval from association (Esary and Proschan 1963), never by a bare product.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from slactl.assurance.bdd import Diagram, TooLargeError
from slactl.assurance.closed_forms import Bound, independent_gate, worst_gate
from slactl.assurance.modules import Module, decompose
from slactl.assurance.structure import Gate, Structure

NODE_LIMIT = 60_000
_EXACT_BITS = 2048
"""Up to so many bits of all denominators together the probability is worked out as an exact fraction."""
_DIGITS = 60
_ZERO, _ONE = Fraction(0), Fraction(1)

Side = Literal["lower", "upper"]
N = TypeVar("N", Fraction, Decimal)


@dataclass(frozen=True, slots=True)
class _Arithmetic(Generic[N]):
    """Numbers of one kind, exact or rounded to one side."""

    zero: N
    one: N
    number: Callable[[Fraction], N]
    mix: Callable[[N, N, N], N]
    """`mix(p, high, low)` is `p high + (1 - p) low`."""


def independent(
    structure: Structure, top: str, unavailability: Mapping[str, Fraction], *, node_limit: int = NODE_LIMIT
) -> Bound:
    """The probability that `top` is down when every leaf is down independently with its unavailability.

    The interval contains the truth: one number where fractions stay small, else wide by 1e-50 of its value; wider
    only where the leaves are shared beyond `node_limit` nodes of a diagram.
    """
    leaves = structure.leaves(top)
    fixed = {name: unavailability[name] <= 0 for name in leaves if not 0 < unavailability[name] < 1}
    taken_apart = decompose(structure, top, fixed)
    if not isinstance(taken_apart.root, str):
        share = _ZERO if taken_apart.root else _ONE
        return Bound(share, share)
    shares = {name: unavailability[name] for name in leaves}
    core = _Core.build(taken_apart.modules, taken_apart.root, node_limit)
    if sum(share.denominator.bit_length() for share in shares.values()) > _EXACT_BITS:
        return Bound(
            core.evaluate(shares, _rounded(ROUND_FLOOR), "lower"),
            core.evaluate(shares, _rounded(ROUND_CEILING), "upper"),
        )
    lower = core.evaluate(shares, _EXACT, "lower")
    return Bound(lower, core.evaluate(shares, _EXACT, "upper") if core.open else lower)


@dataclass(frozen=True, slots=True)
class _Built:
    diagram: Diagram
    root: int
    leaves: list[str]


def _diagram(module: Module, node_limit: int) -> _Built | None:
    """The module's diagram with its leaves in depth-first order, or None where it is too large."""
    diagram = Diagram(node_limit)
    order = module.structure.order(module.top)
    leaves = [name for name in order if name not in module.gates]
    nodes: dict[str, int] = {}
    try:
        for index, leaf in enumerate(leaves):
            nodes[leaf] = diagram.leaf(index)
        for name in order:
            if name in module.gates:
                gate = module.gates[name]
                nodes[name] = diagram.gate(gate, [nodes[part] for part in gate.of])
    except TooLargeError:
        return None
    return _Built(diagram, nodes[module.top], leaves)


@dataclass(frozen=True, slots=True)
class _Core:
    """Modules with a diagram for each that shares leaves; evaluated as often as there are roundings."""

    modules: Sequence[Module]
    root: str
    diagrams: Mapping[str, _Built | None]

    @classmethod
    def build(cls, modules: Sequence[Module], root: str, node_limit: int) -> "_Core":
        return cls(modules, root, {one.top: _diagram(one, node_limit) for one in modules if not one.plain})

    @property
    def open(self) -> bool:
        """Whether a module was too large for a diagram."""
        return None in self.diagrams.values()

    def evaluate(self, shares: Mapping[str, Fraction], kind: _Arithmetic[N], side: Side) -> Fraction:
        values = {name: kind.number(share) for name, share in shares.items()}
        for module in self.modules:
            built = self.diagrams.get(module.top)
            if module.plain:
                gate = module.gates[module.top]
                down = [values[part] for part in gate.of]
                values[module.top] = independent_gate(gate, down, kind.zero, kind.one, kind.mix)
            elif built is not None:
                of = [values[leaf] for leaf in built.leaves]
                values[module.top] = built.diagram.probability(built.root, of, kind.zero, kind.one, kind.mix)
            else:
                values[module.top] = _associated(module, values, kind, side)
        return Fraction(values[self.root])


def _associated(module: Module, values: Mapping[str, N], kind: _Arithmetic[N], side: Side) -> N:
    """A bound of a module that shares too much for a diagram, gate by gate."""
    bound = _least if side == "lower" else _most
    found = dict(values)
    for name in module.structure.order(module.top):
        gate = module.gates.get(name)
        if gate is not None:
            found[name] = bound(gate, [found[part] for part in gate.of], kind)
    return found[module.top]


def _least(gate: Gate, down: Sequence[N], kind: _Arithmetic[N]) -> N:
    """At least as many as it takes are down: no less than that the likeliest ones are, at their product."""
    likeliest = sorted(down, reverse=True)[: gate.down_at]
    return independent_gate(Gate(1, ("",) * len(likeliest)), likeliest, kind.zero, kind.one, kind.mix)


def _most(gate: Gate, down: Sequence[N], kind: _Arithmetic[N]) -> N:
    """One down is enough: no more than for independent parts; else no more than the worst case of the gate."""
    if gate.down_at == 1:
        return independent_gate(gate, down, kind.zero, kind.one, kind.mix)
    return kind.number(worst_gate(gate, [Fraction(share) for share in down]))


def _mix(p: Fraction, high: Fraction, low: Fraction) -> Fraction:
    return p * high + (1 - p) * low


_EXACT: _Arithmetic[Fraction] = _Arithmetic(_ZERO, _ONE, lambda share: share, _mix)


def _rounded(rounding: str) -> _Arithmetic[Decimal]:
    context = Context(prec=_DIGITS, rounding=rounding, Emin=-(10**15), Emax=10**15)
    one = Decimal(1)

    def number(share: Fraction) -> Decimal:
        return context.divide(Decimal(share.numerator), Decimal(share.denominator))

    def mix(p: Decimal, high: Decimal, low: Decimal) -> Decimal:
        return context.fma(p, high, context.multiply(context.subtract(one, p), low))

    return _Arithmetic(Decimal(0), one, number, mix)
