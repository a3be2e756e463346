"""Everything that falls due, collected and put in order."""

from collections.abc import Iterable, Iterator
from datetime import date

from slactl.base.diagnostics import SlactlError
from slactl.base.duration import Duration
from slactl.check.due.cover import (
    agreement_insurance_duties,
    evidence_duties,
    party_insurance_duties,
    waiver_duty,
)
from slactl.check.due.dates import day_after
from slactl.check.due.duty import DueList, Duty, Undated
from slactl.check.due.meetings import (
    announcement_duties,
    over_after,
    provisional_duties,
    report_duties,
    review_duties,
)
from slactl.check.due.terms import signature_duties, term_duties
from slactl.model.agreement import Agreement, Status
from slactl.model.estate import Estate

_MOST_YEARS = 100


def due(estate: Estate, as_of: date, within: Duration) -> DueList:
    """What falls due within a length of time from a day on, its last day included, and what is overdue on that day.

    Agreements that are agreed count; of proposed ones, their signatures. Drafts, expired and terminated ones owe nothing.

    Raises:
        SlactlError: when the length of time is more than a hundred years.
    """
    last = day_after(as_of, within)
    if last.year - as_of.year > _MOST_YEARS or last == date.max:
        raise SlactlError(
            f"{within} is further than anybody can plan", "Say at most a hundred years: -within 100Y."
        )
    found = list(_everything(estate, as_of, last))
    duties = [one for one in found if isinstance(one, Duty) and one.on <= last]
    undated = [one for one in found if isinstance(one, Undated)]
    return DueList(
        as_of,
        last,
        tuple(sorted(duties, key=lambda one: (one.on, one.address, one.mark))),
        tuple(sorted(undated, key=lambda one: (one.address, one.what))),
    )


def _everything(estate: Estate, as_of: date, last: date) -> Iterator[Duty | Undated]:
    for agreement in estate.agreements.values():
        if agreement.status in (Status.PROPOSED, Status.AGREED):
            yield from signature_duties(estate, agreement)
        if agreement.status is Status.AGREED:
            yield from _of_agreement(agreement, as_of, last)
    for service in estate.services.values():
        yield from evidence_duties(service)
    for party in estate.parties.values():
        yield from party_insurance_duties(party)
    yield from map(waiver_duty, estate.waivers.values())


def _of_agreement(agreement: Agreement, as_of: date, last: date) -> Iterable[Duty | Undated]:
    yield from term_duties(agreement, as_of, last)
    yield from agreement_insurance_duties(agreement, as_of)
    if over_after(agreement) < as_of:  # what is left to do about it is to say that it is over
        return
    yield from review_duties(agreement, as_of, last)
    yield from provisional_duties(agreement)
    yield from report_duties(agreement, as_of)
    yield from announcement_duties(agreement, as_of, last)
