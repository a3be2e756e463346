"""What is known of an objective's past, day by day, as far as a source can tell."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Literal

from slactl.base.quick_dataclass import dataclass
from slactl.model.agreement import Agreement, Objective

Unit = Literal["s", "events"]
A_DAY_S = 86_400
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day of the zone of an objective's hours, with time that counts and with data."""

    start: int
    """Local midnight, in UTC seconds."""
    counted: Fraction
    """Seconds that count and were seen, or events; never 0."""
    bad: Fraction
    """Of these: seconds of downtime, or bad events."""


@dataclass(frozen=True, slots=True)
class History:
    """What one source says about one objective."""

    agreement: Agreement
    objective: Objective
    source: str
    """The name of a backend, or of a file of outages."""
    first: date
    """The first day that was asked about."""
    until: date
    """The day after the last one."""
    unit: Unit = "s"
    days: tuple[Day, ...] = ()
    """Those with data, in order."""
    missing: tuple[int, ...] = ()
    """Days (local midnight, UTC seconds) with time that counts and without data: nobody knows whether they were good."""
    outages: tuple[Fraction, ...] | None = None
    """Seconds of downtime of each outage, where the source tells outages; None: it tells sums of days."""
    note: str = ""
    """Why there is no data, in the source's words; or what of it does not count."""

    @property
    def bad(self) -> Fraction:
        """Seconds of downtime, or bad events, in all."""
        return sum((day.bad for day in self.days), Fraction(0))

    @property
    def counted(self) -> Fraction:
        """Seconds that count and were seen, or events, in all."""
        return sum((day.counted for day in self.days), Fraction(0))

    def incidents(self, budget: Fraction) -> int:
        """How many there were: outages where the source tells them, else runs of days with downtime.

        Of events there are bad ones on most days: there it is a run of days that spend more than their share `budget`.
        """
        return len(self.outages) if self.outages is not None else sum(1 for _ in self._runs(budget))

    def pieces(self, budget: Fraction) -> tuple[Fraction, ...]:
        """The downtime of each incident in seconds, or its bad events; one that goes on is cut after each week.

        A year that is down throughout is one incident, and as good as 53 of them at saying what the next month will be.
        """
        if self.outages is None:
            return tuple(
                sum((day.bad for day in run[first : first + _WEEK]), Fraction(0))
                for run in self._runs(budget)
                for first in range(0, len(run), _WEEK)
            )
        week_s = self.counted * _WEEK / max(1, len(self.days))
        return tuple(piece for one in self.outages for piece in _cut(one, week_s))

    def _runs(self, budget: Fraction) -> Iterator[Sequence[Day]]:
        allowed = budget if self.unit == "events" else Fraction(0)
        for is_bad, run in groupby(self.days, lambda day: day.bad > allowed * day.counted):
            if is_bad:
                yield tuple(run)


def _cut(length: Fraction, most: Fraction) -> Iterator[Fraction]:
    while length > most:
        yield most
        length -= most
    yield length
