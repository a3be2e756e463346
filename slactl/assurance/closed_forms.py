"""The rule of one gate whose parts share nothing, for each of the three assumptions."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from heapq import nsmallest
from typing import TypeVar

from slactl.assurance.structure import Gate
from slactl.base.quick_dataclass import dataclass

_ZERO, _ONE = Fraction(0), Fraction(1)
N = TypeVar("N", Fraction, Decimal)


@dataclass(frozen=True, slots=True)
class Bound:
    """A share of downtime that is known to lie between two bounds, equal where it is exact."""

    lower: Fraction
    upper: Fraction

    @property
    def exact(self) -> bool:
        """Whether the share itself is known."""
        return self.lower == self.upper

    def narrowed(self, least: Fraction, most: Fraction) -> "Bound":
        """The same, where the share is known to be no less than `least` and no more than `most`."""
        return Bound(max(self.lower, least), min(self.upper, most))


def worst_gate(gate: Gate, down: Sequence[Fraction]) -> Fraction:
    """The most downtime of a gate whose parts are down for these shares, whatever they do together.

    All of n: the sum; one of n: the least; k of n with m = n - k + 1: the least over j < m of the sum of the
    n - j smallest, divided by m - j (Rueger 1978). At most the whole window.
    """
    if gate.at_least == 1:
        return min(down)
    if gate.at_least == len(down):
        return min(_ONE, sum(down, _ZERO))
    counted, over = _best_sum(gate, down)
    return min(_ONE, sum(nsmallest(counted, down), _ZERO) / over)


def worst_weights(gate: Gate, down: Sequence[Fraction]) -> list[Fraction]:
    """The weight of each part in the gate's bound: `worst_gate` is the weighted sum of the parts' downtime, or 1.

    Whenever the gate is down, the weights of the parts that are down add up to at least 1.
    """
    if gate.at_least == len(down):
        return [_ONE] * len(down)
    if gate.at_least == 1:
        least = down.index(min(down))
        return [_ONE if index == least else _ZERO for index in range(len(down))]
    counted, over = _best_sum(gate, down)
    chosen = set(nsmallest(counted, range(len(down)), key=down.__getitem__))
    weight = Fraction(1, over)
    return [weight if index in chosen else _ZERO for index in range(len(down))]


def _best_sum(gate: Gate, down: Sequence[Fraction]) -> tuple[int, int]:
    """How many of the smallest parts the best of Rueger's sums counts, and its divisor."""
    total, least = _ZERO, {}
    for counted, share in enumerate(sorted(down), start=1):
        total += share
        over = gate.down_at - len(down) + counted
        if over > 0:
            least[counted] = total / over
    counted = min(least, key=least.__getitem__)
    return counted, gate.down_at - len(down) + counted


def independent_gate(gate: Gate, down: Iterable[N], zero: N, one: N) -> N:
    """The probability that a gate is down when its parts are down independently with these probabilities.

    The recursion over "at least j of the first parts are down" only mixes a larger with a smaller number, so rounding
    every step down (up) gives a lower (upper) bound, and nothing cancels.
    """
    if gate.at_least == 1:
        product = one
        for share in down:
            product = share * product
        return product
    tail = [one] + [zero] * gate.down_at
    for share in down:
        up = one - share
        for count in range(gate.down_at, 0, -1):
            tail[count] = share * tail[count - 1] + up * tail[count]
    return tail[gate.down_at]
