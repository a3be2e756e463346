"""An OLA is about a service of our own, an underpinning contract about a supplier's."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.backing import fits
from slactl.check.rules.roles import roles
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA106",
    Severity.ERROR,
    title="What is promised about a supplier's service is its contract",
    rationale="A team cannot keep a supplier's service up, so an OLA about it hides that no contract is there; nor can a "
    "supplier's contract be about a service that a team of our own runs. Such an agreement backs nothing.",
    source="ISO/IEC 20000-1:2018, 8.3.4.1 and 8.3.4.2",
    fix="Write the supplier's contract as kind: UC and the team's promise as kind: OLA, each about a service of its own.",
)
def kind_of_agreement(evidence: Evidence) -> Iterator[Broken]:
    """OLAs on services of suppliers, and UCs on services of our own."""
    estate = evidence.estate
    for agreement in estate.agreements.values():
        for name in agreement.services:
            owner = estate.services[name].owner
            if not fits(agreement, owner, estate):
                yield Broken(
                    agreement.address,
                    f"{agreement.address} is {'an OLA' if agreement.kind == 'OLA' else 'a UC'}, and its service {name} "
                    f"belongs to {owner}, {roles(estate, owner)}: it backs nothing.",
                    place=agreement.place.at("kind"),
                )
