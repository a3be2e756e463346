"""What we pay a supplier for after the customers have left."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from slactl.base.diagnostics import Severity
from slactl.base.quick_dataclass import replace
from slactl.base.text import plural, sentence_list
from slactl.check.exits import Gap, beyond, days_of_notice, is_longer, largest_gap, last_days
from slactl.check.fees import fee_between, rounded, spoken_money
from slactl.check.leaning import slas_above
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement, Term
from slactl.model.merge import origin

_NAMED = 3


@rule(
    "SLA305",
    Severity.WARNING,
    title="Our notice to a supplier is no longer than the customer's to us",
    rationale="If the customers leave, we go on paying until our own notice to the supplier is over, and nobody pays us.",
    source="Back-to-back terms: fees that are stranded when a customer leaves",
    fix="Shorten our notice to the supplier, have its periods end with the SLAs', or lengthen the customers' notice.",
)
def notice_by_us(evidence: Evidence) -> Iterator[Broken]:
    """Contracts that we cannot end by the day on which every customer above may have left."""
    for address, slas in slas_above(evidence).items():
        contract = evidence.estate.agreements[address]
        stated = contract.term.notice_customer is not None or contract.term.until is not None
        if contract.kind == "UC" and contract.fee is not None and stated:
            above = frozenset(sla.term for sla in slas)
            gap = _gap(contract.term, above, evidence.as_of, evidence.horizon_end)
            fee = fee_between(contract.fee, gap.first, gap.last) if gap is not None else None
            if gap is not None and fee:
                stranded = spoken_money(rounded(fee, contract.fee.currency))
                yield _broken(contract, slas, gap, stranded, evidence)


@lru_cache(maxsize=4096)
def _gap(contract: Term, above: frozenset[Term], first: date, end: date) -> Gap | None:
    """The same for all agreements with these terms, and estates have few different ones.

    A customer that has no day of notice left is known today to stay until its term ends. The day on which the last term
    ends is known too, and our notice for that day is given in time, if it still can be.
    """
    count = max(1, *(days_of_notice(term, "customer", first, end) for term in above))
    leaving = [last_days(term, "customer", first, end)[:count] for term in above]
    all_gone = tuple(map(max, *leaving)) if len(leaving) > 1 else leaving[0]
    terms_end = max(
        last_days(replace(term, notice_customer=None), "customer", first, end)[0] for term in above
    )
    ours = last_days(contract, "customer", first, end)
    return largest_gap(all_gone, [min(day, max(terms_end, ours[0])) for day in ours], first)


def _broken(
    contract: Agreement, slas: Sequence[Agreement], gap: Gap, stranded: str, evidence: Evidence
) -> Broken:
    ours = contract.term.notice_customer
    names = [sla.address for sla in slas[:_NAMED]]
    names += [plural(len(slas) - _NAMED, "other SLA")] if len(slas) > _NAMED else []
    whose = f"If the customers of {sentence_list(names)} give notice on {gap.told}"
    return Broken(
        contract.address,
        f"{whose}, {contract.address} goes on for {plural(gap.days, 'day')}, from {gap.first} to {gap.last}"
        f"{beyond(gap, evidence.horizon_end)}: {stranded} "
        f"of stranded fees, our notice being {ours or 'none before the end of its term'}.",
        place=origin(contract.layers, ("term", "notice"))[1],
        severity=None
        if all(is_longer(ours, sla.term.notice_customer, evidence.as_of) for sla in slas)
        else Severity.NOTE,
    )
