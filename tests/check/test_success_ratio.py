"""Shares of requests: they are no shares of time, and nobody promises when requests come."""

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.check.engine import check
from slactl.check.explain import Explanation, explain
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.render.explanation import explanation_documents, explanation_text
from slactl.render.style import Style
from slactl.verify.verdict import Verified, verify
from tests.estate_texts import PEOPLE, document, service

Write = Callable[..., Path]
TODAY = date(2027, 7, 15)


def ratio(kind: str, name: str, on: str, target: str, extra: str = "", window: str = "calendar-month") -> str:
    inner = f"{{success: {{metric: success-ratio, target: {target}, window: {window}}}}}"
    return document(kind, name, f"service: {on}, status: agreed, {extra} objectives: {inner}")


def explained(root: Path) -> Explanation:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    assessment, found = explain(estate, TODAY, "sla.a.success")
    assert isinstance(found, Explanation)
    documents = json.loads(json.dumps(explanation_documents(found, assessment)))
    for one in (documents["proof"], documents["witness"]):
        assert one is None or isinstance(verify(one), Verified)
    return found


def one_supplier(theirs: str, ours: str, extra: str = "", hours: str = "", target: str = "95%") -> str:
    text = PEOPLE + service("shop", "web", "[net]", "100%") + service("net", "cloud")
    text += ratio("UC", "net", "net", "99%", extra, theirs)
    return text + ratio("SLA", "a", "shop", target, f"customer: acme, {hours}", ours)


@pytest.mark.parametrize(
    ("theirs", "ours", "extra", "hours"),
    [
        ("calendar-month", "calendar-month", "", ""),
        ("calendar-month", "calendar-quarter", "", ""),
        ("calendar-month", "calendar-month", "hours: office,", "hours: office,"),
        ("{rolling: 7d}", "{rolling: 7d}", "", ""),
    ],
)
def test_whole_windows_with_the_same_hours_hold_for_our_requests(
    workspace: Write, theirs: str, ours: str, extra: str, hours: str
) -> None:
    found = explained(workspace(one_supplier(theirs, ours, extra, hours)))
    assert found.result.guaranteed.lower == Fraction(99, 100)
    assert found.result.verdict == "guaranteed"


@pytest.mark.parametrize("ours", ["calendar-month", "{rolling: 30d}"])
def test_shorter_windows_that_begin_anywhere_hold_twice_at_most(workspace: Write, ours: str) -> None:
    found = explained(workspace(one_supplier("{rolling: 7d}", ours)))
    assert found.result.guaranteed.lower == Fraction(98, 100)


@pytest.mark.parametrize(
    ("theirs", "ours", "extra", "hours"),
    [
        ("calendar-month", "calendar-week", "", ""),
        ("calendar-week", "calendar-month", "", ""),
        ("calendar-month", "calendar-month", "", "hours: office,"),
        ("calendar-month", "calendar-month", "hours: office,", ""),
        ("calendar-month", "{rolling: 30d}", "", ""),
        ("{rolling: 60d}", "calendar-month", "", ""),
        ("{rolling: 60d}", "{rolling: 30d}", "", ""),
        ("calendar-month", "calendar-month", "term: {from: 2026-01-01, until: 2028-03-14},", ""),
        (
            "calendar-month",
            "calendar-month",
            "maintenance: {allowance: 4h}, excludes: [planned-maintenance],",
            "",
        ),
    ],
)
def test_in_other_windows_or_hours_all_of_our_requests_may_be_those_that_fail(
    workspace: Write, theirs: str, ours: str, extra: str, hours: str
) -> None:
    found = explained(workspace(one_supplier(theirs, ours, extra, hours, "50%")))
    assert found.result.guaranteed.lower == 0
    assert found.result.verdict != "guaranteed"
    assert found.result.links[0].promise.endswith(", counted over other requests than ours")


def test_what_requests_that_come_evenly_would_make_of_it_is_the_other_end(workspace: Write) -> None:
    found = explained(workspace(one_supplier("calendar-month", "calendar-week", target="90%")))
    assert found.result.verdict == "undecided"
    assert 1 - found.result.guaranteed.upper == Fraction(2 * 31, 7 * 100)
    assert "nobody promises when they come" in explanation_text(found, Style())
    broken = explained(workspace(one_supplier("calendar-month", "calendar-week", target="99%")))
    assert broken.outages
    assert "It assumes that requests come evenly" in explanation_text(broken, Style())


def test_a_promise_on_joint_downtime_says_nothing_of_requests(workspace: Write) -> None:
    text = PEOPLE + service("shop", "web", "{any: [east, west]}", "100%")
    text += service("east", "cloud") + service("west", "cloud")
    joint = "joint: [{services: [east, west], atLeast: 2, downtime: 1m, window: calendar-month}],"
    text += ratio("UC", "east", "east", "99%", joint) + ratio("UC", "west", "west", "98%")
    found = explained(workspace(text + ratio("SLA", "a", "shop", "99.9%", "customer: acme,")))
    assert found.result.guaranteed.lower == Fraction(99, 100)
    assert found.result.verdict == "only-if-independent"


def test_independence_that_is_assumed_says_nothing_about_when_requests_come(workspace: Write) -> None:
    root = "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: w}\nspec: {organization: example-inc, check: {assume: independent}}\n"
    for theirs, passes in (("calendar-month", False), ("calendar-week", True)):
        text = PEOPLE + service("shop", "web", "[{any: [east, west]}]", "100%")
        for kind, one, owner in (("UC", "east", "cloud"), ("OLA", "west", "data")):
            text += service(one, owner) + ratio(kind, one, one, "90%", "", theirs)
        text += ratio("SLA", "a", "shop", "98%", "customer: acme,", "calendar-week")
        estate, problems = build_estate(load_workspace(workspace(text, root=root)))
        problems.raise_errors()
        result = check(estate, TODAY).objectives["sla.a.success"]
        assert (result.verdict, result.passes) == ("only-if-independent", passes)
