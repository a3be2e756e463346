"""What leans on each insurance, and until when its holder is bound."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from slactl.base.diagnostics import Place
from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass
from slactl.check.indemnities import Given, given_indemnities, term_of
from slactl.check.rules.rule import Evidence
from slactl.model.agreement import Agreement, Status
from slactl.model.cover import Insurance
from slactl.model.estate import Estate


@dataclass(frozen=True, slots=True)
class Leaning:
    """Policies of ours that are in force on a day, and the indemnities that nothing else stands behind then."""

    policies: tuple[Insurance, ...]
    address: str
    """Who holds the first of them."""
    given: tuple[Given, ...]

    @property
    def paid(self) -> tuple[Money, ...] | None:
        """What each policy pays at most for all events of a year; None where one of them has no such limit."""
        limits = tuple(policy.aggregate for policy in self.policies if policy.aggregate is not None)
        return limits if len(limits) == len(self.policies) else None

    @property
    def owed(self) -> tuple[Money, ...]:
        """What may have to be paid, once for each customer."""
        return tuple(
            sum_
            for one in self.given
            if one.needed is not None
            for sum_ in (one.needed,) * max(1, len(one.sla.customers))
        )


def leaning(evidence: Evidence) -> Iterator[Leaning]:
    """All policies that stand behind some indemnity on a day, with every indemnity that leans on none but these.

    What leans on a policy, and what on the next one that follows it, is told apart by the days. The same policies with
    the same indemnities come once.
    """
    given = [
        one
        for one in given_indemnities(evidence.estate)
        if one.sla.status is Status.AGREED and one.policies and not one.passed_on
    ]
    seen = set[object]()
    for day in _days(given, evidence):
        standing = [(one, _in_force(one, day, evidence)) for one in given]
        for policies in {tuple(one): one for _, one in standing if one}.values():
            several = tuple(one for one, theirs in standing if theirs and theirs.keys() <= policies.keys())
            key = frozenset(policies), tuple((one.sla.address, one.indemnity.name) for one in several)
            if key not in seen:
                seen.add(key)
                held = tuple(policies.values())
                yield Leaning(held, _holder(held[0], several[0].sla, evidence.estate), several)


def _in_force(one: Given, day: date, evidence: Evidence) -> dict[object, Insurance]:
    """The policies that stand behind an indemnity on a day of its agreement's term."""
    first, last = term_of(one.sla, evidence)
    inside = (policy for policy in one.policies if first <= day <= last and policy.in_force(day))
    return {policy.policy: policy for policy in inside}


def _days(given: Iterable[Given], evidence: Evidence) -> list[date]:
    """The days on which an agreement's term or a policy begins, from today on: all that can be met is met on one."""
    days = {evidence.as_of}
    for one in given:
        starts = (policy.start for policy in one.policies if policy.start is not None)
        ends = (
            policy.until + timedelta(days=1)
            for policy in one.policies
            if policy.until not in (None, date.max)
        )
        days.update((term_of(one.sla, evidence)[0], *starts, *ends))
    return sorted(day for day in days if evidence.as_of <= day <= evidence.horizon_end)


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
