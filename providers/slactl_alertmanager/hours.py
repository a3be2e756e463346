"""Service hours and maintenance as Alertmanager's time intervals, exact to the minute up to the end of the horizon.

The week in local time is a pattern; all that a pattern does not know (holidays, odd compositions, hours that the clock skips
or repeats) is added or taken away as dated ranges, computed as a difference of sets.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.zones import local_date, local_time, midnight, transitions, utc_offset
from slactl.model.calendar import Calendar, Calendars, MaintenanceWindow, occurrences

_DAY_S, _MINUTE_S, _DAY_MIN = 86_400, 60, 1440
_WEEK_S = 7 * _DAY_S
_MONDAY_S = 3 * _DAY_S
"""1970-01-01 was a Thursday: so many seconds later the week count starts on a Monday."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)
Ranges = tuple[tuple[int, int], ...]
"""Minutes of a day."""
Item = Mapping[str, Any]
"""One entry of `time_intervals`."""


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """When notifications go out."""

    active: tuple[Item, ...] | None
    """Only then; None: around the clock."""
    muted: tuple[Item, ...]
    """Not then, whatever `active` says."""


def service_times(
    name: str, hours: Calendars, known: Mapping[str, Calendar], span: tuple[int, int]
) -> ServiceTimes:
    """A calendar's service hours between two instants."""
    wanted = hours.in_service(name, *span)
    members = [*_members(name, known)]
    zone = hours.zone(name)
    if any(known[one].hours is None for one in members):
        around_the_clock = IntervalSet((span,))
        return ServiceTimes(None, dated(around_the_clock - wanted, zone))
    weeks = [(hours.zone(one), _week(known[one])) for one in members]
    pattern = IntervalSet.of(found for where, week in weeks for found in _spans(where, week, span))
    items = [item for where, week in weeks for item in _weekly(where, week)]
    return ServiceTimes((*items, *dated(wanted - pattern, zone)), dated(pattern - wanted, zone))


def maintenance_times(windows: Sequence[MaintenanceWindow], span: tuple[int, int]) -> tuple[Item, ...]:
    """Planned maintenance between two instants."""
    return tuple(item for one in windows for item in dated(occurrences(one, *span), ZoneInfo(one.timezone)))


def _members(name: str, known: Mapping[str, Calendar]) -> Iterator[str]:
    """The calendars with hours of their own that a calendar joins."""
    calendar = known[name]
    if calendar.hours is not None or not calendar.union:
        yield name
    for member in calendar.union:
        yield from _members(member, known)


def _week(calendar: Calendar) -> tuple[Ranges, ...]:
    """Each day's minutes, with what runs past midnight on the day that it runs into."""
    days: list[list[tuple[int, int]]] = [[] for _ in _WEEKDAYS]
    for day, ranges in enumerate(calendar.hours or ()):
        for start, end in ranges:
            days[day].append((start, min(end, _DAY_MIN)))
            if end > _DAY_MIN:
                days[(day + 1) % len(days)].append((0, end - _DAY_MIN))
    return tuple(IntervalSet.of(day).spans for day in days)


def _weekly(zone: ZoneInfo, week: tuple[Ranges, ...]) -> Iterator[Item]:
    """Days of the same hours together."""
    for ranges in dict.fromkeys(day for day in week if day):
        days = [name for name, found in zip(_WEEKDAYS, week, strict=True) if found == ranges]
        yield {**_times(ranges), "weekdays": days, "location": str(zone)}


def _spans(zone: ZoneInfo, week: tuple[Ranges, ...], span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """When Alertmanager finds itself within the pattern: it asks the clock on the wall, also where that skips or repeats."""
    changes = transitions(str(zone), *span)
    edges = [(span[0], utc_offset(span[0], zone)), *((at, after) for at, _, after in changes)]
    for index, (begin, offset) in enumerate(edges):
        stop = edges[index + 1][0] if index + 1 < len(edges) else span[1]
        shift = offset + _MONDAY_S
        monday = (begin + shift) // _WEEK_S * _WEEK_S - shift
        while monday < stop:
            for day, ranges in enumerate(week):
                for low, high in ranges:
                    at = monday + day * _DAY_S
                    yield max(begin, at + low * _MINUTE_S), min(stop, at + high * _MINUTE_S)
            monday += _WEEK_S


def dated(spans: Iterable[tuple[int, int]], zone: ZoneInfo) -> tuple[Item, ...]:
    """Stretches of time as dates, in local time except on days on which the clock changes; days of the same hours together.

    A part of a minute counts as the whole minute.
    """
    days: dict[tuple[str, date], list[tuple[int, int]]] = {}
    for start, end in spans:
        for place, day, minutes in _by_day(
            start // _MINUTE_S * _MINUTE_S, -(-end // _MINUTE_S) * _MINUTE_S, zone
        ):
            days.setdefault((place, day), []).append(minutes)
    months: dict[tuple[str, int, int, Ranges], list[int]] = {}
    for (place, day), found in sorted(days.items()):
        ranges = IntervalSet.of(found).spans
        months.setdefault((place, day.year, day.month, ranges), []).append(day.day)
    return tuple(
        {**_times(ranges), "days_of_month": _runs(numbers), "months": [str(month)], "years": [str(year)], "location": place}
        for (place, year, month, ranges), numbers in months.items()
    )  # fmt: skip


def _by_day(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[str, date, tuple[int, int]]]:
    day = local_date(start, zone)
    while (low := max(start, midnight(day, zone))) < end:
        high = min(end, midnight(day + _DAY, zone))
        if midnight(day + _DAY, zone) - midnight(day, zone) == _DAY_S:
            first = _minute(local_time(low, zone))
            yield str(zone), day, (first, first + (high - low) // _MINUTE_S)
        else:
            yield from _in_utc(low, high)
        day += _DAY


def _in_utc(start: int, end: int) -> Iterator[tuple[str, date, tuple[int, int]]]:
    while start < end:
        stop = min(end, start // _DAY_S * _DAY_S + _DAY_S)
        begin = datetime.fromtimestamp(start, UTC)
        yield "UTC", begin.date(), (_minute(begin), _minute(begin) + (stop - start) // _MINUTE_S)
        start = stop


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _times(ranges: Ranges) -> dict[str, Any]:
    if ranges == ((0, _DAY_MIN),):
        return {}
    return {"times": [{"start_time": _clock(low), "end_time": _clock(high)} for low, high in ranges]}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _runs(days: Sequence[int]) -> list[str]:
    """`[1, 2, 3, 5]` as `1:3` and `5`."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return [str(first) if first == last else f"{first}:{last}" for first, last in runs]
