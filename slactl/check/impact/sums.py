"""What a scenario means for each customer: promises, time, money."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from slactl.check.impact.money import Purse
from slactl.check.impact.result import CustomerSum, ObjectiveImpact, Scenario, Standing
from slactl.model.agreement import Agreement


def sums(
    objectives: Sequence[ObjectiveImpact], slas: Mapping[str, Agreement], scenario: Scenario, purse: Purse
) -> tuple[CustomerSum, ...]:
    """A sum for every customer with a promise that stands worse, and for more than one a sum of all."""
    worse: dict[str, list[ObjectiveImpact]] = {}
    for one in objectives:
        if scenario in one.then and one.then[scenario].change == "worse":
            for customer in one.customers:
                worse.setdefault(customer, []).append(one)
    bills = _bills(objectives, slas, scenario, purse)
    single = tuple(_sum(name, worse[name], scenario, bills) for name in sorted(worse))
    return (*single, _all_of(single)) if len(single) > 1 else single


Bill = tuple[Fraction | None, Fraction | None, Fraction | None]
"""The fee a month, the credits then and the credits today, of one SLA to each of its customers."""


def _bills(
    objectives: Iterable[ObjectiveImpact], slas: Mapping[str, Agreement], scenario: Scenario, purse: Purse
) -> dict[str, Bill]:
    then: dict[str, dict[str, Fraction]] = {}
    today: dict[str, dict[str, Fraction]] = {}
    for one in objectives:
        address, _, name = one.address.rpartition(".")
        standing: Standing = one.then.get(scenario, one.today)
        then.setdefault(address, {})[name] = standing.credit
        today.setdefault(address, {})[name] = one.today.credit
    return {
        address: (
            purse.monthly_fee(slas[address]),
            purse.owed(slas[address], shares),
            purse.owed(slas[address], today[address]),
        )
        for address, shares in then.items()
    }


def _sum(
    customer: str, worse: Sequence[ObjectiveImpact], scenario: Scenario, bills: Mapping[str, Bill]
) -> CustomerSum:
    agreements = dict.fromkeys(one.address.rpartition(".")[0] for one in worse)
    fees, after, before = zip(*(bills[address] for address in agreements), strict=True)
    return CustomerSum(
        customer=customer,
        worse=tuple(one.address for one in worse),
        lost=tuple(one.address for one in worse if one.today.passes and not one.then[scenario].passes),
        extra_s=max(one.then[scenario].extra_s for one in worse),
        fees=_added(fees),
        credits=_added(after),
        credits_today=_added(before),
    )


def _all_of(single: Sequence[CustomerSum]) -> CustomerSum:
    return CustomerSum(
        customer=None,
        worse=tuple(dict.fromkeys(address for one in single for address in one.worse)),
        lost=tuple(dict.fromkeys(address for one in single for address in one.lost)),
        extra_s=max(one.extra_s for one in single),
        fees=_added(one.fees for one in single),
        credits=_added(one.credits for one in single),
        credits_today=_added(one.credits_today for one in single),
    )


def _added(amounts: Iterable[Fraction | None]) -> Fraction | None:
    """The sum of what is known; None where nothing is."""
    known = [one for one in amounts if one is not None]
    return sum(known, Fraction(0)) if known else None
