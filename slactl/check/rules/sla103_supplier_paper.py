"""What a third party signs is an underpinning contract."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.estate import Estate


@rule(
    "SLA103",
    Severity.ERROR,
    title="What a third party signs is an underpinning contract",
    rationale="A supplier's paper is a contract (UC), whatever its title says; calling it an SLA hides that we are the "
    "customer, and an OLA binds teams inside only.",
    source="ISO/IEC 20000-1:2018, 8.3.4.1; ITIL 4 says supplier agreement",
    fix="Write it as kind: UC.",
)
def supplier_paper(evidence: Evidence) -> Iterator[Broken]:
    """SLAs and OLAs whose provider is a supplier."""
    for agreement in evidence.estate.agreements.values():
        if agreement.kind in ("SLA", "OLA") and _is_outside(evidence.estate, agreement.provider):
            yield Broken(
                agreement.address,
                f"{agreement.address} is written as {agreement.kind}, and its provider {agreement.provider} is a supplier.",
                place=agreement.place.at("kind"),
            )


def _is_outside(estate: Estate, name: str) -> bool:
    party = estate.parties.get(name)
    return party is not None and "supplier" in party.roles and not party.inside
