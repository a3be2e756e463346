"""Reads a document and says what it proves, or why it proves nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

from slactl.verify.facts import RefusedError, budgets_of, facts_of, mapping, number, sequence, share, text
from slactl.verify.proof import check_proof, proved_bound
from slactl.verify.witness import check_witness, shown_downtime

PROOF, WITNESS, CALCULATION = "slactl-proof/1", "slactl-witness/1", "slactl-calc/1"
EXPLANATION = "slactl-explanation/1"
_BROKEN = ("only-if-independent", "unsupported", "contradicted")
"""Verdicts that say that the worst case breaks the target."""
_LAST_FIGURE = Fraction(1, 10**30)
"""What a timetable may lack since its shares were shortened to be written."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A document that holds, and what it shows, in a sentence."""

    kind: str
    subject: str
    statement: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that does not hold, and why."""

    kind: str
    subject: str
    reason: str


def verify(document: Any) -> Verified | Refused:
    """Check one proof, witness or calculation, in exact fractions and with nothing of the engine's."""
    if not isinstance(document, dict):
        return Refused("document", "", "It is no object.")
    kind, subject = str(document.get("format", "document")), str(document.get("subject", ""))
    try:
        return Verified(kind, subject, _statement(document))
    except RefusedError as refused:
        return Refused(kind, subject, str(refused))


def _statement(document: Mapping[str, Any]) -> str:
    kind = text(document, "format")
    if kind == PROOF:
        windows = check_proof(document)
        kept = f"The budgets below keep the promise in {windows} window{'s' if windows > 1 else ''}, whatever else happens."
        return kept + _assumed(document)
    if kind == WITNESS:
        down = check_witness(document)
        return (
            f"Every budget below is kept, and the service is down for {_figures(down * 100, ROUND_FLOOR)}% of the window: the promise is broken."
            + _assumed(document)
        )
    if kind == CALCULATION:
        return _calculation(document)
    if kind == EXPLANATION:
        raise RefusedError(
            "It holds neither a proof nor a witness: nothing is claimed that could be checked."
        )
    raise RefusedError(f'Its format "{kind:.40}" is none that can be checked.')


def _assumed(document: Mapping[str, Any]) -> str:
    """What a document takes for granted by its own words, as a sentence behind the statement."""
    if "assumes" not in document:
        return ""
    words = " ".join(text(document, "assumes").split())
    return f" It assumes that {''.join(filter(str.isprintable, words)):.2000}."


def _calculation(document: Mapping[str, Any]) -> str:
    """A calculation's guaranteed unavailability lies between what its timetable shows and its steps prove."""
    if document.get("certificate") is None:
        raise RefusedError("It has no certificate: no worst case is claimed that could be checked.")
    certificate = mapping(document, "certificate")
    facts = facts_of(certificate)
    budgets = budgets_of(certificate, facts)
    proved = proved_bound(facts, budgets, certificate)
    if "bound" in certificate and proved > share(certificate["bound"], "bound"):
        raise RefusedError(
            f"The steps prove an unavailability of at most {proved}, and {certificate['bound']} is claimed."
        )
    worst = mapping(document, "guaranteed_unavailability")
    lower, upper = (number(worst.get(side), f"{side} bound") for side in ("lower", "upper"))
    if proved > upper:
        raise RefusedError(f"The steps prove an unavailability of at most {proved}, and {upper} is claimed.")
    _no_more_promised(document, proved)
    if document.get("witness") is None:
        return f"The unavailability is at most {_figures(upper, ROUND_CEILING)}; no timetable is given."
    shown = shown_downtime(facts, budgets, sequence(document, "witness"))
    if shown < lower - _LAST_FIGURE:
        raise RefusedError(
            f"The timetable shows an unavailability of {shown}, and at least {lower} is claimed."
        )
    _no_less_shown(document, shown)
    most, attained = _figures(upper, ROUND_CEILING), _figures(shown, ROUND_FLOOR)
    return f"The unavailability is at most {most}, and a timetable attains {attained}."


def _no_more_promised(document: Mapping[str, Any], proved: Fraction) -> None:
    """What is said from the other side, as availability and as a verdict, is no more than the steps prove."""
    if "guaranteed" in document:
        least = number(mapping(document, "guaranteed").get("lower"), "guaranteed availability")
        if least > 1 - proved:
            raise RefusedError(
                f"The steps prove an availability of at least {1 - proved}, and {least} is claimed."
            )
    if document.get("verdict") == "guaranteed":
        target = share(document.get("target"), "target")
        if target > 1 - proved:
            raise RefusedError(
                f'The verdict is "guaranteed", and the steps prove {1 - proved} of the target {target}.'
            )


def _no_less_shown(document: Mapping[str, Any], shown: Fraction) -> None:
    """The most that can be guaranteed, and a verdict that the target is not, are borne out by the timetable."""
    if "guaranteed" in document:
        most = number(mapping(document, "guaranteed").get("upper"), "guaranteed availability")
        if most < 1 - shown - _LAST_FIGURE:
            raise RefusedError(
                f"The timetable leaves an availability of {1 - shown}, and at most {most} is claimed."
            )
    if document.get("verdict") in _BROKEN and 1 - shown - _LAST_FIGURE >= share(
        document.get("target"), "target"
    ):
        raise RefusedError(f'The verdict is "{document["verdict"]}", and the timetable keeps the target.')


def _figures(value: Fraction, rounding: str) -> str:
    """Six figures of a number, rounded to the side on which it holds."""
    context = Context(prec=6, rounding=rounding, Emin=-(10**6), Emax=10**6)
    return f"{context.divide(Decimal(value.numerator), Decimal(value.denominator)):g}"
