"""The customer of an SLA is a customer."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.roles import roles
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import origin


@rule(
    "SLA102",
    Severity.ERROR,
    title="The customer of an SLA is a customer",
    rationale="A team that supports others inside the provider is no customer; what it is promised is an OLA.",
    source="ISO/IEC 20000-1:2018, 8.3.3 and 8.3.4.2",
    fix="Give the party type: customer (with internal: true for a business unit of our own), or write an OLA.",
)
def customer_not_customer(evidence: Evidence) -> Iterator[Broken]:
    """SLAs whose customer is only a team or a supplier."""
    for sla in evidence.estate.slas():
        for name in sla.customers:
            party = evidence.estate.parties[name]
            if "customer" not in party.roles:
                yield Broken(
                    sla.address,
                    f"{sla.address} names {name} as customer, who is {roles(evidence.estate, name)}.",
                    place=origin(sla.layers, ("customer",))[1],
                )
