"""The Prometheus provider on a real VictoriaMetrics with a real vmalert: same figures, reloads, alerts, reports."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import prometheus_server
import pytest
import victoria_server
from prometheus_server import free_port, keep_history
from victoria_server import Sample, VictoriaServer, VmalertServer, replay

from slactl.cli.main import main
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.provider import Context
from slactl_prometheus import Provider

Write = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]

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
spec: {owner: team, intrinsic: {availability: 99.99%}}
---
apiVersion: slactl/v1
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}, holidays: {extra: [2026-03-31]}}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: requests}
spec: {ratio: {good: 'good_total', total: 'all_total'}}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {name: probe}
spec: {probe: 'up{job="shop"}'}
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
"""
EVERY_KIND = (
    "requests: {metric: availability, target: 99.9%, indicator: requests}, "
    "probe: {metric: availability, target: 99.9%, indicator: probe}, "
    "slices: {metric: availability, target: 99.9%, indicator: slices}, "
    "fast: {metric: latency, percentile: 95, target: 300ms, indicator: buckets}, "
    "odd: {metric: latency, percentile: 95, target: 250ms, indicator: buckets}"
)
ONE = "availability: {target: 99.9%, indicator: requests}"


def sla(name: str, objectives: str, extra: str = "") -> str:
    return (
        f"apiVersion: slactl/v1\nkind: SLA\nmetadata: {{name: {name}}}\n"
        f"spec: {{service: shop, customer: acme, status: agreed, {extra} objectives: {{{objectives}}}}}\n---\n"
    )


def backend(config: str = "") -> str:
    return (
        "apiVersion: slactl/v1\nkind: Backend\nmetadata: {name: prom}\n"
        f"spec: {{provider: prometheus, config: {{rulesDir: rules, format: vmalert{config}}}}}\n---\n"
    )


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder: exit code, output, messages."""

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={root}", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def rules_of(root: Path, as_of: date) -> dict[str, list[dict[str, Any]]]:
    """The generated rules by group."""
    estate, problems = build_estate(load_workspace(root))
    problems.raise_errors()
    compilation = Provider().compile(estate, estate.backends["prom"], Context(root, "estate", as_of))
    return {group["name"]: group["rules"] for one in compilation.resources for group in one.body["groups"]}


START = 1774656000  # 2026-03-28, midnight UTC: the day before Berlin changes its clocks
HOUR = 3600
OUTAGE = range(START + 10 * HOUR, START + 11 * HOUR)
SILENCE = range(START + 20 * HOUR, START + 20 * HOUR + 2400)
"""Nothing is scraped."""


def scraped(days: int) -> Iterator[Sample]:
    """What a scrape every 30 s finds: traffic that swells and ebbs, an hour in which all fails, forty minutes without a scrape."""
    good = total = fast = 0
    for now in range(START, START + days * 24 * HOUR, 30):
        events = 30 + 30 * abs(now % 86_400 - 43_200) // 43_200
        total += events
        good += 0 if now in OUTAGE else events
        fast += events * 9 // 10
        if now in SILENCE:
            continue
        yield "good_total", good, now
        yield "all_total", total, now
        yield 'up{job="shop"}', int(now not in OUTAGE), now
        yield 'duration_seconds_bucket{job="shop",le="0.3"}', fast, now
        yield 'duration_seconds_bucket{job="shop",le="+Inf"}', total, now


def open_metrics(samples: Sequence[Sample]) -> str:
    """The samples as promtool reads them: a metric's series together, below its name."""
    metrics: dict[str, dict[str, list[str]]] = {}
    for series, value, at in samples:
        rows = metrics.setdefault(series.partition("{")[0], {}).setdefault(series, [])
        rows.append(f"{series} {value} {at}")
    lines = [
        line
        for metric, by_series in metrics.items()
        for line in (f"# TYPE {metric} unknown", *(row for rows in by_series.values() for row in rows))
    ]
    return "\n".join([*lines, "# EOF", ""])


@dataclass(frozen=True)
class Both:
    """The same history on both servers."""

    prometheus: prometheus_server.PrometheusServer
    victoria: VictoriaServer

    def answers(self, expression: str, at: int) -> tuple[dict[str, float], dict[str, float]]:
        """What each says, by labels."""
        return (
            by_labels(self.prometheus.query(expression, at)),
            by_labels(self.victoria.query(expression, at)),
        )


def write_blocks(samples: Sequence[Sample], folder: Path) -> None:
    """Give a Prometheus that starts on a folder a history."""
    folder.mkdir(parents=True)
    history = folder / "history"
    history.write_text(open_metrics(samples))
    keep_history(history, folder)


def by_labels(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {
        json.dumps(
            {key: value for key, value in row["metric"].items() if key != "__name__"}, sort_keys=True
        ): float(row["value"][1])
        for row in rows
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("both")
    samples = [*scraped(4)]
    calendar = [
        ('slactl:in_service{calendar="office"}', int(8 <= (at - START) % 86_400 / HOUR < 18), at)
        for at in range(START, START + 4 * 24 * HOUR, 15)
    ]
    write_blocks([*samples, *calendar], folder / "prometheus")
    with (
        victoria_server.running(folder / "victoria") as victoria,
        prometheus_server.running(folder / "prometheus", folder / "none") as prometheus,
    ):
        victoria.take([*samples, *calendar])
        yield Both(prometheus, victoria)


def test_every_base_rule_means_the_same_on_both(workspace: Write, both: Both) -> None:
    root = workspace(ESTATE, sla("a", EVERY_KIND), sla("b", EVERY_KIND, "hours: office,"), backend())
    rules = [
        (rule["labels"]["objective"], rule["expr"])
        for name, members in rules_of(root, date(2026, 3, 28)).items()
        if name.startswith("sla.")
        for rule in members
    ]
    assert len(rules) == 10
    inside = [OUTAGE.start + 1207, SILENCE.start + 1207, SILENCE.stop + 1207]
    instants = [*inside, *range(START + 2 * HOUR + 7, START + 34 * HOUR, 11_003), START + 17 * HOUR + 59 * 60]
    parts: dict[str, int] = {}
    for objective, expression in rules:
        for at in instants:
            expected, found = both.answers(expression, at)
            assert found == pytest.approx(expected, rel=0.02, abs=0.002), (objective, at)
            for labels in expected:
                part = json.loads(labels)["part"]
                parts[part] = parts.get(part, 0) + 1
    assert parts["nodata"] >= 4
    assert min(parts[part] for part in ("bad", "total", "budget")) > 50


LAST = START + 4 * 24 * HOUR
BURNING = (OUTAGE, range(LAST - 3 * HOUR, LAST))


def recorded() -> Iterator[Sample]:
    """What the rules of one objective record: base and short windows by the minute, sums and long windows every five minutes."""
    labels = 'agreement="sla.a",objective="sla.a.availability",unit="events"'
    described = ("customer", "service", "kind", "agreed", "target", "calendar")
    more = ",".join(f'{name}="x"' for name in described) + ',class="30d",period="30d",every="1m"'
    for now in range(START, LAST, 60):
        burns = any(now in stretch for stretch in BURNING)
        rates = dict.fromkeys(("5m", "30m", "1h", "2h", "6h"), 250.0 * burns)
        for part, value in (("bad", 0.5 * burns), ("total", 2.0)):
            yield f'slactl:objective:now{{{labels},part="{part}"}}', value, now
            if now % 300 == 0 and now < LAST - 300:  # the last is late
                yield f'slactl:objective:sum5m{{{labels},part="{part}"}}', 5 * value, now
                rates |= {"1d": 30.0 * burns, "3d": 10.0 * burns}
        yield f'slactl:objective:now{{{labels},{more},part="budget"}}', 0.001, now
        for window, rate in rates.items():
            yield f'slactl:burn_rate{{{labels},{more},window="{window}"}}', rate, now


def test_rules_that_read_recorded_series_mean_the_same_on_both(workspace: Write, tmp_path: Path) -> None:
    groups = rules_of(workspace(ESTATE, sla("a", ONE), backend()), date(2026, 3, 28))
    rules = [rule for name in ("slactl-burn", "slactl-long", "slactl-alerts") for rule in groups[name]]
    assert len(rules) == 5 + 4 + 4
    history = [*recorded()]
    write_blocks(history, tmp_path / "prometheus")
    with (
        victoria_server.running(tmp_path / "victoria") as victoria,
        prometheus_server.running(tmp_path / "prometheus", tmp_path / "none") as prometheus,
    ):
        victoria.take(history)
        both = Both(prometheus, victoria)
        minutes = [LAST - 660 + minute * 60 + 7 for minute in range(11)]
        for at in (START + 16 * HOUR + 7, OUTAGE.start + 1807, *minutes):
            fires = set()
            for rule in rules:
                expected, found = both.answers(rule["expr"], at)
                assert found == pytest.approx(expected, rel=1e-3), (rule["expr"], at)
                fires |= {rule["labels"]["long"]} if "alert" in rule and found else set()
            # in every minute, although the rates of long windows are recorded in every fifth alone
            assert fires == ({"1h", "6h", "1d", "3d"} if any(at in one for one in BURNING) else set()), at


def test_events_beside_a_gap_are_counted_once(both: Both) -> None:
    """An increase by the window's length sums up to the events; VictoriaMetrics' own rate would count some of them again."""
    start, end = SILENCE.start - HOUR, SILENCE.stop + HOUR
    counts = {at: value for name, value, at in scraped(2) if name == "all_total"}
    events = counts[SILENCE.start - 30] - counts[start] + counts[end] - counts[SILENCE.stop]
    # windows of five minutes overlap: those at both ends are within for half of their events
    events += (counts[start] - counts[start - 300] + counts[end + 300] - counts[end]) / 2

    def summed(server: VictoriaServer | prometheus_server.PrometheusServer, expression: str) -> float:
        rows = [server.query(expression, at + 10) for at in range(start, end + 300, 60)]
        return 60 * sum(float(row[0]["value"][1]) for row in rows if row)

    increase, rate = "sum(increase(all_total[5m])) / 300", "sum(rate(all_total[5m]))"
    assert summed(both.victoria, increase) == pytest.approx(events, rel=0.005)
    assert summed(both.prometheus, increase) == pytest.approx(events, rel=0.01)
    assert summed(both.victoria, rate) > events * 1.02


def test_service_hours_are_the_same_seconds_on_both_and_in_slactl(workspace: Write, both: Both) -> None:
    root = workspace(ESTATE, sla("b", ONE, "hours: office,"), backend())
    (mask,) = rules_of(root, date(2026, 3, 28))["slactl-calendar-office"]
    estate, _ = build_estate(load_workspace(root))
    edges = [1774850400, 1774886400, 1774936800, 1775023200, 1775059200, 1792994400, 1793386800 + 7 * HOUR]
    for edge in edges:  # around the change of clocks of March, a holiday, and the change of October
        for at in (edge - 1, edge, edge + 61, edge - 62):
            expected = float(bool(estate.hours.in_service("office", at, at + 1).seconds))
            soon = float(bool(estate.hours.in_service("office", at + 60, at + 61).seconds))
            found = [[*one.values()] for one in both.answers(mask["expr"], at)]
            assert found == [[expected * soon]] * 2, at  # it ends a minute early: vmalert's samples come late


MONTH = (1759104000, 1762041600)  # 2025-09-29 to 2025-11-02, midnight UTC
FAILING = range(1760526000, 1760526000 + 7200)  # 2025-10-15, 11:00 to 13:00 UTC: at peak
OCTOBER = range(1759276800, 1761955200)


def counted() -> Iterator[tuple[int, int, int]]:
    """By the minute: good and all events."""
    for now in range(*MONTH, 60):
        events = 20 + int(600 * max(0.0, 1 - abs(now % 86_400 / 3600 - 12) / 6))
        yield now, 0 if now in FAILING else events, events


def test_a_replayed_month_is_reported_as_the_arithmetic_says(
    workspace: Write, slactl: Run, tmp_path: Path
) -> None:
    root = workspace(ESTATE, sla("a", ONE + ", up: {metric: availability, target: 99.9%, indicator: probe}"))
    good = total = 0
    history: list[Sample] = []
    for now, fine, events in counted():
        good, total = good + fine, total + events
        history += [
            ("good_total", good, now),
            ("all_total", total, now),
            ('up{job="shop"}', int(now not in FAILING), now),
        ]
    bad = sum(events - fine for now, fine, events in counted() if now - 60 in OCTOBER)
    every = sum(events for now, _, events in counted() if now - 60 in OCTOBER)

    with victoria_server.running(tmp_path / "victoria") as victoria:
        victoria.take(history)
        (root / "agreements" / "02.yaml").write_text(backend(f', url: "{victoria.url}"'))
        assert slactl(root, "apply", "-auto-approve")[0] == 0
        for name, step in (("rules.sla.a", "1m"), ("shared.fleet", "5m")):
            replay(root / "rules" / f"slactl.estate.prom.{name}.yaml", victoria, *MONTH, step)

        code, out, _ = slactl(root, "report", "-as-of=2025-11-02")
        assert code == 0
        assert "availability  2025-10  missed" in out
        objectives = json.loads(slactl(root, "report", "-json", "-as-of=2025-11-02")[1])["objectives"]
        found = {one["address"].rpartition(".")[2]: one for one in objectives}
        said = json.loads(slactl(root, "baseline", "-json", "-as-of=2025-11-01", "-days=31")[1])["objectives"]
        by_day = {one["address"].rpartition(".")[2]: one["history"] for one in said}
    assert {one["days"] for one in by_day.values()} == {31}
    seen, failed = (float(by_day["availability"][one]) for one in ("events", "bad_events"))
    assert failed == pytest.approx(bad, rel=1e-3)
    assert seen == pytest.approx(every, rel=1e-3)
    assert float(found["up"]["downtime_seconds"]) == pytest.approx(7200, rel=1e-3)
    assert float(by_day["up"]["downtime_seconds"]) == pytest.approx(7200, rel=1e-3)
    assert 1 - float(found["availability"]["attained"]) == pytest.approx(bad / every, rel=1e-3)
    assert 1 - float(found["up"]["attained"]) == pytest.approx(7200 / len(OCTOBER), rel=1e-3)
    assert {one["met"] for one in objectives} == {False}


@pytest.fixture
def live(workspace: Write, tmp_path: Path) -> Iterator[tuple[Path, VictoriaServer, VmalertServer]]:
    """A workspace whose backend is a running vmalert, with the database behind it; both are quicker than usual."""
    root = workspace(ESTATE, sla("a", ONE))
    with (
        victoria_server.running(tmp_path / "victoria", "-search.latencyOffset=1s") as victoria,
        victoria_server.evaluating(
            tmp_path / "vmalert", root / "rules", victoria, "-remoteWrite.flushInterval=1s"
        ) as vmalert,
    ):
        config = (
            f', url: "{victoria.url}", vmalertUrl: "{vmalert.url}", reload: true, interval: 5s, timeout: 5s'
        )
        (root / "agreements" / "backend.yaml").write_text(backend(config))
        yield root, victoria, vmalert


def names(server: VmalertServer) -> set[str]:
    return {group["name"] for group in server.groups()}


OURS = {"sla.a-5s", "slactl-burn", "slactl-long", "slactl-alerts"}


def test_vmalert_has_the_groups_after_an_apply_and_none_after_a_destroy(
    live: tuple[Path, VictoriaServer, VmalertServer], slactl: Run
) -> None:
    root, _, vmalert = live
    assert slactl(root, "apply", "-auto-approve")[::2] == (0, "")
    assert names(vmalert) == OURS
    assert slactl(root, "plan", "-detailed-exitcode")[0] == 0
    assert slactl(root, "destroy", "-auto-approve")[0] == 0
    assert names(vmalert) == set()


def test_a_reload_that_vmalert_refuses_brings_the_old_files_back(
    live: tuple[Path, VictoriaServer, VmalertServer], slactl: Run
) -> None:
    root, _, vmalert = live
    slactl(root, "apply", "-auto-approve")
    target = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    before = target.read_text()
    agreements = root / "agreements" / "01.yaml"
    agreements.write_text(agreements.read_text().replace("99.9%", "99.95%"))
    broken = root / "rules" / "theirs.yaml"
    broken.write_text("groups: [{name: x, rules: [{record: y, expr: 'sum('}]}]\n")

    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "vmalert at " in err
    assert "refused to reload" in err
    assert "The old rule files are back in place." in err
    assert target.read_text() == before
    assert names(vmalert) == OURS

    broken.unlink()
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert "vector(0.0005)" in target.read_text()


@pytest.mark.parametrize("victim", ["nobody", "database"])
def test_an_address_that_is_not_vmalerts_changes_nothing(
    live: tuple[Path, VictoriaServer, VmalertServer], slactl: Run, victim: str
) -> None:
    root, victoria, vmalert = live
    wrong = victoria.url if victim == "database" else f"http://127.0.0.1:{free_port()}"
    path = root / "agreements" / "backend.yaml"
    path.write_text(path.read_text().replace(vmalert.url, wrong))
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert ("does not say how reloads went" if victim == "database" else "cannot be reached") in err
    assert "vmalertUrl" in err or victim == "nobody"
    assert [*(root / "rules").glob("*.yaml")] == []


def test_an_outage_pages_by_what_vmalert_itself_recorded(
    live: tuple[Path, VictoriaServer, VmalertServer], slactl: Run
) -> None:
    root, victoria, vmalert = live
    now = int(time.time())
    victoria.take(
        sample
        for index, at in enumerate(range(now - 1200, now + 120, 15))
        for sample in (("good_total", 5000, at), ("all_total", 5000 + index * 50, at))
    )
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    deadline = time.monotonic() + 90
    while not (alerts := vmalert.alerts()) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert {one["labels"]["severity"] for one in alerts} == {"page"}
    (labels,) = [one["labels"] for one in alerts if one["labels"]["long"] == "1h"]
    assert (labels["objective"], labels["customer"], labels["target"]) == (
        "sla.a.availability",
        "acme",
        "99.9%",
    )
    assert "burns its budget 1k times faster than acme was promised" in alerts[0]["annotations"]["summary"]
    assert victoria.value('slactl:burn_rate{window="5m"}') == pytest.approx(1000)
    assert [
        rule["lastError"] for group in vmalert.groups() for rule in group["rules"] if rule["lastError"]
    ] == []
