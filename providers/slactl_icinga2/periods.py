"""Service hours as Icinga's time periods: a week by the server's clock, and dates on which it differs.

A period holds ranges of local time of the server, by weekday or by date, and leaves out what another period holds. What the
week does not know (holidays, odd compositions, a clock that changes on another day) is computed as a difference of
sets and written by date, so the two periods together are right over the horizon whatever the calendar is.

Two faults of Icinga 2.13 are written round: a date alone is taken for two days, and a piece that begins or ends with
a stretch of service, yet is shorter, is not left out. `docs/providers/icinga2.md` tells more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.zones import find_zone, instant, local_date, local_time, midnight, transitions, utc_offset
from slactl.model.calendar import Calendar, Calendars

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_MIN = 1440
_WEEK_MIN = 7 * _DAY_MIN
_DAY = timedelta(days=1)
_YEAR_DAYS = 366
Ranges = Mapping[str, str]
"""`{"monday": "08:00-18:00", "2026-12-25 - 2026-12-25 / 2": "00:00-24:00"}`."""


@dataclass(frozen=True, slots=True)
class Period:
    """The time periods of one calendar."""

    ranges: Ranges
    left_out: Ranges
    """By date: what the week says and the calendar does not."""
    weekly: bool
    """False: every day of the horizon is written by date, and nothing beyond."""
    doubtful: tuple[str, ...] = ()
    """Days on which hours begin or end at a local time that the clock skips or repeats."""


def period_of(name: str, calendars: Mapping[str, Calendar], timezone: str, start: int, end: int) -> Period:
    """The hours of a calendar between two instants, by the clock of a zone; a week goes on beyond."""
    zone = find_zone(timezone)
    wanted = Calendars(calendars).in_service(name, start, end)
    edges = {edge for span in wanted for edge in span}
    doubtful = tuple(sorted({str(local_date(edge, zone)) for edge in edges if _is_doubtful(edge, zone)}))
    week = _week(name, calendars, zone, (start, end))
    known = IntervalSet() if week is None else _spans_of(week, zone, start, end)
    pieces = [*_by_day(known - wanted, zone)]
    if week is None or not all(_can_be_cut(piece, known | wanted) for piece in pieces):
        return Period(_by_date(_by_day(wanted, zone), zone, start), {}, weekly=False, doubtful=doubtful)
    return Period(
        ranges={**_by_weekday(week), **_by_date(_by_day(wanted - known, zone), zone, start)},
        left_out=_by_date(pieces, zone, start),
        weekly=True,
        doubtful=doubtful,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of time on one local day."""

    day: date
    begin_min: int
    stop_min: int
    """At most 1440: midnight."""
    span: tuple[int, int]
    """In UTC seconds."""

    @property
    def text(self) -> str:
        return f"{_clock(self.begin_min)}-{_clock(self.stop_min)}"


def _by_day(spans: IntervalSet, zone: ZoneInfo) -> Iterator[_Piece]:
    for begin, stop in spans:
        first, last = local_time(begin, zone), local_time(stop, zone)
        while first < last:
            day = datetime.combine(first.date(), time())
            until = min(last, day + _DAY)
            span = (max(begin, instant(first, zone)), min(stop, instant(until, zone)))
            yield _Piece(first.date(), _minutes(first - day), _minutes(until - day), span)
            first = day + _DAY


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


def _can_be_cut(piece: _Piece, hours: IntervalSet) -> bool:
    """Whether Icinga leaves a piece out of the hours: a whole stretch, or one within a stretch; days begin stretches, too."""
    begin, stop = piece.span
    around = next((span for span in hours if span[0] <= begin < span[1]), piece.span)
    within = around[0] < begin and stop < around[1] and piece.begin_min > 0 and piece.stop_min < _DAY_MIN
    return within or around == piece.span


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
    return {
        name: ",".join(f"{_clock(begin)}-{_clock(stop)}" for begin, stop in ranges)
        for name, ranges in days
        if ranges
    }


def _by_date(pieces: Iterable[_Piece], zone: ZoneInfo, start: int) -> dict[str, str]:
    found: dict[date, list[str]] = {}
    for piece in pieces:
        found.setdefault(piece.day, []).append(piece.text)
    return {_date(day, zone, start): ",".join(ranges) for day, ranges in found.items()}


def _date(day: date, zone: ZoneInfo, start: int) -> str:
    """A day alone, as the last of days in steps, for Icinga 2.13.3 to 2.13.10 takes the day behind the last, too.

    Icinga counts steps in 24 hours: for a day of 23 they begin before the horizon, under the clock that holds after that day.
    """
    before, after = (utc_offset(midnight(one, zone), zone) for one in (day, day + _DAY))
    first = day
    if after > before:
        earlier = (local_date(start, zone) - back * _DAY for back in range(1, _YEAR_DAYS))
        first = next((one for one in earlier if utc_offset(midnight(one, zone), zone) == after), day)
    return f"{first} - {day} / {max(2, (day - first).days)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _is_doubtful(at: int, zone: ZoneInfo) -> bool:
    """Whether the local time of an instant is one that the clock repeats, or the first after it jumped."""
    local = local_time(at, zone)
    offsets = {local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return len(offsets) > 1 or instant(local, zone) != at or utc_offset(at, zone) != utc_offset(at - 1, zone)
