"""How likely a window is met when redundant members do not fail together.

The outage model: each member spends its whole budget in one outage of the window, which begins at a uniformly random
time, independently of the others.
"""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from random import Random

from slactl.assurance.closed_forms import Bound
from slactl.base.quick_dataclass import dataclass

_TRIALS = 20_000
_Z = 2.576
"""Of the normal distribution: 99 % of it lies within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class RedundantGroup:
    """Members of which `down_at` must be down at once, each down for a share of the window; and its weight."""

    down_at: int
    budgets: tuple[Fraction, ...]
    weight: Fraction
    """How much of the group's downtime counts above."""


def chance_met(groups: Sequence[RedundantGroup], room: Fraction) -> Bound:
    """The probability that the weighted joint downtime of the groups is at most `room`, a share of the window.

    Exact for one pair; else estimated by simulation with a fixed seed, as a 99 % Wilson interval.
    """
    if room < 0:
        return Bound(Fraction(0), Fraction(0))
    if len(groups) == 1 and len(groups[0].budgets) == 2 == groups[0].down_at:  # noqa: PLR2004 - a pair
        exact = _pair_met(*groups[0].budgets, room / groups[0].weight)
        return Bound(exact, exact)
    return _simulated(groups, room)


def _pair_met(first: Fraction, second: Fraction, room: Fraction) -> Fraction:
    """Of the starts of two outages, the part of the rectangle in which they overlap for at most `room`.

    They do where the first begins at least second - room after the second, or the second first - room after the first.
    """
    if min(first, second) <= room:
        return Fraction(1)
    width, height = 1 - first, 1 - second
    if not width or not height:  # one is down all the time, the other for more than there is room
        return Fraction(0)
    above = _corner(width, height, second - room)
    below = _corner(height, width, first - room)
    return (above + below) / (width * height)


def _corner(width: Fraction, height: Fraction, least: Fraction) -> Fraction:
    """The area of the points of a rectangle whose x is at least `least` above their y."""
    side = max(Fraction(0), width - least)
    over = max(Fraction(0), side - height)
    return side * side / 2 - over * over / 2


def _simulated(groups: Sequence[RedundantGroup], room: Fraction) -> Bound:
    dice = Random(20_261_123)  # noqa: S311 - a simulation, the same each time
    limit = float(room)
    plain = [(one.down_at, [float(share) for share in one.budgets], float(one.weight)) for one in groups]
    met = sum(
        sum(weight * _together(down_at, budgets, dice) for down_at, budgets, weight in plain) <= limit
        for _ in range(_TRIALS)
    )
    return _wilson(met, _TRIALS)


def _together(down_at: int, budgets: Sequence[float], dice: Random) -> float:
    """How long at least `down_at` outages overlap in one trial."""
    starts = [dice.random() * (1 - budget) for budget in budgets]
    opened = sorted(starts)
    closed = sorted(start + budget for start, budget in zip(starts, budgets, strict=True))
    points = sorted([*opened, *closed])
    total = 0.0
    for before, after in pairwise(points):
        middle = (before + after) / 2
        if bisect_left(opened, middle) - bisect_left(closed, middle) >= down_at:
            total += after - before
    return total


def _wilson(met: int, trials: int) -> Bound:
    share = met / trials
    spread = _Z * sqrt(share * (1 - share) / trials + _Z * _Z / (4 * trials * trials))
    centre, scale = share + _Z * _Z / (2 * trials), 1 + _Z * _Z / trials
    low, high = max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
    return Bound(Fraction(low).limit_denominator(10**9), Fraction(high).limit_denominator(10**9))
