"""Who may sign what: an SLA has a customer, teams inside give OLAs, a third party's paper is a UC."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.merge import origin


@rule(
    "SLA101",
    Severity.ERROR,
    title="An SLA has a customer",
    rationale="Without a customer nobody agreed to anything: it is an internal target, not a service level agreement.",
    source="ISO/IEC 20000-1:2018, 8.3.3; ITIL 4, service level management",
    fix="Say customer: NAME, or customers: [...]; between teams write an OLA.",
)
def customer_missing(evidence: Evidence) -> Iterator[Broken]:
    """SLAs without a customer."""
    for sla in evidence.estate.slas():
        if not sla.customers:
            yield Broken(sla.address, f"{sla.address} has no customer.", place=sla.place.key_at("spec"))


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
                    f"{sla.address} names {name} as customer, who is {_roles(evidence.estate, name)}.",
                    place=origin(sla.layers, ("customer",))[1],
                )


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
                f"{_roles(evidence.estate, agreement.provider)}.",
                place=agreement.place.at("kind"),
            )


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
                f"{agreement.address} is an OLA, and its customer {name} is {_roles(estate, name)}.",
                place=origin(agreement.layers, ("customer",))[1],
            )


def _is_outside(estate: Estate, name: str) -> bool:
    party = estate.parties.get(name)
    return party is not None and "supplier" in party.roles and not party.inside


def _roles(estate: Estate, name: str) -> str:
    words = {"customer": "a customer", "internal": "a team of the organization", "supplier": "a supplier"}
    return " and ".join(words[role] for role in sorted(estate.parties[name].roles))
