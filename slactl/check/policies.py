"""Insurances: what they pay at most, each policy once however many agreements name it."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from slactl.base.money import Money
from slactl.check.fees import Exchange
from slactl.model.agreement import Agreement
from slactl.model.cover import Insurance
from slactl.model.estate import Estate


def most_of(policy: Insurance) -> tuple[Money, ...]:
    """The limits on what a policy pays for one event; none: it states no sum, and so counts as nothing."""
    return tuple(limit for limit in (policy.per_event, policy.aggregate) if limit is not None)


def worth_of(policy: Insurance, exchange: Exchange, currency: str) -> Fraction:
    """What a policy pays at most for one event, in a currency that its limits have a rate for."""
    return min((exchange.worth(limit, currency) for limit in most_of(policy)), default=Fraction(0))


def party_policies(estate: Estate, names: Iterable[str]) -> Iterator[Insurance]:
    """The insurances of some parties, each party once."""
    for name in dict.fromkeys(names):
        if name in estate.parties:
            yield from estate.parties[name].insurance


def held_by(agreement: Agreement, estate: Estate) -> tuple[Insurance, ...]:
    """The insurances behind what an agreement's provider owes: its own, the provider's, and for a team the organization's."""
    party = estate.parties.get(agreement.provider)
    names = [agreement.provider]
    if party is None or party.inside:
        names.append(estate.workspace.organization)
    return distinct((*agreement.insurance, *party_policies(estate, names)))


def distinct(policies: Iterable[Insurance]) -> tuple[Insurance, ...]:
    """Each policy once."""
    found: dict[object, Insurance] = {}
    for policy in policies:
        found.setdefault(policy.policy, policy)
    return tuple(found.values())


def general(policies: Iterable[Insurance], day: date) -> tuple[Insurance, ...]:
    """Those in force on a day that are for no indemnity in particular, and so for whatever their holder owes."""
    return tuple(one for one in distinct(policies) if not one.indemnities and one.in_force(day))
