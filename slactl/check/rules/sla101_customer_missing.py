"""An SLA has a customer."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement
from slactl.model.merge import merged, origin


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
            yield _missing(sla)


def _missing(sla: Agreement) -> Broken:
    wanted = merged(sla.layers).get("customers")
    if not isinstance(wanted, dict):
        return Broken(sla.address, f"{sla.address} has no customer.", place=sla.place.key_at("spec"))
    labels = sentence_list([f"{key}: {value}" for key, value in (wanted.get("matching") or {}).items()])
    return Broken(
        sla.address,
        f"{sla.address} has no customer: no party that is one has the labels {labels}.",
        place=origin(sla.layers, ("customers",))[1],
    )
