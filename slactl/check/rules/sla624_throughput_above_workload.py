"""A promised throughput lies within the workload for which the promises hold."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.rate import Rate
from slactl.check.capacity import limits_of, per_second
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA624",
    Severity.WARNING,
    title="A promised throughput lies within the agreement's own workload limit",
    rationale="Above its workload limit none of an agreement's promises holds: a throughput beyond it is promised and taken "
    "back in one document.",
    source="ISO/IEC 20000-1:2018, 8.3.3 (workload limits)",
    fix="Raise workload.requests to the throughput at least, or promise less.",
)
def throughput_above_workload(evidence: Evidence) -> Iterator[Broken]:
    """Throughput objectives above the limit of requests of their own agreement."""
    for agreement in evidence.estate.agreements.values():
        limits = [one for one in limits_of(agreement) if one.address == agreement.address]
        for objective in agreement.objectives.values():
            if isinstance(objective.target, Rate):
                for limit in limits:
                    if per_second(objective.target) > limit.rate:
                        yield Broken(
                            objective.address,
                            f"{objective.address} promises {objective.target}, and {agreement.address} has a "
                            f"{limit.words}.",
                            place=objective.place,
                        )
