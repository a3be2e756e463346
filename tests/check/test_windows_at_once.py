"""Suppliers with other windows and hours than the SLA and each other: what they guarantee together, and why."""

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from slactl.assurance import at_once
from slactl.assurance.jointly import Work
from slactl.check.engine import judged
from slactl.check.explain import Explanation, explain
from slactl.check.result import Assessment
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.render.explanation import explanation_documents, explanation_text
from slactl.render.style import Style
from slactl.verify.verdict import Refused, Verified, verify
from tests.estate_texts import PEOPLE, document, promise, service
from tests.soundness.estates import estate

Write = Callable[..., Path]
TODAY = date(2027, 2, 10)
ADDRESS = "sla.a.availability"
HOURS = "".join([
    document("Calendar", "day", 'hours: {mon-sun: ["08:00-20:00"]}'),
    document("Calendar", "night", 'hours: {mon-sun: ["00:00-08:00", "20:00-24:00"]}'),
    document("Calendar", "tokyo", 'timezone: Asia/Tokyo, hours: {mon-sun: ["00:00-24:00"]}'),
])  # fmt: skip
SUN = (
    PEOPLE
    + HOURS
    + service("shop", "web", "{any: [east, west]}", "100%")
    + service("east", "cloud")
    + service("west", "cloud")
    + promise("UC", "east", "east", "99.9%", "hours: day,")
    + promise("UC", "west", "west", "99.9%", "hours: night,")
)
"""One supplier answers by day, the other by night, and one of them is enough."""


def sla(target: str, window: str = "") -> str:
    return promise("SLA", "a", "shop", target, "customer: acme,", window)


def built(root: Path) -> Estate:
    found, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return found


def explained(root: Path) -> tuple[Assessment, Explanation]:
    assessment, found = explain(built(root), TODAY, ADDRESS)
    assert isinstance(found, Explanation)
    return assessment, found


def documents(root: Path) -> dict[str, Any]:
    assessment, found = explained(root)
    written: dict[str, Any] = json.loads(json.dumps(explanation_documents(found, assessment)))
    return written


def test_suppliers_who_take_turns_guarantee_what_each_does_in_turn(workspace: Write) -> None:
    _, found = explained(workspace(SUN + sla("99.9%")))
    result = found.result
    assert result.verdict == "guaranteed"
    # by day and by night a thousandth of twelve hours; one by one each would be free for half of the time
    assert result.guaranteed.lower == result.guaranteed.upper == Fraction(999, 1000)
    assert result.guaranteed.lower <= result.expected.lower <= result.best
    assert result.margin_s == 0
    assert sum(link.downtime_s for link in result.links) == Fraction(result.window_s, 1000)


def test_a_stricter_promise_is_broken_on_dates(workspace: Write) -> None:
    written = documents(workspace(SUN + sla("99.91%")))
    assert written["verdict"] == "contradicted"  # at its floor, each is down whenever it does not answer
    assert isinstance(verify(written["witness"]), Verified)


def test_the_proof_is_checked_and_read(workspace: Write) -> None:
    root = workspace(SUN + sla("99.9%"))
    proof = documents(root)["proof"]
    assert isinstance(verify(proof), Verified)
    assert all("cells" in window for window in proof["windows"])
    lines = explanation_text(explained(root)[1], Style()).splitlines()
    start = next(index for index, line in enumerate(lines) if "All promises at once, in 2 cells" in line)
    months = {"2027-02": "20m 9s", "2027-03": "22m 19s"}
    assert lines[start + 1].split()[:2] == months[found_window(lines)].split()
    assert lines[-1] == "The other 24 windows up to the horizon are proved alike."


def found_window(lines: list[str]) -> str:
    return next(line for line in lines if line.startswith("Proof, in ")).split()[2].rstrip(",")


def first_limit(window: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A limit's name, the limit, and a cell in which it is open."""
    name, limit = next(iter(window["limits"].items()))
    return name, limit, next(one for one in window["cells"] if name in one["open"])


def twice(window: dict[str, Any]) -> None:
    name, limit, cell = first_limit(window)
    cell["open"].append(name)
    limit["weight"] = "1/2"


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a lighter limit": lambda window: first_limit(window)[1].update(weight="99/100"),
    "a limit that allows more": lambda window: first_limit(window)[1].update(share="1/100"),
    "a limit of a gate": lambda window: first_limit(window)[1].update(
        of="shop itself [availability 3 local]"
    ),
    "a limit of nobody's": lambda window: first_limit(window)[1].update(of="east"),
    "a limit counted twice": twice,
    "a limit that is not stated": lambda window: first_limit(window)[2]["open"].append("a promise"),
    "a closed limit": lambda window: first_limit(window)[2]["open"].clear(),
    "a cell less": lambda window: window["cells"].pop(),
    "a shorter cell": lambda window: window["cells"][0].update(share="1/3"),
    "a negative weight": lambda window: window["cells"][0].update(weight="-1"),
    "a lower bound": lambda window: window.update(bound="1/1001"),
    "less that is allowed": lambda window: window.update(allowed="1/1001"),
    "steps as well": lambda window: window.update(steps=[]),
    "no cells": lambda window: window.update(cells=[]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_proof_over_cells_with_another_number_is_refused(workspace: Write, change: str) -> None:
    proof = documents(workspace(SUN + sla("99.9%")))["proof"]
    CHANGES[change](proof["windows"][0])
    assert isinstance(verify(proof), Refused)


def test_a_proof_over_cells_of_another_structure_is_refused(workspace: Write) -> None:
    proof = documents(workspace(SUN + sla("99.9%")))["proof"]
    for gate in proof["structure"]["gates"].values():
        gate["at_least"] = len(gate["of"])
    assert isinstance(verify(proof), Refused)


def test_time_that_nobody_covers_is_told_by_a_weight_of_its_cell(workspace: Write) -> None:
    gap = SUN.replace('["00:00-08:00", "20:00-24:00"]', '["00:00-08:00", "21:00-24:00"]')
    root = workspace(gap + sla("95%"))
    found = explained(root)[1].result
    hour, rest = Fraction(1, 24), Fraction(23, 24)
    assert (found.verdict, found.guaranteed.lower) == ("guaranteed", 1 - hour - rest / 1000)
    proof = documents(root)["proof"]
    assert isinstance(verify(proof), Verified)
    (free,) = [one for one in proof["windows"][0]["cells"] if one["weight"] != "0"]
    assert (free["share"], free["weight"], free["open"]) == ("1/24", "1", ["service.shop.intrinsic #1"])
    free["weight"] = "9/10"
    assert isinstance(verify(proof), Refused)


def test_months_of_two_zones_are_held_together(workspace: Write) -> None:
    """A Tokyo month begins nine hours early: its two budgets meet in a month of UTC, where one of the other supplier is left."""
    texts = SUN.replace("hours: day,", "hours: tokyo,").replace("hours: night,", "")
    assert explained(workspace(texts + sla("99.9%")))[1].result.guaranteed.lower == Fraction(999, 1000)


def test_the_number_does_not_depend_on_the_target(workspace: Write) -> None:
    numbers = [
        explained(workspace(SUN + sla(target)))[1].result.guaranteed for target in ("10%", "99.9%", "99.99%")
    ]
    assert numbers[0] == numbers[1] == numbers[2]


def test_windows_that_begin_anywhere_are_bounded_and_shown(workspace: Write) -> None:
    """Two budgets of thirty days in a month of 31: laid out a rolling window apart, so that it is exact all the same."""
    rolling = PEOPLE + service("shop", "web", "[net]", "100%") + service("net", "cloud")
    rolling += promise("UC", "net", "net", "99.9%", "", "window: {rolling: 30d}")
    found = explained(workspace(rolling + sla("99.8%")))[1].result
    assert found.guaranteed.lower == found.guaranteed.upper == 1 - Fraction(2 * 30, 31 * 1000)
    written = documents(workspace(rolling + sla("99.9%")))
    assert isinstance(verify(written["witness"]), Verified)


def test_maintenance_without_dates_that_a_promise_leaves_out_is_down_as_well(workspace: Write) -> None:
    extra = "hours: day, excludes: [planned-maintenance], maintenance: {allowance: 1h},"
    texts = SUN.replace("hours: day,", extra)
    found = explained(workspace(texts + sla("99%")))[1].result
    month = Fraction(found.window_s)
    assert found.guaranteed.lower == 1 - ((month - 3600) / 1000 + 3600) / month
    assert found.guaranteed.upper > found.guaranteed.lower  # that it can happen is not shown: an interval


def test_too_much_work_leaves_an_honest_interval(workspace: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = explained(workspace(SUN + sla("99.9%")))[1].result.guaranteed
    monkeypatch.setattr(at_once, "Work", partial(Work, 0))
    found = explained(workspace(SUN + sla("99.9%")))[1]
    assert found.result.verdict == "undecided"
    assert found.result.guaranteed.lower < exact.lower <= found.result.guaranteed.upper
    assert "not known well enough" in explanation_text(found, Style())
    assert "into more cells than can be looked at together" in " ".join(found.interval)
    assert found.interval[0] in explanation_text(found, Style())


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_the_worst_window_is_the_worst_of_all(workspace: Write, seed: int) -> None:
    root = "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: estate}\nspec: {organization: example-inc, check: {horizon: 6M}}\n"
    made = estate(seed)
    assessment, judgement = judged(built(workspace(made.document("50%"), root=root)), TODAY)
    address = "sla.top.availability"
    sight, top = judgement.sight(address), judgement.tops[address]
    singly = [sight.case(top, 3, window).bound.upper for window in range(len(sight.timeline.windows))]
    together = [sight.jointly(top, 3, window) for window in range(len(singly))]
    worst = [
        one if both is None else min(one, both.upper) for one, both in zip(singly, together, strict=True)
    ]
    result = assessment.objectives[address]
    assert 1 - result.guaranteed.lower == max(worst)
    assert result.window == sight.timeline.windows[worst.index(max(worst))].name
