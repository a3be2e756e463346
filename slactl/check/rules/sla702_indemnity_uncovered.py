"""Something stands behind every indemnity on every day of the term."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.cover import Hole
from slactl.check.fees import Exchange, rounded, spoken_money
from slactl.check.indemnities import Given, given_indemnities, hole_behind
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Status


@rule(
    "SLA702",
    Severity.ERROR,
    title="An indemnity is insured, or given to us by the supplier that causes it, for the whole term",
    rationale="Who promises to make a damage good has to be able to pay. One accident on a day without cover can cost more "
    "than all fees of the agreement.",
    source="Back-to-back terms: indemnities and the insurance behind them",
    fix="Insure it up to the sum for the whole term (with renewals, up to the horizon), or get the same indemnity from the "
    "supplier that may cause the damage.",
)
def indemnity_uncovered(evidence: Evidence) -> Iterator[Broken]:
    """Indemnities given to customers that are not covered on some day of the term."""
    exchange = Exchange(evidence.estate.workspace.rates)
    for given in given_indemnities(evidence.estate):
        currency = exchange.common(money.currency for money in given.sums())
        hole = hole_behind(given, exchange, currency, evidence)
        if hole is not None:
            yield Broken(
                given.sla.address,
                _message(given, hole, currency),
                place=given.indemnity.place,
                severity=None if given.sla.status is Status.AGREED else Severity.WARNING,
            )


def _message(given: Given, hole: Hole, currency: str | None) -> str:
    limit = f" up to {spoken_money(given.needed)}" if given.needed else ""
    promise = f"{given.sla.address} gives the indemnity {given.indemnity.name}{limit}"
    missing = spoken_money(rounded(hole.missing, currency)) if hole.missing is not None and currency else None
    if hole.nothing:
        return f"{promise}, and from {hole.day} nothing stands behind it{f': {missing} missing' if missing else ''}."
    return f"{promise}, and from {hole.day} too little stands behind it: {missing} missing."
