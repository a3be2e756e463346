"""A customer's objective is guaranteed by what is below it."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.rules.shortfall import shortfall, weakest


@rule(
    "SLA201",
    Severity.ERROR,
    title="A customer's objective is guaranteed by what is below it",
    rationale="The OLAs and UCs below an SLA can all be kept while the SLA is broken. Then the promise rests on luck.",
    source="ISO/IEC 20000-1:2018, 8.3.3 and 8.3.4; ITIL, OLAs and UCs support the SLA targets",
    fix="Tighten the weakest promise below, add redundancy with recorded independence, or promise less.",
)
def not_guaranteed(evidence: Evidence) -> Iterator[Broken]:
    """SLA objectives whose verdict does not pass."""
    for result in evidence.results.values():
        if result.address.startswith("sla.") and not result.passes:
            firm = (
                result.agreed
                and evidence.estate.agreements[result.address.rsplit(".", 1)[0]].status == "agreed"
            )
            yield Broken(
                result.address,
                shortfall(result, evidence.unbudgeted),
                weakest(result),
                result.place,
                None if firm else Severity.WARNING,
            )
