"""The days of a past period, each with the time in it that counts."""

from collections.abc import Iterator
from datetime import date, timedelta

from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass
from slactl.base.windows import Span
from slactl.base.zones import midnight
from slactl.measure.attainment import service_time
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate

Subject = tuple[Agreement, Objective]


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, in the zone of whichever objective is looked at."""

    first: date
    until: date
    """The day after the last one."""


def service_days(
    estate: Estate, agreement: Agreement, objective: Objective, period: Period
) -> Iterator[tuple[Span, IntervalSet]]:
    """Each calendar day with time that counts, and that time.

    The agreement's term cuts nothing off: what a service did before it was promised says what can be promised.
    """
    zone = estate.hours.zone(objective.hours)
    day = period.first
    while day < period.until:
        span = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        counted = service_time(estate, agreement, objective, span)
        if counted:
            yield span, counted
        day += timedelta(days=1)
