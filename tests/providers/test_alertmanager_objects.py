"""What an estate becomes in Alertmanager: receivers, routes, times to the minute, inhibitions, and what cannot be held."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from slactl.base.diagnostics import Place
from slactl.documents.load import load_workspace
from slactl.model.backend import Backend
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.provider import Compilation, Context
from slactl_alertmanager import Provider
from slactl_alertmanager.names import ALERT, LONG_WINDOWS, SEVERITIES
from slactl_prometheus.fleet import PAIRS, shared_groups
from slactl_prometheus.indicators import METRICS
from slactl_prometheus.rules import BurnClass
from tests.estate_texts import document, service

Write = Callable[..., Path]
AS_OF = date(2026, 11, 23)
PEOPLE = "".join(
    (
        document("Party", "acme", "type: customer"),
        document(
            "Party", "web", "type: internal, contacts: {service-desk: web@example.com, escalation: "
            "[{after: 1h, to: the duty manager}, {after: 30m, to: lead@example.com}, {after: 30m, to: 'https://hook.example.com/x'}]}",
        ),
        document("Party", "data", "type: internal"),
        document("Indicator", "requests", "ratio: {good: 'good_total', total: 'all_total'}"),
        document("Indicator", "buckets", "histogram: duration_seconds_bucket"),
        document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}"),
    )
)  # fmt: skip
SERVICES = service("shop", "web", "[db]") + service("db", "data")


def agreement(name: str, on: str, more: str = "", objectives: str = "", kind: str = "OLA") -> str:
    promised = objectives or "availability: {target: 99.9%, indicator: requests}"
    customer = "customer: acme, " if kind == "SLA" else ""
    return document(kind, name, f"service: {on}, {customer}status: agreed, {more} objectives: {{{promised}}}")


def sla(name: str, on: str, more: str = "", objectives: str = "") -> str:
    return agreement(name, on, more, objectives, "SLA")


def estate_of(root: Path) -> Estate:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def compiled(root: Path, receivers: Mapping[str, Any] | None = None, **config: Any) -> Compilation:
    given = {"p1": "oncall", "p3": "desk"} if receivers is None else receivers
    backend = Backend(
        "am", Place("am.yaml"), "alertmanager", {"configFile": "am.yml", "receivers": given, **config}
    )
    return Provider().compile(estate_of(root), backend, Context(root, "estate", AS_OF))


def bodies(compilation: Compilation) -> dict[str, Mapping[str, Any]]:
    return {one.address: one.body for one in compilation.resources}


def routes(compilation: Compilation, agreement: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bodies(compilation)[f"am.route.{agreement}"]["routes"]
    return found


def said(compilation: Compilation) -> str:
    return "\n".join(f"{one.severity} {one.address}: {one.message}" for one in compilation.notices)


def test_what_alerts_carry_is_what_the_prometheus_provider_writes() -> None:
    alerts = shared_groups([BurnClass("30d", 1, 1, 1)], 60, 100)[-1]["rules"]
    assert {one["alert"] for one in alerts} == {ALERT}
    assert [one["labels"]["long"] for one in alerts] == [*LONG_WINDOWS]
    assert [*dict.fromkeys(pair.severity for pair in PAIRS)] == [*SEVERITIES]
    assert {one["labels"]["severity"] for one in alerts} == {*SEVERITIES}
    assert set(METRICS) == {"availability", "success-ratio", "latency"}


def test_a_route_an_agreement_and_severity_by_the_nearest_receiver(workspace: Write) -> None:
    root = workspace(PEOPLE, SERVICES, sla("a", "shop"), agreement("db", "db"), sla("b", "shop"))
    mail = {"email_configs": [{"to": "x@example.com"}]}
    given = {"p1": "oncall", "p3": mail, "sla.b": "b-desk", "ola.db": {"p1": "db-oncall"}}
    found = compiled(root, given)

    def reached(address: str) -> list[tuple[str, str]]:
        return [
            (one["matchers"][-1], one["receiver"])
            for one in routes(found, address)
            if "group_wait" not in one
        ]

    page, ticket = 'severity="page"', 'severity="ticket"'
    assert reached("sla.a") == [(page, "oncall"), (ticket, "slactl/estate/am/p3")]
    assert reached("sla.b") == [(page, "b-desk"), (ticket, "b-desk")]
    assert reached("ola.db") == [(page, "db-oncall"), (ticket, "slactl/estate/am/p3")]
    assert routes(found, "sla.a")[0] == {
        "receiver": "oncall",
        "matchers": ['alertname="SlactlBudgetBurn"', 'agreement="sla.a"', page],
        "continue": "true",
        "group_by": ["agreement"],
    }
    (p3,) = (one for one in found.resources if one.type == "receiver" and one.address == "am.receiver.p3")
    assert p3.body == {"receivers": [{"name": "slactl/estate/am/p3", **mail}]}
    assert p3.needed_by == ("ola.db", "sla.a")


def test_priorities_say_which_receiver_a_severity_has(workspace: Write) -> None:
    root = workspace(PEOPLE, SERVICES, agreement("db", "db"))
    found = compiled(root, {"p2": "oncall"}, priorities={"page": "p2", "ticket": "p2"})
    assert [one["receiver"] for one in routes(found, "ola.db")] == ["oncall", "oncall"]


def test_contacts_are_told_where_the_configuration_names_nobody(workspace: Write) -> None:
    found = compiled(workspace(PEOPLE, SERVICES, sla("a", "shop")), {"the duty manager": "duty"})
    made = bodies(found)
    assert made["am.receiver.party.web.service-desk"]["receivers"][0]["email_configs"] == [
        {"to": "web@example.com"}
    ]
    assert made["am.receiver.party.web.escalation-30m"] == {
        "receivers": [
            {
                "name": "slactl/estate/am/party.web.escalation-30m",
                "email_configs": [{"to": "lead@example.com"}],
                "webhook_configs": [{"url": "https://hook.example.com/x"}],
            }
        ]
    }
    waits = [(one["receiver"], one.get("group_wait"), one["matchers"][-1]) for one in routes(found, "sla.a")]
    assert waits == [
        ("slactl/estate/am/party.web.service-desk", None, 'severity="page"'),
        ("slactl/estate/am/party.web.escalation-30m", "30m", 'severity="page"'),
        ("duty", "1h", 'severity="page"'),
        ("slactl/estate/am/party.web.service-desk", None, 'severity="ticket"'),
    ]
    assert "a silence ends the escalation" in said(found)


def test_whom_nobody_can_reach_and_what_leads_nowhere_is_said(workspace: Write) -> None:
    root = workspace(PEOPLE, SERVICES, sla("a", "shop"), agreement("db", "db"))
    found = compiled(root, {"p1": "oncall", "sla.aa": "x"})
    assert 'warning party.web: The contact "the duty manager" is neither an e-mail address nor a URL' in said(
        found
    )
    assert "warning ola.db: No receiver is named for its ticket alerts" in said(found)
    assert 'Nothing leads to the receiver "sla.aa"' in said(found)
    assert 'Did you mean "sla.a"?' in said(found)
    assert [one["receiver"] for one in routes(found, "ola.db")] == ["oncall"]


def test_only_what_prometheus_alerts_on_is_routed(workspace: Write) -> None:
    elsewhere = "availability: {target: 99.9%, indicator: requests, backends: [noc]}"
    noc = document("Backend", "noc", "provider: zabbix")
    times = "p1-response: {metric: response-time, priority: P1, target: 15m, indicator: requests}"
    draft = sla("draft", "shop").replace("agreed", "draft")
    root = workspace(
        PEOPLE,
        SERVICES,
        noc,
        draft,
        sla("a", "shop", objectives=elsewhere),
        agreement("db", "db", objectives=times),
    )
    found = compiled(root, {})
    assert found.resources == ()
    assert "there is nobody to tell of anything" in said(found)


def test_the_faster_burn_keeps_the_slower_of_the_same_objective_quiet(workspace: Write) -> None:
    rules = bodies(compiled(workspace(PEOPLE, SERVICES, agreement("db", "db"))))["am.inhibit.faster-burn"][
        "inhibit_rules"
    ]
    assert [(one["source_matchers"][1], one["target_matchers"][1]) for one in rules] == [
        ('long="1h"', 'long=~"6h|1d|3d"'),
        ('long="6h"', 'long=~"1d|3d"'),
        ('long="1d"', 'long="3d"'),
    ]
    assert all(one["equal"] == ["agreement", "objective"] for one in rules)


def quiet(compilation: Compilation, name: str) -> list[tuple[str, str, str]]:
    """Severity, sources and targets of each rule of one dependency."""
    rules = bodies(compilation)[f"am.inhibit.service.{name}"]["inhibit_rules"]
    return [
        (one["source_matchers"][1], one["source_matchers"][2], one["target_matchers"][2]) for one in rules
    ]


PAGE, TICKET = 'severity="page"', 'severity="ticket"'


def test_a_dependency_keeps_its_dependents_quiet_over_any_number_of_steps(workspace: Write) -> None:
    chain = service("shop", "web", "[api]") + service("api", "web", "{all: [db]}") + service("db", "data")
    found = compiled(workspace(PEOPLE, chain, sla("a", "shop"), agreement("db", "db")))
    source, target = 'objective="ola.db.availability"', 'objective="sla.a.availability"'
    assert quiet(found, "db") == [(PAGE, source, target), (TICKET, source, target)]
    first, second = bodies(found)["am.inhibit.service.db"]["inhibit_rules"]
    assert first["target_matchers"][1] == 'severity=~"page|ticket"'
    assert second["target_matchers"][1] == TICKET  # a ticket below never hides a page above
    assert not [address for address in bodies(found) if address.endswith(("service.shop", "service.api"))]


@pytest.mark.parametrize(
    ("needs", "kept_quiet"),
    [
        ("{all: [db, other]}", True),
        ("{any: [db, other]}", False),
        ("{atLeast: {count: 1, of: [db, other]}}", False),
        ("{atLeast: {count: 2, of: [db, other]}}", True),
        ("{all: [db, {any: [db, other]}]}", True),
        ("{all: [{any: [{all: [db]}, other]}]}", False),
    ],
)
def test_only_what_cannot_do_without_is_kept_quiet(workspace: Write, needs: str, kept_quiet: bool) -> None:
    services = service("shop", "web", needs) + service("db", "data") + service("other", "data")
    found = compiled(workspace(PEOPLE, services, sla("a", "shop"), agreement("db", "db")))
    assert ("am.inhibit.service.db" in bodies(found)) is kept_quiet
    assert ("It can do without some of db" in said(found)) is not kept_quiet


def test_what_is_slow_explains_what_is_slow_and_what_is_down_explains_all(workspace: Write) -> None:
    both = "availability: {target: 99.9%, indicator: requests}, p95: {metric: latency, percentile: 95, target: 1s, indicator: buckets}"
    root = workspace(
        PEOPLE, SERVICES, sla("a", "shop", objectives=both), agreement("db", "db", objectives=both)
    )
    all_of_a, slow = 'objective=~"sla[.]a[.]availability|sla[.]a[.]p95"', 'objective="sla.a.p95"'
    assert [one for one in quiet(compiled(root), "db") if one[0] == PAGE] == [
        (PAGE, 'objective="ola.db.availability"', all_of_a),
        (PAGE, 'objective="ola.db.p95"', slow),
    ]


def test_an_alert_that_nobody_hears_keeps_nothing_quiet(workspace: Write) -> None:
    office = document("Calendar", "office", 'hours: {mon-fri: ["08:00-18:00"]}')
    root = workspace(PEOPLE, SERVICES, office, sla("a", "shop"), agreement("db", "db", "hours: office,"))
    found = compiled(root)
    assert "am.inhibit.service.db" not in bodies(found)
    assert "Alerts of ola.db.availability do not keep those of sla.a.availability quiet" in said(found)
    unheard = compiled(root, {"sla.a": "x"})
    assert "am.inhibit.service.db" not in bodies(unheard)


def test_hours_and_maintenance_stand_on_the_routes_of_their_objectives(workspace: Write) -> None:
    office = document(
        "Calendar",
        "office",
        'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}, holidays: {country: DE}',
    )
    more = (
        "excludes: [planned-maintenance], maintenance: {windows: [{name: patch, starts: '2026-01-04T02:00', duration: 2h, "
        "rrule: 'FREQ=MONTHLY;BYDAY=1SU', timezone: Europe/Berlin}]},"
    )
    both = (
        "availability: {target: 99.9%, indicator: requests}, "
        "p95: {metric: latency, percentile: 95, target: 1s, indicator: buckets, hours: office}"
    )
    found = compiled(workspace(PEOPLE, SERVICES, office, sla("a", "shop", more, both)))
    first, *_, last = routes(found, "sla.a")
    assert first["matchers"][2] == 'objective="sla.a.availability"'
    assert "active_time_intervals" not in first
    assert first["mute_time_intervals"] == ["slactl/estate/am/maintenance/sla.a"]
    assert last["matchers"][2] == 'objective="sla.a.p95"'
    assert last["active_time_intervals"] == ["slactl/estate/am/hours/office"]
    assert last["mute_time_intervals"] == [
        "slactl/estate/am/off/office",
        "slactl/estate/am/maintenance/sla.a",
    ]
    for address in ("am.hours.office", "am.maintenance.sla.a"):
        assert [one.needed_by for one in found.resources if one.address == address] == [("sla.a",)]


CALENDARS = {
    "office": 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}, holidays: {country: DE, subdivision: BE, extra: [2026-12-24]}',
    "nights": 'timezone: America/New_York, hours: {mon-sun: ["22:00-06:00"]}, holidays: {country: US}',
    "clock-change": 'timezone: Europe/Berlin, hours: {sun: ["01:30-02:30", "03:10-04:00"]}',
    "always-but": "timezone: Asia/Kolkata, holidays: {extra: [2026-05-01, 2027-01-01]}",
    "both": "union: [office, nights]",
    "out-of-office": "timezone: Europe/Berlin, except: [office]",
    "nights-less": "union: [nights], except: [office]",
    "lord-howe": 'timezone: Australia/Lord_Howe, hours: {mon-sun: ["00:00-03:00"]}',
}


def clock_says(interval: Mapping[str, Any], instant: datetime) -> bool:
    """Alertmanager's own reading of one time interval."""
    local = instant.astimezone(ZoneInfo(interval.get("location", "UTC")))
    minute = f"{local.hour:02}:{local.minute:02}"

    def within(key: str, value: int) -> bool:
        ranges = [one.split(":") for one in interval.get(key, [f"{value}"])]
        return any(int(one[0]) <= value <= int(one[-1]) for one in ranges)

    return (
        any(one["start_time"] <= minute < one["end_time"] for one in interval.get("times", [{"start_time": "00:00", "end_time": "24:00"}]))
        and local.strftime("%A").lower() in interval.get("weekdays", [local.strftime("%A").lower()])
        and within("days_of_month", local.day)
        and within("months", local.month)
        and within("years", local.year)
    )  # fmt: skip


@pytest.mark.parametrize("name", CALENDARS)
def test_times_are_exact_to_the_minute_over_holidays_and_changes_of_the_clock(
    workspace: Write, name: str
) -> None:
    texts = "".join(document("Calendar", key, text) for key, text in CALENDARS.items())
    root = workspace(PEOPLE, SERVICES, texts, agreement("db", "db", f"hours: {name},"))
    found = compiled(root)
    (route, *_) = routes(found, "ola.db")
    intervals = {
        one["name"]: one["time_intervals"] for one in bodies(found)["am.hours." + name]["time_intervals"]
    }
    active = [item for key in route.get("active_time_intervals", ()) for item in intervals[key]]
    muted = [item for key in route.get("mute_time_intervals", ()) for item in intervals[key]]

    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    wanted = estate_of(root).hours.in_service(name, int(start.timestamp()), int(end.timestamp()))
    edges = {
        second + minutes * 60 for span in wanted for second in span for minutes in (-61, -1, 0, 1, 29, 31)
    }
    every = {int((start + timedelta(minutes=97 * step)).timestamp()) for step in range(730 * 1440 // 97)}
    for second in sorted(one for one in edges | every if start.timestamp() <= one < end.timestamp()):
        at = datetime.fromtimestamp(second, UTC)
        told = (
            "active_time_intervals" not in route or any(clock_says(one, at) for one in active)
        ) and not any(clock_says(one, at) for one in muted)
        assert told is (second in wanted), at.isoformat()


def test_tomorrow_compiles_to_the_same(workspace: Write) -> None:
    office = document("Calendar", "office", CALENDARS["office"])
    root = workspace(PEOPLE, SERVICES, office, agreement("db", "db", "hours: office,"), sla("a", "shop"))
    backend = Backend("am", Place("am.yaml"), "alertmanager", {"configFile": "am.yml"})
    today, tomorrow = (
        Provider().compile(estate_of(root), backend, Context(root, "estate", day))
        for day in (AS_OF, date(2026, 12, 31))
    )
    assert today == tomorrow


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "configFile is missing"),
        ({"configFile": "../x"}, "leads out of the workspace"),
        ({"configFile": "x", "configfile": "y"}, 'Unknown key "configfile" in config. Did you mean "configFile"?'),
        ({"configFile": "x", "reload": "true"}, "reload: true needs url"),
        ({"configFile": "x", "reload": "yes"}, "reload is true or false"),
        ({"configFile": "x", "url": "am:9093"}, "url begins with http"),
        ({"configFile": "x", "timeout": "soon"}, "timeout: "),
        ({"configFile": "x", "amtool": "maybe"}, "amtool is auto, required or off"),
        ({"configFile": "x", "priorities": {"pages": "p1"}}, 'severities page and ticket, not "pages"'),
        ({"configFile": "x", "priorities": {"page": "the first"}}, "A priority is a name of letters"),
        ({"configFile": "x", "priorities": "p1"}, "priorities names a priority"),
        ({"configFile": "x", "receivers": "oncall"}, "receivers maps"),
        ({"configFile": "x", "receivers": {"p1": {}}}, "The receiver p1 is the name of one"),
        ({"configFile": "x", "receivers": {"p1": {"email_configs": {"to": "x"}}}}, "is no integration of a receiver"),
        ({"configFile": "x", "receivers": {"p1": {"pagerduty_configs": [{"routing_key": "abc"}]}}}, "stands in clear"),
        ({"configFile": "x", "receivers": {"p1": {"slack_configs": [{"api_url": "https://x"}]}}}, "stands in clear"),
        ({"configFile": "x", "receivers": {"p1": {"webhook_configs": [{"url": "http://u:p@x"}]}}}, "stands in clear"),
        ({"configFile": "x", "insecure": "perhaps"}, "insecure is true or false"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_said_with_its_place(config: dict[str, Any], message: str) -> None:
    backend = Backend("am", Place("am.yaml"), "alertmanager", config)
    notices = Provider().validate(backend)
    assert message in "\n".join(one.message for one in notices)
    assert all(one.place is not None for one in notices)


def test_a_reference_or_a_file_is_no_secret_in_clear() -> None:
    receivers = {
        "p1": {"pagerduty_configs": [{"routing_key": "${env.PD}"}]},
        "p3": {"slack_configs": [{"api_url_file": "/run/slack"}], "webhook_configs": [{"url": "http://x/y"}]},
    }
    backend = Backend("am", Place("am.yaml"), "alertmanager", {"configFile": "x", "receivers": receivers})
    assert Provider().validate(backend) == ()


def test_cost_counts_entries() -> None:
    assert Provider().cost({"routes": [{}, {}]}) == {"routes": 2}
    assert Provider().cost({"inhibit_rules": [{}]}) == {"inhibit rules": 1}
