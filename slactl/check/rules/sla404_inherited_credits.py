"""Credits stand beside the target that they were made for."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import merged, origin


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
