"""The generated rules, evaluated by promtool: what burns a budget and what does not, and which alerts fire."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_server import promtool

from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.provider import Compilation, Context
from slactl_prometheus import Provider
from slactl_prometheus.files import RULES
from tests.estate_texts import document

Write = Callable[..., Path]

ESTATE = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: team}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: shop}
spec: {owner: team}
---
apiVersion: slactl/v1
kind: Calendar
metadata: {name: office}
spec: {timezone: UTC, hours: {mon-fri: ["08:00-18:00"]}}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: probe}
spec: {probe: 'up{job="shop"}'}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: requests}
spec: {ratio: {good: 'good_total', total: 'all_total'}}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: slices}
spec: {ratio: {good: 'good_total', total: 'all_total'}, timeslice: {of: 1m, good: 95%}}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: buckets}
spec: {histogram: 'duration_seconds_bucket{job="shop"}'}
---
apiVersion: slactl/v1
kind: Backend
metadata: {name: prom}
spec: {provider: prometheus, config: {rulesDir: rules}}
---
"""


def sla(name: str, objectives: str, extra: str = "") -> str:
    return (
        f"apiVersion: slactl/v1\nkind: SLA\nmetadata: {{name: {name}}}\n"
        f"spec: {{service: shop, customer: acme, status: agreed, {extra} objectives: {{{objectives}}}}}\n---\n"
    )


def compiled(root: Path, as_of: date = date(1970, 1, 5)) -> Compilation:
    """Compile for 1970, where promtool's clock begins (a Thursday)."""
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    context = Context(root, "estate", as_of)
    return Provider().compile(estate, estate.backends["prom"], context)


def write_rules(compilation: Compilation, folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    for resource in compilation.resources:
        (folder / f"{resource.address}.yaml").write_text(
            RULES.text("estate", resource.address, resource.body)
        )
    return [str(path) for path in sorted(folder.glob("*.yaml"))]


@pytest.fixture(autouse=True)
def masks_by_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """promtool evaluates every group once a minute, in any order: a mask may be a minute old, not 15 seconds."""
    monkeypatch.setattr("slactl_prometheus.provider.MASK_INTERVAL_S", 60)


class Case:
    """One promtool test: series by the minute, expectations at given minutes."""

    def __init__(self, root: Path, series: Mapping[str, str]) -> None:
        self.files = write_rules(compiled(root), root / "generated")
        self.root = root
        self.test: dict[str, Any] = {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "promql_expr_test": [],
            "alert_rule_test": [],
        }

    def expect(self, minute: int, expression: str, value: float | None) -> "Case":
        samples = [] if value is None else [{"labels": "{}", "value": value}]
        self.test["promql_expr_test"].append(
            {"eval_time": f"{minute}m", "expr": expression, "exp_samples": samples}
        )
        return self

    def run(self) -> None:
        promtool("check", "rules", "--lint-fatal", *self.files)
        path = self.root / "case.yml"
        path.write_text(
            yaml.safe_dump({"rule_files": self.files, "evaluation_interval": "1m", "tests": [self.test]})
        )
        promtool("test", "rules", path)


def paging(objective: str) -> str:
    return (
        f'count(ALERTS{{alertname="SlactlBudgetBurn",severity="page",objective="{objective}"}}) or vector(0)'
    )


def share(objective: str, window: str = "1d") -> str:
    """The bad share of a window, rounded to what the test can say."""
    bad, total = (
        f'sum(sum_over_time(slactl:objective:sum5m{{objective="{objective}",part="{part}"}}[{window}]))'
        for part in ("bad", "total")
    )
    return f"round({bad} / {total}, 0.0001)"


DAY = 1440


def test_an_outage_burns_the_budget_by_its_length_and_pages(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: probe}"))
    outage = f"1x{DAY} 0x29 1x{DAY}"
    case = Case(root, {'up{job="shop"}': outage})
    case.expect(DAY + 20, paging("sla.a.availability"), 2)
    case.expect(DAY - 5, paging("sla.a.availability"), 0)
    # 30 minutes of a day, but for the sums' own length at the edges
    case.expect(2 * DAY, share("sla.a.availability"), round(30 / DAY, 4))
    case.expect(DAY + 30, 'sum(slactl:burn_rate{window="1h",objective="sla.a.availability"}) > bool 450', 1)
    case.run()


def test_the_same_outage_at_night_touches_no_office_hours(workspace: Write) -> None:
    root = workspace(
        ESTATE + sla("a", "availability: {target: 99.9%, indicator: probe}", "hours: office,"),
    )
    # Friday 1970-01-02 begins after one day; down from midnight to exactly 08:00
    case = Case(root, {'up{job="shop"}': f"1x{DAY - 1} 0x479 1x{2 * DAY}"})
    for minute in (DAY + 300, DAY + 479, DAY + 480, DAY + 485, DAY + 500):
        case.expect(minute, paging("sla.a.availability"), 0)
    case.expect(DAY + 900, share("sla.a.availability"), 0)
    case.run()


def test_an_outage_in_office_hours_burns_the_budget_of_office_hours(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: probe}", "hours: office,"))
    # Friday, 10:00 to 11:00: one of ten hours; minutes at the edges of the day are lost, how many depends on the groups' order
    case = Case(root, {'up{job="shop"}': f"1x{DAY + 599} 0x59 1x{DAY}"})
    case.expect(DAY + 640, paging("sla.a.availability"), 2)
    case.expect(2 * DAY - 60, f"{share('sla.a.availability', '20h')} >= bool 0.0998", 1)
    case.expect(2 * DAY - 60, f"{share('sla.a.availability', '20h')} < bool 0.103", 1)
    case.run()


def test_an_outage_from_just_before_closing_counts_only_until_closing(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: probe}", "hours: office,"))
    # Friday, 17:50 until midnight: ten minutes of the day's ten hours, give or take the window at closing
    case = Case(root, {'up{job="shop"}': f"1x{DAY + 1069} 0x370 1x{DAY}"})
    case.expect(2 * DAY - 60, f"{share('sla.a.availability', '20h')} > bool {7 / 600}", 1)
    case.expect(2 * DAY - 60, f"{share('sla.a.availability', '20h')} <= bool {10.1 / 597}", 1)
    case.run()


def test_excluded_maintenance_is_outside_the_measured_time(workspace: Write) -> None:
    windows = 'maintenance: {windows: [{name: night, starts: "1970-01-02T02:00", duration: 2h}]}, excludes: [planned-maintenance],'
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: probe}", windows))
    case = Case(root, {'up{job="shop"}': f"1x{DAY + 119} 0x119 1x{DAY}"})
    case.expect(DAY + 200, paging("sla.a.availability"), 0)
    case.expect(DAY + 400, share("sla.a.availability"), 0)
    case.run()


def test_a_ratio_counts_events_and_absent_good_series_are_all_bad(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: requests}"))
    case = Case(root, {"all_total": "0+60x720"})
    case.expect(300, share("sla.a.availability", "2h"), 1)
    case.expect(300, paging("sla.a.availability"), 2)
    case.run()


def test_a_quiet_period_is_a_number_and_no_alert(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: requests}"))
    case = Case(root, {"all_total": "0+60x60 3600x600", "good_total": "0+60x60 3600x600"})
    case.expect(600, 'sum(slactl:burn_rate{window="1h",objective="sla.a.availability"})', 0)
    case.expect(600, paging("sla.a.availability"), 0)
    case.run()


def test_little_traffic_does_not_page(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: requests}"))
    case = Case(root, {"all_total": "0+0.25x600", "good_total": "0+0.25x300 75x300"})
    case.expect(340, 'sum(slactl:burn_rate{window="1h",objective="sla.a.availability"}) > bool 14.4', 1)
    case.expect(340, paging("sla.a.availability"), 0)  # fewer than 100 events in any window
    case.run()


def test_slices_count_minutes_and_empty_ones_are_not_bad(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: slices}"))
    series = {"all_total": "0+60x60 3600x60 3600+60x120", "good_total": "0+60x60 3600x60 3600+30x120"}
    case = Case(root, series)
    case.test["interval"] = "30s"  # two samples a slice
    case.expect(59, share("sla.a.availability", "55m"), 0)
    case.expect(100, paging("sla.a.availability"), 2)
    case.run()


def test_latency_is_judged_at_the_bucket_and_a_missing_bucket_is_no_success(workspace: Write) -> None:
    objectives = (
        "fast: {metric: latency, percentile: 95, target: 300ms, indicator: buckets}, "
        "odd: {metric: latency, percentile: 95, target: 250ms, indicator: buckets}"
    )
    root = workspace(ESTATE + sla("a", objectives))
    series = {
        'duration_seconds_bucket{job="shop",le="0.3"}': "0+90x300",
        'duration_seconds_bucket{job="shop",le="+Inf"}': "0+100x300",
    }
    case = Case(root, series)
    case.expect(200, share("sla.a.fast", "1h"), 0.1)
    case.expect(200, 'slactl:objective:now{objective="sla.a.odd",part="bad"}', None)
    case.expect(200, 'sum(slactl:objective:now{objective="sla.a.odd",part="nodata"})', 1)
    case.run()


def test_a_changed_target_keeps_the_history_and_changes_one_rule(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: probe}"))
    before = {one.address: one.body for one in compiled(root).resources}
    (root / "agreements" / "00.yaml").write_text(
        ESTATE + sla("a", "availability: {target: 99.95%, indicator: probe}")
    )
    after = {one.address: one.body for one in compiled(root).resources}
    assert [address for address in before if before[address] != after[address]] == ["prom.rules.sla.a"]
    rules = [bodies["prom.rules.sla.a"]["groups"][0]["rules"] for bodies in (before, after)]
    assert [rule["labels"] for rule in rules[0]] == [rule["labels"] for rule in rules[1]]
    assert "vector(0.001)" in rules[0][0]["expr"]
    assert "vector(0.0005)" in rules[1][0]["expr"]


def test_hostile_texts_stay_texts(workspace: Write) -> None:
    selector = 'up{job="sh\\\\op\\n$1 \\"x\\""}'
    root = workspace(
        ESTATE.replace("""'up{job="shop"}'""", json.dumps(selector))
        + sla("a", "availability: {target: 99.9%, indicator: probe}")
    )
    (body,) = [one.body for one in compiled(root).resources if one.address == "prom.rules.sla.a"]
    assert selector in body["groups"][0]["rules"][0]["expr"]
    promtool("check", "rules", "--lint-fatal", *write_rules(compiled(root), root / "generated"))


def test_alerts_of_classes_with_the_same_factor_are_no_duplicates_to_promtool(workspace: Write) -> None:
    lab = (
        document("Calendar", "lab", 'timezone: UTC, hours: {mon-sat: ["06:00-22:00"]}').removeprefix("---\n")
        + "---\n"
    )
    rolling = "availability: {target: 99.9%, indicator: probe, window: {rolling: 30d}}"
    root = workspace(ESTATE + lab + sla("a", rolling) + sla("b", rolling, "hours: lab,"))
    (fleet,) = [one.body for one in compiled(root).resources if one.address == "prom.shared.fleet"]
    alerts = [rule for group in fleet["groups"] for rule in group["rules"] if "alert" in rule]
    factors = [rule["labels"]["factor"] for rule in alerts]
    assert len(set(factors)) < len(factors)
    assert len({json.dumps(rule["labels"], sort_keys=True) for rule in alerts}) == len(alerts)
    promtool("check", "rules", "--lint-fatal", *write_rules(compiled(root), root / "generated"))


def test_two_thousand_objectives_make_at_most_2100_rules(workspace: Write) -> None:
    many = "".join(
        sla(f"a-{number}", "availability: {target: 99.9%, indicator: probe}") for number in range(2000)
    )
    compilation = compiled(workspace(ESTATE + many))
    provider = Provider()
    assert sum(provider.cost(one.body)["rules"] for one in compilation.resources) <= 2100


def test_tomorrow_nothing_is_different(workspace: Write) -> None:
    root = workspace(ESTATE + sla("a", "availability: {target: 99.9%, indicator: probe}", "hours: office,"))
    assert (
        compiled(root, date(2026, 11, 23))
        == compiled(root, date(2026, 11, 24))
        == compiled(root, date(2026, 12, 31))
    )
