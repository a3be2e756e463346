"""What of an objective decides which time counts for it, and how much downtime its target allows of that."""

from collections.abc import Collection
from fractions import Fraction

from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import Ratio
from slactl.base.windows import Window
from slactl.check.population import dilution
from slactl.model.agreement import Agreement, Joint, Objective
from slactl.model.calendar import MaintenanceWindow

MAINTENANCE = "planned-maintenance"
BY_REQUEST = ("success-ratio",)
"""Metrics that count requests."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What decides which time counts for an objective; objectives with the same clock share a timeline."""

    window: Window
    hours: str | None
    maintenance: tuple[MaintenanceWindow, ...]
    """Dated maintenance that does not count."""
    allowance_ms: int
    """Undated maintenance in each window that does not count."""
    start: int
    end: int
    """Within these UTC seconds the agreement is looked at."""
    by_request: bool = False
    """Whether requests are counted and not time."""


def clock_of(agreement: Agreement, objective: Objective, start: int, end: int) -> Clock:
    """The clock of an objective between two instants."""
    dated, undated_ms = _maintenance(agreement, objective.excludes)
    by_request = objective.metric in BY_REQUEST
    return Clock(objective.window, objective.hours, dated, undated_ms, start, end, by_request)


def clock_of_joint(agreement: Agreement, joint: Joint, start: int, end: int) -> Clock:
    """The clock of a promise on joint downtime between two instants."""
    dated, undated_ms = _maintenance(agreement, agreement.excludes)
    return Clock(joint.window, agreement.hours, dated, undated_ms, start, end)


def undated_maintenance_s(agreement: Agreement) -> Fraction:
    """The maintenance without dates that an agreement's promise on joint downtime leaves out in each of its windows."""
    return Fraction(_maintenance(agreement, agreement.excludes)[1], 1000)


def _maintenance(
    agreement: Agreement, excludes: Collection[str]
) -> tuple[tuple[MaintenanceWindow, ...], int]:
    """The maintenance that does not count: with dates, and without in milliseconds."""
    maintenance = agreement.maintenance
    if maintenance is None or MAINTENANCE not in excludes:
        return (), 0
    return maintenance.windows, maintenance.allowance.milliseconds if maintenance.allowance else 0


def allowed_by(objective: Objective) -> Fraction:
    """The share of downtime that the target of an availability objective allows of all that it is about."""
    if not isinstance(objective.target, Ratio):
        raise TypeError(f"{objective.address} is no share")
    return objective.target.complement


def unavailability_of(objective: Objective) -> Fraction:
    """The share of downtime that an availability objective allows us, of whose requests it may count many more.

    A promise over all N of a supplier's requests guarantees our n of them only 1 - (1 - p) N / n (SLA_MATH section 2).
    """
    return min(Fraction(1), allowed_by(objective) * dilution(objective))
