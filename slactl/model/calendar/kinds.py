"""Calendars and maintenance windows as they are written."""

from datetime import date, datetime

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass

Hours = tuple[tuple[tuple[int, int], ...], ...]
"""For each day from Monday: ranges of minutes since local midnight; an end above 1440 lies on the next day."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """Local days without service: those of a country or its subdivision, and extra ones."""

    country: str | None = None
    subdivision: str | None = None
    extra: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Service hours: a week in a time zone without holidays, other calendars joined, others left out."""

    name: str
    place: Place | None = None
    timezone: str | None = None
    """None: that of the first member of `union`, else UTC."""
    hours: Hours | None = None
    """None: 24x7, or where there is a `union`, nothing beside its members."""
    holidays: Holidays | None = None
    union: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Planned maintenance that begins at a local time, once or by an RFC 5545 recurrence rule."""

    name: str
    starts: datetime
    """Naive: wall time in `timezone`."""
    duration_s: int
    """Elapsed time, also over a change of the clock."""
    rrule: str | None = None
    timezone: str = "UTC"
