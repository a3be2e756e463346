"""Witnesses on dates: a promise in rolling windows with hours or an end is stated as it is, and no window is left out."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from slactl.check.explain import Explanation, explain
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.render.explanation import explanation_documents
from slactl.verify.verdict import Refused, Verified, verify
from tests.estate_texts import PEOPLE, promise, service

Write = Callable[..., Path]
TODAY = date(2027, 2, 10)


def witness(root: Path) -> dict[str, Any]:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    assessment, found = explain(estate, TODAY, "sla.a.availability")
    assert isinstance(found, Explanation)
    written: dict[str, Any] = json.loads(json.dumps(explanation_documents(found, assessment)["witness"]))
    return written


def supplied(extra: str, window: str, ours: str = "") -> str:
    text = PEOPLE + service("shop", "web", "[net]", "100%") + service("net", "cloud")
    text += promise("UC", "net", "net", "99%", extra, window)
    return text + promise("SLA", "a", "shop", "99.9%", f"customer: acme, {ours}")


@pytest.mark.parametrize(
    "extra",
    [
        "term: {from: 2027-02-11},",
        "term: {until: 2027-07-03},",
        "hours: office,",
        "hours: office, term: {until: 2027-07-03},",
    ],
)
@pytest.mark.parametrize("rolling", ["36h", "7d"])
def test_a_rolling_promise_with_hours_or_an_end_is_kept_by_its_witness(
    workspace: Write, extra: str, rolling: str
) -> None:
    document = witness(workspace(supplied(extra, f"window: {{rolling: {rolling}}}")))
    (held,) = (one for one in document["promises"] if one["item"] == "uc.net.availability")
    assert held["windows"][0]["share"] == "1/100"
    assert isinstance(verify(document), Verified)


def test_an_outage_over_a_share_of_a_rolling_window_is_refused(workspace: Write) -> None:
    document = witness(workspace(supplied("hours: office,", "window: {rolling: 7d}")))
    (held,) = (one for one in document["promises"] if one["item"] == "uc.net.availability")
    held["windows"][0]["share"] = "1/1000000000"
    said = verify(document)
    assert isinstance(said, Refused)
    assert "in a rolling window" in said.reason
    del held["counted"]
    assert "none is stated" in str(verify(document))


def test_a_window_that_is_left_out_is_noticed(workspace: Write) -> None:
    document = witness(workspace(supplied("", "window: calendar-week")))
    assert isinstance(verify(document), Verified)
    (held,) = (one for one in document["promises"] if one["item"] == "uc.net.availability")
    held["windows"] = held["windows"][1:]
    assert "outside of all its windows" in str(verify(document))
    held["windows"] = [*held["windows"], held["windows"][0]]
    assert "not in order" in str(verify(document))


def test_a_window_that_allows_less_than_the_agreement_is_refused(workspace: Write) -> None:
    document = witness(workspace(supplied("", "window: calendar-week")))
    document["window"]["allowed_s"] = "1"
    assert "less than the share of it that is allowed" in str(verify(document))
