"""Attainment of each objective in its last closed window, read from the backends that measure it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import Ratio
from slactl.base.windows import Span, Window
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.calendar import occurrences
from slactl.model.estate import Estate
from slactl.provider import Connection, Query, Reading

MEASURABLE = ("availability", "success-ratio", "latency")
"""The metrics of which a share of time or of events is measured."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """How one objective did in one window, by one backend."""

    agreement: Agreement
    objective: Objective
    backend: str
    window: str
    """Its name: `2026-10`."""
    span: Span
    measured_s: int
    """Time that counts within the window."""
    target: Fraction
    """The good share that was promised."""
    reading: Reading

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is no data."""
        return None if self.reading.good is None else self.reading.good >= self.target

    @property
    def budget_left(self) -> Fraction | None:
        """The share of the error budget that was left at the end; negative: overspent."""
        if self.reading.good is None or self.target == 1:
            return None
        return 1 - (1 - self.reading.good) / (1 - self.target)


def attainments(estate: Estate, as_of: date, connect: Callable[[str], Connection]) -> list[Attainment]:
    """Ask every backend about the last closed window of each agreed agreement's objectives.

    Raises:
        SlactlError: when a backend cannot be read.
    """
    found: list[Attainment] = []
    for name in estate.backends:
        questions = list(_questions(estate, as_of, name))
        asked = [one for one in questions if one[0].measured.seconds]
        found += [
            _attained(query, window, name, Reading(query.objective.address, None, note=_why_not(query)))
            for query, window in questions
            if not query.measured.seconds
        ]
        if asked:
            with connect(name) as connection:
                readings = connection.measure([query for query, _ in asked])
            found += [
                _attained(query, window, name, reading)
                for (query, window), reading in zip(asked, readings, strict=True)
                if reading is not None
            ]
    return found


def _why_not(query: Query) -> str:
    """Why nothing of a window counts: a backend may have figures of it all the same, which nobody was promised."""
    start, end = query.agreement.term.start, query.agreement.term.until
    if start is not None and query.end <= _midnight(start):
        return f"the agreement begins on {start}"
    if (
        end is not None
        and query.agreement.term.renewal is None
        and _midnight(end + timedelta(days=1)) <= query.start
    ):
        return f"the agreement ended on {end}"
    return "no time of this window counts"


def _questions(estate: Estate, as_of: date, backend: str) -> Iterator[tuple[Query, str]]:
    for agreement, objective in estate.objectives():
        asked = objective.backends is None or backend in objective.backends
        if (
            agreement.status is Status.AGREED
            and asked
            and objective.metric in MEASURABLE
            and objective.indicator_for(backend)
        ):
            zone = estate.hours.zone(objective.hours)
            span = last_closed(objective.window, zone, as_of)
            yield (
                Query(agreement, objective, *span, measured_time(estate, agreement, objective, span)),
                objective.window.name(span, zone),
            )


def last_closed(window: Window, zone: ZoneInfo, as_of: date) -> Span:
    """The last window that ended at or before the beginning of a day; a rolling one ends there."""
    now = int(datetime(as_of.year, as_of.month, as_of.day, tzinfo=zone).timestamp())
    if window.rolling_s is not None:
        return now - window.rolling_s, now
    first = window.spans(zone, now, now + 1)[0][0]
    return window.spans(zone, first - 1, first)[0]


def measured_time(estate: Estate, agreement: Agreement, objective: Objective, span: Span) -> IntervalSet:
    """The time of a window that counts: service hours within the term, less maintenance that is excluded."""
    time = service_time(estate, agreement, objective, span)
    start, end = agreement.term.start, agreement.term.until
    low = _midnight(start) if start is not None else span[0]
    high = (
        _midnight(end + timedelta(days=1)) if end is not None and agreement.term.renewal is None else span[1]
    )
    return time.clip(low, high)


def service_time(estate: Estate, agreement: Agreement, objective: Objective, span: Span) -> IntervalSet:
    """Service hours less maintenance that is excluded, whether the agreement was in force or not."""
    time = estate.hours.in_service(objective.hours, *span)
    maintenance = agreement.maintenance if "planned-maintenance" in objective.excludes else None
    for window in maintenance.windows if maintenance is not None else ():
        time -= occurrences(window, *span)
    return time


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _attained(query: Query, window: str, backend: str, reading: Reading) -> Attainment:
    return Attainment(
        query.agreement,
        query.objective,
        backend,
        window,
        (query.start, query.end),
        query.measured.seconds,
        target_share(query.objective),
        reading,
    )


def target_share(objective: Objective) -> Fraction:
    """The good share that an objective promises: of a latency percentile, the percentile."""
    if isinstance(objective.target, Ratio):
        return objective.target.share
    return Fraction(objective.percentile or 0) / 100


def by_agreement(found: list[Attainment]) -> Mapping[str, list[Attainment]]:
    """Attainments by agreement address, in address order."""
    grouped: dict[str, list[Attainment]] = {}
    for one in sorted(found, key=lambda one: (one.objective.address, one.backend)):
        grouped.setdefault(one.agreement.address, []).append(one)
    return grouped
