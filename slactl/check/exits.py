"""When agreements end by notice: the earliest exit of each party, and the day on which notice leaves the largest gap.

A notice period runs from the day on which notice is given. Without renewal it ends the agreement with its last day, or
with the term if that is earlier; an agreement that renews by itself ends with the first of its periods that lasts until
then. Without a notice period only the term ends it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass
from slactl.model.agreement import Term

Side = Literal["provider", "customer"]
LastDays = tuple[int, ...]
"""The last days of an agreement, as ordinals, for notice on each day from a first one on."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Days that one agreement goes on after another has ended."""

    told: date
    """The day on which notice is given."""
    first: date
    last: date
    """First and last day of the gap."""

    @property
    def days(self) -> int:
        """Its length."""
        return (self.last - self.first).days + 1


@lru_cache(maxsize=8192)
def last_days(term: Term, side: Side, first: date, end: date) -> LastDays:
    """The last days of an agreement that a side gives notice of on each day up to an end, none of them after the end."""
    days = range((end - first).days + 1)
    notice, last = _notice(term, side), end.toordinal()
    ends = last if term.until is None or _renews(term) else min(term.until.toordinal(), last)
    if notice is None:
        return (ends,) * len(days)
    begin = term.start or first
    told = (max(first.toordinal() + day, begin.toordinal()) for day in days)
    earliest = _notice_over(told, notice)
    if not _renews(term):
        return tuple(min(day, ends) for day in earliest)
    periods = _periods(term, end)
    return tuple(_end_of_period(periods, min(day, last), last) for day in earliest)


def days_of_notice(term: Term, side: Side, first: date, end: date) -> int:
    """The number of days, from a first one on, on which a side may still end an agreement before its term does."""
    notice = _notice(term, side)
    if notice is None:
        return 0
    if term.until is None or _renews(term):
        return (end - first).days + 1
    until = min(term.until, end).toordinal()
    return sum(day < until for day in last_days(term, side, first, end))


def largest_gap(ends_first: Sequence[int], goes_on: Sequence[int], first: date) -> Gap | None:
    """The largest gap between two agreements over days of notice, the earliest of equal ones; None without any."""
    gaps = [later - sooner for sooner, later in zip(ends_first, goes_on, strict=False)]
    longest = max(gaps, default=0)
    if longest <= 0:
        return None
    day = gaps.index(longest)
    ended = date.fromordinal(ends_first[day])
    return Gap(first + timedelta(days=day), ended + timedelta(days=1), ended + timedelta(days=longest))


def beyond(gap: Gap, end: date) -> str:
    """What to add about a gap that lasts as long as anybody looks."""
    return ", the last day that is looked at" if gap.last == end else ""


@lru_cache(maxsize=4096)
def is_longer(one: Duration | None, other: Duration | None, on: date) -> bool:
    """Whether a period counted from a day is longer than another; None is longer than any."""
    if one is None or other is None:
        return one is None and other is not None
    start = datetime.combine(on, time(), UTC)
    return one.after(start) > other.after(start)


def _notice(term: Term, side: Side) -> Duration | None:
    return term.notice_provider if side == "provider" else term.notice_customer


def _notice_over(told: Iterable[int], notice: Duration) -> Iterator[int]:
    """The days on which notice given on some days is over; months are looked up, days are added."""
    if notice.months:
        return (notice.after(date.fromordinal(day)).toordinal() for day in told)
    length = (notice.after(date.min) - date.min).days
    return (day + length for day in told)


def _renews(term: Term) -> bool:
    return term.until is not None and term.renewal is not None and _is_a_day(term.renewal)


def _is_a_day(length: Duration) -> bool:
    return bool(length.months) or timedelta(milliseconds=length.milliseconds) >= timedelta(days=1)


def _periods(term: Term, end: date) -> list[int]:
    """The ends of the term and of its renewals, as ordinals, up to the first at or after a day."""
    found: list[int] = []
    for day in _period_ends(term):
        found.append(day.toordinal())
        if day >= end:
            break
    return found


def _period_ends(term: Term) -> Iterator[date]:
    count = 0
    while term.until is not None and term.renewal is not None:
        yield Duration(term.renewal.milliseconds * count, term.renewal.months * count).after(term.until)
        count += 1


def _end_of_period(periods: Sequence[int], earliest: int, last: int) -> int:
    return min(periods[bisect_left(periods, earliest)], last)
