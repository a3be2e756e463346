"""Objectives whose window may begin anywhere: what is proved, what is shown on dates, and why the two may differ."""

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.base.duration import spoken
from slactl.check.engine import check
from slactl.check.explain import Explanation, explain
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.render.explanation import explanation_documents, explanation_text
from slactl.render.findings import objective_text
from slactl.render.style import Style
from slactl.verify.verdict import Verified, verify
from tests.estate_texts import PEOPLE, promise, service

Write = Callable[..., Path]
TODAY = date(2027, 7, 15)
DAYS = Fraction(30)


def explained(root: Path) -> tuple[Explanation, dict[str, object]]:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    assessment, found = explain(estate, TODAY, "sla.a.availability")
    assert isinstance(found, Explanation)
    return found, json.loads(json.dumps(explanation_documents(found, assessment)))


def text(first: str, second: str, needs: str = "[x, y]", target: str = "99.5%") -> str:
    made = PEOPLE + service("shop", "web", needs, "100%") + service("x", "cloud") + service("y", "cloud")
    made += promise("UC", "x", "x", "99.9%", "", f"window: {first}")
    made += promise("UC", "y", "y", "99.8%", "", f"window: {second}")
    return made + promise("SLA", "a", "shop", target, "customer: acme,", "window: {rolling: 30d}")


@pytest.mark.parametrize(
    ("first", "second", "days_down"),
    [
        ("{rolling: 30d}", "{rolling: 30d}", DAYS * Fraction(3, 1000)),
        # a leap year's February and a part of January and March, each of which may spend all of its budget there
        ("calendar-month", "calendar-month", (31 + 29 + 31) * Fraction(3, 1000)),
        ("{rolling: 7d}", "calendar-month", 5 * 7 * Fraction(1, 1000) + (31 + 29 + 31) * Fraction(2, 1000)),
    ],
)
def test_promises_that_are_at_their_worst_together_leave_no_interval(
    workspace: Write, first: str, second: str, days_down: Fraction
) -> None:
    found, documents = explained(workspace(text(first, second)))
    assert found.result.guaranteed.lower == found.result.guaranteed.upper == 1 - days_down / DAYS
    assert documents["interval"] == []
    said = documents["witness"] or documents["proof"]
    assert isinstance(verify(said), Verified)


def test_the_witness_names_the_day_on_which_its_window_begins(workspace: Write) -> None:
    found, _ = explained(workspace(text("calendar-month", "calendar-month")))
    assert found.window.span[1] - found.window.span[0] == 30 * 86_400
    assert "Witness: in the 30d from 2028-01-" in explanation_text(found, Style())


def test_promises_that_are_at_their_worst_apart_leave_an_interval_and_it_says_why(workspace: Write) -> None:
    found, documents = explained(workspace(text("calendar-month", "calendar-quarter")))
    assert found.result.guaranteed.lower < found.result.guaranteed.upper
    assert "counted where the window is the worst for it" in str(documents["interval"])
    assert "Why what is proved and what is shown differ:" in explanation_text(found, Style())


def test_a_rolling_promise_that_is_not_shown_in_full_is_named(workspace: Write) -> None:
    found, documents = explained(workspace(text("{rolling: 7d}", "{rolling: 5d}", target="99%")))
    assert found.result.guaranteed.lower < found.result.guaranteed.upper
    assert "uc.x.availability and uc.y.availability may be counted" in str(documents["interval"])


@pytest.mark.parametrize(("own", "target"), [("99.9%", "99.5%"), ("0%", "1%")])
def test_what_an_owner_claims_is_shown_in_a_rolling_window_too(
    workspace: Write, own: str, target: str
) -> None:
    made = text("calendar-month", "calendar-month", target=target).replace("100%", own)
    found, documents = explained(workspace(made))
    days = min(DAYS, DAYS * (1 - Fraction(own.removesuffix("%")) / 100) + (31 + 29 + 31) * Fraction(3, 1000))
    assert found.result.guaranteed.lower == found.result.guaranteed.upper == 1 - days / DAYS
    assert isinstance(verify(documents["witness"]), Verified)


def test_an_interval_around_the_target_is_said_as_one(workspace: Write) -> None:
    """By the quarter and by the month are at their worst at different times: whether 98.8% holds is not known."""
    root = workspace(text("calendar-quarter", "calendar-month", target="98.8%"))
    found, _ = explained(root)
    estate, _ = build_estate(load_workspace(root))
    result = found.result
    assert result.verdict == "undecided"
    assert result.guaranteed.lower < Fraction(988, 1000) < result.guaranteed.upper
    assert f"short by up to {spoken(-result.margin_s)}: the target allows" in objective_text(result, Style())
    (finding,) = [one for one in check(estate, TODAY).findings if one.rule == "SLA201"]
    most, least = (
        (1 - share) * result.window_s for share in (result.guaranteed.lower, result.guaranteed.upper)
    )
    assert f"what is below allows {spoken(most)} at most, and {spoken(least)} at least." in finding.message
