"""What an estate becomes in Grafana: dashboards that its own models read, that say what is promised and what is not seen."""

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import common, units
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import text as text_panel

from slactl.base.diagnostics import Severity
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.provider import Compilation, Context
from slactl_grafana import Provider
from slactl_prometheus import Provider as Prometheus
from slactl_prometheus import names as recorded_names
from tests.estate_texts import PEOPLE, document, promise, service

Write = Callable[..., Path]
Page = Mapping[str, Any]

GRAFANA = "provider: grafana, config: {{dashboardsDir: dashboards, datasources: {{prom: the-uid}}{more}}}"
BACKENDS = "".join(
    (
        document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}"),
        document(
            "Backend", "noc", "provider: zabbix, config: {url: 'http://127.0.0.1:9', token: '${env.NONE}'}"
        ),
        document("Indicator", "probe", "probe: up"),
        document("Indicator", "requests", "ratio: {good: good_total, total: all_total}"),
        document("Indicator", "buckets", "histogram: d_bucket"),
        document("Indicator", "tags", "zabbix: {problemTags: {service: x}}"),
    )
)
CHAIN = "".join(
    (
        service("shop", "web", "[pay, auth, {any: [cdn-east, cdn-west]}, lan]"),
        service("pay", "data", "[db]"),
        service("auth", "web", "[db]"),
        service("db", "data"),
        service("cdn-east", "cloud"),
        service("cdn-west", "cloud"),
        service("lan", "acme"),
    )
)
PROMISES = "".join(
    (
        document(
            "SLA",
            "shop",
            "service: shop, customer: acme, status: agreed, objectives: {"
            "availability: {target: 99.95%, indicator: probe}, "
            "p95-latency: {metric: latency, percentile: 95, target: 300ms, indicator: buckets}, "
            "ratio: {metric: success-ratio, target: 99%, indicator: requests, window: {rolling: 30d}, hours: office, agreed: false}, "
            "p1-response: {metric: response-time, priority: P1, target: 15m}, "
            "watched: {metric: availability, target: 99%, indicator: {noc: tags}}, "
            "unwatched: {metric: availability, target: 98%}}",
        ),
        promise("SLA", "draft", "shop", "90%", "customer: acme,", "indicator: probe").replace(
            "agreed", "draft"
        ),
        promise(
            "SLA", "perfect", "shop", "100%", "customer: acme,", "indicator: probe, window: calendar-quarter"
        ),
        promise("OLA", "pay", "pay", "99.99%", "", "indicator: probe"),
        promise("OLA", "db", "db", "99.999%", "", "indicator: probe"),
        promise("UC", "cdn", "cdn-east", "99.9%"),
    )
)


def read(root: Path) -> Estate:
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    return estate


def compiled(estate: Estate, root: Path, as_of: date = date(2026, 11, 23)) -> Compilation:
    return Provider().compile(estate, estate.backends["graf"], Context(root, "estate", as_of))


def pages_of(found: Compilation) -> dict[str, Page]:
    """Dashboards by agreement."""
    head = "graf.dashboard."
    return {
        one.address.removeprefix(head): one.body for one in found.resources if one.address.startswith(head)
    }


@pytest.fixture
def estate(workspace: Write) -> Estate:
    return read(
        workspace(PEOPLE, BACKENDS, CHAIN, PROMISES, document("Backend", "graf", GRAFANA.format(more="")))
    )


@pytest.fixture
def pages(estate: Estate, tmp_path: Path) -> dict[str, Page]:
    return pages_of(compiled(estate, tmp_path))


def panels(page: Page) -> dict[str, Page]:
    return {one["title"]: one for one in page["panels"]}


def words(page: Page) -> str:
    return "\n".join(one["options"]["content"] for one in page["panels"] if one["type"] == "text")


def everything(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path, nulls left out."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from everything(below, f"{path}.{key}")
    elif isinstance(value, list):
        yield path, len(value)
        for index, below in enumerate(value):
            yield from everything(below, f"{path}[{index}]")
    elif value is not None:
        yield path, value


def test_every_agreement_in_force_has_a_dashboard(pages: dict[str, Page]) -> None:
    assert [*pages] == ["ola.db", "ola.pay", "sla.perfect", "sla.shop", "uc.cdn"]


def test_grafanas_own_models_know_all_that_is_written(pages: dict[str, Page]) -> None:
    register_default_plugins()
    for page in pages.values():
        understood = json.loads(json.dumps(model.Dashboard.from_json(dict(page)), cls=JSONEncoder))
        known = dict(everything(understood))
        assert {path: value for path, value in everything(page) if known.get(path) != value} == {}


def test_words_for_looks_are_grafanas(pages: dict[str, Page]) -> None:
    for panel in (one for page in pages.values() for one in page["panels"]):
        options = panel.get("options", {})
        if panel["type"] == "stat":
            common.BigValueTextMode(options["textMode"])
            common.BigValueColorMode(options["colorMode"])
            common.BigValueGraphMode(options["graphMode"])
            common.BigValueJustifyMode(options["justifyMode"])
            common.VizOrientation(options["orientation"])
        elif panel["type"] == "timeseries":
            custom = panel["fieldConfig"]["defaults"]["custom"]
            common.GraphDrawStyle(custom["drawStyle"])
            common.VisibilityMode(custom["showPoints"])
            common.GraphThresholdsStyleMode(custom["thresholdsStyle"]["mode"])
            common.LegendDisplayMode(options["legend"]["displayMode"])
            common.TooltipDisplayMode(options["tooltip"]["mode"])
            common.SortOrder(options["tooltip"]["sort"])
        elif panel["type"] == "text":
            text_panel.TextMode(options["mode"])
        if "fieldConfig" in panel:
            model.FieldColorModeId(panel["fieldConfig"]["defaults"]["color"]["mode"])
            model.ThresholdsMode(panel["fieldConfig"]["defaults"]["thresholds"]["mode"])


def test_units_are_grafanas(pages: dict[str, Page]) -> None:
    known = {value for value in vars(units).values() if isinstance(value, str)}
    used = {
        one["fieldConfig"]["defaults"]["unit"]
        for page in pages.values()
        for one in page["panels"]
        if "fieldConfig" in one
    }
    assert used <= known
    assert used == {"percentunit", "dtdhms", "short", "none"}


def test_panels_do_not_overlap_and_fill_the_page_without_holes(pages: dict[str, Page]) -> None:
    for page in pages.values():
        taken: dict[tuple[int, int], str] = {}
        for panel in page["panels"]:
            place = panel["gridPos"]
            assert 0 <= place["x"] < place["x"] + place["w"] <= 24
            for cell in itertools.product(
                range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
            ):
                assert cell not in taken, (panel["title"], taken[cell])
                taken[cell] = panel["title"]
        assert {y for x, y in taken if x == 0} == set(range(max(y for _, y in taken) + 1))
        assert [one["id"] for one in page["panels"]] == [*range(1, len(page["panels"]) + 1)]


def test_titles_say_which_objective_and_tell_panels_apart(pages: dict[str, Page]) -> None:
    titles = [one["title"] for one in pages["sla.shop"]["panels"]]
    assert len(titles) == len(set(titles))
    assert titles[:9] == [
        "What is promised",
        "availability: 99.95% in each calendar month",
        "availability: attained",
        "availability: error budget left",
        "availability: downtime",
        "availability: recorded",
        "availability: attained and target, rolling 30d",
        "availability: error budget left, rolling 30d",
        "availability: burn rate",
    ]
    assert "ratio: 99% in any 30d of office" in titles
    assert "p95-latency: failed events" in titles
    assert [page["title"] for page in pages.values()] == [
        "OLA db",
        "OLA pay",
        "SLA perfect",
        "SLA shop",
        "UC cdn",
    ]


def test_uids_are_short_unlike_and_the_same_every_time(
    estate: Estate, pages: dict[str, Page], tmp_path: Path
) -> None:
    uids = {page["uid"] for page in pages.values()}
    assert len(uids) == len(pages)
    assert all(8 <= len(uid) <= 40 and re.fullmatch(r"[a-z0-9-]+", uid) for uid in uids)
    assert pages["sla.shop"]["uid"] == "slactl-0764865dbdb0da74744e68f12f6e0712"
    other = Provider().compile(
        estate, estate.backends["graf"], Context(tmp_path, "second", date(2026, 11, 23))
    )
    assert not uids & {page["uid"] for page in pages_of(other).values()}


def test_the_same_estate_gives_the_same_bytes_on_another_day(estate: Estate, tmp_path: Path) -> None:
    first, later = compiled(estate, tmp_path), compiled(estate, tmp_path / "elsewhere", date(2026, 12, 30))
    assert json.dumps([one.body for one in first.resources]) == json.dumps(
        [one.body for one in later.resources]
    )


def test_queries_ask_only_for_series_that_the_rules_record(
    estate: Estate, pages: dict[str, Page], tmp_path: Path
) -> None:
    rules = Prometheus().compile(
        estate, estate.backends["prom"], Context(tmp_path, "estate", date(2026, 11, 23))
    )
    text = json.dumps([one.body for one in rules.resources])
    for page in pages.values():
        for panel in page["panels"]:
            for target in panel.get("targets", ()):
                series = set(re.findall(r"slactl:[a-z0-9_:]+", target["expr"]))
                assert series
                assert all(f'"record": "{one}"' in text for one in series), series
                for name in re.findall(r'objective="([^"]*)"', target["expr"]):
                    assert f'"objective": "{name}"' in text
                assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "the-uid"}
    assert recorded_names.BASE in json.dumps(pages["sla.shop"])


def test_what_is_not_measured_is_said_with_its_reason_and_has_no_empty_panel(pages: dict[str, Page]) -> None:
    page = pages["sla.shop"]
    said = panels(page)["Promised, and not seen here"]["options"]["content"]
    assert said.splitlines() == [
        "- **p1-response** (15m for P1): not measured in Prometheus; Prometheus does not measure response-time.",
        "- **watched** (99%): not measured in Prometheus; it is measured by noc.",
        "- **unwatched** (98%): not measured in Prometheus; no indicator says how.",
    ]
    shown = {
        name
        for one in page["panels"]
        for name in re.findall(r'objective="([^"]*)"', json.dumps(one).replace("\\", ""))
    }
    assert not shown & {"sla.shop.p1-response", "sla.shop.watched", "sla.shop.unwatched"}
    assert [one["type"] for one in pages["uc.cdn"]["panels"]] == ["text", "row", "text"]


def test_the_page_says_what_is_promised_and_what_is_a_target_only(pages: dict[str, Page]) -> None:
    lines = panels(pages["sla.shop"])["What is promised"]["options"]["content"].splitlines()
    assert lines[0] == "web promises acme, on shop:"
    assert "| availability | 99.95% | in each calendar month | yes |" in lines
    assert "| p95-latency | 300ms at p95 | in each calendar month | yes |" in lines
    assert "| ratio | 99% (a target, not agreed) | in any 30d of office | yes |" in lines
    assert "| watched | 99% | in each calendar month | not measured in Prometheus |" in lines


def test_dependencies_are_those_of_the_structure_with_links_to_their_dashboards(
    pages: dict[str, Page],
) -> None:
    page = pages["sla.shop"]
    lines = panels(page)["Services below, and who promises them"]["options"]["content"].splitlines()[3:]
    uids = {name: one["uid"] for name, one in pages.items()}
    assert lines == [
        f"| pay | shop | [ola.pay](d/{uids['ola.pay']}) | availability 99.99% in each calendar month | yes |",
        f"| db | auth | [ola.db](d/{uids['ola.db']}) | availability 99.999% in each calendar month | yes |",
        f"| cdn-east | shop, 1 of 2 | [uc.cdn](d/{uids['uc.cdn']}) | availability 99.9% in each calendar month | not measured in Prometheus |",
        "| cdn-west | shop, 1 of 2 | none | nobody promises it |  |",
        "| lan | shop | none | the customer's own |  |",
    ]
    below = panels(page)["ola.pay.availability (99.99%)"]
    assert 'objective="ola.pay.availability"' in below["targets"][0]["expr"]
    assert below["fieldConfig"]["defaults"]["links"] == [
        {"title": "Dashboard of ola.pay", "url": f"/d/{uids['ola.pay']}?${{__url_time_range}}"}
    ]
    assert "ola.db.availability (99.999%)" in panels(pages["ola.pay"])


def test_every_link_leads_to_a_dashboard_that_is_there(pages: dict[str, Page]) -> None:
    uids = {page["uid"] for page in pages.values()}
    for page in pages.values():
        assert set(re.findall(r"\bd/([a-z0-9-]+)", json.dumps(page))) <= uids


def test_the_time_shown_is_the_period_of_the_first_objective_that_is_seen(pages: dict[str, Page]) -> None:
    assert (pages["sla.shop"]["time"], pages["sla.shop"]["timezone"]) == (
        {"from": "now/M", "to": "now"},
        "utc",
    )
    assert pages["sla.perfect"]["time"] == {"from": "now/Q", "to": "now"}
    titles = {one["title"]: one.get("url", "") for one in pages["sla.perfect"]["links"]}
    uid = pages["sla.perfect"]["uid"]
    assert titles["Last quarter"] == f"/d/{uid}?from=now-1Q/Q&to=now-1Q/Q"
    assert titles["This quarter"] == f"/d/{uid}?from=now/Q&to=now"


@pytest.mark.parametrize(
    ("window", "begin", "links"),
    [
        ("calendar-day", "now/d", 3),
        ("calendar-week", "now/w", 3),
        ("calendar-year", "now/y", 3),
        ("{rolling: 7d}", "now-7d", 1),
        ("{rolling: 12h}", "now-12h", 1),
    ],
)
def test_each_window_is_a_time_of_grafana(workspace: Write, window: str, begin: str, links: int) -> None:
    root = workspace(
        PEOPLE, BACKENDS, service("shop", "web"),
        promise("SLA", "a", "shop", "99%", "customer: acme,", f"indicator: probe, window: {window}"),
        document("Backend", "graf", GRAFANA.format(more="")),
    )  # fmt: skip
    page = pages_of(compiled(read(root), root))["sla.a"]
    assert page["time"] == {"from": begin, "to": "now"}
    assert len(page["links"]) == links


def test_service_hours_bring_their_time_zone(workspace: Write) -> None:
    root = workspace(
        PEOPLE, BACKENDS, service("shop", "web"),
        document("Calendar", "berlin", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}'),
        promise("SLA", "a", "shop", "99%", "customer: acme, hours: berlin,", "indicator: probe"),
        document("Backend", "graf", GRAFANA.format(more="")),
    )  # fmt: skip
    assert pages_of(compiled(read(root), root))["sla.a"]["timezone"] == "Europe/Berlin"


def test_figures_turn_red_below_what_was_promised(pages: dict[str, Page]) -> None:
    look = panels(pages["sla.shop"])["availability: attained"]["fieldConfig"]["defaults"]
    assert look["thresholds"]["steps"] == [
        {"color": "red", "value": None},
        {"color": "green", "value": 0.9995},
    ]
    assert look["decimals"] == 4
    look = panels(pages["ola.db"])["availability: attained"]["fieldConfig"]["defaults"]
    assert (look["thresholds"]["steps"][1]["value"], look["decimals"]) == (0.99999, 5)
    latency = panels(pages["sla.shop"])["p95-latency: attained"]["fieldConfig"]["defaults"]
    assert latency["thresholds"]["steps"][1]["value"] == 0.95
    burn = panels(pages["sla.shop"])["availability: burn rate"]["fieldConfig"]["defaults"]
    assert [one["value"] for one in burn["thresholds"]["steps"]] == [None, 1, 14.4]


def test_a_promise_of_all_of_it_has_no_budget_to_show(pages: dict[str, Page]) -> None:
    found = panels(pages["sla.perfect"])
    assert found["availability: error budget left"]["type"] == "text"
    assert "availability: burn rate" not in found
    assert found["availability: attained"]["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == 1


def test_many_customers_are_counted_and_owe_one_dashboard(workspace: Write) -> None:
    parties = "".join(
        f"---\napiVersion: slactl/v1\nkind: Party\nmetadata: {{name: c{number:02}, labels: {{plan: gold}}}}\nspec: {{type: customer}}\n"
        for number in range(30)
    )
    root = workspace(
        PEOPLE, BACKENDS, parties, service("shop", "web"),
        promise("SLA", "all", "shop", "99%", "customers: {matching: {plan: gold}},", "indicator: probe"),
        document("Backend", "graf", GRAFANA.format(more="")),
    )  # fmt: skip
    (page,) = pages_of(compiled(read(root), root)).values()
    said = words(page).splitlines()[0]
    assert said.startswith("web promises c00, c01, ")
    assert said.endswith("c19 and 10 more, on shop:")


def test_names_stay_names_in_markdown(estate: Estate, tmp_path: Path) -> None:
    party = replace(estate.parties["acme"], display_name="A|B <script>\n# $__range [x](http://y) & co")
    hostile = replace(estate, parties={**estate.parties, "acme": party})
    first = words(pages_of(compiled(hostile, tmp_path))["sla.shop"]).splitlines()[0]
    assert first == (r"web promises A\|B \<script\> \# &#36;\_\_range \[x\](http://y) &amp; co, on shop:")


def test_an_sla_of_somebody_else_than_the_owner_rests_on_what_the_owner_promises(workspace: Write) -> None:
    root = workspace(
        PEOPLE, BACKENDS, service("shop", "web", "[db]"), service("db", "cloud"),
        promise("SLA", "resold", "shop", "99%", "customer: acme, provider: data,", "indicator: probe"),
        promise("OLA", "shop", "shop", "99.9%", "customer: data,", "indicator: probe"),
        promise("UC", "own", "db", "99.9%", "", "indicator: probe, scope: own"),
        document("Backend", "graf", GRAFANA.format(more="")),
    )  # fmt: skip
    found = pages_of(compiled(read(root), root))
    assert [one for one in panels(found["sla.resold"]) if one.startswith("ola.")] == [
        "ola.shop.availability (99.9%)"
    ]
    assert [one for one in panels(found["ola.shop"]) if one.startswith("uc.")] == [
        "uc.own.availability (99.9%)"
    ]


def test_the_first_data_source_that_measures_an_objective_shows_it(workspace: Write) -> None:
    root = workspace(
        PEOPLE, BACKENDS, service("shop", "web"),
        document("Backend", "eu", "provider: prometheus, config: {rulesDir: eu}"),
        promise("SLA", "both", "shop", "99%", "customer: acme,", "indicator: probe"),
        promise("SLA", "one", "shop", "99%", "customer: acme,", "indicator: probe, backends: [prom]"),
        document("Backend", "graf", "provider: grafana, config: {dashboardsDir: d, datasources: {eu: uid-eu, prom: uid-prom}}"),
    )  # fmt: skip
    found = pages_of(compiled(read(root), root))
    uids = {name: panels(page)["availability: attained"]["datasource"]["uid"] for name, page in found.items()}
    assert uids == {"sla.both": "uid-eu", "sla.one": "uid-prom"}


def test_what_is_unseen_is_counted_in_the_plan(estate: Estate, tmp_path: Path) -> None:
    (notice,) = compiled(estate, tmp_path).notices
    assert notice.severity is Severity.NOTE
    assert (
        notice.message
        == "4 objectives of agreements in force are not measured in Prometheus; the dashboards say why."
    )


def test_an_objective_that_names_this_backend_and_cannot_be_shown_is_an_error(workspace: Write) -> None:
    root = workspace(
        PEOPLE, BACKENDS, service("shop", "web"),
        promise("SLA", "seen", "shop", "99%", "customer: acme,", "indicator: probe, backends: [prom, graf]"),
        promise("SLA", "alone", "shop", "99%", "customer: acme,", "indicator: probe, backends: [graf]"),
        promise("SLA", "noc", "shop", "99%", "customer: acme,", "indicator: {noc: tags}, backends: [noc, graf]"),
        document("Backend", "graf", GRAFANA.format(more="")),
    )  # fmt: skip
    errors = [one for one in compiled(read(root), root).notices if one.severity is Severity.ERROR]
    head = "Its backends name graf, which shows what Prometheus measures, and"
    assert [(one.address, one.message) for one in errors] == [
        ("sla.alone.availability", f"{head} its backends name no Prometheus."),
        ("sla.noc.availability", f"{head} it is measured by noc."),
    ]
    assert all(one.place is not None for one in errors)


def test_a_data_source_of_an_unknown_backend_is_an_error_where_it_stands(workspace: Write) -> None:
    root = workspace(
        PEOPLE, BACKENDS, service("shop", "web"),
        promise("SLA", "a", "shop", "99%", "customer: acme,", "indicator: probe"),
        document("Backend", "graf", "provider: grafana, config: {dashboardsDir: d, datasources: {prm: x, noc: y}}"),
    )  # fmt: skip
    found = compiled(read(root), root)
    assert not found.resources
    first, second = found.notices
    assert first.severity is second.severity is Severity.ERROR
    assert (
        first.message
        == 'datasources names "prm", and this workspace has no Prometheus backend of that name. Did you mean "prom"?'
    )
    assert first.place is not None
    assert first.place.path == ("spec", "config", "datasources", "prm")
    assert '"noc"' in second.message


def test_provisioning_is_told_where_asked_for(workspace: Write) -> None:
    more = ", provisioningDir: p, path: /var/lib/dashboards, folder: SLAs, folderUid: slas, orgId: 2, updateInterval: 1m, allowUiUpdates: true"
    root = workspace(
        PEOPLE, BACKENDS, service("shop", "web"),
        promise("SLA", "a", "shop", "99%", "customer: acme,", "indicator: probe"),
        document("Backend", "graf", GRAFANA.format(more=more)),
    )  # fmt: skip
    (told,) = [one for one in compiled(read(root), root).resources if one.type == "provisioning"]
    assert told.address == "graf.provisioning.dashboards"
    assert told.needed_by == ()
    assert told.body == {
        "apiVersion": 1,
        "providers": [
            {
                "name": "slactl estate graf",
                "type": "file",
                "orgId": 2,
                "folder": "SLAs",
                "folderUid": "slas",
                "updateIntervalSeconds": 60,
                "allowUiUpdates": True,
                "disableDeletion": False,
                "options": {"path": "/var/lib/dashboards", "foldersFromFilesStructure": False},
            }
        ],
    }


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("datasources: {prom: x}", "dashboardsDir is missing"),
        ("dashboardsDir: d", "datasources names, for each Prometheus backend"),
        ("dashboardsDir: d, datasources: {}", "datasources names, for each Prometheus backend"),
        ("dashboardsDir: d, datasources: [prom]", "datasources names, for each Prometheus backend"),
        ("dashboardsDir: d, datasources: {prom: ''}", "The uid of a data source is a text"),
        ("dashboardsDir: ../d, datasources: {prom: x}", "leads out of the workspace"),
        ("dashboardsDir: d, provisioningDir: p, datasources: {prom: x}", 'Grafana needs the whole path of "d"'),
        ("dashboardsDir: d, datasources: {prom: x}, allowUiUpdates: perhaps", "allowUiUpdates is true or false"),
        ("dashboardsDir: d, datasources: {prom: x}, orgId: 0", "orgId is a whole number of at least 1"),
        ("dashboardsDir: d, datasources: {prom: x}, updateInterval: 100ms", "updateInterval is whole seconds"),
        ("dashboardsDir: d, datasources: {prom: x}, folder: ''", "folder is missing"),
        ("dashboardsDir: d, datasources: {prom: x}, dashboardDir: e", 'Unknown key "dashboardDir"'),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_a_message(workspace: Write, config: str, words: str) -> None:
    root = workspace(
        PEOPLE, BACKENDS, document("Backend", "graf", f"provider: grafana, config: {{{config}}}")
    )
    estate = read(root)
    (notice,) = Provider().validate(estate.backends["graf"])
    assert words in notice.message
    if "Unknown" not in words:
        assert compiled(estate, root).resources == ()


def test_an_absolute_folder_is_where_grafana_looks(workspace: Write) -> None:
    root = workspace(
        PEOPLE, BACKENDS,
        document("Backend", "graf", "provider: grafana, config: {dashboardsDir: /srv/d, provisioningDir: /srv/p, datasources: {prom: x}}"),
    )  # fmt: skip
    estate = read(root)
    assert not Provider().validate(estate.backends["graf"])
    (told,) = compiled(estate, root).resources
    assert told.body["providers"][0]["options"]["path"] == "/srv/d"
    assert told.body["providers"][0]["folder"] == "Service levels of estate"


def test_costs_are_dashboards_and_queries(pages: dict[str, Page]) -> None:
    assert Provider().cost(pages["ola.db"]) == {"dashboards": 1, "queries": 10}
    assert Provider().cost(pages["uc.cdn"]) == {"dashboards": 1, "queries": 0}
    assert Provider().cost({"apiVersion": 1, "providers": []}) == {}
