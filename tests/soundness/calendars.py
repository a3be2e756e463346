"""Hours and windows on real dates, worked out from `zoneinfo` alone: nothing here knows how slactl does it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Span = tuple[int, int]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Office:
    """Monday to Friday, local time, but for some days off."""

    name: str
    zone: str
    opens: int
    closes: int
    days_off: tuple[str, ...] = ()

    @property
    def document(self) -> str:
        off = f", holidays: {{extra: [{', '.join(self.days_off)}]}}" if self.days_off else ""
        hours = f'{{mon-fri: ["{self.opens:02}:00-{self.closes:02}:00"]}}'
        return (
            f"---\napiVersion: slactl/v1\nkind: Calendar\nmetadata: {{name: {self.name}}}\n"
            f"spec: {{timezone: {self.zone}, hours: {hours}{off}}}\n"
        )

    def spans(self, first: date, last: date) -> list[Span]:
        found = []
        day = first
        while day <= last:
            if day.weekday() < 5 and day.isoformat() not in self.days_off:
                found.append((at(day, self.zone, self.opens), at(day, self.zone, self.closes)))
            day += DAY
        return found


def at(day: date, zone: str, hour: int = 0) -> int:
    return int(datetime.combine(day, time(hour), ZoneInfo(zone)).timestamp())


def windows(kind: str, zone: str, first: date, last: date) -> list[Span]:
    """Every window of a calendar period that touches the days from first to last."""
    starts = []
    day = first.replace(month=1, day=1) - timedelta(days=7)
    while day <= last + timedelta(days=400):
        if begins(kind, day):
            starts.append(at(day, zone))
        day += DAY
    spans = list(pairwise(starts))
    low, high = at(first, zone), at(last + DAY, zone)
    return [span for span in spans if span[0] < high and low < span[1]]


def begins(kind: str, day: date) -> bool:
    if kind == "calendar-day":
        return True
    if kind == "calendar-week":
        return day.weekday() == 0
    if kind == "calendar-month":
        return day.day == 1
    if kind == "calendar-quarter":
        return day.day == 1 and day.month % 3 == 1
    return (day.month, day.day) == (1, 1)


def common(one: list[Span], other: list[Span]) -> list[Span]:
    """What two ordered lists of spans share."""
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low < high:
            found.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def minus(one: list[Span], other: list[Span]) -> list[Span]:
    """What an ordered list of spans has and another has not."""
    found = []
    for low, high in one:
        at_s = low
        for start, end in other:
            if start < high and at_s < end:
                if at_s < start:
                    found.append((at_s, start))
                at_s = max(at_s, end)
        if at_s < high:
            found.append((at_s, high))
    return found


def length(spans: list[Span]) -> int:
    return sum(high - low for low, high in spans)


def day_of(second: int) -> date:
    return datetime.fromtimestamp(second, UTC).date()
