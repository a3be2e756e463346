"""Whether a sum is covered on every day of a term."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from slactl.base.quick_dataclass import dataclass

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cover:
    """A sum that stands ready from a first to a last day; None: open on that side, or without a limit."""

    start: date | None
    until: date | None
    amount: Fraction | None

    def on(self, day: date) -> bool:
        """Whether it stands ready on a day."""
        return (self.start is None or self.start <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Hole:
    """The first day on which too little stands ready."""

    day: date
    missing: Fraction | None
    """How much is missing then; None: no sum is known, and nothing at all stands ready."""
    nothing: bool
    """Whether nothing at all stands ready."""


def first_hole(covers: Iterable[Cover], first: date, last: date, needed: Fraction | None) -> Hole | None:
    """The first day of a term on which the covers add up to less than is needed; None where there is no such day.

    Args:
        covers: several at once add up.
        first: the term's first day.
        last: its last day.
        needed: the sum; None where it is not known: then any cover will do.
    """
    standing = tuple(covers)
    starts = (one.start for one in standing if one.start is not None)
    ends = (one.until + _DAY for one in standing if one.until is not None)
    for day in sorted({first, *(edge for edge in (*starts, *ends) if first < edge <= last)}):
        hole = _hole([one for one in standing if one.on(day)], day, needed)
        if hole is not None:
            return hole
    return None


def _hole(standing: list[Cover], day: date, needed: Fraction | None) -> Hole | None:
    if not standing:
        return Hole(day, needed, nothing=True)
    known = [one.amount for one in standing if one.amount is not None]
    if needed is None or len(known) < len(standing) or sum(known) >= needed:
        return None
    return Hole(day, needed - sum(known), nothing=sum(known) == 0)
