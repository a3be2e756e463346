"""What to expect when outages are independent and every leaf is exactly at its floor.

A leaf that several branches share counts once: exact by a decision diagram of "down", or where that grows too
large, by an interval from association (Esary and Proschan 1963), never by a bare product.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from slactl.assurance.closed_forms import Bound, independent_gate, worst_gate
from slactl.assurance.compiled import Compiled, compiled
from slactl.assurance.large_bdd import weigh
from slactl.assurance.modules import Module, decompose
from slactl.assurance.rewrites import rewritten
from slactl.assurance.structure import Gate, Structure
from slactl.base.quick_dataclass import dataclass

NODE_LIMIT = 60_000
_EXACT_BITS = 2048
_EXACT_NODES = 1_000
"""Up to so many bits of all denominators and nodes of diagrams the probability is worked out as an exact fraction."""
DECIMAL_NODES = 20_000
"""Diagrams of more nodes are evaluated in binary floating point, with a bound of its error."""
_DIGITS = 60
BINARY = Fraction(1, 2**53), Fraction(1, 2**1074)
"""By what share a rounding of a binary floating-point number is off at most, and by how much where it is tiny."""
ROUNDINGS = 3
"""Of one variable of a diagram: the probability given, its product and the sum."""
_ZERO, _ONE = Fraction(0), Fraction(1)

Side = Literal["lower", "upper"]
N = TypeVar("N", Fraction, Decimal)


@dataclass(frozen=True, slots=True)
class _Arithmetic(Generic[N]):
    """Numbers of one kind, exact or rounded to one side."""

    zero: N
    one: N
    number: Callable[[Fraction], N]
    context: Context | None = None
    """In which they are computed with."""


def independent(
    structure: Structure, top: str, unavailability: Mapping[str, Fraction], *, node_limit: int = NODE_LIMIT
) -> Bound:
    """The probability that `top` is down when every leaf is down independently with its unavailability.

    The interval contains the truth: one number where fractions and diagrams stay small, else wide by 1e-50 of its
    value, and by 1e-13 of it where a diagram is large; wider only where the leaves are shared beyond `node_limit`
    nodes of a diagram.
    """
    leaves = structure.leaves(top)
    shares = {name: unavailability[name] for name in leaves}
    fixed = {
        name: share <= 0 for name, share in shares.items() if not 0 < share.numerator < share.denominator
    }
    taken_apart = decompose(structure, top, fixed)
    if not isinstance(taken_apart.root, str):
        share = _ZERO if taken_apart.root else _ONE
        return Bound(share, share)
    core = _Core.build(taken_apart.modules, taken_apart.root, node_limit)
    bits = sum(share.denominator.bit_length() for share in shares.values())
    if bits > _EXACT_BITS or core.nodes > _EXACT_NODES:
        return Bound(
            core.evaluate(shares, _rounded(ROUND_FLOOR), "lower"),
            core.evaluate(shares, _rounded(ROUND_CEILING), "upper"),
        )
    lower = core.evaluate(shares, _EXACT, "lower")
    return Bound(lower, core.evaluate(shares, _EXACT, "upper") if core.open else lower)


@dataclass(frozen=True, slots=True)
class _Core:
    """Modules with a diagram for each that shares leaves; evaluated as often as there are roundings."""

    modules: Sequence[Module]
    root: str
    diagrams: Mapping[str, Compiled | None]
    """Of the modules that are not plain; None where one is too large."""

    @classmethod
    def build(cls, modules: Sequence[Module], root: str, node_limit: int) -> "_Core":
        simple = [part for module in modules for part in _rewritten(module)]
        diagrams = {one.top: compiled(one.gates, one.top, node_limit) for one in simple if not one.plain}
        return cls(simple, root, diagrams)

    @property
    def open(self) -> bool:
        """Whether a module was too large for a diagram."""
        return None in self.diagrams.values()

    @property
    def nodes(self) -> int:
        """Of all diagrams."""
        return sum(len(one.nodes) for one in self.diagrams.values() if one is not None)

    def evaluate(self, shares: Mapping[str, Fraction], kind: _Arithmetic[N], side: Side) -> Fraction:
        with localcontext(kind.context):
            return Fraction(self._value(shares, kind, side))

    def _value(self, shares: Mapping[str, Fraction], kind: _Arithmetic[N], side: Side) -> N:
        values = {name: kind.number(share) for name, share in shares.items()}
        for module in self.modules:
            if module.top not in self.diagrams:
                gate = module.gates[module.top]
                down = [values[part] for part in gate.of]
                values[module.top] = independent_gate(gate, down, kind.zero, kind.one)
            elif (diagram := self.diagrams[module.top]) is None:
                values[module.top] = _associated(module, values, kind, side)
            else:
                of = [values[leaf] for leaf in diagram.leaves]
                values[module.top] = _probability(diagram, of, kind, side)
        return values[self.root]


def _rewritten(module: Module) -> Iterator[Module]:
    """The module, or where it shares leaves the modules that it falls into once less is shared; its own last."""
    if module.plain:
        yield module
        return
    root, gates = rewritten(module.gates, module.top)
    taken_apart = decompose(Structure(gates), str(root), {})
    yield from taken_apart.modules
    if taken_apart.root != module.top:
        yield Module(module.top, {module.top: Gate.all_of([str(taken_apart.root)])})


def _probability(diagram: Compiled, of: Sequence[N], kind: _Arithmetic[N], side: Side) -> N:
    if len(diagram.nodes) <= DECIMAL_NODES:
        return diagram.nodes.weigh(of, [kind.one - share for share in of], (kind.zero, kind.one))
    exact = [Fraction(share) for share in of]
    down, up = [float(share) for share in exact], [float(1 - share) for share in exact]
    found = weigh(diagram.nodes, down, up, (0.0, 1.0))
    lower, upper = within_roundings(found, ROUNDINGS * len(exact), BINARY)
    return kind.number(lower if side == "lower" else upper)


def within_roundings(
    found: float | Decimal, roundings: int, unit: tuple[Fraction, Fraction]
) -> tuple[Fraction, Fraction]:
    """Where a probability lies that so many roundings made `found`, each by the share or the amount of a unit."""
    relative = (
        unit[0] * roundings * Fraction(101, 100)
    )  # (1 + u) ** n is less than 1 + 1.01 n u up to n u = 0.01
    exact, absolute = Fraction(found), unit[1] * roundings
    return max(_ZERO, exact * (1 - relative) - absolute), min(_ONE, exact * (1 + relative) + absolute)


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
    return independent_gate(Gate(1, ("",) * len(likeliest)), likeliest, kind.zero, kind.one)


def _most(gate: Gate, down: Sequence[N], kind: _Arithmetic[N]) -> N:
    """One down is enough: no more than for independent parts; else no more than the worst case of the gate."""
    if gate.down_at == 1:
        return independent_gate(gate, down, kind.zero, kind.one)
    return kind.number(worst_gate(gate, [Fraction(share) for share in down]))


_EXACT: _Arithmetic[Fraction] = _Arithmetic(_ZERO, _ONE, lambda share: share)


def _rounded(rounding: str) -> _Arithmetic[Decimal]:
    context = Context(prec=_DIGITS, rounding=rounding, Emin=-(10**15), Emax=10**15)
    return _Arithmetic(Decimal(0), Decimal(1), decimal_of, context)


def decimal_of(share: Fraction) -> Decimal:
    """The share as a decimal, rounded as the context says."""
    return Decimal(share.numerator) / share.denominator
