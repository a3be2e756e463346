"""The conditions of a promise are met."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA403",
    Severity.ERROR,
    title="The conditions of a promise are met",
    rationale="A promise that asks for two zones is void where the service runs in one.",
    source="Conditional promises: a condition that is not met voids them",
    fix="Deploy the service as the promise asks, or agree on a promise without the condition.",
)
def condition_not_met(evidence: Evidence) -> Iterator[Broken]:
    """Objectives whose `requires` the service's deployment does not meet."""
    for _, objective in evidence.estate.objectives():
        for service in objective.services:
            deployment = evidence.estate.services[service].deployment
            for name, least in objective.requires.items():
                if deployment.get(name, 0) < least:
                    yield Broken(
                        objective.address,
                        f"{objective.address} asks for {name}: {least}, and {service} has {deployment.get(name, 'none stated')}.",
                        place=objective.place,
                    )
