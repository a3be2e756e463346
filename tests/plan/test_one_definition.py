"""The same objective in Prometheus and Zabbix: what is measured by one definition, and what the plan says where it is not."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from slactl.cli.main import main
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.plan.one_definition import definition_notices
from slactl.provider import Context, Definition
from slactl.provider.registry import load_provider
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]

BACKENDS = document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}") + document(
    "Backend", "noc", 'provider: zabbix, config: {url: "http://127.0.0.1:9", token: "${env.TOKEN}"}'
)
TAGS = "zabbix: {problemTags: {service: shop}}"
PROBE = "probe: up_of_the_shop"
REQUESTS = "ratio: {good: good_total, total: all_total}"
SLICES = f"{REQUESTS}, timeslice: {{of: 1m, good: 95%}}"
BERLIN = document("Calendar", "berlin", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}')
ALIKE = "backend.noc and backend.prom can differ by a little. An outage's edges: to the second (backend.noc), within 1m (backend.prom)"


@pytest.fixture
def notices(workspace: Write) -> Callable[..., list[tuple[str, str, str]]]:
    """What there is to say of an SLA on a shop: severity, address, message."""

    def said(
        measured_by: str, objective: str = "", extra: str = "", more: str = ""
    ) -> list[tuple[str, str, str]]:
        root = workspace(
            PEOPLE + BERLIN
            + service("shop", "web", intrinsic="99.99%")
            + document("Indicator", "shop", f"{measured_by}, {TAGS}")
            + promise("SLA", "a", "shop", "99.9%", f"customer: acme, {extra}", objective or "indicator: shop")
            + more,
            BACKENDS,
        )  # fmt: skip
        estate, _ = build_estate(load_workspace(root))
        definitions: list[Definition] = []
        for backend in estate.backends.values():
            compiled = load_provider(backend.provider).compile(
                estate, backend, Context(root, "estate", date(2026, 11, 24))
            )
            definitions += compiled.definitions
        found = definition_notices(estate, definitions)
        return [(one.severity.value, one.address, one.message) for one in found]

    return said


Notices = Callable[..., list[tuple[str, str, str]]]


def test_a_probe_is_read_alike_but_for_a_little(notices: Notices) -> None:
    (only,) = notices(PROBE)
    assert only[:2] == ("note", "sla.a.availability")
    assert only[2] == f"{ALIKE}; Time without data: as before (backend.noc), up (backend.prom)."


def test_requests_and_time_are_two_things(notices: Notices) -> None:
    found = notices(REQUESTS)
    assert found[0][0] == "warning"
    assert "What counts: time (backend.noc), requests (backend.prom)." in found[0][2]
    assert "Say in its `backends` which one decides" in found[0][2]


def test_slices_are_coarser_than_seconds(notices: Notices) -> None:
    (only,) = notices(SLICES)
    assert only[0] == "note"
    assert "to the second (backend.noc), in slices of 1m (backend.prom)" in only[2]


def test_an_objective_that_one_backend_measures_is_compared_with_nothing(notices: Notices) -> None:
    assert notices(REQUESTS, "indicator: shop, backends: [prom]") == []
    assert notices(REQUESTS, "indicator: shop, backends: [noc]") == []


def test_another_indicator_in_one_of_them_is_another_thing(notices: Notices) -> None:
    other = document("Indicator", "edge", f"probe: edge_up, {TAGS}")
    found = notices(PROBE, "indicator: {prom: edge, noc: shop}", more=other)
    assert "What tells: indicator.shop (backend.noc), indicator.edge (backend.prom)" in found[0][2]


def test_what_another_agreement_hangs_on_the_same_service_counts_in_zabbix(notices: Notices) -> None:
    for tags, told in (("{service: shop}", 0), ("{service: shop, kind: slow}", 1)):
        second = document("Indicator", "slow", f"probe: slow_up, zabbix: {{problemTags: {tags}}}") + promise(
            "SLA", "b", "shop", "99%", "customer: acme,", "indicator: slow"
        )
        warned = [one for one in notices(PROBE, more=second) if one[0] == "warning"]
        assert len(warned) == 2 * told
        if told:
            assert (
                "indicator.shop and indicator.slow (backend.noc), indicator.shop (backend.prom)"
                in warned[0][2]
            )


def test_what_a_service_rests_on_counts_where_the_structure_does(notices: Notices) -> None:
    below = (
        service("db", "data")
        + document("Indicator", "db", "probe: db_up, zabbix: {problemTags: {service: db}}")
        + promise("OLA", "db", "db", "99.99%", "", "indicator: db")
        + service("till", "web", "[shop, db]")
        + document("Indicator", "till", "probe: till_up, zabbix: {problemTags: {service: till}}")
        + promise("SLA", "b", "till", "99%", "customer: acme,", "indicator: till")
    )
    said = {one[1]: one[2] for one in notices(PROBE, more=below) if one[1].startswith("sla.b")}
    assert (
        "An outage of what it rests on: counts (backend.noc), counts where its indicator shows it (backend.prom)"
        in said["sla.b.availability"]
    )


def test_weeks_from_sunday_are_other_weeks(notices: Notices) -> None:
    messages = [
        one[2] for one in notices(PROBE, "indicator: shop, window: calendar-week") if one[0] == "warning"
    ]
    assert "Windows: weeks from Sunday (backend.noc), calendar-week (backend.prom)" in messages[0]
    assert messages[1].startswith(
        "The agreement's window is calendar-week, in backend.noc it is weeks from Sunday"
    )


def test_hours_that_zabbix_cannot_hold_are_a_difference(notices: Notices) -> None:
    (warned,) = [one for one in notices(PROBE, extra="hours: berlin,") if one[0] == "warning"]
    assert "Service time that cannot be counted: " in warned[2]
    assert "(backend.noc), none (backend.prom)" in warned[2]


@pytest.mark.parametrize(
    ("objective", "extra", "words"),
    [
        ("measure: {countsAfter: 5m}", "",
         "only outages longer than 5m count, and in backend.noc and backend.prom every one"),
        ('measure: {slice: 1m, downWhen: "success-ratio < 95%"}', "",
         "a slice of 1m is down when success-ratio < 95%, and in backend.prom while up_of_the_shop is 0."),
        ('measure: {downWhen: "success-ratio < 95%"}', "", "it is down when success-ratio < 95%, and in backend.noc while"),
        ("", "excludes: [force-majeure, customer-fault],",
         "excludes customer-fault and force-majeure, and nothing tells backend.noc and backend.prom when that was"),
        ("", "excludes: [planned-maintenance], maintenance: {allowance: 8h},",
         "without dates (up to 8h in each window) counts as downtime in backend.noc and backend.prom"),
        ("", "term: {from: 2026-02-11},", "backend.prom can count the time before it"),
    ],
)  # fmt: skip
def test_what_both_count_otherwise_than_the_agreement_is_said(
    notices: Notices, objective: str, extra: str, words: str
) -> None:
    found = notices(PROBE, f"indicator: shop, {objective}".rstrip(", "), extra)
    assert [one for one in found if words in one[2]], found
    assert {one[0] for one in found} == {"note"}


@pytest.mark.parametrize(
    "extra",
    [
        "term: {from: 2026-02-01},",
        'excludes: [planned-maintenance], maintenance: {windows: [{name: p, starts: "2026-01-02T16:00", duration: 2h}]},',
    ],
)
def test_dates_that_both_hold_are_no_remark(notices: Notices, extra: str) -> None:
    assert [one[2].partition(";")[0] for one in notices(PROBE, extra=extra)] == [ALIKE]


def test_the_same_words_are_said_once(notices: Notices) -> None:
    more = "".join(
        promise("SLA", f"s{one}", "shop", "99%", "customer: acme,", "indicator: shop") for one in range(5)
    )
    (only,) = notices(PROBE, more=more)
    assert only[1] == "backend.noc"
    assert only[2].endswith(
        "Of 6 objectives: sla.a.availability, sla.s0.availability, sla.s1.availability and 3 more."
    )


def test_the_plan_says_it(workspace: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = workspace(
        PEOPLE + service("shop", "web", intrinsic="99.99%") + document("Indicator", "shop", f"{REQUESTS}, {TAGS}")
        + promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: shop"),
        BACKENDS,
    )  # fmt: skip
    assert main([f"-chdir={root}", "plan", "-refresh=false"]) == 0
    assert "Warning: sla.a.availability: backend.noc and backend.prom measure it" in capsys.readouterr().out
