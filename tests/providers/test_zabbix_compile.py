"""What an estate becomes in Zabbix, and what Zabbix cannot hold: no server is needed for that."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.provider import Compilation, Context, Ref
from slactl_zabbix import Provider
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]

BACKEND = """\
---
apiVersion: slactl/v1
kind: Backend
metadata: {name: noc}
spec: {provider: zabbix, config: {url: "http://127.0.0.1:9", token: "${env.TOKEN}"}}
"""


def indicator(name: str) -> str:
    return document("Indicator", name, f"zabbix: {{problemTags: {{service: {name}}}}}")


def watched(kind: str, name: str, on: str, target: str, extra: str = "", more: str = "") -> str:
    customer = "customer: acme, " if kind == "SLA" else ""
    return promise(
        kind, name, on, target, customer + extra, f"indicator: {on}" + (f", {more}" if more else "")
    )


@pytest.fixture
def compiled(workspace: Write) -> Callable[..., Compilation]:
    def compile_(*documents: str, backend: str = BACKEND) -> Compilation:
        root = workspace(PEOPLE + "".join(documents), backend)
        estate, problems = build_estate(load_workspace(root))
        problems.raise_errors()
        assert not problems.items
        return Provider().compile(estate, estate.backends["noc"], Context(root, "estate", date(2026, 11, 24)))

    return compile_


def bodies(found: Compilation) -> Mapping[str, Mapping[str, Any]]:
    return {one.address: one.body for one in found.resources}


def said(found: Compilation) -> list[tuple[str, str, str]]:
    return [(one.severity.value, one.address, one.message) for one in found.notices]


def below(body: Mapping[str, Any]) -> list[str]:
    return [one.address if isinstance(one, Ref) else one for one in body["children"]]


def test_a_structure_becomes_a_tree_that_agreements_share(compiled: Callable[..., Compilation]) -> None:
    found = bodies(
        compiled(
            service("shop", "web", "{all: [db, {any: [east, west]}]}"),
            service("db", "data"),
            service("east", "cloud"),
            service("west", "cloud"),
            *map(indicator, ("shop", "db", "east")),
            watched("SLA", "a", "shop", "99.9%"),
            watched("SLA", "b", "shop", "99.5%"),
            watched("OLA", "db", "db", "99.95%"),
            watched("UC", "east", "east", "99.9%"),
        )
    )
    (gate,) = [address for address in found if address.startswith("noc.group.")]
    assert below(found["noc.service.shop"]) == [gate, "noc.indicator.shop", "noc.service.db"]
    assert found["noc.service.shop"]["bad_when"] == "most critical child"
    assert (found[gate]["name"], found[gate]["bad_when"]) == ("any of east, west", "all children")
    assert below(found[gate]) == ["noc.service.east", "noc.service.west"]
    assert below(found["noc.service.west"]) == []
    tags = [{"tag": "service", "operator": "equals", "value": "db"}]
    assert found["noc.indicator.db"]["problem_tags"] == tags
    assert sum(address.startswith("noc.service.") for address in found) == 4
    slas = {address for address in found if "slo" in found[address]}
    assert slas == {f"noc.{one}.availability" for one in ("sla.a", "sla.b", "ola.db", "uc.east")}
    assert found["noc.sla.a.availability"]["services"][0]["value"] == "estate/shop"


@pytest.mark.parametrize(("at_least", "members", "bad"), [(2, 3, 2), (3, 4, 2), (2, 5, 4)])
def test_at_least_k_of_n_is_bad_when_too_many_are(
    compiled: Callable[..., Compilation], at_least: int, members: int, bad: int
) -> None:
    names = [f"node-{number}" for number in range(members)]
    found = bodies(
        compiled(
            service("db", "data", f"{{atLeast: {{count: {at_least}, of: [{', '.join(names)}]}}}}"),
            *(service(one, "cloud") for one in names),
            indicator("node-0"),
            watched("UC", "node", "node-0", "99.9%"),
            promise("SLA", "a", "db", "99.9%", "customer: acme,", "scope: end-to-end"),
        )
    )
    node = found["noc.service.db"]
    assert (node["bad_when"], node["rules"]) == ("rules", [{"bad_children": bad}])
    assert len(node["children"]) == members


def test_what_a_service_is_measured_by_itself_comes_on_top_of_its_redundancy(
    compiled: Callable[..., Compilation],
) -> None:
    found = bodies(
        compiled(
            service("db", "data", "{any: [east, west]}"), service("east", "cloud"), service("west", "cloud"),
            indicator("db"), watched("SLA", "a", "db", "99.9%"),
        )
    )  # fmt: skip
    gate, leaf = below(found["noc.service.db"])
    assert (found["noc.service.db"]["bad_when"], leaf) == ("most critical child", "noc.indicator.db")
    assert found[gate]["bad_when"] == "all children"


def test_hours_holidays_maintenance_and_term_are_in_the_sla(compiled: Callable[..., Compilation]) -> None:
    calendar = document(
        "Calendar", "berlin", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}, holidays: {extra: [2026-12-24]}'
    )  # fmt: skip
    maintenance = (
        "hours: berlin, term: {from: 2026-12-01}, excludes: [planned-maintenance], maintenance: {windows: "
        '[{name: patch, starts: "2026-12-02T17:00", duration: 2h, timezone: Europe/Berlin}]},'
    )
    body = bodies(
        compiled(
            calendar,
            service("shop", "web"),
            indicator("shop"),
            watched("SLA", "a", "shop", "99.9%", maintenance),
        )
    )["noc.sla.a.availability"]
    assert (body["period"], body["timezone"], body["effective"]) == ("monthly", "Europe/Berlin", "2026-12-01")
    assert body["schedule"] == [f"{day} 08:00 - {day} 18:00" for day in ("mon", "tue", "wed", "thu", "fri")]
    downtimes = body["excluded_downtimes"].splitlines()
    assert (
        downtimes[0] == "2026-12-02T16:00:00Z - 2026-12-02T17:00:00Z patch"
    )  # after hours nothing needs excluding
    assert "2026-12-24T07:00:00Z - 2026-12-24T17:00:00Z out of hours" in downtimes


def test_all_the_time_needs_no_schedule(compiled: Callable[..., Compilation]) -> None:
    body = bodies(compiled(service("shop", "web"), indicator("shop"), watched("SLA", "a", "shop", "99.9%")))[
        "noc.sla.a.availability"
    ]
    assert (body["schedule"], body["excluded_downtimes"], body["timezone"]) == ([], "", "UTC")


@pytest.mark.parametrize(
    ("target", "more", "severity", "words", "slo"),
    [
        ("99.99%", "", None, "", "99.99"),
        ("99.99991%", "", "error", "of 99.99991% it would make 100%", None),
        ("99.95001%", "", "warning", "the next stricter target, 99.9501%", "99.9501"),
        ("99.9%", "window: {rolling: 30d}", "warning", "knows no window rolling 30d", None),
        ("99.9%", "window: {rolling: 30d}, backends: [noc]", "error", "knows no window rolling 30d", None),
        ("100%", "", None, "", "100"),
    ],
)
def test_what_zabbix_cannot_hold_is_said(
    compiled: Callable[..., Compilation],
    target: str,
    more: str,
    severity: str | None,
    words: str,
    slo: str | None,
) -> None:
    found = compiled(
        service("shop", "web"), indicator("shop"), watched("SLA", "a", "shop", target, more=more)
    )
    body = bodies(found).get("noc.sla.a.availability")
    assert (None if body is None else body["slo"]) == slo
    notices = said(found)
    assert [one[0] for one in notices] == ([severity] if severity else [])
    assert all(words in one[2] for one in notices)


def test_a_latency_that_zabbix_is_asked_for_is_an_error(compiled: Callable[..., Compilation]) -> None:
    asked = promise(
        "SLA",
        "a",
        "shop",
        "",
        "customer: acme,",
        "metric: latency, percentile: 95, target: 300ms, backends: [noc]",
    )
    found = compiled(service("shop", "web"), asked)
    assert [(one[0], one[1]) for one in said(found)] == [("error", "sla.a.availability")]
    assert bodies(found) == {}


def test_an_sla_that_nothing_measures_is_told_and_not_shown_as_kept(
    compiled: Callable[..., Compilation],
) -> None:
    found = compiled(
        service("shop", "web"), promise("SLA", "a", "shop", "99.9%", "customer: acme,", "scope: own")
    )
    assert bodies(found) == {}
    assert [one[:2] for one in said(found)] == [("warning", "sla.a.availability")]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("{problemTags: {}}", "names the tags"),
        ("{}", "names the tags"),
        ("{problemTags: {service: {a: b}}}", "is a text"),
        ("{problemtags: {service: shop}}", "no key problemtags"),
    ],
)
def test_wrong_problem_tags_are_an_error_with_a_place(
    compiled: Callable[..., Compilation], part: str, words: str
) -> None:
    found = compiled(
        service("shop", "web"),
        document("Indicator", "shop", f"zabbix: {part}"),
        watched("SLA", "a", "shop", "99.9%"),
    )
    wrong = [one for one in found.notices if one.severity.value == "error"]
    assert [(one.address, words in one.message, one.place is not None) for one in wrong] == [
        ("indicator.shop", True, True)
    ]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("{}", "url begins with"),
        ('{url: "ftp://x", token: "${env.T}"}', "url begins with"),
        ('{url: "http://x"}', "wants credentials"),
        ('{url: "http://x", token: "${env.T}", user: me, password: "${env.P}"}', "not both"),
        ('{url: "http://x", user: me}', "needs password"),
        ('{url: "http://x", user: me, password: geheim}', "password stands in the file"),
        ('{url: "http://x", token: "${env.T}", hours: never}', "hours is usual"),
        ('{url: "http://x", token: "${env.T}", tokens: 1}', 'Unknown key "tokens"'),
        ('{url: "https://x", token: "${env.T}", insecure: "true"}', "takes any certificate"),
    ],
)
def test_a_wrong_configuration_is_told_with_its_place(workspace: Write, config: str, words: str) -> None:
    text = BACKEND.partition("config: ")[0] + f"config: {config}}}\n"
    estate, _ = build_estate(load_workspace(workspace(PEOPLE + text)))
    notices = Provider().validate(estate.backends["noc"])
    assert any(words in one.message and one.place is not None for one in notices), notices
    assert "geheim" not in repr(notices)
