"""What to expect when outages are independent and every leaf is at its floor; shared leaves count once.

Serial: the product of availabilities. One of n: the product of unavailabilities. k of n: Poisson-binomial. Single points of
failure are factored out, the rest is computed by a diagram of "down" (`bdd`), and where that grows too large, bounded:
outages that share causes are associated (Esary and Proschan 1963), so products bound from one side.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from slactl.assurance.bdd import TooLarge, down_probability
from slactl.assurance.bounds import Bound
from slactl.assurance.structure import Gate, Structure, without_constants

NODE_LIMIT = 60_000
_ZERO, _ONE = Fraction(0), Fraction(1)
_DIGITS = 60
_SLACK = Fraction(1, 10**40)
"""Far above the rounding of 60 digits over any estate, far below anything that is printed."""


def independent(
    structure: Structure, top: str, unavailability: Mapping[str, Fraction], limit: int = NODE_LIMIT
) -> Bound:
    """The share of time for which `top` is down in the long run, as an interval that holds the truth."""
    if not structure.shared(top):
        return _tree(structure, top, unavailability)
    alone = structure.single_points(top)
    rest, state = without_constants(structure, top, alone, frozenset())
    up = Bound(_ONE, _ONE) if state is not None else _complement(_core(rest, top, unavailability, limit))
    all_up = _rounded_product([1 - unavailability[leaf] for leaf in sorted(alone)])
    return _complement(Bound(up.lower * all_up.lower, up.upper * all_up.upper))


def _core(structure: Structure, top: str, unavailability: Mapping[str, Fraction], limit: int) -> Bound:
    if not structure.shared(top):
        return _tree(structure, top, unavailability)
    try:
        exact = down_probability(structure, top, _short(unavailability, structure.leaves(top)), limit)
    except TooLarge:
        return _associated(structure, top, unavailability)
    return _widened(exact)


def _tree(structure: Structure, top: str, unavailability: Mapping[str, Fraction]) -> Bound:
    """Each leaf once: gate by gate, in decimals of 60 digits."""
    with localcontext(prec=_DIGITS):
        down: dict[str, Decimal] = {}
        for name in structure.order(top):
            gate = structure.gates.get(name)
            if gate is None:
                share = unavailability[name]
                down[name] = Decimal(share.numerator) / share.denominator
            else:
                down[name] = at_least_down(gate.breaks_at, [down[part] for part in gate.of])
        return _widened(Fraction(down[top]))


def at_least_down(count: int, parts: Sequence[Decimal]) -> Decimal:
    """The probability that at least `count` of independent parts are down (Poisson-binomial)."""
    if count == 1:
        return _any_down(parts)
    exactly = [Decimal(1)] + [Decimal(0)] * (count - 1)
    reached = Decimal(0)
    for part in parts:
        reached += part * exactly[count - 1]
        exactly = [
            exactly[number] * (1 - part) + (exactly[number - 1] * part if number else 0)
            for number in range(count)
        ]
    return reached


def _any_down(parts: Sequence[Decimal]) -> Decimal:
    """1 - product of (1 - p), summed so that small probabilities keep their digits."""
    down, up = Decimal(0), Decimal(1)
    for part in parts:
        down += part * up
        up *= 1 - part
    return down


def _rounded_product(factors: list[Fraction]) -> Bound:
    with localcontext(prec=_DIGITS):
        product = Decimal(1)
        for factor in factors:
            product *= Decimal(factor.numerator) / factor.denominator
        return _widened(Fraction(product))


def _short(unavailability: Mapping[str, Fraction], leaves: list[str]) -> dict[str, Fraction]:
    """Leaves rounded to 60 digits: exact fractions would grow with every node of a large diagram."""
    with localcontext(prec=_DIGITS):
        return {
            leaf: Fraction(Decimal(unavailability[leaf].numerator) / unavailability[leaf].denominator)
            for leaf in leaves
        }


def _widened(value: Fraction) -> Bound:
    if value in (0, 1):
        return Bound(value, value)
    return Bound(max(_ZERO, value * (1 - _SLACK)), min(_ONE, value * (1 + _SLACK)))


def _complement(bound: Bound) -> Bound:
    return Bound(1 - bound.upper, 1 - bound.lower)


def _associated(structure: Structure, top: str, unavailability: Mapping[str, Fraction]) -> Bound:
    """Bounds for a structure that shares and is too large to be exact."""
    down: dict[str, Bound] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        if gate is None:
            down[name] = Bound(unavailability[name], unavailability[name])
        else:
            down[name] = _gate_bound(gate, [down[part] for part in gate.of])
    return down[top]


def _gate_bound(gate: Gate, parts: list[Bound]) -> Bound:
    m = gate.breaks_at
    largest = sorted((part.lower for part in parts), reverse=True)[:m]
    lower = _rounded_product(largest).lower
    total = sum((part.upper for part in parts), _ZERO)
    upper = min(
        _ONE,
        total / m,
        sorted((part.upper for part in parts), reverse=True)[m - 1] if m == len(parts) else _ONE,
    )
    if m == 1:
        upper = min(upper, 1 - _rounded_product([1 - part.upper for part in parts]).lower)
    return Bound(min(lower, upper), upper)
