"""Service credits as exact step functions of downtime (SLA_MATH, section 5).

A credit step "below 99.9 %: 10 % of the fee" is owed as soon as downtime is MORE than what 99.9 % allows, so the functions
here jump just after an edge: they are constant from after one edge up to and with the next. Sums, caps and shifts of such
functions are such functions, and so is the exposure e(d) = owed(d) - recovered(d); its maximum is one of finitely many
values, found exactly.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction

from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Steps:
    """A function of downtime in seconds that is 0 at no downtime and jumps just after each edge."""

    edges: tuple[tuple[Fraction, Fraction], ...] = ()
    """(edge, value for more downtime than this), edges rising and at least 0."""

    def at(self, downtime_s: Fraction | int) -> Fraction:
        """The value at a downtime."""
        return self._value(bisect_left(self.edges, downtime_s, key=_edge))

    def beyond(self, downtime_s: Fraction | int) -> Fraction:
        """The value for slightly more than a downtime."""
        return self._value(bisect_right(self.edges, downtime_s, key=_edge))

    def times(self, factor: Fraction) -> "Steps":
        """Every value multiplied."""
        return Steps(tuple((edge, value * factor) for edge, value in self.edges))

    def capped(self, limit: Fraction | None) -> "Steps":
        """No value above a limit; None: no limit."""
        if limit is None:
            return self
        return Steps(tuple((edge, min(value, limit)) for edge, value in self.edges))

    def later(self, seconds: Fraction | int) -> "Steps":
        """The function of downtime of which the first seconds do not count."""
        return Steps(tuple((edge + seconds, value) for edge, value in self.edges))

    def _value(self, count: int) -> Fraction:
        return self.edges[count - 1][1] if count else Fraction(0)


@dataclass(frozen=True, slots=True)
class Peak:
    """The greatest value of a function, and the least downtime that it is reached above."""

    downtime_s: Fraction
    value: Fraction


def credit_share(rungs: Iterable[tuple[Fraction, Fraction]], measured_s: Fraction | int) -> Steps:
    """The share of the fee that downtime in one window costs: of all steps reached the largest credit.

    Args:
        rungs: (attainment below which a step applies, share of the fee), both from 0 to 1.
        measured_s: the time of the window that counts, in seconds.
    """
    edges: list[tuple[Fraction, Fraction]] = []
    for below, share in sorted(rungs, key=lambda rung: (-rung[0], rung[1])):
        if below > 0 and share > (edges[-1][1] if edges else 0):
            _put(edges, (1 - below) * measured_s, share)
    return Steps(tuple(edges))


def total(functions: Iterable[Steps]) -> Steps:
    """The sum of functions."""
    jumps: dict[Fraction, Fraction] = {}
    for function in functions:
        before = Fraction(0)
        for edge, value in function.edges:
            jumps[edge] = jumps.get(edge, Fraction(0)) + value - before
            before = value
    edges: list[tuple[Fraction, Fraction]] = []
    value = Fraction(0)
    for edge in sorted(jumps):
        value += jumps[edge]
        edges.append((edge, value))
    return Steps(tuple(edges))


def exposure(owed: Iterable[Steps], recovered: Iterable[Steps]) -> Steps:
    """What is owed less what is recovered, e(d)."""
    return total((*owed, *(one.times(Fraction(-1)) for one in recovered)))


def highest(function: Steps, until_s: Fraction | int) -> Peak:
    """The first maximum over all downtimes from none up to `until_s`."""
    peak = Peak(Fraction(0), Fraction(0))
    for edge, value in function.edges:
        if edge < until_s and value > peak.value:
            peak = Peak(edge, value)
    return peak


def _put(edges: list[tuple[Fraction, Fraction]], edge: Fraction, value: Fraction) -> None:
    if edges and edges[-1][0] == edge:
        edges.pop()
    edges.append((edge, value))


def _edge(one: tuple[Fraction, Fraction]) -> Fraction:
    return one[0]
