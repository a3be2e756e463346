"""Histories from backends, asked for day by day and all days at once."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from slactl.measure.history import Day, History
from slactl.measure.service_days import Period, Subject, service_days
from slactl.model.agreement import Objective
from slactl.model.estate import Estate
from slactl.provider import Connection, Query, Reading

_SEEN = Fraction(1, 2)
"""A day of which less was seen is a day without data."""


def histories(
    estate: Estate,
    subjects: Sequence[Subject],
    period: Period,
    connect: Callable[[str], Connection],
    only: str | None = None,
) -> list[History]:
    """What each backend, or `only` one, has recorded of each objective that it measures.

    Where several are asked and one of them has data, those without any are left out.

    Raises:
        SlactlError: when a backend cannot be read.
    """
    found: list[History] = []
    for backend in estate.backends:
        if only is None or backend == only:
            asked = [one for one in subjects if _measures(backend, one[1])]
            found += _read(estate, asked, period, backend, connect) if asked else []
    with_data = {one.objective.address for one in found if one.days}
    kept: dict[str, History] = {}
    for one in found:
        if not one.days and one.objective.address not in with_data:
            kept.setdefault(one.objective.address, one)
    return [one for one in found if one.days or one is kept.get(one.objective.address)]


def _measures(backend: str, objective: Objective) -> bool:
    named = objective.backends is None or backend in objective.backends
    return named and bool(objective.indicator_for(backend))


def _read(
    estate: Estate,
    subjects: Sequence[Subject],
    period: Period,
    backend: str,
    connect: Callable[[str], Connection],
) -> list[History]:
    asked = [
        [Query(*subject, *span, counted) for span, counted in service_days(estate, *subject, period)]
        for subject in subjects
    ]
    with connect(backend) as connection:
        readings = iter(connection.measure([query for queries in asked for query in queries]))
    found: list[History] = []
    for subject, queries in zip(subjects, asked, strict=True):
        answers = [(query, next(readings)) for query in queries]
        if any(reading is not None for _, reading in answers):
            found.append(_history(subject, backend, period, answers))
    return found


def _history(
    subject: Subject, backend: str, period: Period, answers: Iterable[tuple[Query, Reading | None]]
) -> History:
    days: list[Day] = []
    missing: list[int] = []
    by_event, note = False, ""
    for query, reading in answers:
        day = None if reading is None else _day(query, reading)
        if day is None:
            missing.append(query.start)
            note = note or ("" if reading is None else reading.note)
        else:
            days.append(day)
            by_event = by_event or (reading is not None and reading.events is not None)
    return History(
        *subject,
        backend,
        period.first,
        period.until,
        "events" if by_event else "s",
        tuple(days),
        tuple(missing),
        note="" if days else note,
    )


def _day(query: Query, reading: Reading) -> Day | None:
    covered = Fraction(1) if reading.covered is None else reading.covered
    if reading.good is None or covered < _SEEN:
        return None
    counted = query.measured.seconds * covered if reading.events is None else reading.events
    if counted <= 0:
        return None
    return Day(query.start, counted, min(counted, max(Fraction(0), (1 - reading.good) * counted)))
