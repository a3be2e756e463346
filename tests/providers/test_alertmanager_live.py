"""Apply against a real Alertmanager: whom alerts reach, which keep quiet, and what happens to secrets and to the file of others."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alertmanager_server import AlertmanagerServer, Inbox, receivers_of, running, webhook

from slactl.cli.main import main
from tests.estate_texts import document, service
from tests.running import Run

Write = Callable[..., Path]
SECRET = "s3cr3t-rOuting-key-4711"
THEIRS = """\
# Owned by the network team.
global: {{resolve_timeout: 5m}}
route:
  receiver: everybody
  group_wait: 0s
  group_interval: 1s
  routes:
    # whatever pages goes to the network team, too
    - matchers: [severity="page"]
      receiver: net
    - matchers: [team="net"]
      receiver: net
receivers:
- name: everybody
- name: net
- name: oncall
  webhook_configs: [{{url: "{url}/oncall"}}]
"""
ESTATE = (
    document("Party", "acme", "type: customer")
    + document("Party", "web", "type: internal")
    + document("Party", "data", "type: internal, contacts: {escalation: [{after: 2h, to: lead}]}")
    + service("shop", "web", "[db]", "99.999%")
    + service("db", "data", "", "99.999%")
    + document("Indicator", "requests", "ratio: {good: good_total, total: all_total}")
    + document(
        "SLA", "a", "service: shop, customer: acme, status: agreed, objectives: {availability: {target: 99.9%, indicator: requests}}"
    )
    + document("OLA", "db", "service: db, status: agreed, objectives: {availability: {target: 99.95%, indicator: requests}}")
    + document("Backend", "prom", "provider: prometheus, config: {rulesDir: rules}")
)  # fmt: skip
BACKEND = """\
apiVersion: slactl/v1
kind: Backend
metadata: {{name: am}}
spec:
  provider: alertmanager
  config:
    configFile: alertmanager.yml
    url: "{url}"
    reload: true
    amtool: required
    receivers:
      p1: {{pagerduty_configs: [{{routing_key: "${{env.ROUTING_KEY}}", url: "http://127.0.0.1:9/", send_resolved: true}}]}}
      p3: {{webhook_configs: [{{url: "{inbox}/p3"}}]}}
      lead: {{webhook_configs: [{{url: "{inbox}/lead"}}]}}
      ola.db: oncall
"""


@dataclass
class World:
    root: Path
    server: AlertmanagerServer
    inbox: Inbox

    @property
    def config(self) -> Path:
        return self.root / "alertmanager.yml"

    @property
    def theirs(self) -> str:
        return THEIRS.format(url=self.inbox.url)


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder: exit code, output, messages."""

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={root}", *arguments])
        captured = capsys.readouterr()
        assert SECRET.lower() not in (captured.out + captured.err).lower()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return run


@pytest.fixture
def world(workspace: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A workspace whose backend is a running server, which tells a webhook."""
    monkeypatch.setenv("ROUTING_KEY", SECRET)
    root = workspace(ESTATE)
    with ExitStack() as stack:
        inbox = stack.enter_context(webhook())
        config = root / "alertmanager.yml"
        config.write_text(THEIRS.format(url=inbox.url))
        server = stack.enter_context(running(tmp_path / "server", config))
        (root / "agreements" / "am.yaml").write_text(BACKEND.format(url=server.url, inbox=inbox.url))
        yield World(root, server, inbox)


def alert(objective: str, severity: str = "page", long: str = "1h", **more: str) -> dict[str, str]:
    agreement = objective.rpartition(".")[0]
    return {
        "alertname": "SlactlBudgetBurn", "agreement": agreement, "objective": objective, "severity": severity, "long": long, **more,
    }  # fmt: skip


SHOP, DB = "sla.a.availability", "ola.db.availability"


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.1)


def found(server: AlertmanagerServer, **labels: str) -> dict[str, Any]:
    (one,) = (one for one in server.alerts() if labels.items() <= one["labels"].items())
    return one


def test_apply_no_op_drift_and_destroy(world: World, slactl: Run) -> None:
    code, out, err = slactl(world.root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert "am: 0 -> " in out
    assert "slactl/estate/am/p1" in world.server.original()
    code, out, _ = slactl(world.root, "plan", "-detailed-exitcode")
    assert code == 0
    assert "\nNo changes." in f"\n{out}"

    report = slactl(world.root, "report")[1]
    assert report.count("no data") == 2  # from Prometheus, one an objective: this backend measures nothing

    applied = world.config.read_text()
    world.config.write_text(applied.replace('group_wait: "2h"', 'group_wait: "3h"'))
    code, out, _ = slactl(world.root, "plan", "-detailed-exitcode")
    assert code == 2
    assert "(it was changed outside of slactl)" in out
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    assert world.config.read_text() == applied

    assert slactl(world.root, "destroy", "-auto-approve")[0] == 0
    assert world.config.read_text() == world.theirs
    assert "slactl/estate" not in world.server.original()


def test_alerts_reach_ours_and_still_those_whom_they_reached_before(world: World, slactl: Run) -> None:
    page = alert(SHOP)
    others = [
        {"team": "net"},
        {"severity": "page", "agreement": "sla.a"},
        {"alertname": "Disk"},
        {"agreement": "sla.a"},
    ]
    before = [receivers_of(world.config, **one) for one in others]
    assert before == [["net"], ["net"], ["everybody"], ["everybody"]]
    assert receivers_of(world.config, **page) == ["net"]

    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    assert [receivers_of(world.config, **one) for one in others] == before
    assert receivers_of(world.config, **page) == ["slactl/estate/am/p1", "net"]
    assert receivers_of(world.config, **alert(SHOP, "ticket", "3d")) == ["slactl/estate/am/p3"]
    escalation = "slactl/estate/am/party.data.escalation-2h"
    assert receivers_of(world.config, **alert(DB)) == ["oncall", escalation, "net"]
    assert receivers_of(world.config, **alert(DB, "ticket", "3d")) == ["oncall"]


def test_notifications_arrive_and_the_escalation_waits_for_its_time(world: World, slactl: Run) -> None:
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    world.server.post(alert(DB), minutes_ago=60)
    until(lambda: bool(world.inbox))
    time.sleep(1)
    assert {one["path"] for one in world.inbox} == {"/oncall"}
    (one, *_) = world.inbox
    assert one["groupLabels"] == {"agreement": "ola.db"}
    # a page that has lasted for more than two hours is told at once
    assert slactl(world.root, "destroy", "-auto-approve")[0] == 0
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    world.server.post(alert(DB), minutes_ago=121)
    until(lambda: "/lead" in {one["path"] for one in world.inbox})


def test_the_faster_and_the_dependency_keep_others_quiet(world: World, slactl: Run) -> None:
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    world.server.post(
        alert(DB), alert(DB, "page", "6h"), alert(DB, "ticket", "3d"), alert(SHOP, "page", "6h"), {"alertname": "Disk"}
    )  # fmt: skip

    def states() -> dict[tuple[str, str], str]:
        return {
            (one["labels"].get("objective", ""), one["labels"].get("long", "")): one["status"]["state"]
            for one in world.server.alerts()
        }

    wanted = {
        (DB, "1h"): "active",
        (DB, "6h"): "suppressed",
        (DB, "3d"): "suppressed",
        (SHOP, "6h"): "suppressed",
        ("", ""): "active",
    }
    until(lambda: states() == wanted)
    of_the_dependency = {
        one["fingerprint"] for one in world.server.alerts() if one["labels"].get("objective") == DB
    }
    assert of_the_dependency.issuperset(found(world.server, objective=SHOP)["status"]["inhibitedBy"])


def test_a_ticket_below_does_not_hide_a_page_above(world: World, slactl: Run) -> None:
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    world.server.post(
        alert(DB, "ticket", "3d"), alert(SHOP, "page", "1h"), alert(SHOP, "ticket", "1d", probe="x")
    )
    until(lambda: found(world.server, objective=DB)["status"]["state"] == "active")
    until(lambda: found(world.server, probe="x")["status"]["state"] == "suppressed")
    assert found(world.server, objective=SHOP, long="1h")["status"]["state"] == "active"


def test_nobody_is_told_out_of_hours_or_during_maintenance(world: World, slactl: Run) -> None:
    """One objective is out of its hours now, one in maintenance, one in its hours; the last alone is told."""
    now = datetime.now(UTC)
    today, tomorrow = now.strftime("%a").lower(), (now + timedelta(days=1)).strftime("%a").lower()
    later = (now + timedelta(days=3)).strftime("%a").lower()
    starts = (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:00")
    calendars = "".join(
        document("Calendar", name, f'hours: {{{days}: ["00:00-24:00"]}}')
        for name, days in (("open", f"{today}-{tomorrow}"), ("shut", later))
    )
    maintained = f"excludes: [planned-maintenance], maintenance: {{windows: [{{name: now, starts: '{starts}', duration: 4h, timezone: UTC}}]}},"
    agreements = "".join(
        document(
            "OLA", name, f"service: db, status: agreed, {more} objectives: {{availability: {{target: 99%, indicator: requests}}}}"
        )
        for name, more in (("open", "hours: open,"), ("shut", "hours: shut,"), ("mended", maintained))
    )  # fmt: skip
    (world.root / "agreements" / "more.yaml").write_text(calendars + agreements)
    backend = world.root / "agreements" / "am.yaml"
    hook = f'{{webhook_configs: [{{url: "{world.inbox.url}/p1"}}]}}'
    backend.write_text(backend.read_text().replace("      p1: ", f"      p1: {hook}\n      unused: "))
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    names = ("shut", "mended", "open")
    world.server.post(*(alert(f"ola.{name}.availability") for name in names))
    until(lambda: bool(world.inbox))
    time.sleep(2)  # as long again as the others would have needed, twice over
    told = {one["commonLabels"]["agreement"] for one in world.inbox if one["path"] == "/p1"}
    assert told == {"ola.open"}


def test_two_workspaces_live_side_by_side(world: World, slactl: Run, tmp_path: Path) -> None:
    second = tmp_path / "second"
    (second / "agreements").mkdir(parents=True)
    for one in ("slactl.yaml", "agreements/00.yaml", "agreements/am.yaml"):
        text = (world.root / one).read_text().replace("name: estate", "name: second")
        (second / one).write_text(text.replace("configFile: alertmanager.yml", f"configFile: {world.config}"))
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    alone = world.config.read_text()
    assert slactl(second, "apply", "-auto-approve")[0] == 0
    assert "No changes." in slactl(world.root, "plan")[1]
    assert receivers_of(world.config, **alert(SHOP)) == ["slactl/estate/am/p1", "slactl/second/am/p1", "net"]
    assert slactl(second, "destroy", "-auto-approve")[0] == 0
    assert world.config.read_text() == alone


def test_a_secret_is_in_the_file_alone(world: World, slactl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    out = slactl(
        world.root, "plan", f"-out={world.root / 'saved'}", f"-json-into={world.root / 'plan.json'}"
    )[1]
    assert "${env.ROUTING_KEY}" in slactl(world.root, "state", "pull")[1]
    holding = [one for one in world.root.rglob("*") if one.is_file() and SECRET.encode() in one.read_bytes()]
    assert holding == [world.config]

    monkeypatch.setenv("ROUTING_KEY", SECRET[::-1])
    code, out, _ = slactl(world.root, "plan", "-detailed-exitcode")
    assert code == 2
    assert '"(not what ${env.ROUTING_KEY} holds now)" -> "${env.ROUTING_KEY}"' in out
    assert SECRET[::-1] not in out
    assert slactl(world.root, "apply", "-auto-approve")[0] == 0
    assert SECRET not in world.config.read_text()
    assert "No changes." in slactl(world.root, "plan")[1]

    world.config.write_text(world.config.read_text().replace(f'"{SECRET[::-1]}"', '"by-hand-0815"'))
    out = slactl(world.root, "plan")[1]
    assert "by-hand-0815" not in out
    assert "1 to change" in out

    monkeypatch.delenv("ROUTING_KEY")
    code, _, err = slactl(world.root, "plan")
    assert code == 1
    assert "The environment variable ROUTING_KEY is not set" in err


def test_a_secret_in_what_the_server_refuses_is_not_shown(
    world: World, slactl: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = world.root / "agreements" / "am.yaml"
    backend.write_text(
        backend.read_text().replace('"http://127.0.0.1:9/"', '"${env.PD_URL}"').replace("required", "off")
    )
    monkeypatch.setenv("PD_URL", f"{SECRET}://x")
    code, _, err = slactl(world.root, "apply", "-auto-approve")
    assert code == 1
    assert "refuses to reload (500)" in err
    assert "unsupported scheme" in err
    assert world.config.read_text() == world.theirs
    assert "slactl/estate" not in world.server.original()
    assert "to add" in slactl(world.root, "plan")[1]
