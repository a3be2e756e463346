"""A waiver has not expired."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA901",
    Severity.WARNING,
    title="A waiver has not expired",
    rationale="An accepted risk is accepted until a day; after it somebody has to decide again.",
    source="Risk acceptance with owner and expiry",
    fix="Mend what was waived, or decide again: a new date, with the owner's word.",
)
def expired(evidence: Evidence) -> Iterator[Broken]:
    """Waivers whose last day has passed."""
    for waiver in evidence.estate.waivers.values():
        if waiver.until < evidence.as_of:
            yield Broken(
                waiver.address,
                f"{waiver.address} of {waiver.owner} expired on {waiver.until}.",
                place=waiver.place.at("spec", "until"),
            )
