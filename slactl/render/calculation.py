"""What the calculator found, as one document for machines and as lines for a person."""

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from slactl.assurance.calculation import Answer, Question
from slactl.assurance.closed_forms import Bound
from slactl.assurance.verdict import verdict
from slactl.base.duration import spoken
from slactl.base.ratio import decimal_text
from slactl.render.bounds import best_numbers, certificate, decimal, numbers, places
from slactl.render.findings import verdict_words
from slactl.render.proof import timetable_document
from slactl.render.style import Style

_UTC = ZoneInfo("UTC")
_MOST_LINES = 12


def calculation_document(
    name: str, question: Question, found: Answer, target: Fraction | None
) -> dict[str, Any]:
    """The document of `calc -json`: decimals as texts, each rounded to the side on which it holds.

    Unavailabilities have thirty figures after their leading zeros; `certificate` and `witness` are exact fractions.
    """
    document: dict[str, Any] = {"format": "slactl-calc/1", "subject": name, "top": question.top}
    document |= {"window": str(question.window), "worst_window": _window_name(question, found)}
    document |= numbers("guaranteed", found.worst) | numbers("expected", found.expected)
    document |= best_numbers(found.best)
    document["exact"] = found.worst.exact
    if target is not None:
        document |= {
            "target": decimal(target, up=False),
            "verdict": verdict(target, found.worst, found.expected, found.best),
        }
    document["certificate"] = certificate(question.structure, found.case)
    document["witness"] = None if found.timetable is None else timetable_document(found.timetable)
    return document


def calculation_text(
    name: str, question: Question, found: Answer, target: Fraction | None, style: Style
) -> str:
    """The numbers for a person, with what the worst case is made of."""
    lines = [style.bold(f"{name}: {question.top}") + f"  each {question.window}"]
    lines += [
        _line("guaranteed", found.worst, "whatever happens together"),
        _line("expected", found.expected, "if outages are independent"),
        f"  best        at most {_percent(found.best.lower, up=True)}",
    ]
    if found.window is not None:
        lines.append(f"  worst window {_window_name(question, found)}")
    seconds = _seconds(question, found)
    links = found.case.links
    made_of = ", made of" if links else ""
    lines.append(f"  worst case  {spoken(found.worst.upper * seconds)} down in {spoken(seconds)}{made_of}")
    lines += [f"    {spoken(share * seconds):>12}  {item}" for item, share in links[:_MOST_LINES]]
    if len(links) > _MOST_LINES:
        rest = sum((share for _, share in links[_MOST_LINES:]), Fraction(0))
        lines.append(f"    {spoken(rest * seconds):>12}  {len(links) - _MOST_LINES} more")
    if target is not None:
        judged = verdict(target, found.worst, found.expected, found.best)
        margin = (1 - target - found.worst.upper) * seconds
        words = f"margin {spoken(margin)}" if margin >= 0 else f"short by {spoken(-margin)}"
        lines.append(
            f"  target {decimal_text(target * 100, places(1 - target))}%  {verdict_words(judged, style)}, {words}"
        )
    return "\n".join(lines)


def _line(name: str, down: Bound, why: str) -> str:
    lower, upper = _percent(down.upper, up=False), _percent(down.lower, up=True)
    value = f"at least {lower}" if down.exact else f"between {lower} and {upper}"
    return f"  {name:<11} {value}, {why}"


def _percent(unavailability: Fraction, *, up: bool) -> str:
    """The availability with six digits after the point, or so many that what is missing to 100% can be seen."""
    shown = max(6, places(unavailability, 1))
    return f"{decimal_text((1 - unavailability) * 100, shown, up=up)}%"


def _window_name(question: Question, found: Answer) -> str | None:
    if found.window is None:
        return None
    return question.window.name(found.window, _UTC)


def _seconds(question: Question, found: Answer) -> int:
    if found.window is None:
        return question.window.nominal_s
    start, end = found.window
    if question.term is not None:
        start, end = max(start, question.term[0]), min(end, question.term[1])
    return end - start
