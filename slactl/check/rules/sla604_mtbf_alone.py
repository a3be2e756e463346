"""A mean time between failures promises nothing by itself."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement, Objective


@rule(
    "SLA604",
    Severity.NOTE,
    title="A mean time between failures stands beside a bound",
    rationale="A mean leaves open how often and how long a service fails in any one window. It is evidence for what to "
    "expect, and no promise follows from it.",
    source="Availability from MTBF and MTRS is a long-run mean",
    fix="Promise an availability for the same service, and keep the mean as evidence.",
)
def mtbf_alone(evidence: Evidence) -> Iterator[Broken]:
    """Objectives on mtbf of agreements that promise no availability of the same services."""
    for agreement, objective in evidence.estate.objectives():
        if objective.metric == "mtbf" and not _bounded(agreement, objective):
            yield Broken(
                objective.address,
                f"{objective.address} promises a mean of {objective.target} between failures, and {agreement.address} "
                "no availability: the mean is evidence only.",
                place=objective.place,
            )


def _bounded(agreement: Agreement, objective: Objective) -> bool:
    bounded = {
        name for one in agreement.objectives.values() if one.metric == "availability" for name in one.services
    }
    return bounded.issuperset(objective.services)
