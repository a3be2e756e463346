"""Suppliers report to us as often as we report to customers."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import plural
from slactl.check.cadence import Rarer, rarer
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import origin


@rule(
    "SLA705",
    Severity.WARNING,
    title="A supplier reports at least as often as we report to the customer",
    rationale="Our report for a month rests on what the supplier says about that month. A report that comes each quarter "
    "leaves two of three of ours without it.",
    source="Flow-down of reporting; ISO/IEC 20000-1:2018, 8.3.4.1",
    fix="Agree with the supplier on reports at least as often as ours, due before them.",
)
def reporting_below(evidence: Evidence) -> Iterator[Broken]:
    """Contracts whose reports are rarer than those of an SLA above; none at all is a note, unless we measure by them."""
    for found in rarer(evidence, lambda agreement: agreement.reporting_every):
        yield Broken(
            found.contract.address,
            _message(found),
            place=origin(found.contract.layers, ("reporting", "every"))[1],
            severity=Severity.NOTE if found.theirs is None and not _measured_by_supplier(found) else None,
        )


def _message(found: Rarer) -> str:
    theirs = f"reports every {found.theirs}" if found.theirs else "promises no reports"
    more = f", and {plural(found.more, 'other SLA')} more often too" if found.more else ""
    return f"{found.contract.address} {theirs}, and {found.sla.address} reports every {found.ours}{more}."


def _measured_by_supplier(found: Rarer) -> bool:
    return any(one.measure.source == "supplier-report" for one in found.contract.objectives.values())
