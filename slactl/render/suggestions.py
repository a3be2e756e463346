"""What to change so that promises are guaranteed, in words and as JSON."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from slactl.base.diagnostics import Range
from slactl.base.duration import spoken
from slactl.base.ratio import decimal_text, plain
from slactl.base.text import plural, sentence_list
from slactl.check.result import ObjectiveResult
from slactl.documents.locate import Locator
from slactl.render.findings import amount_in_time, interval_document, percent, verdict_words
from slactl.render.style import Style
from slactl.suggest.edit import Edit, as_text
from slactl.suggest.move import Cost, Price
from slactl.suggest.proposal import Proposal, Suggestion, Suggestions
from slactl.suggest.standing import Result

_KINDS = {
    "target": "stricter targets",
    "level": "another level",
    "replica": "redundancy",
    "window": "other windows",
    "hours": "other service hours",
    "new-promise": "promises where there are none",
    "promise-less": "promise less",
}


def suggestions_text(found: Suggestions, locator: Locator, style: Style) -> str:
    """Each promise with its proposals, the cheapest first."""
    if not found.items:
        return f"{style.good('Nothing to do:')} every SLA objective is guaranteed. As of {found.as_of}."
    return "\n".join(_suggestion(one, locator, style) for one in found.items.values())


def _suggestion(found: Suggestion, locator: Locator, style: Style) -> str:
    result = found.result
    lines = [
        f"{style.bold(result.address)}  {result.target}  {verdict_words(result.verdict, style)}",
        f"  {_numbers(result)}",
    ]
    if found.guaranteed:
        stricter = f"The strictest usual target that would hold as well is {found.strictest}."
        lines.append(
            f"  Nothing to do. {stricter if found.strictest else 'No stricter usual target would hold.'}"
        )
    elif not found.proposals:
        lines.append(f"  {style.bad('Nothing helps:')} {found.why}")
    for number, proposal in enumerate(found.proposals, 1):
        lines += ["", *_proposal(number, proposal, locator, style)]
    return "\n".join(lines) + "\n"


def _numbers(result: Result) -> str:
    """What is guaranteed and what is left, in one line."""
    if isinstance(result, ObjectiveResult):
        words = f"guaranteed at least {percent(result.guaranteed.lower, up=False)}"
        return f"{words}, {_left(result.margin_s)} in {result.window}"
    if result.supported is None or result.margin is None:
        return "nothing is guaranteed"
    amount = (
        amount_in_time(result.supported) if result.unit == "s" else f"{decimal_text(result.supported, 3)}/s"
    )
    margin = (
        amount_in_time(abs(result.margin))
        if result.unit == "s"
        else f"{decimal_text(abs(result.margin), 3)}/s"
    )
    return f"{amount} is supported, {'short by' if result.margin < 0 else 'margin'} {margin}"


def _left(margin_s: Fraction) -> str:
    return f"margin {spoken(margin_s)}" if margin_s >= 0 else f"short by {spoken(-margin_s)}"


def _proposal(number: int, proposal: Proposal, locator: Locator, style: Style) -> list[str]:
    kinds = sentence_list([_KINDS[one] for one in proposal.kinds])
    title = style.bold(f"{number}. {kinds[0].upper()}{kinds[1:]}")
    lines = [f"  {title}: {_cost(proposal)}"]
    lines += [f"     {line}" for edit in proposal.edits for line in _edit(edit, locator, style)]
    more = f"; it also mends {sentence_list(proposal.helps)}" if proposal.helps else ""
    lines.append(f"     {style.good('then')} {_numbers(proposal.result)}{more}")
    return lines


def _cost(proposal: Proposal) -> str:
    cost = proposal.cost
    if proposal.kinds == ("promise-less",):
        return "nothing changes below"
    words = [_price(one) for one in cost.prices]
    if cost.tightening_s:
        words.append(f"{spoken(cost.tightening_s)} a month less downtime below")
    if cost.time_s:
        words.append(f"{spoken(cost.time_s)} faster in each incident")
    if cost.hours_s:
        words.append(f"{spoken(cost.hours_s)} a month more service hours")
    new = sum(one.kind == "new-promise" for one in proposal.moves)
    if new:
        words.append(plural(new, "new promise"))
    if cost.contracts:
        words.append(f"{plural(len(cost.contracts), 'contract')} to negotiate")
    return ", ".join(words) or plural(cost.changes, "change")


def _price(price: Price) -> str:
    amount = plain(abs(price.amount).quantize(Decimal("0.01")))
    return f"{amount} {price.currency} a month {'more' if price.amount > 0 else 'less'}"


def _edit(edit: Edit, locator: Locator, style: Style) -> list[str]:
    where = style.dim(_where(locator.range(edit.place), edit))
    if edit.adds:
        return [f"+ {edit.address}, a new document  {where}", f"    {as_text(edit.value['spec'])}"]
    old = "" if edit.old is None else f"{as_text(edit.old)} -> "
    overrides = f", {edit.inherited} stays as it is" if edit.inherited else ""
    return [f"~ {edit.address} {edit.field}  {old}{as_text(edit.value)}  {where}{overrides}"]


def _where(found: Range | None, edit: Edit) -> str:
    return edit.place.file if found is None or edit.adds else f"{found.file}:{found.start.line}"


def suggestions_json(found: Suggestions, locator: Locator) -> str:
    """The document of `suggest -json`; decimals as texts, bounds rounded to the side on which they hold."""
    return json.dumps(suggestions_document(found, locator), indent=2, ensure_ascii=False)


def suggestions_document(found: Suggestions, locator: Locator) -> dict[str, Any]:
    """The document of `suggest -json` as data."""
    return {
        "format_version": "1.0",
        "as_of": found.as_of.isoformat(),
        "helped": found.helped,
        "objectives": [_suggestion_document(one, locator) for one in found.items.values()],
    }


def _suggestion_document(found: Suggestion, locator: Locator) -> dict[str, Any]:
    return {
        "address": found.result.address,
        "target": found.result.target,
        **_result_document(found.result),
        "strictest_target": found.strictest,
        "why": found.why or None,
        "proposals": [
            _proposal_document(number, one, locator) for number, one in enumerate(found.proposals, 1)
        ],
    }


def _result_document(result: Result) -> dict[str, Any]:
    if isinstance(result, ObjectiveResult):
        return {
            "verdict": result.verdict,
            "guaranteed": interval_document(result.guaranteed),
            "margin_seconds": decimal_text(result.margin_s, 3),
            "worst_window": result.window,
        }
    return {
        "verdict": result.verdict,
        "unit": result.unit,
        "supported": None
        if result.supported is None
        else decimal_text(result.supported, 6, up=result.unit == "s"),
        "margin": None if result.margin is None else decimal_text(result.margin, 6),
    }


def _proposal_document(number: int, proposal: Proposal, locator: Locator) -> dict[str, Any]:
    return {
        "number": number,
        "kinds": list(proposal.kinds),
        "edits": [_edit_document(one, locator) for one in proposal.edits],
        "cost": _cost_document(proposal.cost),
        "result": _result_document(proposal.result),
        "also_mends": list(proposal.helps),
    }


def _edit_document(edit: Edit, locator: Locator) -> dict[str, Any]:
    found = locator.range(edit.place)
    return {
        "action": "add-document" if edit.adds else "set",
        "address": edit.address,
        "file": edit.place.file,
        "line": None if found is None or edit.adds else found.start.line,
        "field": edit.field,
        "old": edit.old,
        "new": edit.value,
        "inherited_from": edit.inherited or None,
    }


def _cost_document(cost: Cost) -> dict[str, Any]:
    return {
        "tightening_seconds_a_month": decimal_text(cost.tightening_s, 3, up=True),
        "faster_seconds_an_incident": decimal_text(cost.time_s, 3, up=True),
        "more_service_seconds_a_month": decimal_text(cost.hours_s, 3, up=True),
        "prices_a_month": [
            {"amount": plain(one.amount.quantize(Decimal("0.01"))), "currency": one.currency}
            for one in cost.prices
        ],
        "contracts": sorted(cost.contracts),
        "changes": cost.changes,
    }
