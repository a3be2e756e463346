"""A legally binding agreement that is agreed has been signed."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Status
from slactl.model.merge import origin


@rule(
    "SLA711",
    Severity.WARNING,
    title="A legally binding agreement that is agreed says who signed it",
    rationale="Credits, liability and exit are claimed by a signed paper. Without its date and number nobody can show one.",
    source="ISO/IEC 20000-1:2018, 8.3.3 and 8.3.4.1",
    fix="Record it: signed: [{party: acme, on: 2026-01-31, reference: CT-2026-8}]. If nobody signed, say status: proposed.",
)
def not_signed(evidence: Evidence) -> Iterator[Broken]:
    """Agreed, legally binding agreements without a signature."""
    for agreement in evidence.estate.agreements.values():
        if agreement.status is Status.AGREED and agreement.binding == "legal" and not agreement.signed:
            yield Broken(
                agreement.address,
                f"{agreement.address} is agreed and legally binding, and no signature is recorded.",
                place=origin(agreement.layers, ("binding",))[1],
            )
