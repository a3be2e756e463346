"""Whether an OLA is supported is known before, and for as long as, anything rests on it."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

from slactl.check.engine import check
from slactl.check.result import Assessment
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
TODAY = date(2027, 7, 15)
SLA = "sla.s.availability"


def assess(root: Path) -> Assessment:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return check(estate, TODAY)


def tower(olas: str, target: str = "99.9%") -> str:
    """`z` rests on `m`, that on `a`, and that on a supplier of 99%."""
    text = (
        PEOPLE + service("a", "data", "[x]", "100%") + service("x", "cloud") + promise("UC", "x", "x", "99%")
    )
    text += service("m", "web", "[a]", "100%") + service("z", "data", "[m]", "100%")
    text += service("top", "web", "[m]", "100%") + promise("OLA", "m", "m", "99.9%")
    return text + olas + promise("SLA", "s", "top", target, "customer: acme,")


def test_an_objective_is_judged_before_what_rests_on_its_service_wherever_its_agreement_is_about(
    workspace: Write,
) -> None:
    az = document(
        "OLA",
        "az",
        "services: [a, z], status: agreed, objectives: {"
        "low: {metric: availability, target: 99.9%, service: a}, "
        "high: {metric: availability, target: 98%, service: z}}",
    )
    results = assess(workspace(tower(az))).objectives
    assert results["ola.az.low"].verdict == results["ola.m.availability"].verdict == "contradicted"
    assert (results[SLA].local_verdict, results[SLA].verdict) == ("guaranteed", "contradicted")
    assert results[SLA].guaranteed.lower == Fraction(99, 100)


def test_a_promise_about_a_service_and_one_that_rests_on_it_does_not_prove_itself(workspace: Write) -> None:
    both = document(
        "OLA", "az", "services: [a, z], status: agreed, objectives: {availability: {target: 99.9%}}"
    )
    results = assess(workspace(tower(both))).objectives
    assert results["ola.az.availability"].verdict == "contradicted"
    assert results[SLA].guaranteed.lower == Fraction(99, 100)


def test_of_a_promise_about_two_services_the_supported_one_is_kept(workspace: Write) -> None:
    text = (
        PEOPLE
        + service("top", "web", "[good]", "100%")
        + service("good", "data")
        + service("bad", "data", "[x]")
    )
    text += (
        service("x", "cloud")
        + promise("UC", "x", "x", "99%")
        + promise("SLA", "s", "top", "99.9%", "customer: acme,")
    )
    both = "services: [bad, good], status: agreed, objectives: {availability: {target: 99.9%}}"
    results = assess(workspace(text + document("OLA", "both", both))).objectives
    assert results["ola.both.availability"].verdict == "contradicted"
    assert results[SLA].verdict == "guaranteed"


def test_times_of_one_agreement_are_judged_each_before_what_rests_on_it(workspace: Write) -> None:
    text = PEOPLE + service("a", "data", "[x]") + service("x", "cloud") + service("z", "data", "[m]")
    text += service("m", "web", "[a]") + service("top", "web", "[m]")
    time = "metric: recovery-time, target:"
    text += document("UC", "x", f"service: x, status: agreed, objectives: {{back: {{{time} 8h}}}}")
    text += document("OLA", "m", f"service: m, status: agreed, objectives: {{back: {{{time} 2h}}}}")
    text += document(
        "OLA",
        "az",
        "services: [a, z], status: agreed, "
        f"objectives: {{low: {{{time} 1h, service: a}}, high: {{{time} 9h, service: z}}}}",
    )
    text += document(
        "SLA", "s", f"service: top, customer: acme, status: agreed, objectives: {{back: {{{time} 4h}}}}"
    )
    amounts = assess(workspace(text)).amounts
    assert amounts["ola.az.low"].verdict == amounts["ola.m.back"].verdict == "unsupported"
    assert amounts["sla.s.back"].supported == 8 * 3600
    assert amounts["sla.s.back"].verdict == "unsupported"


def year(until: str, since: str = "2026-01-01") -> str:
    text = (
        PEOPLE
        + service("top", "web", "[a]", "100%")
        + service("a", "data", "[x]", "100%")
        + service("x", "cloud")
    )
    text += promise("UC", "x", "x", "99.9%", f"term: {{from: {since}, until: {until}}},")
    return (
        text
        + promise("OLA", "a", "a", "99.9%")
        + promise("SLA", "s", "top", "99%", "customer: acme,", "window: calendar-year")
    )


def test_an_ola_by_the_month_is_judged_in_all_months_of_the_year_above(workspace: Write) -> None:
    """The horizon ends in July 2029; the SLA's last year goes on to December, and the supplier does not."""
    assessment = assess(workspace(year("2029-08-05")))
    assert assessment.horizon_end == date(2029, 7, 31)
    ola, sla = (assessment.objectives[name] for name in ("ola.a.availability", SLA))
    assert (ola.verdict, ola.window) == ("contradicted", "2029-09")
    assert (sla.verdict, sla.window) == ("contradicted", "2029")
    without = 365 - 216  # from 5 August on, of which the last window's budget is a share of the part inside
    assert sla.guaranteed.lower < 1 - Fraction(without - 2, 365)


def test_months_before_today_count_where_the_year_above_has_them(workspace: Write) -> None:
    assessment = assess(workspace(year("2030-12-31", since="2027-03-01")))
    assert assessment.objectives["ola.a.availability"].window == "2027-01"
    assert assessment.objectives[SLA].window == "2027"


def test_an_ola_on_which_only_months_rest_is_judged_from_this_month_on(workspace: Write) -> None:
    text = year("2029-08-05", since="2027-03-01").replace("window: calendar-year", "window: calendar-month")
    assessment = assess(workspace(text))
    assert [one.verdict for one in assessment.objectives.values()] == ["guaranteed", "guaranteed"]


def test_a_promise_on_joint_downtime_is_not_proved_by_itself(workspace: Write) -> None:
    """Of the three services one rests on the two others: the promise bears on what it is about."""
    text = PEOPLE + service("x", "cloud") + promise("UC", "x", "x", "99.9%")
    text += service("a", "data", "[x]", "100%") + service("b", "data", "[x]", "100%")
    text += service("c", "data", "{any: [a, b]}", "100%")
    text += service("top", "web", "{atLeast: {count: 2, of: [a, b, c]}}", "100%")
    joint = "joint: [{services: [a, b, c], atLeast: 2, downtime: 5m, window: calendar-month}],"
    text += document(
        "OLA",
        "j",
        f"services: [a, b, c], status: agreed, {joint} objectives: {{availability: {{target: 99.9%}}}}",
    )
    assessment = assess(workspace(text + promise("SLA", "s", "top", "99.99%", "customer: acme,")))
    assert [one.address for one in assessment.findings if one.rule == "SLA208"] == ["ola.j"]
    assert assessment.objectives[SLA].verdict != "guaranteed"
