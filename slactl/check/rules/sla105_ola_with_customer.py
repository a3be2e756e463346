"""An OLA is between teams of the organization."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.roles import roles
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.merge import origin


@rule(
    "SLA105",
    Severity.ERROR,
    title="An OLA is between teams of the organization",
    rationale="A customer is promised an SLA. An OLA supports SLAs from inside and has no customer of its own.",
    source="ISO/IEC 20000-1:2018, 8.3.4.2",
    fix="Write it as kind: SLA, or name a team as customer.",
)
def ola_with_customer(evidence: Evidence) -> Iterator[Broken]:
    """OLAs that name a customer from outside."""
    for agreement in evidence.estate.agreements.values():
        if agreement.kind == "OLA":
            yield from _outside_customers(agreement, evidence.estate)


def _outside_customers(agreement: Agreement, estate: Estate) -> Iterator[Broken]:
    for name in agreement.customers:
        if not estate.parties[name].inside:
            yield Broken(
                agreement.address,
                f"{agreement.address} is an OLA, and its customer {name} is {roles(estate, name)}.",
                place=origin(agreement.layers, ("customer",))[1],
            )
