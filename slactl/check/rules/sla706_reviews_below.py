"""Suppliers meet us for reviews as often as we meet customers."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import plural
from slactl.check.cadence import Rarer, rarer
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import origin


@rule(
    "SLA706",
    Severity.WARNING,
    title="A supplier is reviewed at least as often as the SLA above it",
    rationale="What a review with the customer changes has to reach the supplier; at a yearly meeting it arrives too late.",
    source="Flow-down of reviews; ISO/IEC 20000-1:2018, 8.3.4.1",
    fix="Agree with the supplier on reviews at least as often as those with the customer.",
)
def reviews_below(evidence: Evidence) -> Iterator[Broken]:
    """Contracts that are reviewed more rarely than an SLA above; no review at all is a note."""
    for found in rarer(evidence, lambda agreement: agreement.reviews.every):
        yield Broken(
            found.contract.address,
            _message(found),
            place=origin(found.contract.layers, ("reviews", "every"))[1],
            severity=Severity.NOTE if found.theirs is None else None,
        )


def _message(found: Rarer) -> str:
    theirs = f"is reviewed every {found.theirs}" if found.theirs else "promises no reviews"
    more = f", and {plural(found.more, 'other SLA')} more often too" if found.more else ""
    return f"{found.contract.address} {theirs}, and {found.sla.address} is reviewed every {found.ours}{more}."
