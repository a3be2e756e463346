"""Service hours as Icinga's time periods: a week by the server's clock, and dates on which it differs.

A period holds ranges of local time of the server, by weekday or by date, and leaves out what another period holds. What the
week does not know (holidays, odd compositions, a clock that changes on another day) is computed as a difference of
sets and written by date, so the two periods together are right over the horizon whatever the calendar is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.zones import find_zone, instant, local_time, transitions, utc_offset
from slactl.model.calendar import Calendar, Calendars

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_MIN = 1440
_WEEK_MIN = 7 * _DAY_MIN
_DAY = timedelta(days=1)
Ranges = Mapping[str, str]
"""`{"monday": "08:00-18:00", "2026-12-25": "00:00-24:00"}`."""


@dataclass(frozen=True, slots=True)
class Period:
    """The time periods of one calendar."""

    ranges: Ranges
    left_out: Ranges
    """By date: what the week says and the calendar does not."""
    weekly: bool
    """False: no week by the server's clock fits, so every day of the horizon is written by date."""
    doubtful: tuple[str, ...] = ()
    """Days on which hours begin or end at a local time that the clock skips or repeats."""


def period_of(name: str, calendars: Mapping[str, Calendar], timezone: str, start: int, end: int) -> Period:
    """The hours of a calendar between two instants, by the clock of a zone; a week goes on beyond."""
    zone, hours = find_zone(timezone), Calendars(calendars)
    week = _week(name, calendars, zone, (start, end))
    known = IntervalSet() if week is None else _spans_of(week, zone, start, end)
    wanted = hours.in_service(name, start, end)
    edges = {edge for span in wanted for edge in span}
    return Period(
        ranges={**_by_weekday(week or IntervalSet()), **_by_date(wanted - known, zone)},
        left_out=_by_date(known - wanted, zone),
        weekly=week is not None,
        doubtful=tuple(sorted({_date(edge, zone) for edge in edges if _is_doubtful(edge, zone)})),
    )


def _week(
    name: str, calendars: Mapping[str, Calendar], zone: ZoneInfo, horizon: tuple[int, int]
) -> IntervalSet | None:
    """The weekly hours of all that a calendar joins, in minutes from Monday by the server's clock; None: there are none."""
    week, hours = IntervalSet(), Calendars(calendars)
    for member in _members(name, calendars):
        calendar = calendars[member]
        shift_min = _shift_min(hours.zone(member), zone, *horizon)
        if shift_min is None:
            return None
        week |= _shifted(_own_week(calendar), shift_min)
    return week


def _members(name: str, calendars: Mapping[str, Calendar]) -> Iterator[str]:
    """The calendars with a week of their own that a calendar joins."""
    calendar = calendars[name]
    if calendar.hours is not None or not calendar.union:
        yield name
    for member in calendar.union:
        yield from _members(member, calendars)


def _own_week(calendar: Calendar) -> IntervalSet:
    if calendar.hours is None:
        return IntervalSet(((0, _WEEK_MIN),))
    return IntervalSet.of(
        (day * _DAY_MIN + begin, day * _DAY_MIN + stop)
        for day, ranges in enumerate(calendar.hours)
        for begin, stop in ranges
    )


def _shifted(week: IntervalSet, by_min: int) -> IntervalSet:
    """A week moved round: what leaves it at one end comes in at the other."""
    moved = [(begin + by_min + turn, stop + by_min + turn) for begin, stop in week for turn in _TURNS]
    return IntervalSet.of(moved).clip(0, _WEEK_MIN)


_TURNS = (-_WEEK_MIN, 0, _WEEK_MIN)


def _shift_min(one: ZoneInfo, other: ZoneInfo, start: int, end: int) -> int | None:
    """How far the other zone's clock is ahead, in minutes; None where that changes, or is no whole minute."""
    instants = {start}
    for zone in (one, other):
        instants |= {at for at, _, _ in transitions(zone.key, start, end)}
    ahead = {utc_offset(at, other) - utc_offset(at, one) for at in instants}
    seconds = ahead.pop()
    return None if ahead or seconds % 60 else seconds // 60


def _spans_of(week: IntervalSet, zone: ZoneInfo, start: int, end: int) -> IntervalSet:
    """When a server with this clock is within the week."""
    if week.seconds == _WEEK_MIN:
        return IntervalSet(((start, end),))
    by_day = tuple(tuple(_of_day(week, day)) for day in range(7))
    server = Calendar("server", timezone=zone.key, hours=by_day)
    return Calendars({"server": server}).in_service("server", start, end)


def _of_day(week: IntervalSet, day: int) -> Iterator[tuple[int, int]]:
    for begin, stop in week.clip(day * _DAY_MIN, (day + 1) * _DAY_MIN):
        yield begin - day * _DAY_MIN, stop - day * _DAY_MIN


def _by_weekday(week: IntervalSet) -> dict[str, str]:
    days = ((name, [*_of_day(week, day)]) for day, name in enumerate(_DAYS))
    return {name: ",".join(_range(*one) for one in ranges) for name, ranges in days if ranges}


def _by_date(spans: IntervalSet, zone: ZoneInfo) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for begin, stop in spans:
        first, last = local_time(begin, zone), local_time(stop, zone)
        while first < last:
            midnight = datetime.combine(first.date(), time())
            until = min(last, midnight + _DAY)
            text = _range((first - midnight).seconds // 60, int((until - midnight).total_seconds()) // 60)
            found.setdefault(first.date().isoformat(), []).append(text)
            first = midnight + _DAY
    return {day: ",".join(ranges) for day, ranges in found.items()}


def _range(begin_min: int, stop_min: int) -> str:
    return f"{_clock(begin_min)}-{_clock(stop_min)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _date(at: int, zone: ZoneInfo) -> str:
    return local_time(at, zone).date().isoformat()


def _is_doubtful(at: int, zone: ZoneInfo) -> bool:
    """Whether the local time of an instant is one that the clock repeats, or the first after it jumped."""
    local = local_time(at, zone)
    offsets = {local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return len(offsets) > 1 or instant(local, zone) != at or utc_offset(at, zone) != utc_offset(at - 1, zone)
