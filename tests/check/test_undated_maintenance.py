"""Maintenance without dates: what suppliers exclude in each of their windows may fall into ours, and ours is there once."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.check.engine import check
from slactl.check.explain import Explanation, explain
from slactl.check.result import ObjectiveResult
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
HOUR_S = 3600


def undated(length: str) -> str:
    return f"excludes: [planned-maintenance], maintenance: {{allowance: {length}}},"


def result(root: Path) -> ObjectiveResult:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return check(estate, TODAY).objectives["sla.shop.availability"]


def supplied(*names: str, needs: str = "", target: str = "100%", theirs: str = "4h") -> str:
    text = service("shop", "web", needs or f"[{', '.join(names)}]", "100%")
    text += "".join(service(name, "cloud") for name in names)
    return text + "".join(promise("UC", name, name, target, undated(theirs)) for name in names)


def sla(ours: str, objective: str = "", target: str = "99.9%") -> str:
    extra = undated(ours) if ours else ""
    return promise("SLA", "shop", "shop", target, f"customer: acme, {extra}", objective)


@pytest.mark.parametrize(
    ("theirs", "ours", "hours_left"),
    [("4h", "4h", 4), ("2h", "4h", 0), ("3h", "4h", 3), ("4h", "", 8)],
    ids=["as much as one", "as much as both", "less than both", "none"],
)
def test_our_maintenance_excuses_that_of_two_suppliers_once(
    workspace: Write, theirs: str, ours: str, hours_left: int
) -> None:
    found = result(workspace(PEOPLE + supplied("a", "b", theirs=theirs) + sla(ours)))
    assert found.allowed_s - found.margin_s == hours_left * HOUR_S
    assert (found.verdict == "guaranteed") == (hours_left == 0)


def test_what_a_supplier_excludes_beyond_ours_counts_once_a_month(workspace: Write) -> None:
    found = result(workspace(PEOPLE + supplied("a", theirs="8h") + sla("4h")))
    assert found.allowed_s - found.margin_s == 4 * HOUR_S


def test_maintenance_each_month_is_not_excused_by_as_much_a_year(workspace: Write) -> None:
    found = result(workspace(PEOPLE + supplied("a", theirs="8h") + sla("8h", "window: calendar-year")))
    assert found.verdict != "guaranteed"
    assert found.allowed_s - found.margin_s == 11 * 8 * HOUR_S


def test_a_rolling_window_may_touch_three_months_with_maintenance_in_each(workspace: Write) -> None:
    rolling = "window: {rolling: 30d}"
    found = result(workspace(PEOPLE + supplied("a", theirs="1h") + sla("", rolling)))
    assert found.allowed_s - found.margin_s == 3 * HOUR_S


@pytest.mark.parametrize(("excluded", "verdict"), [("", "guaranteed"), (undated("8h"), "undecided")])
def test_a_promise_on_joint_downtime_does_not_count_in_maintenance_either(
    workspace: Write, excluded: str, verdict: str
) -> None:
    joint = "joint: [{services: [east, west], atLeast: 2, downtime: 1m, window: calendar-month}]"
    text = service("shop", "web", "{any: [east, west]}", "100%")
    text += service("east", "cloud") + service("west", "cloud")
    text += document(
        "UC",
        "zones",
        f"services: [east, west], status: agreed, {excluded} objectives: {{availability: {{target: 99.9%}}}}, {joint}",
    )
    assert result(workspace(PEOPLE + text + sla("", target="99.99%"))).verdict == verdict


def test_maintenance_without_dates_is_most_of_the_rolling_window_with_least_hours(workspace: Write) -> None:
    """Three days from Friday evening on have ten office hours, others thirty; five of them are the supplier's."""
    text = service("shop", "web", "[a]", "100%") + service("a", "cloud")
    text += promise("UC", "a", "a", "100%", undated("5h") + " hours: office,", "window: {rolling: 60d}")
    promised = promise(
        "SLA", "shop", "shop", "70%", "customer: acme, hours: office,", "window: {rolling: 3d}"
    )
    found = result(workspace(PEOPLE + text + promised))
    assert found.guaranteed.lower == Fraction(1, 2)
    assert found.verdict != "guaranteed"


def test_a_rolling_window_may_have_no_more_hours_than_maintenance(workspace: Write) -> None:
    text = service("shop", "web", "[a]", "100%") + service("a", "cloud")
    text += promise("UC", "a", "a", "100%", undated("5h") + " hours: office,", "window: {rolling: 60d}")
    promised = promise(
        "SLA", "shop", "shop", "70%", "customer: acme, hours: office,", "window: {rolling: 1d}"
    )
    assert result(workspace(PEOPLE + text + promised)).guaranteed.lower == 0


def test_why_no_outages_show_maintenance_without_dates_is_said(workspace: Write) -> None:
    estate, problems = build_estate(load_workspace(workspace(PEOPLE + supplied("a") + sla(""))))
    problems.raise_errors()
    _, found = explain(estate, TODAY, "sla.shop.availability")
    assert isinstance(found, Explanation)
    assert not found.outages
    assert found.interval == (
        "uc.a.availability leaves out maintenance without dates: what is proved counts all of it, and what is shown none.",
    )


@pytest.mark.parametrize(
    ("objective", "ours", "excused"),
    [("", "", 0), ("window: calendar-week", "", 0), ("", "1h", 1), ("", "4h", 4)],
    ids=["by the month", "weeks above months", "some of it excused", "all of it excused"],
)
def test_what_is_expected_counts_undated_maintenance_as_it_counts_dated(
    workspace: Write, objective: str, ours: str, excused: int
) -> None:
    """In a year of 8,760 hours every month's four are used, once, less what ours excuses; nothing else fails in them."""
    year = "term: {from: 2027-01-01, until: 2027-12-31},"
    text = sla(ours, objective).replace("customer: acme,", f"customer: acme, {year}")
    found = result(workspace(PEOPLE + supplied("a", target="99.9%") + text))
    hours = max(Fraction(0), 12 * (4 * Fraction(999, 1000) - excused))
    assert found.expected.lower == 1 - Fraction(1, 1000) - hours / 8760
    assert found.guaranteed.lower <= found.expected.lower <= found.best


def test_in_maintenance_a_promise_allows_nothing_else(workspace: Write) -> None:
    """Of February's 672 hours four are maintained, and a thousandth of the others may be lost."""
    objective = "window: calendar-month"
    found = result(workspace(PEOPLE + supplied("a", target="99.9%") + sla("", objective)))
    lost_hours = Fraction(672 - 4, 1000) + 4
    assert found.guaranteed.lower == found.guaranteed.upper == 1 - lost_hours / 672
