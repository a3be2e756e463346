"""What an estate needs in Icinga 2, and what Icinga cannot hold."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from slactl.base.diagnostics import Severity
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.provider import Compilation, Context, Notice, Ref
from slactl_icinga2 import Provider
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]

AS_OF = date(2026, 11, 23)


def backend(more: str = "") -> str:
    config = f"url: 'https://icinga:5665', user: slactl, password: '${{env.PASSWORD}}', {more}"
    return document("Backend", "noc", f"provider: icinga2, config: {{{config}}}")


def indicator(name: str, part: str) -> str:
    return document("Indicator", name, f"icinga2: {{{part}}}")


def compiled(root: Path) -> Compilation:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    provider, one = Provider(), estate.backends["noc"]
    assert [notice for notice in provider.validate(one) if notice.severity is Severity.ERROR] == []
    return provider.compile(estate, one, Context(root, "estate", AS_OF))


def bodies(found: Compilation) -> dict[str, Any]:
    return {one.address: one.body for one in found.resources}


def said(found: Compilation, severity: Severity) -> list[Notice]:
    return [one for one in found.notices if one.severity is severity]


SHOP = service("shop", "web") + indicator("http", "host: shop-lb, service: http, address: 192.0.2.1")
SLA = promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: http")
OLA = promise(
    "OLA", "b", "shop", "99.95%", "provider: web,", "indicator: http, hours: office, window: {rolling: 30d}"
)


def test_one_object_serves_every_agreement_on_it(workspace: Write) -> None:
    found = compiled(workspace(PEOPLE, SHOP, SLA, OLA, backend()))
    office = Ref("noc.timeperiod.office", "name")
    assert bodies(found) == {
        "noc.host.shop-lb": {
            "name": "shop-lb",
            "address": "192.0.2.1",
            "check_command": "passive",
            "enable_active_checks": False,
            "check_period": "",
            "vars": {},
        },
        "noc.service.shop-lb.http": {
            "host_name": Ref("noc.host.shop-lb", "name"),
            "name": "http",
            "check_command": "passive",
            "enable_active_checks": False,
            "check_period": "",
            "vars": {
                "slactl_agreements": {
                    "ola.b.availability": {
                        "target": "99.95%",
                        "window": "rolling 30d",
                        "hours": office,
                        "excludes": [],
                    },
                    "sla.a.availability": {
                        "target": "99.9%",
                        "window": "calendar-month",
                        "hours": "24x7",
                        "excludes": [],
                    },
                }
            },
        },
        "noc.timeperiod.office": {
            "display_name": "office",
            "ranges": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00"),
            "excludes": [],
            "vars": {},
        },
    }
    users = {one.address: one.needed_by for one in found.resources}
    assert users["noc.service.shop-lb.http"] == ("ola.b.availability", "sla.a.availability")
    assert users["noc.timeperiod.office"] == ("ola.b.availability",)
    assert said(found, Severity.ERROR) == []


def test_the_same_files_give_the_same_objects(workspace: Write) -> None:
    root = workspace(PEOPLE, SHOP, SLA, OLA, backend("dependencies: true"))
    assert compiled(root) == compiled(root)


def test_a_host_alone_is_the_check(workspace: Write) -> None:
    part = indicator("ping", "host: db.example.com, check_command: hostalive, vars: {team: data}")
    sla = promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: ping")
    found = bodies(compiled(workspace(PEOPLE, service("shop", "web"), part, sla, backend())))
    assert [*found] == ["noc.host.db.example.com"]
    body = found["noc.host.db.example.com"]
    assert (body["check_command"], body["enable_active_checks"]) == ("hostalive", True)
    assert body["vars"]["team"] == "data"
    assert [*body["vars"]["slactl_agreements"]] == ["sla.a.availability"]
    assert Provider().cost(body) == {"objects": 1, "active checks": 1}


def test_names_of_any_signs_have_addresses_of_their_own(workspace: Write) -> None:
    part = indicator("disk", "host: a.b, service: 'Disk C:/v1.2'")
    sla = promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: disk")
    found = bodies(compiled(workspace(PEOPLE, service("shop", "web"), part, sla, backend())))
    assert [*found] == ["noc.host.a.b", "noc.service.a.b.Disk%20C%3A%2Fv1%2E2"]


def test_custom_variables_have_types(workspace: Write) -> None:
    part = "host: a, vars: {ssl: true, port: 443, share: 0.5, version: '1.10', zip: '007', list: [1, x], deep: {on: false}}"
    sla = promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: typed")
    found = bodies(
        compiled(workspace(PEOPLE, service("shop", "web"), indicator("typed", part), sla, backend()))
    )
    vars_ = {key: one for key, one in found["noc.host.a"]["vars"].items() if not key.startswith("slactl")}
    assert vars_ == {
        "ssl": True, "port": 443, "share": 0.5, "version": "1.10", "zip": "007", "list": [1, "x"], "deep": {"on": False},
    }  # fmt: skip


def test_hosts_of_others_are_left_alone(workspace: Write) -> None:
    found = bodies(compiled(workspace(PEOPLE, SHOP, SLA, backend("hosts: existing"))))
    assert [*found] == ["noc.service.shop-lb.http"]
    assert found["noc.service.shop-lb.http"]["host_name"] == "shop-lb"


def test_a_check_period_only_where_it_is_asked_for_and_all_agree(workspace: Write) -> None:
    one = compiled(workspace(PEOPLE, SHOP, OLA, backend("checkPeriod: true")))
    assert bodies(one)["noc.service.shop-lb.http"]["check_period"] == Ref("noc.timeperiod.office", "name")
    two = compiled(workspace(PEOPLE, SHOP, SLA, OLA, backend("checkPeriod: true")))
    assert bodies(two)["noc.service.shop-lb.http"]["check_period"] == ""
    assert "its agreements have different hours" in said(two, Severity.NOTE)[0].message


def hours(calendar: str, config: str = "") -> tuple[str, ...]:
    """An estate whose one agreement counts a calendar's hours."""
    ola = promise("OLA", "b", "shop", "99.9%", "provider: web,", "indicator: http, hours: some")
    return PEOPLE, SHOP, document("Calendar", "some", calendar), ola, backend(config)


WEEK = 'hours: {mon-fri: ["08:00-18:00"]}'


def test_holidays_are_left_out_by_a_period_of_their_own(workspace: Write) -> None:
    found = compiled(workspace(*hours(f'{WEEK}, holidays: {{extra: ["2026-12-25"]}}')))
    made = bodies(found)
    assert made["noc.timeperiod.some"]["excludes"] == [Ref("noc.timeperiod.some.left-out", "name")]
    assert made["noc.timeperiod.some.left-out"] == {
        "display_name": "some: left out",
        "ranges": {"2026-12-25 - 2026-12-25 / 2": "08:00-18:00"},
        "excludes": [],
        "vars": {},
    }


def test_another_zone_is_said(workspace: Write) -> None:
    def notes(calendar: str, config: str) -> list[str]:
        found = compiled(workspace(*hours(calendar, config)))
        return [one.message for one in found.notices if one.address == "calendar.some"]

    berlin = f"timezone: Europe/Berlin, {WEEK}"
    assert notes(berlin, "timezone: Europe/Berlin") == []
    (moved,) = notes(f"timezone: Asia/Kolkata, {WEEK}", "")
    assert "It is in Asia/Kolkata, and Icinga 2 reads time periods by its server's clock, in UTC" in moved
    _, dated = notes(berlin, "")
    assert "day by day, until 2027-12-31. Apply again before then." in dated


def test_hours_at_a_change_of_the_clock_are_a_warning(workspace: Write) -> None:
    night = 'timezone: Europe/Berlin, hours: {sun: ["02:30-05:00"]}'
    (warning,) = said(compiled(workspace(*hours(night, "timezone: Europe/Berlin"))), Severity.WARNING)
    assert "(2026-03-29, 2026-10-25, 2027-03-28, 2027-10-31)" in warning.message


LAYERS = (
    service("shop", "web", "{all: [app, {any: [cache-a, cache-b]}]}")
    + service("app", "web", "[db]")
    + service("db", "data")
    + service("cache-a", "data")
    + service("cache-b", "data")
)


def watched(name: str, kind: str = "OLA", part: str = "") -> str:
    more = "provider: data," if kind == "OLA" else "customer: acme,"
    return indicator(f"of-{name}", part or f"host: {name}, service: up") + promise(
        kind, f"on-{name}", name, "99.9%", more, f"indicator: of-{name}"
    )


def test_dependencies_only_where_all_are_needed(workspace: Write) -> None:
    estate = (PEOPLE, LAYERS, *map(watched, ("db", "cache-a", "cache-b")), watched("shop", "SLA"))
    assert not [one for one in bodies(compiled(workspace(*estate, backend()))) if "dependency" in one]
    found = compiled(workspace(*estate, backend("dependencies: true")))
    links = {key: body for key, body in bodies(found).items() if "dependency" in key}
    assert links == {
        "noc.dependency.shop/up@db/up": {  # app is passed through: nothing watches it
            "child_host_name": Ref("noc.host.shop", "name"),
            "child_service_name": Ref("noc.service.shop.up", "short_name"),
            "parent_host_name": Ref("noc.host.db", "name"),
            "parent_service_name": Ref("noc.service.db.up", "short_name"),
            "disable_checks": False,
            "disable_notifications": True,
            "vars": {},
        }
    }
    notes = {one.address: one.message for one in said(found, Severity.NOTE)}
    assert "it needs 1 of 2 parts" in notes["service.shop"]


def test_no_dependency_on_what_several_checks_stand_for(workspace: Write) -> None:
    other = indicator("second", "host: db2") + promise(
        "OLA", "again", "db", "99.9%", "provider: data,", "indicator: second"
    )
    estate = (PEOPLE, LAYERS, watched("db"), other, watched("shop", "SLA"))
    found = compiled(workspace(*estate, backend("dependencies: true")))
    assert not [one for one in bodies(found) if "dependency" in one]
    assert any("watched by several checks (db2, db!up)" in one.message for one in found.notices)


def test_checks_that_would_depend_on_each_other_in_a_circle_are_no_dependencies(workspace: Write) -> None:
    chain = service("top", "web", "[middle]") + service("middle", "web", "[low]") + service("low", "web")
    shared = "host: shared"
    estate = (
        PEOPLE, chain, watched("top", "SLA", shared), watched("middle"), watched("low", part=shared),
        backend("dependencies: true"),
    )  # fmt: skip
    found = compiled(workspace(*estate))
    assert not [one for one in bodies(found) if "dependency" in one]
    assert any("in a circle" in one.message for one in found.notices)


def test_no_host_depends_on_a_service_of_its_own(workspace: Write) -> None:
    estate = (
        PEOPLE, LAYERS, watched("db", part="host: web1, service: db"), watched("shop", "SLA", "host: web1"),
        backend("dependencies: true"),
    )  # fmt: skip
    found = compiled(workspace(*estate))
    assert not [one for one in bodies(found) if "dependency" in one]
    notes = {one.address: one.message for one in said(found, Severity.NOTE)}
    assert "with both down nobody would be told" in notes["service.shop"]


def test_a_circle_that_closes_over_the_hosts_of_services_makes_no_dependencies(workspace: Write) -> None:
    chain = (
        service("top", "web", "[low]")
        + service("left", "web", "[right]")
        + service("low", "web")
        + service("right", "web")
    )
    estate = (
        PEOPLE, chain,
        watched("top", "SLA", "host: a"), watched("low", part="host: b, service: x"),
        watched("left", "SLA", "host: b"), watched("right", part="host: a, service: y"),
        backend("dependencies: true"),
    )  # fmt: skip
    found = compiled(workspace(*estate))
    assert not [one for one in bodies(found) if "dependency" in one]
    assert any("in a circle" in one.message for one in found.notices)


def test_what_cannot_be_held_is_counted_and_an_error_where_it_is_asked_for(workspace: Write) -> None:
    latency = "metric: latency, percentile: 95, indicator: http"
    objectives = "fast: {target: 200ms, %s}, availability: {target: 99.9%%, %s}"
    estate = (PEOPLE, SHOP, document("Indicator", "other", "probe: up"))

    def sla(one: str, two: str) -> str:
        return document(
            "SLA",
            "a",
            f"service: shop, customer: acme, status: agreed, objectives: {{{objectives % (one, two)}}}",
        )

    silent = compiled(workspace(*estate, sla(latency, "indicator: other"), backend()))
    assert silent.resources == ()
    assert said(silent, Severity.ERROR) == []
    assert [one.message.partition(" on ")[0] for one in silent.notices] == ["1 objective", "1 objective"]

    asked = sla(f"{latency}, backends: [noc]", "indicator: other, backends: [noc]")
    loud = said(compiled(workspace(*estate, asked, backend())), Severity.ERROR)
    assert [one.address for one in loud] == ["sla.a.fast", "sla.a.availability"]
    assert "cannot hold latency" in loud[0].message
    assert "icinga2 part" in loud[1].message


def test_objectives_for_other_backends_and_drafts_are_none_of_icingas_business(workspace: Write) -> None:
    other = document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}")
    sla = promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: http, backends: [prom]")
    draft = SLA.replace("agreed", "draft").replace("{name: a}", "{name: c}")
    found = compiled(workspace(PEOPLE, SHOP, sla, draft, other, backend()))
    assert found == Compilation((), ())


def test_what_is_only_written_down_is_said(workspace: Write) -> None:
    (note,) = compiled(workspace(PEOPLE, SHOP, SLA, backend())).notices
    assert note.severity is Severity.NOTE
    assert "computes no attainment" in note.message


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("service: http", "icinga2.host is the name of a host"),
        ("host: 'a!b'", "icinga2.host is the name of a host"),
        ("host: a, service: ''", "icinga2.service is the name of a service"),
        ("host: a, adress: x", 'Did you mean "address"?'),
        ("host: a, vars: [1]", "icinga2.vars is a mapping"),
        ("host: a, vars: {slactl_workspace: x}", "slactl's own"),
        ("host: a, check_command: [x]", "icinga2.check_command is a text"),
    ],
)
def test_a_wrong_part_is_an_error_with_its_place(workspace: Write, part: str, message: str) -> None:
    sla = promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: bad")
    found = compiled(workspace(PEOPLE, service("shop", "web"), indicator("bad", part), sla, backend()))
    (notice,) = said(found, Severity.ERROR)
    assert message in notice.message
    assert notice.address == "indicator.bad"
    assert notice.place is not None
    assert notice.place.path[:2] == ("spec", "icinga2")


def test_two_descriptions_of_one_object_are_an_error(workspace: Write) -> None:
    other = indicator("again", "host: shop-lb, service: http, check_command: http, address: 192.0.2.1")
    ola = promise("OLA", "b", "shop", "99.9%", "provider: web,", "indicator: again")
    (notice,) = said(compiled(workspace(PEOPLE, SHOP, SLA, other, ola, backend())), Severity.ERROR)
    assert "describes shop-lb!http in Icinga 2 otherwise" in notice.message

    other = indicator("again", "host: shop-lb, service: ssh, address: 192.0.2.2")
    (notice,) = said(compiled(workspace(PEOPLE, SHOP, SLA, other, ola, backend())), Severity.ERROR)
    assert notice.address == "sla.a.availability"


def test_a_host_alone_needs_a_host_of_ours(workspace: Write) -> None:
    sla = promise("SLA", "a", "shop", "99.9%", "customer: acme,", "indicator: ping")
    estate = (PEOPLE, service("shop", "web"), indicator("ping", "host: db"), sla, backend("hosts: existing"))
    (notice,) = said(compiled(workspace(*estate)), Severity.ERROR)
    assert "Name a service" in notice.message


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("", "url is missing"),
        ("url: 'http://x', user: a, password: '${env.X}'", "begins with https://"),
        ("url: 'https://x', password: '${env.X}'", "user is missing"),
        ("url: 'https://x', user: a", "password is missing"),
        ("url: 'https://x', user: a, password: '${env.X}', hosts: some", "hosts is create"),
        ("url: 'https://x', user: a, password: '${env.X}', timezone: Mars", '"Mars" is no time zone'),
        (
            "url: 'https://x', user: a, password: '${env.X}', dependencies: maybe",
            "dependencies is true or false",
        ),
        ("url: 'https://x', user: a, password: '${env.X}', insecure: maybe", "insecure is true or false"),
        ("url: 'https://x', user: a, password: '${env.X}', timeout: 0s", "timeout"),
        ("url: 'https://x', user: a, password: '${env.X}', host: create", 'Did you mean "hosts"?'),
    ],
)
def test_a_wrong_configuration_is_an_error(workspace: Write, config: str, message: str) -> None:
    one = document("Backend", "noc", f"provider: icinga2, config: {{{config}}}")
    estate, _ = build_estate(load_workspace(workspace(PEOPLE, one)))
    found = [*Provider().validate(estate.backends["noc"])]
    assert [True for notice in found if notice.severity is Severity.ERROR and message in notice.message], (
        found
    )


def test_a_wrong_configuration_compiles_to_nothing_more(workspace: Write) -> None:
    one = document("Backend", "noc", "provider: icinga2, config: {user: a}")
    root = workspace(PEOPLE, SHOP, SLA, one)
    estate, _ = build_estate(load_workspace(root))
    found = Provider().compile(estate, estate.backends["noc"], Context(root, "estate", AS_OF))
    assert found == Compilation(())


def test_a_password_in_clear_is_refused_and_any_certificate_is_a_warning(workspace: Write) -> None:
    config = "url: 'https://x', user: a, password: plain, insecure: true"
    one = document("Backend", "noc", f"provider: icinga2, config: {{{config}}}")
    estate, _ = build_estate(load_workspace(workspace(PEOPLE, one)))
    found = [*Provider().validate(estate.backends["noc"])]
    assert [notice.severity for notice in found] == [Severity.WARNING, Severity.ERROR]
    assert "plain" not in "".join(notice.message for notice in found)
