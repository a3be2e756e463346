"""Dashboards against a real Prometheus that evaluates the rules of the same estate: every query answers, and says what a report says.

No Grafana runs here: its part, putting the time shown into a query and asking Prometheus at its end, is done by hand.
"""

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from prometheus_server import PrometheusServer, keep_history, record, running

from slactl.cli.main import main
from tests.estate_texts import PEOPLE, document, promise, service

Run = Callable[..., tuple[int, str, str]]
Panel = dict[str, Any]

ESTATE = "".join(
    (
        PEOPLE,
        service("shop", "web", "[pay, {any: [cdn-east, cdn-west]}]", "99.99%"),
        service("pay", "data"),
        service("cdn-east", "cloud"),
        service("cdn-west", "cloud"),
        promise(
            "SLA", "shop", "shop", "99.5%", "customer: acme,", "window: calendar-day, indicator: requests"
        ),
        promise(
            "SLA",
            "desk",
            "shop",
            "95%",
            "customer: acme,",
            "window: calendar-day, hours: office, indicator: probe",
        ),
        promise("OLA", "pay", "pay", "99.9%", "", "window: {rolling: 1d}, indicator: slices"),
        promise("UC", "east", "cdn-east", "99.9%", "", "window: calendar-day"),
        document("Indicator", "requests", "ratio: {good: good_total, total: all_total}"),
        document("Indicator", "probe", "probe: up_total"),
        document(
            "Indicator",
            "slices",
            "ratio: {good: good_total, total: all_total}, timeslice: {of: 1m, good: 95%}",
        ),
        document(
            "Backend",
            "graf",
            "provider: grafana, config: {dashboardsDir: dashboards, provisioningDir: provisioning, path: /dashboards,"
            " datasources: {prom: the-prometheus}}",
        ),
    )
)
PROMETHEUS = "provider: prometheus, config: {{rulesDir: rules, promtool: required{more}}}"

START = int(datetime(2025, 10, 7, 12, tzinfo=UTC).timestamp())
WEDNESDAY = int(datetime(2025, 10, 8, tzinfo=UTC).timestamp())
END = int(datetime(2025, 10, 9, 1, tzinfo=UTC).timestamp())
DAY_S = 86_400
OUTAGE = range(WEDNESDAY + 11 * 3600, WEDNESDAY + 12 * 3600)
"""From 11:00 to 12:00 UTC everything fails."""
EVENTS_A_SECOND = 10


def history(path: Path) -> None:
    """Steady traffic and a probe, seen every 15 seconds."""
    lines: dict[str, list[str]] = {"good_total": [], "all_total": [], "up_total": []}
    good = total = 0
    for now in range(START, END + 1, 15):
        down = now in OUTAGE
        total += 15 * EVENTS_A_SECOND
        good += 0 if down else 15 * EVENTS_A_SECOND
        lines["good_total"].append(f"good_total {good} {now}")
        lines["all_total"].append(f"all_total {total} {now}")
        lines["up_total"].append(f"up_total {int(not down)} {now}")
    text = [line for name, rows in lines.items() for line in (f"# TYPE {name} gauge", *rows)]
    path.write_text("\n".join([*text, "# EOF", ""]))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, PrometheusServer]]:
    """An applied estate, and a server with what its rules have recorded of a day."""
    root = tmp_path_factory.mktemp("estate")
    (root / "agreements").mkdir()
    (root / "slactl.yaml").write_text(
        'apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: estate}\nspec: {organization: example-inc, files: ["agreements/*.yaml"]}\n'
    )
    (root / "agreements" / "estate.yaml").write_text(ESTATE)
    backend = root / "agreements" / "prom.yaml"
    backend.write_text(document("Backend", "prom", PROMETHEUS.format(more="")))
    assert main([f"-chdir={root}", "apply", "-auto-approve", "-as-of=2025-10-09"]) == 0

    rules, folder = root / "rules", root / "server"
    folder.mkdir()
    history(root / "history.txt")
    keep_history(root / "history.txt", folder)
    calendars = [*rules.glob("*.calendar.*")]
    objectives = [*rules.glob("*.rules.*")]
    fleet = [*rules.glob("*.shared.*")]
    assert (len(calendars), len(objectives), len(fleet)) == (1, 3, 1)
    # each needs what the one before has recorded; long windows are wanted at the end alone
    steps = (
        (calendars, START, "15s"),
        (objectives, START, "1m"),
        (fleet, START, "5m"),
        (fleet, END - 7200, "5m"),
    )
    for files, start, every in steps:
        record(folder, files, start, END, every)
    with running(folder, root / "none") as server:
        backend.write_text(document("Backend", "prom", PROMETHEUS.format(more=f', url: "{server.url}"')))
        yield root, server


def dashboard(root: Path, agreement: str) -> Panel:
    found: Panel = json.loads(
        (root / "dashboards" / f"slactl.estate.graf.dashboard.{agreement}.json").read_text()
    )
    return found


def asked(expression: str, range_s: int) -> str:
    """The query as Grafana sends it."""
    return expression.replace("$__range_s", str(range_s)).replace("$__range", f"{range_s}s")


def figure(
    server: PrometheusServer, page: Panel, title: str, legend: str = "__auto", at: int = WEDNESDAY + DAY_S
) -> float:
    """What a panel shows for the day that ends at an instant."""
    (panel,) = [one for one in page["panels"] if one["title"] == title]
    (target,) = [one for one in panel["targets"] if one["legendFormat"] == legend]
    return server.value(asked(target["expr"], DAY_S), at)


def test_every_query_of_every_dashboard_answers(recorded: tuple[Path, PrometheusServer]) -> None:
    root, server = recorded
    count = 0
    for path in sorted((root / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel.get("targets", ()):
                rows = server.query(asked(target["expr"], DAY_S), END)
                assert rows, (path.name, panel["title"], target["expr"])
                assert all(math.isfinite(float(row["value"][1])) for row in rows), (path.name, panel["title"])
                count += 1
    assert count == 3 * 9 + 2 + 2  # three objectives, two of them by time; two dashboards with a dependency


def test_burn_rates_are_there_for_each_window_and_named_by_it(
    recorded: tuple[Path, PrometheusServer],
) -> None:
    root, server = recorded
    (panel,) = [
        one for one in dashboard(root, "sla.shop")["panels"] if one["title"] == "availability: burn rate"
    ]
    assert panel["targets"][0]["legendFormat"] == "{{window}}"
    windows = {row["metric"]["window"] for row in server.query(panel["targets"][0]["expr"], END)}
    assert windows == {"5m", "30m", "1h", "2h", "6h", "1d", "3d"}


def test_a_closed_period_shows_the_figures_of_the_report(
    recorded: tuple[Path, PrometheusServer], capsys: pytest.CaptureFixture[str]
) -> None:
    root, server = recorded
    capsys.readouterr()
    assert main([f"-chdir={root}", "report", "-json", "-as-of=2025-10-09"]) == 0
    report = {one["address"]: one for one in json.loads(capsys.readouterr().out)["objectives"]}
    assert len(report) == 3
    for agreement in ("sla.shop", "sla.desk", "ola.pay"):
        said, page = report[f"{agreement}.availability"], dashboard(root, agreement)
        attained = figure(server, page, "availability: attained")
        left = figure(server, page, "availability: error budget left")
        assert attained == pytest.approx(float(said["attained"]), abs=1e-9)
        assert left == pytest.approx(float(said["budget_left"]), abs=1e-6)
        assert figure(server, page, "availability: recorded", "recorded") == pytest.approx(1, abs=0.01)


def test_figures_are_what_happened(recorded: tuple[Path, PrometheusServer]) -> None:
    root, server = recorded
    bad = Fraction(len(OUTAGE), DAY_S)
    shop = dashboard(root, "sla.shop")
    assert figure(server, shop, "availability: attained") == pytest.approx(float(1 - bad), abs=1e-5)
    assert figure(server, shop, "availability: error budget left") == pytest.approx(
        float(1 - bad / Fraction("0.005")), abs=1e-2
    )
    failed, of = (figure(server, shop, "availability: failed events", one) for one in ("failed", "of"))
    assert failed == pytest.approx(len(OUTAGE) * EVENTS_A_SECOND, rel=0.01)
    assert of == pytest.approx(DAY_S * EVENTS_A_SECOND, rel=0.01)

    desk = dashboard(root, "sla.desk")
    down, counted = (figure(server, desk, "availability: downtime", one) for one in ("down", "of"))
    assert down == pytest.approx(len(OUTAGE), abs=120)
    assert counted == pytest.approx(10 * 3600, rel=0.02)  # 08:00 to 18:00
    assert figure(server, desk, "availability: recorded", "without data") == 0


def test_a_dependency_shows_its_own_attainment(recorded: tuple[Path, PrometheusServer]) -> None:
    root, server = recorded
    own = figure(server, dashboard(root, "ola.pay"), "availability: attained")
    below = figure(server, dashboard(root, "sla.shop"), "ola.pay.availability (99.9%)")
    assert below == own
    assert own == pytest.approx(1 - len(OUTAGE) / DAY_S, abs=1e-3)


def test_rolling_figures_agree_with_the_figures_of_the_same_stretch(
    recorded: tuple[Path, PrometheusServer],
) -> None:
    root, server = recorded
    page = dashboard(root, "ola.pay")
    for title, legend, figures in (
        ("availability: attained and target, rolling 1d", "attained", "availability: attained"),
        ("availability: error budget left, rolling 1d", "left", "availability: error budget left"),
    ):
        rolling = figure(server, page, title, legend, at=END)
        now = figure(server, page, figures, at=END)
        assert rolling == pytest.approx(now, rel=0.01)  # it was recorded up to five minutes before
    assert figure(server, page, "availability: attained and target, rolling 1d", "target", at=END) == 0.999
