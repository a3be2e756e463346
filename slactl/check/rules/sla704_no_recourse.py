"""Who owes credits can claim them below."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import plural
from slactl.check.leaning import slas_above
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.merge import origin


@rule(
    "SLA704",
    Severity.WARNING,
    title="What a legally binding SLA with credits rests on is legally binding",
    rationale="An agreement that binds informally gives no recourse: what it breaks costs us credits, and nobody owes us any.",
    source="Back-to-back terms: recourse for credits",
    fix="Make the contract legally binding. For an OLA inside the organization: budget for the credits, or waive this.",
)
def no_recourse(evidence: Evidence) -> Iterator[Broken]:
    """Informal agreements below SLAs that are legally binding and owe credits; between our own teams it is a note."""
    for address, slas in slas_above(evidence).items():
        below = evidence.estate.agreements[address]
        strict = [one.address for one in slas if one.binding == "legal" and one.credits and one.credits.steps]
        if strict and below.binding != "legal":
            more = f" and {plural(len(strict) - 1, 'other SLA')}" if len(strict) > 1 else ""
            owe = "owe" if more else "owes"
            yield Broken(
                address,
                f"{address} binds informally, and {strict[0]}{more} above {owe} credits by law: it gives no recourse.",
                place=origin(below.layers, ("binding",))[1],
                severity=None if below.kind == "UC" else Severity.NOTE,
            )
