"""Service hours as a meter: how much of them has passed at an instant, and at which instant so much has."""

from bisect import bisect_left, bisect_right
from fractions import Fraction

from slactl.base.intervals import IntervalSet

Seconds = int | Fraction
Moment = tuple[Seconds, bool]
"""An instant in UTC seconds, and whether the limit from the right is meant: a moment just after it."""


class Meter:
    """How much of some hours has passed at an instant, and at which instant so much has."""

    def __init__(self, hours: IntervalSet) -> None:
        self._starts = [start for start, _ in hours.spans]
        self.ends = [end for _, end in hours.spans]
        self._passed_at_end: list[int] = []
        total = 0
        for start, end in hours.spans:
            total += end - start
            self._passed_at_end.append(total)

    def passed(self, instant: Seconds) -> Seconds:
        """Seconds of these hours before an instant."""
        index = bisect_right(self._starts, instant) - 1
        if index < 0:
            return 0
        return self._passed_at_end[index] - max(self.ends[index] - instant, 0)

    def runs(self, instant: Seconds) -> bool:
        """Whether an instant, and with it the time just after it, lies in these hours."""
        index = bisect_right(self._starts, instant) - 1
        return index >= 0 and instant < self.ends[index]

    def first(self, passed: Seconds) -> Seconds | None:
        """The first instant by which so many seconds, above zero, have passed; None: never."""
        return self._instant(bisect_left(self._passed_at_end, passed), passed)

    def last(self, passed: Seconds) -> Seconds | None:
        """The last instant before which no more than so many seconds have passed; None: there is no last, or none."""
        return None if passed < 0 else self._instant(bisect_right(self._passed_at_end, passed), passed)

    def _instant(self, index: int, passed: Seconds) -> Seconds | None:
        if index == len(self.ends):
            return None
        return self.ends[index] - (self._passed_at_end[index] - passed)

    def add(self, moment: Moment, duration_s: Seconds) -> Moment | None:
        """The moment at which so many seconds more have passed; None: never."""
        if duration_s == 0:
            return moment
        instant, after = moment
        passed = self.passed(instant) + duration_s
        moving = after and self.runs(instant)  # outside the hours a later start ends no later
        ended = self.last(passed) if moving else self.first(passed)
        return None if ended is None else (ended, moving)
