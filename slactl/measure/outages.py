"""Histories from a file of outages: each day of the period is known, for the file is taken as complete."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from slactl.base.intervals import IntervalSet
from slactl.base.text import plural
from slactl.base.zones import midnight
from slactl.measure.history import Day, History
from slactl.measure.outage_file import Outage
from slactl.measure.service_days import Period, Subject, service_days
from slactl.model.estate import Estate


def outage_histories(
    estate: Estate,
    subjects: Sequence[Subject],
    period: Period,
    outages: Iterable[Outage],
    file: str,
) -> list[History]:
    """The history of each availability that a file tells about: by its own address, or by one of its services.

    What it never names has no history: nobody knows whether its outages would be in the file.
    """
    spans: dict[str, list[tuple[int, int]]] = {}
    for one in outages:
        spans.setdefault(one.subject, []).append((one.start, one.end))
    found: list[History] = []
    for agreement, objective in subjects:
        names = (objective.address, *(f"service.{name}" for name in objective.services))
        if objective.metric == "availability" and any(name in spans for name in names):
            down = IntervalSet.of(span for name in names for span in spans.get(name, ()))
            found.append(_history(estate, (agreement, objective), period, down, file))
    return found


def _history(estate: Estate, subject: Subject, period: Period, down: IntervalSet, file: str) -> History:
    days: list[Day] = []
    zone = estate.hours.zone(subject[1].hours)
    lost = [0] * len(down.spans)
    for span, counted in service_days(estate, *subject, period):
        days.append(Day(span[0], Fraction(counted.seconds), Fraction((counted & down.clip(*span)).seconds)))
        for index, one in enumerate(down.spans):
            if one[0] < span[1] and one[1] > span[0]:
                lost[index] += (counted.clip(*one)).seconds
    return History(
        *subject,
        file,
        period.first,
        period.until,
        days=tuple(days),
        outages=tuple(Fraction(one) for one in lost if one),
        note=_beyond(down, midnight(period.first, zone), midnight(period.until, zone)),
    )


def _beyond(down: IntervalSet, start: int, end: int) -> str:
    count = sum(one[1] <= start or one[0] >= end for one in down)
    return f"{plural(count, 'outage')} before or after left out" if count else ""
