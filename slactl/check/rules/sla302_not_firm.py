"""A promise rests only on what is at least as firm."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import origin


@rule(
    "SLA302",
    Severity.ERROR,
    title="A promise rests only on what is at least as firm",
    rationale="A draft or a proposal binds nobody. What an agreed SLA needs must itself be agreed.",
    source="ISO/IEC 20000-1:2018, 8.3.3",
    fix="Get it agreed, or take the SLA back to the same status.",
)
def not_firm(evidence: Evidence) -> Iterator[Broken]:
    """Agreements that would back a promise but are less firm than it."""
    for found in evidence.weaker:
        yield Broken(
            found.agreement.address,
            f"{found.agreement.address} is {found.agreement.status.value} only, and {found.objective} would rest on it.",
            place=origin(found.agreement.layers, ("status",))[1],
        )
