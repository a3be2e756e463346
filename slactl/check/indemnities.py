"""Indemnities that we give, and what stands behind each: insurances, and the same indemnity from a supplier below."""

from collections.abc import Iterator
from datetime import date

from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass
from slactl.check.backing import ends_on
from slactl.check.cover import Cover, Hole, first_hole
from slactl.check.fees import Exchange
from slactl.check.leaning import contracts_under
from slactl.check.policies import held_by, most_of, worth_of
from slactl.check.rules.rule import Evidence
from slactl.model.agreement import Agreement, Status
from slactl.model.cover import Indemnity, Insurance
from slactl.model.estate import Estate

_OPEN = (Status.DRAFT, Status.PROPOSED, Status.AGREED)


@dataclass(frozen=True, slots=True)
class Given:
    """An indemnity that an SLA gives to its customers."""

    sla: Agreement
    indemnity: Indemnity
    policies: tuple[Insurance, ...]
    """Ours that stand behind it, whenever they are in force."""
    passed_on: tuple[tuple[Agreement, Indemnity], ...]
    """The same indemnity, given to us by suppliers below."""

    @property
    def needed(self) -> Money | None:
        """The most that one event costs: the indemnity's own limit, else that of the SLA's liability; None: no limit."""
        return self.indemnity.cap or self.sla.liability_cap

    def sums(self) -> Iterator[Money]:
        """Every sum of money that has a part in it."""
        ours = (limit for policy in self.policies for limit in most_of(policy))
        theirs = (limit for pair in self.passed_on if (limit := _limit(*pair)) is not None)
        yield from (self.needed,) if self.needed else ()
        yield from (*ours, *theirs)

    def covers(self, exchange: Exchange, currency: str) -> tuple[Cover, ...]:
        """What stands behind it and when, in a currency that the sums have a rate for."""
        ours = [Cover(one.start, one.until, worth_of(one, exchange, currency)) for one in self.policies]
        return (*ours, *(_cover(*pair, exchange, currency) for pair in self.passed_on))


def given_indemnities(estate: Estate) -> Iterator[Given]:
    """Every indemnity of every SLA that is not over, in address order."""
    for sla in estate.slas():
        if sla.indemnities and sla.status in _OPEN:
            policies, contracts = held_by(sla, estate), contracts_under(estate, sla)
            for one in sla.indemnities:
                passed = [
                    (uc, other) for uc in contracts for other in uc.indemnities if other.name == one.name
                ]
                behind = tuple(policy for policy in policies if policy.stands_behind(one.name))
                yield Given(sla, one, behind, tuple(passed))


def term_of(agreement: Agreement, evidence: Evidence) -> tuple[date, date]:
    """The days of an agreement that are looked at: from today or its first day to its last or the horizon."""
    first = max(evidence.as_of, agreement.term.start or evidence.as_of)
    return first, ends_on(agreement, evidence.horizon_end) or evidence.horizon_end


def hole_behind(given: Given, exchange: Exchange, currency: str | None, evidence: Evidence) -> Hole | None:
    """The first day of the SLA's term on which too little stands behind an indemnity.

    Without a common currency the days alone are judged.
    """
    first, last = term_of(given.sla, evidence)
    if currency is None or given.needed is None:
        days = [Cover(one.start, one.until, None) for one in given.policies]
        days += [Cover(uc.term.start, _end(uc), None) for uc, _ in given.passed_on]
        return first_hole(days, first, last, None)
    return first_hole(given.covers(exchange, currency), first, last, exchange.worth(given.needed, currency))


def _cover(contract: Agreement, indemnity: Indemnity, exchange: Exchange, currency: str) -> Cover:
    limit = _limit(contract, indemnity)
    return Cover(contract.term.start, _end(contract), exchange.worth(limit, currency) if limit else None)


def _limit(contract: Agreement, indemnity: Indemnity) -> Money | None:
    return indemnity.cap or contract.liability_cap


def _end(contract: Agreement) -> date | None:
    return contract.term.until if contract.term.renewal is None else None
