"""What stands behind promises for a while: insurances, evidence of independence, waivers."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256

from slactl.base.text import sentence_list
from slactl.check.due.duty import Duty
from slactl.check.due.meetings import over_after
from slactl.model.agreement import Agreement
from slactl.model.cover import Insurance
from slactl.model.party import Party
from slactl.model.service import Independence, Service
from slactl.model.waiver import Waiver


def agreement_insurance_duties(agreement: Agreement, as_of: date) -> Iterator[Duty]:
    """Insurances that end before the agreement does; of those that continue each other, the last counts."""
    over = over_after(agreement)
    for one in _insurances(agreement.address, agreement.insurance, agreement.provider):
        if one.on < over and over >= as_of:
            yield one


def party_insurance_duties(party: Party) -> Iterator[Duty]:
    """Insurances that a party has for all its agreements."""
    return _insurances(f"party.{party.name}", party.insurance, party.name)


def _insurances(address: str, insurances: Sequence[Insurance], who: str) -> Iterator[Duty]:
    for one in insurances:
        if one.until is None or _continued(one, one.until, insurances):
            continue
        yield Duty(
            on=one.until,
            kind="insurance",
            address=address,
            mark=f"insurance-{_digest((*_subject(one), one.insurer, one.reference, one.start))}",
            what=f"the insurance ends: {one.named}",
            todo="Renew it, and add the new policy.",
            who=(who,),
            place=one.place.at("until"),
        )


def _continued(one: Insurance, until: date, among: Sequence[Insurance]) -> bool:
    """Whether another policy for the same covers the day after."""
    if until == date.max:
        return True
    after = until + timedelta(days=1)
    alike = (other for other in among if other is not one and _subject(other) == _subject(one))
    return any((other.start or date.min) <= after <= (other.until or date.max) for other in alike)


def _subject(one: Insurance) -> tuple[str, tuple[str, ...]]:
    return one.kind, tuple(sorted(one.indemnities))


def _digest(parts: object) -> str:
    """Names something by what it is: it keeps the name when its end moves or others are added."""
    return sha256(repr(parts).encode()).hexdigest()[:12]


def evidence_duties(service: Service) -> Iterator[Duty]:
    """Evidence of independence that ends, and that no other evidence about the same members outlasts."""
    for one in service.independence:
        if not one.until or _outlasted(one, service.independence):
            continue
        between = sorted(one.between)
        yield Duty(
            on=date.fromisoformat(one.until),
            kind="evidence",
            address=service.address,
            mark=f"evidence-{_digest((between, one.evidence))}",
            what=f"the evidence that {sentence_list(between)} are independent ends ({one.evidence})",
            todo="Renew it: without evidence nothing rests on their independence.",
            who=(one.signed_by,) if one.signed_by else (),
            place=one.place.at("until"),
        )


def _outlasted(one: Independence, among: Sequence[Independence]) -> bool:
    return any(
        set(one.between) <= set(other.between) and (not other.until or other.until > one.until)
        for other in among
    )


def waiver_duty(waiver: Waiver) -> Duty:
    """The last day of a waiver; one that expired stays due until it is renewed or deleted."""
    return Duty(
        on=waiver.until,
        kind="waiver",
        address=waiver.address,
        mark="waiver",
        what=f"last day of the waiver of {waiver.rule} on {waiver.subject}",
        todo="Mend what it accepts, or decide anew.",
        who=(waiver.owner,),
        place=waiver.place.at("spec", "until"),
    )
