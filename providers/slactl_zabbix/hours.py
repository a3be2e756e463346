"""Service hours as Zabbix holds them: a weekly schedule, and excluded downtimes for all that the week does not know.

Zabbix lays the week out from the Sunday on or before the beginning of each reporting period, and goes on by whole weeks of
604,800 seconds: from a change of the clocks to the period's end its hours are an hour off. What it then counts too much is
excluded, exactly; what it cannot count is told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.windows import Span, Window
from slactl.base.zones import local_date, midnight

_WEEK_S = 604_800
_DAY = timedelta(days=1)
OUT_OF_HOURS = "out of hours"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A stretch of time that does not count, in UTC seconds."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What an SLA object says about its hours."""

    week: tuple[Span, ...]
    """Seconds from Sunday 00:00; empty: all the time."""
    exclusions: tuple[Exclusion, ...]
    missing_s: int
    """Service time of the horizon that Zabbix cannot count."""


def schedule_of(
    service: IntervalSet,
    maintenance: Mapping[str, IntervalSet],
    window: Window,
    zone: ZoneInfo,
    horizon: Span,
    *,
    exact: bool,
) -> Schedule:
    """The schedule under which Zabbix counts what is in service and not in maintenance.

    `service` and `maintenance` (by the window's name) are UTC time within the horizon. An exact one covers every hour that is
    ever in service and excludes each that is not, some hundreds a year where clocks change; else the week is the usual one.
    """
    periods = [(_sunday(start, zone), (start, end)) for start, end in window.spans(zone, *horizon)]
    week = IntervalSet.of(_in_week(service, periods)) if exact else _usual_week(service, zone, horizon)
    counted = _laid_out(week, periods, horizon)
    whole = week.seconds == _WEEK_S
    return Schedule(
        () if whole else week.spans,
        tuple(_exclusions(counted, service, maintenance)),
        (service - counted).seconds,
    )


def _exclusions(
    counted: IntervalSet, service: IntervalSet, maintenance: Mapping[str, IntervalSet]
) -> Iterator[Exclusion]:
    """Disjoint, for Zabbix would take an hour off twice."""
    found = [Exclusion(OUT_OF_HOURS, *span) for span in counted - service]
    left = counted & service
    for name, time in maintenance.items():
        found += [Exclusion(name, *span) for span in left & time]
        left -= time
    yield from sorted(found, key=lambda one: (one.start, one.name))


def _sunday(start: int, zone: ZoneInfo) -> int:
    """The midnight from which Zabbix lays out the weeks of a period."""
    day = local_date(start, zone)
    return midnight(day - _DAY * (day.isoweekday() % 7), zone)


def _in_week(service: IntervalSet, periods: Iterable[tuple[int, Span]]) -> Iterator[Span]:
    """Where service time stands in the week as Zabbix lays it out."""
    for anchor, period in periods:
        for start, end in service.clip(*period):
            yield from _wrapped(start - anchor, end - anchor)


def _wrapped(start: int, end: int) -> Iterator[Span]:
    if end - start >= _WEEK_S:
        yield 0, _WEEK_S
        return
    start, end = start % _WEEK_S, start % _WEEK_S + end - start
    yield start, min(end, _WEEK_S)
    if end > _WEEK_S:
        yield 0, end - _WEEK_S


def _laid_out(week: IntervalSet, periods: Iterable[tuple[int, Span]], horizon: Span) -> IntervalSet:
    """The time that Zabbix counts under a weekly schedule."""
    spans: list[Span] = []
    for anchor, (start, end) in periods:
        first = anchor + (start - anchor) // _WEEK_S * _WEEK_S
        for begin in range(first, end, _WEEK_S):
            spans += [
                (max(start, begin + low), min(end, begin + high))
                for low, high in week
                if begin + low < end and begin + high > start
            ]
    return IntervalSet.of(spans).clip(*horizon)


def _usual_week(service: IntervalSet, zone: ZoneInfo, horizon: Span) -> IntervalSet:
    """The week that is most frequent, day by day: a holiday does not make its weekday free."""
    days: dict[int, Counter[tuple[Span, ...]]] = {}
    day, last = local_date(horizon[0], zone), local_date(horizon[1] - 1, zone)
    while day <= last:
        start, end = midnight(day, zone), midnight(day + _DAY, zone)
        hours = tuple((low - start, high - start) for low, high in service.clip(start, end))
        days.setdefault(day.isoweekday() % 7, Counter())[hours] += 1
        day += _DAY
    return IntervalSet.of(
        (weekday * 86_400 + low, weekday * 86_400 + high)
        for weekday, found in days.items()
        for low, high in found.most_common(1)[0][0]
    ).clip(0, _WEEK_S)


def horizon_of(as_of: date, start: date | None, zone: ZoneInfo) -> Span:
    """From the first of January of last year, or the agreement's start where that is later, to the end of next year.

    The same tomorrow.
    """
    earliest = date(as_of.year - 1, 1, 1)
    first = earliest if start is None else max(earliest, start)
    return midnight(first, zone), midnight(date(max(as_of, first).year + 2, 1, 1), zone)
