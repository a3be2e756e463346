"""A service's own failures have a budget."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA203",
    Severity.WARNING,
    title="A service's own failures have a budget",
    rationale="What a service adds by itself (releases, configuration, its own defects) is part of every promise above "
    "it. Left unsaid it counts as perfect in the numbers, and the verdict is at most undecided.",
    source="SLA arithmetic: a chain is no better than the sum of what each part may fail",
    fix="State intrinsic.availability of the service, or an OLA with scope: own.",
)
def no_own_budget(evidence: Evidence) -> Iterator[Broken]:
    """Services below a promise that state no intrinsic availability."""
    above: dict[str, list[str]] = {}
    for objective, services in evidence.unbudgeted.items():
        for name in services:
            above.setdefault(name, []).append(objective)
    for name, objectives in above.items():
        service = evidence.estate.services[name]
        more = f" and {len(objectives) - 1} more" if len(objectives) > 1 else ""
        yield Broken(
            service.address,
            f"{service.address} states no availability of its own, and {objectives[0]}{more} rests on it.",
            place=service.place.at("spec"),
        )
