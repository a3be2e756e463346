"""`slactl baseline` on a real Prometheus with half a year of history, and how often it is asked.

The history is what the estate's own rules record, written down at once: evaluating them over half a year takes minutes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prometheus_server import keep_history, running

from slactl.cli.main import main
from slactl_prometheus.names import BASE, STEP
from slactl_prometheus.server import Server
from tests.estate_texts import PEOPLE, document, promise, service

ESTATE = (
    PEOPLE
    + document("Calendar", "shift", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}')
    + service("shop", "web", intrinsic="99.99%")
    + promise("SLA", "shop", "shop", "99.9%", "customer: acme,", "indicator: probe")
    + promise("SLA", "desk", "shop", "99%", "customer: acme,", "hours: shift, indicator: probe")
    + document("Indicator", "probe", "probe: up_total")
)
BERLIN = ZoneInfo("Europe/Berlin")
STEP_S, DAY_S = 300, 86_400
START = int(datetime(2026, 1, 12, tzinfo=UTC).timestamp())
END = int(datetime(2026, 8, 3, tzinfo=UTC).timestamp())
"""Clocks in Berlin change in between, on 29 March."""
OUTAGES = [START + day * DAY_S + 11 * 3600 for day in range(7, 203, 14)]
"""Every other Monday at 11:00 UTC, for 20 minutes."""
BLIND = range(START + 50 * DAY_S, START + 60 * DAY_S)
"""From 3 to 12 March nobody looked, and the probe counts as up."""
NOTHING_RECORDED = range(START + 100 * DAY_S, START + 103 * DAY_S)
"""From 22 to 24 April the server was off."""


def history(path: Path) -> None:
    """Five minutes each: of each objective what was down, what counts, and what nobody saw."""
    down = {start + step for start in OUTAGES for step in range(STEP_S, 1200 + 1, STEP_S)}
    sums: list[str] = []
    budgets: list[str] = []
    for objective in ("shop", "desk"):
        labels = f'objective="sla.{objective}.availability",unit="time"'
        for end in range(START + STEP_S, END + STEP_S, STEP_S):
            if end - 1 in NOTHING_RECORDED:
                continue
            local = datetime.fromtimestamp(end - STEP_S, BERLIN)
            counted = 5 if objective == "shop" or (local.weekday() < 5 and 8 <= local.hour < 18) else 0
            bad, unseen = (counted if is_so else 0 for is_so in (end in down, end - 1 in BLIND))
            for part, value in (("bad", bad), ("total", counted), ("nodata", unseen)):
                sums.append(f'{STEP}{{{labels},part="{part}"}} {value} {end}')
            budgets.append(f'{BASE}{{{labels},part="budget",every="1m"}} 0.001 {end}')
    rows = [f"# TYPE {STEP} gauge", *sums, f"# TYPE {BASE} gauge", *budgets, "# EOF", ""]
    path.write_text("\n".join(rows))


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("estate")
    (root / "slactl.yaml").write_text(
        "apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: estate}\nspec: {organization: example-inc, files: [estate.yaml]}\n"
    )
    folder = root / "server"
    folder.mkdir()
    history(root / "history.txt")
    keep_history(root / "history.txt", folder)
    with running(folder, root / "rules") as server:
        backend = f'provider: prometheus, config: {{rulesDir: rules, url: "{server.url}"}}'
        (root / "estate.yaml").write_text(ESTATE + document("Backend", "prom", backend))
        yield root


Said = dict[str, dict[str, Any]]


@pytest.fixture
def baselines(estate: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*arguments: str) -> Said:
        capsys.readouterr()
        assert main([f"-chdir={estate}", "baseline", "-json", "-as-of=2026-08-03", *arguments]) == 0
        return {one["agreement"]: one for one in json.loads(capsys.readouterr().out)["objectives"]}

    return run


def test_half_a_year_is_read_day_by_day(baselines: Callable[..., Said]) -> None:
    found = baselines("-since=2026-01-12")
    around_the_clock = found["sla.shop"]["history"]
    assert around_the_clock == {
        "source": "prom",
        "from": "2026-01-12",
        "until": "2026-08-03",
        "days": 203 - 10 - 3,
        "days_without_data": 13,
        "incidents": len(OUTAGES),
        "incidents_are": "runs-of-days-with-downtime",
        "measured_seconds": str((203 - 13) * DAY_S),
        "downtime_seconds": str(len(OUTAGES) * 1200),
        "events": None,
        "bad_events": None,
        "note": "",
    }
    assert found["sla.shop"]["next_window"]["method"] == "block-bootstrap"
    # March and April lack more than a tenth of their days
    assert {key: found["sla.shop"]["past_windows"][key] for key in ("met", "of", "left_out")} == {
        "met": 4,
        "of": 5,
        "left_out": 1,
    }


def test_days_of_service_hours_are_local_days(baselines: Callable[..., Said]) -> None:
    found = baselines("-since=2026-01-12")["sla.desk"]["history"]
    assert found["days"] + found["days_without_data"] == 29 * 5  # weeks
    assert found["incidents"] == len(OUTAGES)
    assert found["downtime_seconds"] == str(len(OUTAGES) * 1200)


def test_a_shorter_history_counts_incidents(baselines: Callable[..., Said]) -> None:
    found = baselines("-days=110", "sla.shop")
    assert found["sla.shop"]["next_window"]["method"] == "compound-poisson"
    assert baselines("-days=80", "sla.shop")["sla.shop"]["next_window"] is None


def test_a_year_of_days_is_a_handful_of_requests(
    baselines: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = Server._ask  # noqa: SLF001 - each request passes there

    def counted(self: Server, endpoint: str, form: Mapping[str, str]) -> list[Mapping[str, Any]]:
        asked.append(endpoint)
        return ask(self, endpoint, form)

    monkeypatch.setattr(Server, "_ask", counted)
    baselines()
    assert len(asked) == 4 * 3  # winter and summer, in UTC and in Berlin
