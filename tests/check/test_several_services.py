"""What is said of a promise that covers several services, and of what is not judged at all."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.check.engine import check
from slactl.check.explain import Explanation, explain
from slactl.documents.load import load_workspace
from slactl.documents.locate import Locator
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.render.explanation import explanation_text
from slactl.render.findings import amount_text, check_document, objective_text
from slactl.render.style import Style
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
TODAY = date(2026, 11, 23)
TIMES = "p1: {metric: resolution-time, priority: P1, target: 4h}"
SHARED = (
    PEOPLE
    + service("shop", "web", "[disk, net]", "100%")
    + service("disk", "cloud")
    + service("net", "cloud")
    + document(
        "UC",
        "cloud",
        f"services: [disk, net], status: agreed, objectives: {{availability: {{target: 99.9%}}, {TIMES}}}",
    )
)


def estate_of(root: Path) -> Estate:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def sla(extra: str = "") -> str:
    return document(
        "SLA",
        "a",
        "service: shop, customer: acme, status: agreed, objectives: {availability: {target: 99.5%"
        f"{extra}}}, p1: {{metric: resolution-time, priority: P1, target: 1h}}}}",
    )


def test_weakest_links_name_the_service_where_a_contract_covers_several(workspace: Write) -> None:
    estate = estate_of(workspace(SHARED + sla()))
    assessment = check(estate, TODAY)
    text = objective_text(assessment.objectives["sla.a.availability"], Style())
    assert "uc.cloud.availability on disk (99.9% a calendar-month)" in text
    assert "uc.cloud.availability on net (99.9% a calendar-month)" in text
    (told,) = check_document(assessment, Locator(Path()))["objectives"]
    assert [one.get("service") for one in told["links"]][:2] == ["disk", "net"]


def test_times_name_the_service_where_a_contract_covers_several(workspace: Write) -> None:
    estate = estate_of(workspace(SHARED + sla()))
    assessment = check(estate, TODAY)
    assert "uc.cloud.p1 on disk (resolution within 4h)" in amount_text(
        assessment.amounts["sla.a.p1"], Style()
    )
    (told,) = check_document(assessment, Locator(Path()))["amounts"]
    assert {"disk", "net"} <= {one.get("service") for one in told["links"]}


def test_a_promise_on_one_service_does_not_repeat_it(workspace: Write) -> None:
    alone = PEOPLE + service("shop", "web", "[net]", "100%") + service("net", "cloud")
    alone += promise("UC", "net", "net", "99.9%") + sla()
    estate = estate_of(workspace(alone))
    assessment = check(estate, TODAY)
    result = assessment.objectives["sla.a.availability"]
    assert "uc.net.availability (99.9% a calendar-month)" in objective_text(result, Style())
    assert "service" not in check_document(assessment, Locator(Path()))["objectives"][0]["links"][0]


def test_reasons_of_an_interval_call_a_duty_by_no_name_of_the_graph(workspace: Write) -> None:
    text = (
        PEOPLE
        + service("shop", "web", "[net, lan]", "99.95%")
        + service("net", "cloud")
        + service("lan", "acme")
        + promise("UC", "net", "net", "99.9%")
        + document(
            "SLA",
            "a",
            "service: shop, customer: acme, status: agreed, hours: office, excludes: [customer-fault], "
            "duties: [{service: lan, of: customer, what: lan}], "
            "objectives: {availability: {target: 99.9%, window: {rolling: 30d}}}",
        )
    )
    estate = estate_of(workspace(text))
    _, found = explain(estate, TODAY, "sla.a.availability")
    assert isinstance(found, Explanation)
    shown = explanation_text(found, Style())
    assert "service.shop.intrinsic may be counted in windows that begin anywhere" in shown
    assert "[availability" not in shown


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("uc.cloud.availability", "taken at its word"),
        ("uc.cloud", "`slactl impact uc.cloud`"),
        ("sla.a", "Say one of sla.a.availability, sla.a.p1."),
        ("sla.b.availability", "sla.b is terminated"),
        ("ola.own.availability", "scope: own"),
        ("uc.clout", "Known here: sla.a.availability, sla.a.p1"),
    ],
)
def test_what_is_not_judged_is_told_why(workspace: Write, address: str, said: str) -> None:
    others = document(
        "SLA",
        "b",
        "service: shop, customer: acme, status: terminated, objectives: {availability: {target: 99%}}",
    ) + promise("OLA", "own", "shop", "99%", objective="scope: own")
    estate = estate_of(workspace(SHARED + sla() + others))
    with pytest.raises(SlactlError) as refused:
        explain(estate, TODAY, address)
    assert said in "".join(one.detail for one in refused.value.diagnostics)


def test_a_link_says_of_which_time_its_promise_is(workspace: Write) -> None:
    """What lies outside may be all of what it allows to go down."""
    partly = PEOPLE + service("shop", "web", "[net]", "100%") + service("net", "cloud")
    terms = "hours: office, excludes: [planned-maintenance], maintenance: {allowance: 4h},"
    estate = estate_of(workspace(partly + promise("UC", "net", "net", "99.9%", terms) + sla()))
    (link,) = check(estate, TODAY).objectives["sla.a.availability"].links
    assert link.promise == "99.9% a calendar-month, hours office, outside planned maintenance"
