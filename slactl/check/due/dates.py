"""Days that follow from other days: the last day for a notice, ends of renewed terms, recurring days.

Each is counted from the first day, never from the one before it: a monthly day that begins on the 31st is the 28th in
February and the 31st again in March.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from slactl.base.duration import Duration

_DAY = timedelta(days=1)
_LONGEST_MONTH = 31


def day_after(start: date, length: Duration) -> date:
    """The day on which a length of time that begins with `start` is over; the last day there is where it lies beyond."""
    try:
        return length.after(_midnight(start)).date()
    except (OverflowError, ValueError):
        return date.max


def last_day_for_notice(end: date, notice: Duration) -> date:
    """The last day on which notice can be given so that an agreement is over after `end`.

    That is the last day D for which D plus the notice is not after `end`: three months before 30 June it is 31 March.
    """
    try:
        day = notice.before(_midnight(end)).date()
    except (OverflowError, ValueError):
        return date.min
    while day < end and notice.after(_midnight(day + _DAY)) <= _midnight(end):
        day += _DAY
    return day


def term_ends(until: date, renewal: Duration, since: date) -> Iterator[tuple[int, date]]:
    """The last days of a term that renews by itself, from the first that is not before `since`, each with its number.

    Terms end before the day on which the next one begins: half a year after 30 June is 31 December.
    """
    if date.max in (until, since):
        return
    for number, day in recurring(until + _DAY, renewal, 0, since + _DAY):
        yield number, day - _DAY


def recurring(first: date, every: Duration, skip: int, since: date) -> Iterator[tuple[int, date]]:
    """Each n from `skip` on with the day `first + n * every`, from the first that is not before `since`, without end.

    What recurs several times a day falls due once a day; what recurs every 0 seconds is the first day alone.
    """
    if skip == 0 and first >= since:
        yield 0, first
    step = _at_least_a_day(every)
    if step is None:
        return
    number = max(skip, 1, _times_before(first, step, since))
    while (day := day_after(first, _times(step, number))) < date.max:
        if day >= since:
            yield number, day
        number += 1


def _at_least_a_day(every: Duration) -> Duration | None:
    if every.months or every.milliseconds >= _DAY // timedelta(milliseconds=1):
        return every
    return Duration(_DAY // timedelta(milliseconds=1)) if every.milliseconds > 0 else None


def _times_before(first: date, step: Duration, since: date) -> int:
    """So many steps lie before `since` for certain, whatever the lengths of months."""
    if since <= first:
        return 0
    longest = timedelta(days=_LONGEST_MONTH * step.months, milliseconds=step.milliseconds)
    return (since - first) // longest


def _times(length: Duration, number: int) -> Duration:
    return Duration(length.milliseconds * number, length.months * number)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
