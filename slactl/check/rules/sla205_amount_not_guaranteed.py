"""A time or rate that a customer is promised is guaranteed by what is below it."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.rules.shortfall import amount_shortfall, largest

_FIX = "Agree on shorter times (higher rates) below, state what is the owner's own, or promise less."


@rule(
    "SLA205",
    Severity.ERROR,
    title="A time or rate that a customer is promised is guaranteed by what is below it",
    rationale="Every team and supplier below can keep its times, one after another, while the customer waits for longer "
    "than promised.",
    source="ISO/IEC 20000-1:2018, 8.3.3 and 8.3.4; ITIL, OLAs and UCs support the SLA targets",
    fix=_FIX,
)
def amount_not_guaranteed(evidence: Evidence) -> Iterator[Broken]:
    """SLA objectives on times and rates whose verdict does not pass; support hours have a rule of their own."""
    for result in evidence.amounts.values():
        if not result.address.startswith("sla.") or result.verdict == "guaranteed":
            continue
        if result.metric == "support-hours" and result.supported is not None:
            continue
        status = evidence.estate.agreements[result.address.rsplit(".", 1)[0]].status
        firm = result.agreed and status == "agreed"
        yield Broken(
            result.address,
            amount_shortfall(result),
            largest(result, _FIX),
            result.place,
            None if firm else Severity.WARNING,
        )
