"""An agreement may tighten a corporate minimum, not loosen it."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.duration import Duration
from slactl.base.rate import Rate
from slactl.base.ratio import Ratio
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement, Layer, Objective
from slactl.model.building.fields import parse_target
from slactl.model.merge import origin


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
