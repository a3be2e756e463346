"""Nobody below may leave before we can."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from slactl.base.diagnostics import Severity
from slactl.base.text import plural
from slactl.check.exits import Gap, beyond, days_of_notice, is_longer, largest_gap, last_days
from slactl.check.leaning import slas_above
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement, Term
from slactl.model.merge import origin


@rule(
    "SLA304",
    Severity.WARNING,
    title="A supplier's notice to us is no shorter than ours to the customer",
    rationale="If a supplier leaves, we must be able to leave too, or to replace it, before its contract ends. Until then "
    "we owe what nobody below owes us.",
    source="Back-to-back terms: the supplier's notice covers ours; ISO/IEC 20000-1:2018, 8.3.4.1",
    fix="Have the supplier's notice lengthened, or its periods end with the SLA's; or shorten our own notice.",
)
def notice_to_us(evidence: Evidence) -> Iterator[Broken]:
    """Agreements below that their provider may end before we may end the SLAs above."""
    span = (evidence.as_of, evidence.horizon_end)
    for address, slas in slas_above(evidence).items():
        below = evidence.estate.agreements[address]
        if below.term.notice_provider is None:
            continue
        terms = {id(sla.term): sla.term for sla in slas}
        gaps = {key: _gap(below.term, term, *span) for key, term in terms.items()}
        found = [(gap, sla) for sla in slas if (gap := gaps[id(sla.term)]) is not None]
        if found:
            gap, sla = max(found, key=lambda one: (one[0].days, one[1].address))
            yield _broken(below, sla, gap, len(found) - 1, evidence)


@lru_cache(maxsize=4096)
def _gap(below: Term, above: Term, first: date, end: date) -> Gap | None:
    """The same for all agreements with these terms, and estates have few different ones."""
    count = days_of_notice(below, "provider", first, end)
    ends_first = last_days(below, "provider", first, end)[:count]
    return largest_gap(ends_first, last_days(above, "provider", first, end), first)


def _broken(below: Agreement, sla: Agreement, gap: Gap, more: int, evidence: Evidence) -> Broken:
    theirs, ours = below.term.notice_provider, sla.term.notice_provider
    others = f", and {plural(more, 'other SLA')} in the same way" if more else ""
    return Broken(
        below.address,
        f"{below.provider} may end {below.address} with {theirs} notice and we {sla.address} with "
        f"{ours or 'none'}: notice on {gap.told} leaves {plural(gap.days, 'day')} uncovered, from {gap.first} to "
        f"{gap.last}{beyond(gap, evidence.horizon_end)}{others}.",
        place=origin(below.layers, ("term", "notice"))[1],
        severity=None if is_longer(ours, theirs, evidence.as_of) else Severity.NOTE,
    )
