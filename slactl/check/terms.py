"""Days of terms as instants, and which windows they touch; days begin and end at midnight UTC."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from slactl.base.windows import Span, Window
from slactl.model.agreement import Term


@cache
def first_second(day: date) -> int:
    """The UTC second at which a day of a term begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def start_of_window(window: Window, zone: ZoneInfo, day: date) -> int:
    """The start of the window that a day lies in: a window is never cut by the day on which somebody looks."""
    instant = first_second(day)
    if window.kind == "rolling":
        return instant
    return window.spans(zone, instant, instant + 1)[0][0]


def whole_windows(window: Window, zone: ZoneInfo, span: Span) -> Span:
    """From the start of the first window that touches a time to the end of the last; a rolling one has neither."""
    if window.kind == "rolling":
        return span
    touched = window.spans(zone, *span)
    return touched[0][0], touched[-1][1]


def within_term(term: Term, span: Span) -> Span | None:
    """The part of a time that lies in a term; None: nothing does."""
    start, end = span
    if term.start is not None:
        start = max(start, first_second(term.start))
    if term.until is not None and term.renewal is None:
        end = min(end, first_second(term.until + timedelta(days=1)))
    return (start, end) if start < end else None
