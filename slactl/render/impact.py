"""What hangs on an agreement, a service or a supplier, in words and as JSON."""

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from slactl.base.duration import spoken
from slactl.base.ratio import decimal_text
from slactl.base.text import plural, sentence_list
from slactl.check.fees import rounded, spoken_money
from slactl.check.impact import CustomerSum, Impact, ObjectiveImpact, Standing
from slactl.check.impact.result import Scenario
from slactl.render.findings import amount_in_time, percent, verdict_words
from slactl.render.style import Style

_MOST_NAMED = 3
_PLACES = 20
_WIDEST_VERDICT = len("only-if-independent")


def impact_text(found: Impact, style: Style) -> str:
    """Each promise that would stand differently, then what that means for each customer."""
    heading = f"{style.bold(found.subject.address)}. As of {found.as_of}.\n"
    if not found.objectives:
        return f"{heading}\nNo promise to a customer rests on it."
    shown = [one for one in found.objectives if any(then.change != "same" for then in one.then.values())]
    parts = [heading, *(_objective(one, found, style) for one in shown)]
    calm = [one.address for one in found.objectives if one not in shown]
    if calm:
        parts.append(f"Nothing changes for {_named(calm)}.\n")
    parts += [_scenario(name, found, style) for name in found.sums]
    if "ends" not in found.sums:
        parts.append("No OLA or UC speaks of it that could end.")
    return "\n".join(parts).rstrip("\n")


def _named(addresses: Sequence[str]) -> str:
    named = list(addresses[:_MOST_NAMED])
    more = len(addresses) - len(named)
    return sentence_list([*named, f"{more} more"] if more else named)


def _words(name: Scenario, found: Impact) -> str:
    return {"fails": "if it fails", "ends": "if it ends", "changes": f"with {found.target}"}[name]


def _objective(one: ObjectiveImpact, found: Impact, style: Style) -> str:
    width = max(len(_words(name, found)) for name in found.sums)
    lines = [f"{style.bold(one.address)}  {one.target}  ({_named(one.customers)})"]
    lines.append(_standing("today", one.today, one.unit, width, style))
    lines += [
        _standing(_words(name, found), standing, one.unit, width, style)
        for name, standing in one.then.items()
    ]
    return "\n".join(lines) + "\n"


def _standing(title: str, one: Standing, unit: str, width: int, style: Style) -> str:
    verdict = verdict_words(one.verdict, style) + " " * (_WIDEST_VERDICT - len(one.verdict))
    return f"  {title:<{width}}  {verdict}  {', '.join(_numbers(one, unit))}"


def _numbers(one: Standing, unit: str) -> Iterator[str]:
    where = f" in {one.window}" if one.window else ""
    if one.margin is None:
        yield "nothing is guaranteed"
    else:
        left = "margin" if one.margin >= 0 else "short by"
        yield f"{left} {_amount(abs(one.margin), unit)}{where}"
    if one.extra_s:
        yield f"{spoken(abs(one.extra_s))} {'more' if one.extra_s > 0 else 'less'} downtime"
    if one.credit:
        yield f"{percent(one.credit, up=True)} of the fee back"


def _amount(amount: Fraction, unit: str) -> str:
    if unit == "1/s":
        return f"{decimal_text(amount, 3)}/s"
    return spoken(amount) if unit == "share" else amount_in_time(amount)


def _scenario(name: Scenario, found: Impact, style: Style) -> str:
    words = _words(name, found)
    title = style.bold(words[0].upper() + words[1:])
    if not found.sums[name]:
        return f"{title}: no customer is hit.\n"
    lines = [f"{title}:"]
    lines += [f"  {', '.join(_sum(one, found.currency, style))}" for one in found.sums[name]]
    return "\n".join(lines) + "\n"


def _sum(one: CustomerSum, currency: str | None, style: Style) -> Iterator[str]:
    name = style.bold(one.customer if one.customer is not None else "all of them")
    yield f"{name}: {plural(len(one.worse), 'promise')} worse"
    if one.lost:
        yield style.bad(f"{len(one.lost)} no longer supported")
    if one.extra_s > 0:
        yield f"up to {spoken(one.extra_s)} more downtime"
    if currency is None or (one.credits is None and one.fees is None):
        yield "no fee is stated"
        return
    if one.credits is not None:
        before = f" (today {_money(one.credits_today, currency)})" if one.credits_today else ""
        yield f"credits of up to {_money(one.credits, currency)}{before}" if one.credits else "no credits"
    if one.fees is not None:
        yield f"fees of {_money(one.fees, currency)} a month concerned"


def _money(amount: Fraction | None, currency: str) -> str:
    return spoken_money(rounded(amount or Fraction(0), currency))


def impact_json(found: Impact) -> str:
    """The document of `impact -json` as text."""
    return json.dumps(impact_document(found), indent=2, ensure_ascii=False)


def impact_document(found: Impact) -> dict[str, Any]:
    """The document of `impact -json` as data; decimals as texts, bounds rounded to the side on which they hold."""
    return {
        "format_version": "1.0",
        "as_of": found.as_of.isoformat(),
        "subject": {
            "address": found.subject.address,
            "services": sorted(found.subject.services),
            "agreements": list(found.subject.agreements),
        },
        "target": found.target,
        "currency": found.currency,
        "objectives": [_objective_document(one) for one in found.objectives],
        "scenarios": {name: [_sum_document(one) for one in sums] for name, sums in found.sums.items()},
    }


def _objective_document(one: ObjectiveImpact) -> dict[str, Any]:
    return {
        "address": one.address,
        "target": one.target,
        "unit": one.unit,
        "customers": list(one.customers),
        "today": _standing_document(one.today, one.unit),
        "then": {name: _standing_document(standing, one.unit) for name, standing in one.then.items()},
    }


def _standing_document(one: Standing, unit: str) -> dict[str, Any]:
    guaranteed = one.guaranteed
    return {
        "verdict": one.verdict,
        "passes": one.passes,
        "change": one.change,
        "guaranteed": None if guaranteed is None else decimal_text(guaranteed, _PLACES, up=unit == "s"),
        "margin": None if one.margin is None else decimal_text(one.margin, 6),
        "worst_window": one.window or None,
        "extra_downtime_seconds": decimal_text(one.extra_s, 3, up=True),
        "credit_share": decimal_text(one.credit, _PLACES),
    }


def _sum_document(one: CustomerSum) -> dict[str, Any]:
    return {
        "customer": one.customer,
        "worse": list(one.worse),
        "no_longer_supported": list(one.lost),
        "extra_downtime_seconds": decimal_text(one.extra_s, 3, up=True),
        "fees_a_month": _cents(one.fees),
        "credits": _cents(one.credits),
        "credits_today": _cents(one.credits_today),
    }


def _cents(amount: Fraction | None) -> str | None:
    return None if amount is None else decimal_text(amount, 2, up=True)
