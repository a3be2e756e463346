"""Shares of tickets: what promises such as "95% within 4h" guarantee together.

A ticket is in time above when it is in time at each step below, so that the late ones add up (the union bound,
SLA_MATH section 4): of n tickets at most the sum of floor(q n) are late, where q is each step's share that may be late.
Of 3 tickets "95%" means all 3. A promise that is judged only from a minimum of tickets on says nothing about fewer: all of
them, one below the minimum, may be late.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import floor

from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Late:
    """Which tickets of a window may be late."""

    share: Fraction = Fraction(0)
    minimum: int = 1
    """Fewer tickets in a window are not judged: all of them may be late."""


def may_be_late(below: Iterable[Late]) -> Fraction:
    """The share of tickets that may be late at one step or another, of very many."""
    return min(Fraction(1), sum((one.share for one in below), Fraction(0)))


def carries(below: Iterable[Late], above: Late) -> bool:
    """Whether no number of tickets breaks the promise above while those below are kept.

    With a minimum below at most `minimum - 1` more tickets are late at that step. The test is sound for any number of
    tickets, and exact where no promise below has a minimum.
    """
    steps = tuple(below)
    spare = above.share - sum((one.share for one in steps), Fraction(0))
    unjudged = sum(one.minimum - 1 for one in steps)
    return spare >= 0 and unjudged <= floor(spare * max(above.minimum, 1))
