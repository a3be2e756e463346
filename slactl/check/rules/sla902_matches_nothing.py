"""A waiver accepts something."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule


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
