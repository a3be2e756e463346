"""What an SLA rests on at the customer's own is a duty of the customer, and its downtime is the customer's fault."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.olas import OPEN
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.merge import origin


@rule(
    "SLA107",
    Severity.WARNING,
    title="What an SLA rests on at the customer's own is a duty, and its downtime excluded",
    rationale="Where a service of the customer's fails, ours does. Unless the SLA says so, nobody has promised to keep it up, or its "
    "downtime counts against us.",
    source="ISO/IEC 20000-1:2018, 8.3.4.2: a customer acting as a supplier",
    fix="Record it: duties: [{service: NAME, of: customer, what: ...}], and exclude customer-fault.",
)
def customer_duty(evidence: Evidence) -> Iterator[Broken]:
    """SLAs above services of their customers that no duty names, or whose downtime counts against the provider."""
    for sla in evidence.estate.slas():
        if sla.status in OPEN:
            for service in _of_its_customers(evidence.estate, sla):
                yield from _faults(evidence.estate, sla, service)


def _of_its_customers(estate: Estate, sla: Agreement) -> list[str]:
    """The services below that a customer owns; what these and suppliers' services rest on is their owners' affair."""
    waiting, seen = list(sla.services), set(sla.services)
    found = []
    while waiting:
        service = estate.services[waiting.pop()]
        if service.owner in sla.customers:
            found.append(service.name)
        elif estate.parties[service.owner].inside:
            fresh = {call.service for call in service.calls()} - seen
            seen |= fresh
            waiting += fresh
    return sorted(found)


def _faults(estate: Estate, sla: Agreement, service: str) -> Iterator[Broken]:
    owner = estate.services[service].owner
    if not any(duty.get("service") == service for duty in sla.duties):
        yield Broken(
            sla.address,
            f"{sla.address} rests on {service}, which its customer {owner} runs, and no duty of theirs says so.",
            place=origin(sla.layers, ("duties",))[1],
        )
    counted = [
        one.address
        for one in sla.objectives.values()
        if one.metric == "availability" and "customer-fault" not in one.excludes
    ]
    for address in counted:
        yield Broken(
            address,
            f"{address} counts the downtime of {service}, which its customer {owner} runs.",
            place=sla.objectives[address.rpartition(".")[2]].place,
        )
