"""What is shared carries the demand of all its callers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.capacity import Limit, limits_of
from slactl.check.demand import Demand
from slactl.check.request_rates import spoken_rate
from slactl.check.request_view import term_s
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.terms import first_second
from slactl.model.agreement import Status

_NAMED = 3


@rule(
    "SLA621",
    Severity.ERROR,
    title="An OLA or UC carries the demand that all agreed SLAs send down to it",
    rationale="Each SLA by itself may fit, and all of them together not. Above the throughput that it promises a supplier "
    "owes nothing, and above its workload limit none of its promises holds, whatever was sold on top of them.",
    source="ISO/IEC 20000-1:2018, 8.3.3 (workload limits); demand of all callers, by calls and attempts",
    fix="Buy a higher throughput or workload limit, lower the workload limits of the SLAs above, or make fewer calls.",
)
def demand_above_promise(evidence: Evidence) -> Iterator[Broken]:
    """Limits of agreed OLAs and UCs that the committed demand exceeds on some day."""
    limits = [
        limit
        for agreement in evidence.estate.agreements.values()
        if agreement.kind != "SLA" and agreement.status is Status.AGREED
        for limit in limits_of(agreement)
    ]
    if not limits:
        return
    demand = Demand(evidence.estate)
    start, end = first_second(evidence.as_of), first_second(evidence.horizon_end + timedelta(days=1))
    most = demand.between(start, end)
    for limit in limits:
        if demand.reaching(most, limit) > limit.rate:
            yield from _exceeded(demand, limit, start, end)


def _exceeded(demand: Demand, limit: Limit, start: int, end: int) -> Iterator[Broken]:
    """The first day on which demand that is committed at one time exceeds a limit."""
    first, last = term_s(limit.agreement)
    begin, stop = max(start, first or start), min(end, last or end)
    if begin >= stop:
        return
    for one, following in pairwise([begin, *sorted({*demand.starts(begin, stop)}), stop]):
        sent = demand.reaching(demand.between(one, following), limit)
        if sent > limit.rate:
            named = [
                f"{spoken_rate(rate)} for {sla.address}"
                for sla, rate in demand.senders(one, following, limit)
            ]
            others = [f"{len(named) - _NAMED} others"] if len(named) > _NAMED else []
            day = datetime.fromtimestamp(one, UTC).date()
            since = f" from {day} on" if one > start else ""
            yield Broken(
                limit.address,
                f"{limit.address} carries {spoken_rate(limit.rate)} ({limit.words}), and agreed SLAs send "
                f"{spoken_rate(sent)}{since}: {sentence_list([*named[:_NAMED], *others])}.",
                place=limit.place,
            )
            return
