"""Levels only tighten; conditions are met; provisional targets have a process."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.duration import Duration
from slactl.base.rate import Rate
from slactl.base.ratio import Ratio
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement, Layer, Objective
from slactl.model.building.fields import parse_target
from slactl.model.merge import merged, origin


@rule(
    "SLA401",
    Severity.ERROR,
    title="An agreement may tighten a corporate minimum, not loosen it",
    rationale="A corporate level is what every customer is promised at least; an exception is a decision with a reason.",
    source="ITIL, multi-level SLAs",
    fix="Promise at least the corporate target, or record a waiver with the reason for the exception.",
)
def below_minimum(evidence: Evidence) -> Iterator[Broken]:
    """Objectives whose target is weaker than a corporate level's."""
    corporate = {level.address for level in evidence.estate.levels.values() if level.scope == "corporate"}
    for agreement in evidence.estate.agreements.values():
        for layer in agreement.layers[:-1]:
            if layer.address in corporate:
                yield from _looser(agreement, layer)


def _looser(agreement: Agreement, layer: Layer) -> Iterator[Broken]:
    for name, value in (layer.spec.get("objectives") or {}).items():
        objective = agreement.objectives.get(name)
        minimum = (value or {}).get("target")
        if minimum is None:
            continue
        if objective is None:
            yield Broken(
                agreement.address,
                f"{agreement.address} removes the objective {name}, which {layer.address} sets for all.",
                place=origin(agreement.layers, ("objectives", name))[1],
            )
        elif _is_weaker(objective, minimum):
            yield Broken(
                objective.address,
                f"{objective.address} promises {objective.target}; {layer.address} sets {minimum} as the least.",
                place=origin(agreement.layers, ("objectives", name, "target"))[1],
            )


def _is_weaker(objective: Objective, minimum: str) -> bool:
    least = parse_target(minimum, objective.metric)
    if isinstance(objective.target, Ratio) and isinstance(least, Ratio):
        return objective.target < least
    if isinstance(objective.target, Rate) and isinstance(least, Rate):
        return objective.target.per_second < least.per_second
    if isinstance(objective.target, Duration) and isinstance(least, Duration):
        shorter_is_stricter = objective.metric != "mtbf"
        key, other = (_length(objective.target), _length(least))
        return key > other if shorter_is_stricter else key < other
    return False


def _length(duration: Duration) -> tuple[int, int]:
    return duration.months, duration.milliseconds


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


@rule(
    "SLA404",
    Severity.NOTE,
    title="Credits stand beside the target that they were made for",
    rationale="An agreement that changes a level's target but inherits its credits would owe credits at a threshold "
    "that has nothing to do with the promise.",
    source="Multi-level SLAs: a changed target drops inherited credits on that objective",
    fix="Write the credits for the new target into the agreement.",
)
def inherited_credits(evidence: Evidence) -> Iterator[Broken]:
    """Agreements that change a target and inherit credits on it."""
    for agreement in evidence.estate.agreements.values():
        if len(agreement.layers) < 2 or "credits" in agreement.layers[-1].spec:  # noqa: PLR2004 - nothing to inherit
            continue
        inherited = merged(agreement.layers[:-1])
        credited = {step.objective for step in (agreement.credits.steps if agreement.credits else ())}
        own = agreement.layers[-1].spec.get("objectives") or {}
        for name in sorted(credited & own.keys()):
            before = ((inherited.get("objectives") or {}).get(name) or {}).get("target")
            after = (own[name] or {}).get("target")
            if before and after and before != after:
                yield Broken(
                    f"{agreement.address}.{name}",
                    f"{agreement.address} changes the target of {name} from {before} to {after}; the credits that it "
                    "inherits on it are dropped.",
                    place=origin(agreement.layers, ("objectives", name, "target"))[1],
                )
