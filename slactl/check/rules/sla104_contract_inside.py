"""An underpinning contract is with a supplier."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.roles import roles
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA104",
    Severity.ERROR,
    title="An underpinning contract is with a supplier",
    rationale="What a team of the organization promises is an OLA: it binds by agreement, not by contract.",
    source="ISO/IEC 20000-1:2018, 8.3.4.1 and 8.3.4.2",
    fix="Write it as kind: OLA, or give the provider type: supplier.",
)
def contract_inside(evidence: Evidence) -> Iterator[Broken]:
    """UCs whose provider is no supplier."""
    for agreement in evidence.estate.agreements.values():
        party = evidence.estate.parties.get(agreement.provider)
        if agreement.kind == "UC" and party is not None and "supplier" not in party.roles:
            yield Broken(
                agreement.address,
                f"{agreement.address} is a UC, and its provider {agreement.provider} is "
                f"{roles(evidence.estate, agreement.provider)}.",
                place=agreement.place.at("kind"),
            )
