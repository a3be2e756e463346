"""Service hours on real dates: the UTC time in which a calendar is in service."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.zones import instant, local_date, midnight
from slactl.model.calendar.country_days import country_days
from slactl.model.calendar.kinds import Calendar, Holidays, Hours

_DAY = timedelta(days=1)


class Calendars:
    """The calendars of an estate; each is worked out once and kept, however many agreements ask.

    A range of hours is in service from the instant of its local beginning to that of its local end, with local
    times that do not exist moved forward and those that exist twice taken the first time. A holiday takes out
    the local day from midnight to midnight and nothing else: a range that runs into it ends at midnight, and
    the part that a holiday's own range has after midnight, on the next day, stays in service.
    """

    def __init__(self, calendars: Mapping[str, Calendar]) -> None:
        self._calendars = calendars
        self._known: dict[str, tuple[int, int, IntervalSet]] = {}
        self._answers: dict[tuple[str, int, int], IntervalSet] = {}

    def zone(self, name: str | None) -> ZoneInfo:
        """The time zone of a calendar: its own, else that of a union's first member, else UTC."""
        seen = set[str]()
        while name is not None and name not in seen:
            seen.add(name)
            calendar = self._calendars[name]
            if calendar.timezone is not None:
                return ZoneInfo(calendar.timezone)
            name = calendar.union[0] if calendar.union else None
        return ZoneInfo("UTC")

    def in_service(self, name: str | None, start: int, end: int) -> IntervalSet:
        """The time in service within `[start, end)` UTC seconds; None is in service all the time.

        Raises:
            KeyError: no calendar has the name.
            ValueError: the calendars are composed in a circle.
        """
        if start >= end:
            return IntervalSet()
        if name is None:
            return IntervalSet(((start, end),))
        key = (name, start, end)
        if key not in self._answers:
            low, high, known = self._known.get(name, (start, start, IntervalSet()))
            if start < low or end > high:
                known = self._work_out(name, min(start, low), max(end, high))
            self._answers[key] = known.clip(start, end)
        return self._answers[key]

    def _work_out(self, name: str, start: int, end: int) -> IntervalSet:
        """Work out the calendar and all that it is composed of, for whole years."""
        low, high = _year_start(start, 0), _year_start(end, 1)
        for member in _members_first(self._calendars, name):
            known = self._known.get(member)
            if known is not None and known[0] <= low and high <= known[1]:
                continue
            calendar = self._calendars[member]
            hours = self._own(calendar, low, high)
            for other in calendar.union:
                hours |= self._known[other][2].clip(low, high)
            if calendar.holidays is not None:
                hours -= _days_off(calendar.holidays, self.zone(member), low, high)
            for other in calendar.except_:
                hours -= self._known[other][2]
            self._known[member] = (low, high, hours)
        return self._known[name][2]

    def _own(self, calendar: Calendar, low: int, high: int) -> IntervalSet:
        if calendar.hours is not None:
            return _weekly(calendar.hours, self.zone(calendar.name), low, high)
        return IntervalSet() if calendar.union else IntervalSet(((low, high),))


def _members_first(calendars: Mapping[str, Calendar], top: str) -> Iterator[str]:
    """The calendars that `top` is composed of, then itself; names that nobody defined are left to others."""
    stack, above, done = [top], dict[str, None](), set[str]()
    while stack:
        name = stack[-1]
        if name in done or name not in calendars:
            stack.pop()
        elif name in above:
            del above[name]
            done.add(name)
            yield stack.pop()
        else:
            above[name] = None
            for member in (*calendars[name].union, *calendars[name].except_):
                if member in above:
                    raise ValueError(
                        f"The calendars {' -> '.join([*above, member])} are composed in a circle."
                    )
                stack.append(member)


def _year_start(seconds: int, later: int) -> int:
    year = datetime.fromtimestamp(seconds, UTC).year + later
    return int(datetime(min(year, 9999), 1, 1, tzinfo=UTC).timestamp())


def _weekly(hours: Hours, zone: ZoneInfo, low: int, high: int) -> IntervalSet:
    day, last = local_date(low, zone) - _DAY, local_date(high, zone)
    spans: list[tuple[int, int]] = []
    while day <= last:
        start_of_day = datetime.combine(day, time())
        for start, end in hours[day.weekday()]:
            spans.append((_at(start_of_day, start, zone), _at(start_of_day, end, zone)))
        day += _DAY
    return IntervalSet.of(spans).clip(low, high)


def _at(start_of_day: datetime, minutes: int, zone: ZoneInfo) -> int:
    return instant(start_of_day + timedelta(minutes=minutes), zone)


def _days_off(holidays: Holidays, zone: ZoneInfo, low: int, high: int) -> IntervalSet:
    first, last = local_date(low, zone), local_date(high, zone)
    days = {day for year in range(first.year, last.year + 1) for day in holiday_dates(holidays, year)}
    return IntervalSet.of(
        (midnight(day, zone), midnight(day + _DAY, zone)) for day in days if first <= day <= last
    )


@lru_cache(maxsize=1024)
def holiday_dates(holidays: Holidays, year: int) -> tuple[date, ...]:
    """The local days without service in a year, in order."""
    days = {day for day in holidays.extra if day.year == year}
    if holidays.country is not None:
        days.update(country_days(holidays.country, holidays.subdivision, year))
    return tuple(sorted(days))
