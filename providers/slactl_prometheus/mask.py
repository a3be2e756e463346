"""Service hours as a PromQL expression: 1 in service, 0 outside, exact over daylight saving, holidays and maintenance.

The expression is a weekly pattern in local time (the zone's offset added to `time()`, with a step at each change of
clocks), corrected by dated ranges for all that the pattern does not know: holidays, maintenance, odd compositions. The
corrections are computed as a difference of sets, so the result is exact over the horizon whatever the calendar is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slactl.base.intervals import IntervalSet
from slactl.base.zones import transitions, utc_offset
from slactl.model.calendar import Calendar, Calendars, MaintenanceWindow, occurrences

_LINE = "\n  + "
_DAY_S = 86_400
_WEEK_S = 7 * _DAY_S
_MONDAY = 3 * _DAY_S
"""1970-01-01 was a Thursday: so many seconds later the week count starts on a Monday."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Which time counts for some objectives."""

    key: str
    """`office-berlin`, or with an agreement's own maintenance `sla.acme-shop`."""
    calendar: str | None
    maintenance: tuple[MaintenanceWindow, ...] = ()


def counted(mask: Mask, hours: Calendars, start: int, end: int) -> IntervalSet:
    """The time that counts."""
    time = hours.in_service(mask.calendar, start, end)
    for window in mask.maintenance:
        time -= occurrences(window, start, end)
    return time


def mask_expression(
    mask: Mask, calendars: Mapping[str, Calendar], horizon: tuple[int, int], lead_s: int
) -> str:
    """The mask between two instants; each stretch of service ends `lead_s` early.

    A rule that looks the mask up sees a sample that may be `lead_s` old; ending early keeps the minutes after closing out.
    """
    start, end = horizon
    wanted = IntervalSet.of(
        (begin, stop - lead_s) for begin, stop in counted(mask, Calendars(calendars), start, end)
    )
    patterns = [
        _Pattern.of(calendars[name], start, end, lead_s) for name in _weekly_members(mask.calendar, calendars)
    ]
    known = (
        IntervalSet.of(span for pattern in patterns for span in pattern.spans(start, end))
        if patterns
        else (IntervalSet(((start, end),)) if mask.calendar is None else IntervalSet())
    )
    base = (
        _either([pattern.expression() for pattern in patterns])
        if patterns
        else "1"
        if mask.calendar is None
        else "0"
    )
    missing, surplus = wanted - known, known - wanted
    expression = base if not surplus else f"{base} * (1 - ({_ranges(surplus)}))"
    if missing:
        expression = f"{expression} + {_ranges(missing)}" if expression != "0" else _ranges(missing)
    return f"vector({expression})"


def _weekly_members(name: str | None, calendars: Mapping[str, Calendar]) -> Iterator[str]:
    """The calendars with weekly hours that a calendar joins."""
    if name is None:
        return
    calendar = calendars[name]
    if calendar.hours is not None:
        yield name
    for member in calendar.union:
        yield from _weekly_members(member, calendars)


def _either(expressions: list[str]) -> str:
    if len(expressions) == 1:
        return expressions[0]
    return "(1 - " + " * ".join(f"(1 - {one})" for one in expressions) + ")"


def _ranges(spans: IntervalSet) -> str:
    return "\n  + ".join(f"(time() >= bool {begin}) * (time() < bool {stop})" for begin, stop in spans)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Weekly hours of one zone as seconds from Monday, local time."""

    week: IntervalSet
    offset_s: int
    """The zone's offset at the start of the horizon."""
    steps: tuple[tuple[int, int, int], ...]
    """Changes of the offset: (instant, before, after)."""

    @classmethod
    def of(cls, calendar: Calendar, start: int, end: int, lead_s: int) -> "_Pattern":
        zone = Calendars({calendar.name: calendar}).zone(calendar.name)
        raw = [
            ((day * 1440 + begin) * 60, (day * 1440 + stop) * 60)
            for day, ranges in enumerate(calendar.hours or ())
            for begin, stop in ranges
        ]
        wrapped = [*raw, *((0, stop - _WEEK_S) for _, stop in raw if stop > _WEEK_S)]
        merged = IntervalSet.of(wrapped).clip(0, _WEEK_S)
        shortened = IntervalSet.of(
            (begin, stop if stop == _WEEK_S else stop - lead_s) for begin, stop in merged
        )
        return cls(shortened, utc_offset(start, zone), transitions(zone.key or "UTC", start, end))

    def expression(self) -> str:
        offset = str(self.offset_s) + "".join(
            f" + {after - before} * (time() >= bool {instant})" for instant, before, after in self.steps
        )
        local = f"((time() + {offset} + {_MONDAY}) % {_WEEK_S})"
        terms = [f"({local} >= bool {begin}) * ({local} < bool {stop})" for begin, stop in self.week]
        return f"({_LINE.join(terms)})" if terms else "0"

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """When the expression is 1."""
        edges = [(start, self.offset_s), *((instant, after) for instant, _, after in self.steps)]
        for index, (begin, offset) in enumerate(edges):
            stop = edges[index + 1][0] if index + 1 < len(edges) else end
            shift = offset + _MONDAY
            week = (begin + shift) // _WEEK_S * _WEEK_S - shift
            while week < stop:
                for low, high in self.week:
                    yield max(begin, week + low), min(stop, week + high)
                week += _WEEK_S
