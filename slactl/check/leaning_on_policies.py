"""What leans on each insurance, and until when its holder is bound."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from slactl.base.diagnostics import Place
from slactl.base.money import Money
from slactl.check.indemnities import Given, given_indemnities, term_of
from slactl.check.rules.rule import Evidence
from slactl.model.agreement import Agreement, Status
from slactl.model.cover import Insurance
from slactl.model.estate import Estate


@dataclass(frozen=True, slots=True)
class Leaning:
    """A policy of ours, and the indemnities that nothing else stands behind."""

    policy: Insurance
    address: str
    given: tuple[Given, ...]

    def sums(self) -> Iterator[Money]:
        """What may have to be paid, for each customer, with the policy's own limit first."""
        if self.policy.aggregate is not None:
            yield self.policy.aggregate
        for one in self.given:
            if one.needed is not None:
                yield from (one.needed,) * max(1, len(one.sla.customers))


def leaning(estate: Estate) -> Iterator[Leaning]:
    """Each of our policies that some indemnity leans on alone."""
    found: dict[object, tuple[Insurance, list[Given]]] = {}
    for given in given_indemnities(estate):
        if given.sla.status is Status.AGREED and len(given.policies) == 1 and not given.passed_on:
            (policy,) = given.policies
            found.setdefault(policy.policy, (policy, []))[1].append(given)
    for policy, several in found.values():
        yield Leaning(policy, _holder(policy, several[0].sla, estate), tuple(several))


@dataclass(frozen=True, slots=True)
class Held:
    """The policies of one kind that an agreement or a party holds, and the term in which they are needed."""

    address: str
    kind: str
    policies: tuple[Insurance, ...]
    first: date
    last: date
    place: Place


def held_for_contracts(evidence: Evidence) -> Iterator[Held]:
    """The policies behind what suppliers owe us, by agreement or party and by kind, as long as their contracts last."""
    estate = evidence.estate
    contracts = [
        one for one in estate.agreements.values() if one.kind == "UC" and one.status is Status.AGREED
    ]
    for one in contracts:
        yield from _by_kind(one.address, one.insurance, [one], evidence)
    for name in sorted({one.provider for one in contracts}):
        party = estate.parties.get(name)
        if party is not None and not party.inside:
            bound = [one for one in contracts if one.provider == name]
            yield from _by_kind(f"party.{name}", party.insurance, bound, evidence)


def _by_kind(
    address: str, policies: tuple[Insurance, ...], bound: list[Agreement], evidence: Evidence
) -> Iterator[Held]:
    terms = [term_of(one, evidence) for one in bound]
    terms = [(first, last) for first, last in terms if first <= last]
    for kind in dict.fromkeys(one.kind for one in policies) if terms else ():
        same = tuple(one for one in policies if one.kind == kind)
        first, last = min(first for first, _ in terms), max(last for _, last in terms)
        yield Held(address, kind, same, first, last, same[-1].place)


def _holder(policy: Insurance, sla: Agreement, estate: Estate) -> str:
    if policy in sla.insurance:
        return sla.address
    names = (name for name, party in estate.parties.items() if policy in party.insurance)
    return f"party.{next(names, sla.provider)}"
