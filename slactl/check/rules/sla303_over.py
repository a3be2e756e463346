"""An agreement whose term is over is no longer called agreed."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Status
from slactl.model.merge import origin


@rule(
    "SLA303",
    Severity.WARNING,
    title="An agreement whose term is over is no longer called agreed",
    rationale="Its objectives are no promise any more, yet readers and reports still take it for one.",
    source="ISO/IEC 20000-1:2018, 8.3.3",
    fix="Set status: expired, or extend the term.",
)
def over(evidence: Evidence) -> Iterator[Broken]:
    """Agreed agreements whose last day has passed and that do not renew by themselves."""
    for agreement in evidence.estate.agreements.values():
        until = agreement.term.until
        ended = until is not None and until < evidence.as_of and agreement.term.renewal is None
        if ended and agreement.status is Status.AGREED:
            yield Broken(
                agreement.address,
                f"{agreement.address} is called agreed, and its term ended on {until}.",
                place=origin(agreement.layers, ("term", "until"))[1],
            )
