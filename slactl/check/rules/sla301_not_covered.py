"""What backs a promise is in force as long as the promise."""

from collections.abc import Iterator
from datetime import date, timedelta

from slactl.base.diagnostics import Severity
from slactl.check.backing import ends_on
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement
from slactl.model.merge import origin


@rule(
    "SLA301",
    Severity.ERROR,
    title="What backs a promise is in force as long as the promise",
    rationale="From the day a UC or OLA ends, the SLA above it rests on nothing.",
    source="ISO/IEC 20000-1:2018, 8.3.4.1",
    fix="Renew or extend it before that day, or end the SLA with it.",
)
def not_covered(evidence: Evidence) -> Iterator[Broken]:
    """Promises that end, or begin, inside the term of an SLA that rests on them."""
    for address, supports in evidence.supports.items():
        if not address.startswith("sla."):
            continue
        sla = evidence.estate.agreements[address.rsplit(".", 1)[0]]
        last = ends_on(sla, evidence.horizon_end) or evidence.horizon_end
        for below in dict.fromkeys(agreement.address for agreement, _ in supports):
            yield from _uncovered(sla, evidence.estate.agreements[below], last, evidence)


def _uncovered(sla: Agreement, below: Agreement, last: date, evidence: Evidence) -> Iterator[Broken]:
    end = ends_on(below, last)
    if end is not None:
        yield Broken(
            below.address,
            f"{below.address} ends on {end}, and {sla.address} rests on it until {last}: "
            f"uncovered from {end + timedelta(days=1)}.",
            place=origin(below.layers, ("term", "until"))[1],
        )
    first = max(sla.term.start or evidence.as_of, evidence.as_of)
    if below.term.start is not None and below.term.start > first:
        yield Broken(
            below.address,
            f"{below.address} begins on {below.term.start}, and {sla.address} rests on it from {first}.",
            place=origin(below.layers, ("term", "from"))[1],
        )
