"""Windows, service hours and time zones against a simulator that knows nothing of ours: two years, minute by minute.

The years hold 29 February 2028 and eight changes to and from summer time in Berlin and New York, on different days.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from slactl.check.engine import check
from slactl.check.result import ObjectiveResult
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from tests.estate_texts import PEOPLE, service

Mask = NDArray[np.bool_]
AS_OF = date(2027, 7, 1)
BEGIN = datetime(2026, 12, 1, tzinfo=UTC)
END = datetime(2030, 2, 1, tzinfo=UTC)
MINUTES = int((END - BEGIN).total_seconds()) // 60
ALWAYS = "24x7"
CALENDARS = {
    "berlin": ("Europe/Berlin", range(5), 8 * 60, 18 * 60),
    "york": ("America/New_York", range(5), 9 * 60 + 30, 17 * 60),
    "tokyo": ("Asia/Tokyo", range(6), 22 * 60, 30 * 60),
    "sydney": ("Australia/Sydney", range(7), 0, 5 * 60 + 45),
}
"""Zone, weekdays, and the minutes of the day from and to; past midnight they run on into the next day."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar(name: str) -> str:
    zone, days, start, end = CALENDARS[name]
    hours = f"{start // 60:02}:{start % 60:02}-{end % 1440 // 60:02}:{end % 60:02}"
    return (
        f"---\napiVersion: slactl/v1\nkind: Calendar\nmetadata: {{name: {name}}}\n"
        f'spec: {{timezone: {zone}, hours: {{{_DAYS[days[0]]}-{_DAYS[days[-1]]}: ["{hours}"]}}}}\n'
    )


def local_minutes(zone: ZoneInfo) -> Iterator[datetime]:
    """Local time of every hour: within an hour of UTC no zone here changes its offset."""
    for hour in range(MINUTES // 60):
        yield (BEGIN + timedelta(hours=hour)).astimezone(zone)


def covered(name: str) -> Mask:
    """The minutes in service."""
    if name == ALWAYS:
        return np.ones(MINUTES, bool)
    zone, days, start, end = CALENDARS[name]
    found = np.zeros(MINUTES, bool)
    for index, local in enumerate(local_minutes(ZoneInfo(zone))):
        first = local.hour * 60 + local.minute
        for minute in range(60):
            of_day = first + minute
            weekday = (local.weekday() + of_day // 1440) % 7
            of_day %= 1440
            today = weekday in days and start <= of_day < end
            yesterday = (weekday - 1) % 7 in days and start <= of_day + 1440 < end
            found[index * 60 + minute] = today or yesterday
    return found


def midnight(day: date, zone: ZoneInfo) -> int:
    """The minute at which a local day begins."""
    instant = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return int((instant - BEGIN).total_seconds()) // 60


def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo("UTC" if name == ALWAYS else CALENDARS[name][0])


STEP = {"calendar-month": 1, "calendar-quarter": 3, "calendar-year": 12}


def starts(window: str, name: str) -> list[int]:
    """The minutes at which calendar windows begin, and the last ends."""
    days = [date(year, month, 1) for year in (2027, 2028, 2029, 2030) for month in range(1, 13, STEP[window])]
    zone = zone_of(name)
    return [midnight(day, zone) for day in days if day <= date(2030, 1, 1)]


@dataclass(frozen=True)
class Supplier:
    """A promise below: unavailability as a share of its own windows, counted in its own hours."""

    target: str
    window: str
    hours: str

    @property
    def unavailability(self) -> Fraction:
        return 1 - Fraction(self.target.removesuffix("%")) / 100


def within(mask: Mask) -> NDArray[np.int64]:
    """How many minutes are set before each minute."""
    return np.concatenate(([0], np.cumsum(mask, dtype=np.int64)))


class Simulator:
    """How long an SLA's minutes can be down at most while one supplier keeps its promise."""

    def __init__(self, hours: str, supplier: Supplier) -> None:
        measured, theirs = covered(hours), covered(supplier.hours)
        self._measured = within(measured)
        self._free = within(measured & ~theirs)
        self._both = within(measured & theirs)
        bounds = starts(supplier.window, supplier.hours)
        count = within(theirs)
        self._windows = [
            (a, b, supplier.unavailability * 60 * int(count[b] - count[a])) for a, b in pairwise(bounds)
        ]
        self.first, self.last = bounds[0], bounds[-1]

    def worst_s(self, start: int, end: int) -> Fraction:
        """Down while the supplier promises nothing, and otherwise as long as each of its windows allows."""
        total = Fraction(60 * int(self._free[end] - self._free[start]))
        for a, b, budget_s in self._windows:
            low, high = max(a, start), min(b, end)
            if low < high:
                total += min(budget_s, Fraction(60 * int(self._both[high] - self._both[low])))
        return total

    def measured_s(self, start: int, end: int) -> Fraction:
        return Fraction(60 * int(self._measured[end] - self._measured[start]))


def judged(
    workspace: Callable[..., Path], window: str, hours: str, target: str, supplier: Supplier
) -> ObjectiveResult:
    used = sorted({hours, supplier.hours} - {ALWAYS})
    inner = "" if hours == ALWAYS else f"hours: {hours}, "
    theirs = "" if supplier.hours == ALWAYS else f"hours: {supplier.hours}, "
    text = PEOPLE + "".join(map(calendar, used))
    text += service("shop", "web", "[net]", "100%") + service("net", "cloud")
    for kind, name, on, customer, goal, span, when in (
        ("SLA", "a", "shop", "acme", target, window, inner),
        ("UC", "net", "net", "example-inc", supplier.target, supplier.window, theirs),
    ):
        text += (
            f"---\napiVersion: slactl/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
            f"spec: {{service: {on}, customer: {customer}, status: agreed, {when}"
            f"objectives: {{availability: {{target: {goal}, window: {span}}}}}}}\n"
        )
    estate, problems = build_estate(load_workspace(workspace(text)))
    problems.raise_errors()
    return check(estate, AS_OF).objectives["sla.a.availability"]


PAIRS = [
    ("calendar-month", ALWAYS, "99%", Supplier("99.9%", "calendar-month", ALWAYS)),
    ("calendar-month", "berlin", "99%", Supplier("99.9%", "calendar-month", ALWAYS)),
    ("calendar-month", ALWAYS, "90%", Supplier("99%", "calendar-month", "berlin")),
    ("calendar-month", "berlin", "98%", Supplier("99.5%", "calendar-month", "york")),
    ("calendar-month", "york", "98%", Supplier("99.5%", "calendar-quarter", "berlin")),
    ("calendar-quarter", "berlin", "97%", Supplier("99%", "calendar-month", "tokyo")),
    ("calendar-year", "tokyo", "97%", Supplier("99.7%", "calendar-quarter", "sydney")),
    ("calendar-month", "sydney", "95%", Supplier("99.95%", "calendar-year", ALWAYS)),
    ("calendar-quarter", "york", "99%", Supplier("99.9%", "calendar-year", "york")),
    ("calendar-month", "tokyo", "99%", Supplier("99.9%", "calendar-month", "tokyo")),
]


@pytest.mark.parametrize(("window", "hours", "target", "supplier"), PAIRS)
def test_the_worst_calendar_window_is_the_simulators_to_the_second(
    workspace: Callable[..., Path], window: str, hours: str, target: str, supplier: Supplier
) -> None:
    result = judged(workspace, window, hours, target, supplier)
    share = Fraction(target.removesuffix("%")) / 100
    simulator = Simulator(hours, supplier)
    found = shares(simulator, window, hours)
    worst_s, measured_s = found[result.window]
    least = min(1 - worst_s / measured_s for worst_s, measured_s in found.values())
    assert result.guaranteed.lower == result.guaranteed.upper == least
    assert 1 - worst_s / measured_s == least, "the window that is named is a worst one"
    assert result.margin_s == (1 - share) * measured_s - worst_s


def shares(simulator: Simulator, window: str, hours: str) -> dict[str, tuple[Fraction, Fraction]]:
    """By name of the window: seconds down at worst, and measured; from the day of the check to its horizon."""
    begin, end = midnight(AS_OF, ZoneInfo("UTC")), midnight(date(2029, 7, 1), ZoneInfo("UTC"))
    zone = zone_of(hours)
    found = {}
    for a, b in pairwise(starts(window, hours)):
        if b > begin and a < end:
            local = (BEGIN + timedelta(minutes=a)).astimezone(zone)
            found[name_of(window, local)] = simulator.worst_s(a, b), simulator.measured_s(a, b)
    return found


def name_of(window: str, local: datetime) -> str:
    match window:
        case "calendar-month":
            return f"{local:%Y-%m}"
        case "calendar-quarter":
            return f"{local.year}-Q{(local.month + 2) // 3}"
        case _:
            return f"{local.year}"


ROLLING: Sequence[tuple[int, str, str, Supplier]] = [
    (30, ALWAYS, "99%", Supplier("99.9%", "calendar-month", ALWAYS)),
    (30, "berlin", "98%", Supplier("99.5%", "calendar-month", ALWAYS)),
    (7, ALWAYS, "60%", Supplier("99%", "calendar-month", "york")),
    (28, "york", "95%", Supplier("99.7%", "calendar-quarter", "berlin")),
]


@pytest.mark.parametrize(("days", "hours", "target", "supplier"), ROLLING)
def test_no_position_of_a_rolling_window_is_worse_than_what_is_told(
    workspace: Callable[..., Path], days: int, hours: str, target: str, supplier: Supplier
) -> None:
    result = judged(workspace, f"{{rolling: {days}d}}", hours, target, supplier)
    simulator = Simulator(hours, supplier)
    begin, end = midnight(AS_OF, ZoneInfo("UTC")), midnight(date(2029, 7, 1), ZoneInfo("UTC"))
    length = days * 1440
    positions = range(begin, end - length, 15)
    found = [(simulator.worst_s(a, a + length), simulator.measured_s(a, a + length)) for a in positions]
    least, measured_s = min((1 - down_s / whole_s, whole_s) for down_s, whole_s in found if whole_s)
    assert result.guaranteed.lower <= least
    assert (least - result.guaranteed.lower) * measured_s <= 15 * 60, "which the simulator's steps may miss"
