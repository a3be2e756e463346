"""Terms: where they end or renew, how late notice can be given, and signatures that are missing."""

from collections.abc import Iterator
from datetime import date

from slactl.base.duration import Duration
from slactl.base.text import sentence_list
from slactl.check.due.dates import last_day_for_notice, term_ends
from slactl.check.due.duty import Duty, Undated
from slactl.model.agreement import Agreement, Status
from slactl.model.estate import Estate
from slactl.model.merge import origin


def term_duties(agreement: Agreement, as_of: date, last: date) -> Iterator[Duty]:
    """The end of a term, or each renewal with the last days for a notice against it.

    A term that ended stays due until the agreement's status says so; a day for notice that went by does not: nobody had
    to use it.
    """
    until, renewal = agreement.term.until, agreement.term.renewal
    if until is None:
        return
    if renewal is None:
        yield Duty(
            on=until,
            kind="term-end",
            address=agreement.address,
            mark="term-end",
            what="the term ends and is not renewed",
            todo="Agree on what follows, or set the status to expired.",
            who=(agreement.provider, *agreement.customers),
            place=origin(agreement.layers, ("term", "until"))[1],
        )
        return
    for number, end in term_ends(until, renewal, as_of):
        duties = [_renewal(agreement, renewal, number, end), *_notices(agreement, number, end)]
        if all(one.on > last for one in duties):
            return
        yield from (one for one in duties if as_of <= one.on <= last)


def _renewal(agreement: Agreement, renewal: Duration, number: int, end: date) -> Duty:
    return Duty(
        on=end,
        kind="renewal",
        address=agreement.address,
        mark=f"renewal-{number}",
        what=f"last day of the term; it renews by itself for {renewal}",
        todo="Nothing, if the agreement shall go on.",
        who=(agreement.provider, *agreement.customers),
        place=origin(agreement.layers, ("term", "renewal"))[1],
    )


def _sides(agreement: Agreement) -> Iterator[tuple[str, tuple[str, ...], Duration]]:
    term = agreement.term
    if term.notice_provider is not None:
        yield "provider", (agreement.provider,), term.notice_provider
    if term.notice_customer is not None:
        yield "customer", agreement.customers, term.notice_customer


def _notices(agreement: Agreement, number: int, end: date) -> Iterator[Duty]:
    for side, parties, notice in _sides(agreement):
        yield Duty(
            on=last_day_for_notice(end, notice),
            kind="notice",
            address=agreement.address,
            mark=f"notice-{side}-{number}",
            what=f"last day for the {side} to give notice ({notice} before {end})",
            todo="Give notice, or let the agreement renew itself.",
            who=parties,
            place=origin(agreement.layers, ("term", "notice"))[1],
        )


def signature_duties(estate: Estate, agreement: Agreement) -> Iterator[Duty | Undated]:
    """Parties outside the organization that have not signed what binds them: due on the first day of the term."""
    missing = _unsigned(estate, agreement)
    if not missing or agreement.binding != "legal":
        return
    agreed = agreement.status is Status.AGREED
    what = "a signature is missing"
    todo = f"Record it under signed{'' if agreed else ', and set the status to agreed'}, or make the binding informal."
    place = origin(agreement.layers, ("signed",))[1]
    if agreement.term.start is None:
        yield Undated(agreement.address, f"{what} ({sentence_list(missing)})", todo, place)
        return
    yield Duty(agreement.term.start, "signature", agreement.address, "signature", what, todo, missing, place)


def _unsigned(estate: Estate, agreement: Agreement) -> tuple[str, ...]:
    signed = {entry.get("party") for entry in agreement.signed}
    parties = dict.fromkeys((agreement.provider, *agreement.customers))
    return tuple(one for one in parties if one not in signed and _outside(estate, one))


def _outside(estate: Estate, name: str) -> bool:
    party = estate.parties.get(name)
    return name != estate.workspace.organization and party is not None and not party.inside
