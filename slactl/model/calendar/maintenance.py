"""When planned maintenance falls."""

from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.zones import instant, local_time
from slactl.model.calendar.kinds import MaintenanceWindow

_SLACK = timedelta(days=2)
"""More than a change of the clock moves an occurrence."""


@lru_cache(maxsize=4096)
def occurrences(window: MaintenanceWindow, start: int, end: int) -> IntervalSet:
    """The time of planned maintenance in `[start, end)` UTC seconds.

    The rule runs in local wall time, so that 02:00 stays 02:00 in summer; a start that the clock jumps over moves
    to the instant after the jump, one that exists twice is the first. Only starts that the rule names count:
    `starts` itself where it matches.
    """
    if start >= end:
        return IntervalSet()
    zone = ZoneInfo(window.timezone)
    begins = [window.starts]
    if window.rrule is not None:
        from dateutil.rrule import rrulestr  # noqa: PLC0415 - costs start-up time, seldom used

        rule = rrulestr(window.rrule.strip().upper(), dtstart=window.starts)
        earliest = local_time(start - window.duration_s, zone) - _SLACK
        begins = rule.between(earliest, local_time(end, zone) + _SLACK, inc=True)
    starts = [instant(begin, zone) for begin in begins]
    return IntervalSet.of((at, at + window.duration_s) for at in starts).clip(start, end)
