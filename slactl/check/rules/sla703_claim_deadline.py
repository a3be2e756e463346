"""Credits of a supplier can still be claimed when we know that we owe some."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from slactl.base.diagnostics import Severity
from slactl.base.duration import Duration
from slactl.base.text import plural
from slactl.check.claims import Late, latest
from slactl.check.credit_steps import credited
from slactl.check.leaning import promises_below
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.terms import first_second
from slactl.model.agreement import Agreement, Objective
from slactl.model.merge import origin


@rule(
    "SLA703",
    Severity.WARNING,
    title="A supplier's claim deadline passes no earlier than the SLA's breach is known",
    rationale="A breach of a quarter is known when the quarter ends. If credits for its first month had to be claimed before, "
    "we pay and the supplier does not.",
    source="Back-to-back terms: claim periods",
    fix="Have the supplier's claim period lengthened, or claim each of its breaches at once, whatever the SLA says.",
)
def claim_deadline(evidence: Evidence) -> Iterator[Broken]:
    """Contracts whose claim period ends before the breach of an SLA objective above is known."""
    worst: dict[str, tuple[Late, str, Agreement]] = {}
    for late, address, contract in _found(evidence):
        known = worst.get(contract.address)
        if known is None or late.seconds > known[0].seconds:
            worst[contract.address] = (late, address, contract)
    for late, address, contract in worst.values():
        deadline, known_on = _day(late.deadline_s), _day(late.known_s)
        yield Broken(
            contract.address,
            f"Credits of {contract.address} may have to be claimed by {deadline}, and whether {address} was broken in the "
            f"same window is known on {known_on}, {plural((known_on - deadline).days, 'day')} later.",
            place=origin(contract.layers, ("credits", "claimWithin"))[1],
        )


def _found(evidence: Evidence) -> Iterator[tuple[Late, str, Agreement]]:
    known: dict[object, Late | None] = {}
    start_s = first_second(evidence.as_of)
    for address, promises in promises_below(evidence).items():
        sla, name = address.rsplit(".", 1)
        above = evidence.estate.agreements[sla].objectives[name]
        if not credited(evidence.estate.agreements[sla], above):
            continue
        for contract, below in promises.values():
            within = _claimed_within(contract, below)
            key = (above.window, above.hours, below.window, below.hours, within)
            if within is not None and key not in known:
                known[key] = latest(evidence.estate, above, below, within, start_s)
            late = known.get(key)
            if late is not None:
                yield late, address, contract


def _claimed_within(contract: Agreement, objective: Objective) -> Duration | None:
    """The claim period, where the contract pays credits on the objective."""
    return contract.credits.claim_within if contract.credits and credited(contract, objective) else None


def _day(instant_s: int) -> date:
    """The last day before an instant: a window ends, and a period is over, at midnight."""
    return (datetime.fromtimestamp(instant_s, UTC) - timedelta(seconds=1)).date()
