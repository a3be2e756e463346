"""An insurance lasts as long as it is needed, and is enough for all that leans on it."""

from collections.abc import Iterator
from fractions import Fraction

from slactl.base.diagnostics import Severity
from slactl.base.text import plural, sentence_list
from slactl.check.cover import Cover, first_hole
from slactl.check.fees import Exchange, rounded, spoken_money
from slactl.check.leaning_on_policies import Held, Leaning, held_for_contracts, leaning
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA709",
    Severity.WARNING,
    title="An insurance lasts as long as the contract it stands behind, and its aggregate is enough for all that leans on it",
    rationale="What a supplier owes is worth what it can pay. And a limit for all events of a year counts once, however many "
    "agreements promise it to their customers.",
    source="Back-to-back terms: insurances and their aggregate limits",
    fix="Have the insurance renewed before that day, or its aggregate limit raised to what leans on it.",
)
def insurance_short(evidence: Evidence) -> Iterator[Broken]:
    """Suppliers' insurances that lapse within the term, and insurances of ours that more leans on than they pay."""
    for held in held_for_contracts(evidence):
        yield from _lapses(held)
    exchange = Exchange(evidence.estate.workspace.rates)
    for one in leaning(evidence):
        yield from _too_little(one, exchange)


def _lapses(held: Held) -> Iterator[Broken]:
    covers = [Cover(one.start, one.until, None) for one in held.policies]
    hole = first_hole(covers, held.first, held.last, None)
    if hole is not None:
        yield Broken(
            held.address,
            f"The {held.kind} insurance of {held.address} does not cover {hole.day}, and what it stands behind lasts until "
            f"{held.last}.",
            place=held.place,
        )


def _too_little(one: Leaning, exchange: Exchange) -> Iterator[Broken]:
    paid, owed = one.paid, one.owed
    if paid is None or len(owed) < 2:  # noqa: PLR2004 - a single one is SLA702's
        return
    currency = exchange.common(money.currency for money in (*paid, *owed))
    if currency is None:
        return
    total, most = (
        sum((exchange.worth(money, currency) for money in several), Fraction(0)) for several in (owed, paid)
    )
    if total > most:
        given = sorted({f"{each.sla.address} ({each.indemnity.name})" for each in one.given})
        shown = given if len(given) <= 3 else [*given[:2], plural(len(given) - 2, "other")]  # noqa: PLR2004 - names that still read as a sentence
        pays = "it pays" if len(one.policies) == 1 else "they pay"
        yield Broken(
            one.address,
            f"{sentence_list(shown)} lean on {sentence_list([policy.named for policy in one.policies])} for "
            f"{spoken_money(rounded(total, currency))} in all, and {pays} at most {spoken_money(rounded(most, currency))} a year: "
            f"{spoken_money(rounded(total - most, currency))} missing.",
            place=one.policies[0].place,
        )
