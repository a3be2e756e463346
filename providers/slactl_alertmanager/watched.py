"""The objectives that raise alerts, and the time in which somebody may be told of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slactl.base.intervals import IntervalSet
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.calendar import MaintenanceWindow, occurrences
from slactl.model.estate import Estate
from slactl_alertmanager.names import ALERTING, METRICS

_MAINTENANCE = "planned-maintenance"


@dataclass(frozen=True, slots=True)
class Times:
    """Which time counts for some objectives."""

    calendar: str | None
    """None: around the clock."""
    agreement: str = ""
    """The agreement whose maintenance is left out; empty: none is."""
    windows: tuple[MaintenanceWindow, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """One objective that raises alerts."""

    agreement: Agreement
    objective: Objective
    times: Times


def watched(estate: Estate) -> Iterator[Watched]:
    """The objectives in force that a Prometheus backend of the estate measures, in address order."""
    alerting = [name for name, backend in estate.backends.items() if backend.provider == ALERTING]
    for agreement, objective in estate.objectives():
        if (
            agreement.status is Status.AGREED
            and objective.metric in METRICS
            and _measured(objective, alerting)
        ):
            yield Watched(agreement, objective, _times(agreement, objective))


def _measured(objective: Objective, alerting: list[str]) -> bool:
    asked = [name for name in alerting if objective.backends is None or name in objective.backends]
    return any(objective.indicator_for(name) is not None for name in asked)


def _times(agreement: Agreement, objective: Objective) -> Times:
    maintenance = agreement.maintenance if _MAINTENANCE in objective.excludes else None
    if maintenance is None or not maintenance.windows:
        return Times(objective.hours)
    return Times(objective.hours, agreement.address, maintenance.windows)


class Coverage:
    """Whether alerts of one time are told whenever those of another would be."""

    def __init__(self, estate: Estate, span: tuple[int, int]) -> None:
        self._hours = estate.hours
        self._span = span
        self._counted: dict[Times, IntervalSet] = {}

    def covers(self, cause: Times, symptom: Times) -> bool:
        """Whether `cause` counts whenever `symptom` does."""
        return cause == symptom or not self._of(symptom) - self._of(cause)

    def _of(self, times: Times) -> IntervalSet:
        if times not in self._counted:
            found = self._hours.in_service(times.calendar, *self._span)
            for window in times.windows:
                found -= occurrences(window, *self._span)
            self._counted[times] = found
        return self._counted[times]


def by_agreement(found: list[Watched]) -> Mapping[str, list[Watched]]:
    """The objectives of each agreement, in address order."""
    grouped: dict[str, list[Watched]] = {}
    for one in found:
        grouped.setdefault(one.agreement.address, []).append(one)
    return grouped
