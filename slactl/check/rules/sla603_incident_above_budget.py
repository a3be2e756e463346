"""One incident that is resolved in time leaves the availability promise intact."""

from collections.abc import Iterator
from fractions import Fraction

from slactl.base.diagnostics import Severity
from slactl.base.duration import spoken
from slactl.check.result import ObjectiveResult
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.times_work import target_s
from slactl.model.agreement import Agreement


@rule(
    "SLA603",
    Severity.NOTE,
    title="The resolution time of the most urgent incidents fits into the downtime allowed",
    rationale="Where it does not, a single outage that is resolved as promised breaks the availability promise all the "
    "same: the two targets speak of different services.",
    source="Downtime from incident terms: at most the number of incidents times their resolution time",
    fix="Promise a shorter resolution for the most urgent priority, or a lower availability.",
)
def incident_above_budget(evidence: Evidence) -> Iterator[Broken]:
    """Availability objectives whose downtime one compliant incident uses up."""
    for result in evidence.results.values():
        agreement = evidence.estate.agreements[result.address.rsplit(".", 1)[0]]
        if agreement.kind == "SLA" and result.metric == "availability":
            yield from _used_up(agreement, result)


def _used_up(agreement: Agreement, result: ObjectiveResult) -> Iterator[Broken]:
    services = set(agreement.objectives[result.address.rsplit(".", 1)[1]].services)
    resolutions = [
        one
        for one in agreement.objectives.values()
        if one.metric == "resolution-time" and services & set(one.services)
    ]
    quickest = min(resolutions, key=target_s, default=None)
    if quickest is not None and target_s(quickest) > result.allowed_s:
        yield Broken(
            quickest.address,
            f"{quickest.address} allows {spoken(Fraction(target_s(quickest)))} for one incident, and {result.address} "
            f"only {spoken(result.allowed_s)} of downtime in {result.window}.",
            place=quickest.place,
        )
