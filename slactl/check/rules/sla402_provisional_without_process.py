"""A provisional target names the process that adjusts it."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import origin


@rule(
    "SLA402",
    Severity.ERROR,
    title="A provisional target names the process that adjusts it",
    rationale="Without solid history a target is a guess; the agreement itself must say how it becomes a promise.",
    source="ITIL, reasonable and achievable targets",
    fix="Say reviews: {adjustment: ...}, or drop provisional once history supports the target.",
)
def provisional_without_process(evidence: Evidence) -> Iterator[Broken]:
    """Provisional objectives of agreements without an adjustment process."""
    for agreement, objective in evidence.estate.objectives():
        if objective.provisional and not agreement.reviews.adjustment:
            yield Broken(
                objective.address,
                f"{objective.address} is provisional, and {agreement.address} names no process that adjusts it.",
                place=origin(agreement.layers, ("objectives", objective.name, "provisional"))[1],
            )
