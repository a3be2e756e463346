"""Windows over which a promise is kept: calendar periods of a time zone, or a rolling length."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from slactl.base.duration import Duration, parse_duration
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean
from slactl.base.zones import local_date, midnight

Kind = Literal[
    "calendar-day", "calendar-week", "calendar-month", "calendar-quarter", "calendar-year", "rolling"
]
Span = tuple[int, int]
"""A stretch of time `[start, end)` in UTC seconds."""

_CALENDAR_KINDS = tuple(kind for kind in get_args(Kind) if kind != "rolling")
_DAY_S = 86_400
_NOMINAL_S = {
    "calendar-day": _DAY_S,
    "calendar-week": 7 * _DAY_S,
    "calendar-month": 30 * _DAY_S,
    "calendar-quarter": 365 * _DAY_S // 4,
    "calendar-year": 365 * _DAY_S,
}
_MONTHS = {"calendar-month": 1, "calendar-quarter": 3, "calendar-year": 12}
_TILED_BY = {
    "calendar-day": (),
    "calendar-week": ("calendar-day",),
    "calendar-month": ("calendar-day",),
    "calendar-quarter": ("calendar-day", "calendar-month"),
    "calendar-year": ("calendar-day", "calendar-month", "calendar-quarter"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A calendar period, or any stretch of `rolling_s` seconds."""

    kind: Kind
    rolling_s: int | None = None

    @property
    def nominal_s(self) -> int:
        """A usual length in seconds, for figures said to be "a month" only.

        A month counts 30 days, a quarter 91.25, a year 365; verdicts use real dates.
        """
        return _NOMINAL_S[self.kind] if self.rolling_s is None else self.rolling_s

    @property
    def noun(self) -> str:
        """`month` for a calendar month, `30d` for a rolling window."""
        if self.rolling_s is not None:
            return str(Duration(self.rolling_s * 1000))
        return self.kind.removeprefix("calendar-")

    def tiles(self, other: "Window") -> bool:
        """Whether every calendar window of `other` is made of whole windows of this one (in one time zone)."""
        return self.rolling_s is None and other.rolling_s is None and (
            self.kind == other.kind or self.kind in _TILED_BY[other.kind]
        )  # fmt: skip

    def spans(self, zone: ZoneInfo, start: int, end: int) -> tuple[Span, ...]:
        """All whole calendar windows that touch `[start, end)`, from local midnight to local midnight.

        Raises:
            ValueError: for a rolling window, which may begin anywhere.
        """
        if self.kind == "rolling":
            raise ValueError(f"a {self} window has no calendar periods")
        return _spans(self.kind, zone, start, end)

    def name(self, span: Span, zone: ZoneInfo) -> str:
        """What people call one window: `2026-02-03`, `2026-W07`, `2026-02`, `2026-Q1`, `2026`.

        A rolling window is named by the first and last day that it touches.
        """
        day = local_date(span[0], zone)
        if self.kind == "rolling":
            return f"{day.isoformat()} to {local_date(span[1] - 1, zone).isoformat()}"
        if self.kind == "calendar-week":
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        return {
            "calendar-day": day.isoformat(),
            "calendar-month": day.isoformat()[:7],
            "calendar-quarter": f"{day.year:04}-Q{(day.month + 2) // 3}",
            "calendar-year": f"{day.year:04}",
        }[self.kind]

    def __str__(self) -> str:
        return self.kind if self.rolling_s is None else f"rolling {Duration(self.rolling_s * 1000)}"


def parse_window(value: str | Mapping[str, Any]) -> Window:
    """Read `calendar-month`, or `{"rolling": "30d"}`.

    Raises:
        ValueError: with a sentence for the user.
    """
    if isinstance(value, str):
        for kind in _CALENDAR_KINDS:
            if value == kind:
                return Window(kind)
        raise ValueError(f'"{value}" is no window; {_HOW}{did_you_mean(value, _CALENDAR_KINDS)}')
    if not isinstance(value, Mapping) or set(value) != {"rolling"}:
        raise ValueError(f"This is no window; {_HOW}")
    return _rolling(str(value["rolling"]))


_HOW = "write calendar-month (or -day, -week, -quarter, -year), or {rolling: 30d}."


def _rolling(text: str) -> Window:
    length = parse_duration(text)
    if length.months:
        raise ValueError(
            f"A rolling window of {text} has no fixed length; write it in days, "
            f"like {{rolling: {30 * length.months}d}}, or use a calendar window."
        )
    seconds, rest = divmod(length.milliseconds, 1000)
    if seconds <= 0 or rest:
        raise ValueError(
            f"A rolling window is whole seconds long, more than none, not {text}; write {{rolling: 30d}}."
        )
    return Window("rolling", seconds)


@lru_cache(maxsize=4096)
def _spans(kind: str, zone: ZoneInfo, start: int, end: int) -> tuple[Span, ...]:
    if start >= end:
        return ()
    day = _first_day(kind, local_date(start, zone))
    edges = [midnight(day, zone)]
    while edges[-1] < end:
        day = _next_first_day(kind, day)
        edges.append(midnight(day, zone))
    return tuple((begin, stop) for begin, stop in pairwise(edges) if begin < stop and stop > start)


def _first_day(kind: str, day: date) -> date:
    if kind == "calendar-day":
        return day
    if kind == "calendar-week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _next_first_day(kind: str, day: date) -> date:
    if kind in _MONTHS:
        months = day.year * 12 + day.month - 1 + _MONTHS[kind]
        return date(months // 12, months % 12 + 1, 1)
    return day + timedelta(days=7 if kind == "calendar-week" else 1)
