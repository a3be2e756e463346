"""Calendars as resources: a time period for the hours, and one for the days that it leaves out."""

from collections.abc import Iterator
from datetime import UTC, datetime

from slactl.base.diagnostics import Severity
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider import Notice, Ref, Resource
from slactl_icinga2.kinds import TIMEPERIOD, label
from slactl_icinga2.periods import Period, period_of

_MOST_DAYS_NAMED = 4


def period_address(backend: str, calendar: str) -> str:
    """`noc.timeperiod.office`."""
    return f"{backend}.{TIMEPERIOD.name}.{label(calendar)}"


def calendar_resources(
    estate: Estate,
    backend: Backend,
    timezone: str,
    name: str,
    *,
    users: tuple[str, ...],
    horizon: tuple[int, int],
    notices: list[Notice],
) -> Iterator[Resource]:
    """The time periods of a calendar; what they say differently goes to `notices`."""
    period = period_of(name, estate.calendars, timezone, *horizon)
    notices.extend(_notices(estate, name, timezone, period, horizon[1]))
    address = period_address(backend.name, name)
    left_out = f"{address}.left-out"
    if period.left_out:
        yield Resource(left_out, _body(f"{name}: left out", period.left_out, []), users)
    excludes = [Ref(left_out, "name")] if period.left_out else []
    yield Resource(address, _body(name, period.ranges, excludes), users)


def _body(title: str, ranges: object, excludes: list[Ref]) -> dict[str, object]:
    return {"display_name": title, "ranges": ranges, "excludes": excludes, "vars": {}}


def _notices(estate: Estate, name: str, timezone: str, period: Period, end: int) -> Iterator[Notice]:
    calendar, own = estate.calendars[name], estate.hours.zone(name).key
    address = f"calendar.{name}"
    if own != timezone:
        message = f"It is in {own}, and Icinga 2 reads time periods by its server's clock, in {timezone} (config.timezone)."
        yield Notice(Severity.NOTE, address, message, calendar.place)
    if not period.weekly:
        message = f"No week in Icinga 2 says its hours: they are written day by day, until {_last_day(end)}. Apply again before then."
        yield Notice(Severity.NOTE, address, message, calendar.place)
    if period.doubtful:
        days = ", ".join(period.doubtful[:_MOST_DAYS_NAMED])
        message = f"Hours begin or end while the clock of {timezone} changes ({days}): Icinga 2 may read them otherwise on that day."
        yield Notice(Severity.WARNING, address, message, calendar.place)


def _last_day(end: int) -> str:
    return datetime.fromtimestamp(end - 1, UTC).date().isoformat()
