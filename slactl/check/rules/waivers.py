"""Waivers are findings themselves once they expire or match nothing."""

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


@rule(
    "SLA902",
    Severity.WARNING,
    title="A waiver accepts something",
    rationale="A waiver that matches no finding hides the next one that it happens to match.",
    source="Risk acceptance with owner and expiry",
    fix="Remove it: what it accepted is mended. Or correct its rule or subject.",
)
def matches_nothing(evidence: Evidence) -> Iterator[Broken]:
    """Waivers in force that no finding of the other rules matches."""
    used = {finding.waived_by for finding in evidence.findings}
    for waiver in evidence.estate.waivers.values():
        if waiver.until >= evidence.as_of and waiver.address not in used:
            yield Broken(
                waiver.address,
                f"{waiver.address} waives {waiver.rule} on {waiver.subject}, and nothing like that was found.",
                place=waiver.place.at("spec", "subject"),
            )
