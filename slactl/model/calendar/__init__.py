"""Service hours and planned maintenance: what they are, how they are written, and when they fall."""

from slactl.base.zones import transitions
from slactl.model.calendar.kinds import Calendar, Holidays, Hours, MaintenanceWindow
from slactl.model.calendar.maintenance import occurrences
from slactl.model.calendar.service_hours import Calendars, holiday_dates
from slactl.model.calendar.texts import check_country, check_rrule, check_timezone, parse_hours

__all__ = [
    "Calendar",
    "Calendars",
    "Holidays",
    "Hours",
    "MaintenanceWindow",
    "check_country",
    "check_rrule",
    "check_timezone",
    "holiday_dates",
    "occurrences",
    "parse_hours",
    "transitions",
]
