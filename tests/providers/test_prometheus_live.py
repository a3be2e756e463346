"""Apply against a real Prometheus: what it has afterwards, what happens when it refuses, and what a report reads from it."""

import http.server
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from prometheus_server import PrometheusServer, free_port, keep_history, record, running

from slactl.cli.main import main

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
kind: Indicator
metadata: {name: requests}
spec: {ratio: {good: 'good_total', total: 'all_total'}}
---
apiVersion: slactl/v1
kind: SLA
metadata: {name: a}
spec: {service: shop, customer: acme, status: agreed, objectives: {availability: {target: 99.9%, indicator: requests}}}
---
"""
BACKEND = """\
apiVersion: slactl/v1
kind: Backend
metadata: {{name: prom}}
spec: {{provider: prometheus, config: {{rulesDir: rules, url: "{url}", reload: true, timeout: 5s}}}}
"""


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder: exit code, output, messages."""

    def run(root: Path, *arguments: str) -> tuple[int, str, str]:
        code = main([f"-chdir={root}", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def live(workspace: Write, tmp_path: Path) -> Iterator[tuple[Path, PrometheusServer]]:
    """A workspace whose backend is a running server."""
    root = workspace(ESTATE)
    with running(tmp_path / "server", root / "rules") as server:
        (root / "agreements" / "backend.yaml").write_text(BACKEND.format(url=server.url))
        yield root, server


def names(server: PrometheusServer) -> set[str]:
    return {group["name"] for group in server.groups()}


OURS = {"sla.a-1m", "slactl-burn", "slactl-long", "slactl-alerts"}


def test_apply_no_op_drift_and_destroy(live: tuple[Path, PrometheusServer], slactl: Run) -> None:
    root, server = live
    code, out, err = slactl(root, "apply", "-auto-approve")
    assert (code, err) == (0, "")
    assert "Apply complete! Resources: 2 added, 0 changed, 0 destroyed." in out
    assert names(server) == OURS

    code, out, _ = slactl(root, "plan", "-detailed-exitcode")
    assert code == 0
    assert "\nNo changes." in f"\n{out}"

    target = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    target.write_text(target.read_text().replace("vector(0.001)", "vector(0.5)"))
    code, out, _ = slactl(root, "plan", "-detailed-exitcode")
    assert code == 2
    assert "(it was changed outside of slactl)" in out
    assert "vector(0.5)" in out
    target.unlink()
    assert "(it was deleted outside of slactl)" in slactl(root, "plan")[1]
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert "vector(0.001)" in target.read_text()

    foreign = root / "rules" / "theirs.yaml"
    foreign.write_text("groups: []\n")
    code, out, _ = slactl(root, "destroy", "-auto-approve")
    assert code == 0
    assert "Destroy complete! Resources: 0 added, 0 changed, 2 destroyed." in out
    assert [path.name for path in sorted((root / "rules").iterdir())] == ["theirs.yaml"]
    assert names(server) == set()


def test_a_refused_reload_brings_the_old_files_back(live: tuple[Path, PrometheusServer], slactl: Run) -> None:
    root, server = live
    slactl(root, "apply", "-auto-approve")
    target = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    before = target.read_text()
    agreements = root / "agreements" / "00.yaml"
    agreements.write_text(agreements.read_text().replace("99.9%", "99.95%"))
    broken = root / "rules" / "theirs.yaml"
    broken.write_text("groups: [{name: x, rules: [{record: y, expr: 'sum('}]}]\n")

    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "refused to reload (500)" in err
    assert "The old rule files are back in place." in err
    assert target.read_text() == before
    assert names(server) == OURS

    broken.unlink()
    code, out, _ = slactl(root, "plan", "-detailed-exitcode")
    assert code == 2
    assert "99.9% -> 99.95%" in out
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert "vector(0.0005)" in target.read_text()


def test_a_server_that_is_down_changes_nothing(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, BACKEND.format(url=f"http://127.0.0.1:{free_port()}"))
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "cannot be reached" in err
    assert list((root / "rules").glob("*.yaml")) == []
    assert "2 to add" in slactl(root, "plan")[1]


def test_a_password_in_the_url_is_not_shown(
    workspace: Write, slactl: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROM_PASSWORD", "s3cret")
    url = f"http://me:${{env.PROM_PASSWORD}}@127.0.0.1:{free_port()}"
    code, out, err = slactl(workspace(ESTATE, BACKEND.format(url=url)), "apply", "-auto-approve")
    assert code == 1
    assert "cannot be reached" in err
    assert "s3cret" not in out + err


@contextmanager
def nonsense(status: int, body: bytes) -> Iterator[str]:
    """A server that answers everything with the same nonsense."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b"<html>login</html>", "(401)"),
        (405, b"", "--web.enable-lifecycle"),
        (302, b"", "(302)"),
        (500, b"\xff\x00", "(500)"),
    ],
)
def test_nonsense_on_reload_is_a_message_and_changes_nothing(
    workspace: Write, slactl: Run, status: int, body: bytes, words: str
) -> None:
    with nonsense(status, body) as url:
        root = workspace(ESTATE, BACKEND.format(url=url))
        code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert words in err
    assert "Traceback" not in err
    assert list((root / "rules").glob("*.yaml")) == []


def test_nonsense_on_report_is_a_message(workspace: Write, slactl: Run) -> None:
    with nonsense(200, b"<html>hello</html>") as url:
        code, _, err = slactl(workspace(ESTATE, BACKEND.format(url=url)), "report")
    assert code == 1
    assert "did not answer a query" in err


def test_a_foreign_file_of_our_name_is_left_alone(workspace: Write, slactl: Run) -> None:
    root = workspace(ESTATE, BACKEND.format(url="http://127.0.0.1:9").replace(", reload: true", ""))
    folder = root / "rules"
    folder.mkdir()
    theirs = folder / "slactl.estate.prom.rules.sla.a.yaml"
    theirs.write_text("groups: []\n")
    code, _, err = slactl(root, "apply", "-auto-approve")
    assert code == 1
    assert "is there and not ours" in err
    assert theirs.read_text() == "groups: []\n"


def test_two_workspaces_share_a_folder(workspace: Write, slactl: Run, tmp_path: Path) -> None:
    root = workspace(ESTATE, BACKEND.format(url="http://127.0.0.1:9").replace(", reload: true", ""))
    slactl(root, "apply", "-auto-approve")
    other = tmp_path / "other"
    shutil.copytree(root / "agreements", other / "agreements")
    (other / "slactl.yaml").write_text(
        (root / "slactl.yaml").read_text().replace("name: estate", "name: second")
    )
    (other / "rules").symlink_to(root / "rules")
    assert slactl(other, "apply", "-auto-approve")[0] == 0
    assert len(list((root / "rules").glob("*.yaml"))) == 4
    assert slactl(other, "destroy", "-auto-approve")[0] == 0
    assert len(list((root / "rules").glob("*.yaml"))) == 2
    assert "No changes." in slactl(root, "plan")[1]


START, END = 1759104000, 1762041600  # 2025-09-29 to 2025-11-02, midnight UTC
OUTAGE = range(1760526000, 1760526000 + 7200, 60)  # 2025-10-15, 11:00 to 13:00 UTC: at peak


def history(path: Path) -> None:
    """Counters by the minute: traffic with a peak at noon and little at night, all failing in the outage."""
    good = total = 0
    lines: dict[str, list[str]] = {"good_total": [], "all_total": []}
    for now in range(START, END, 60):
        hour = now % 86_400 / 3600
        events = 20 + int(600 * max(0.0, 1 - abs(hour - 12) / 6))
        total += events
        good += 0 if now in OUTAGE else events
        lines["good_total"].append(f"good_total {good} {now}")
        lines["all_total"].append(f"all_total {total} {now}")
    text = [
        row
        for name, rows in lines.items()
        for row in (f"# TYPE {name.removesuffix('_total')} counter", *rows)
    ]
    path.write_text("\n".join([*text, "# EOF", ""]))


def test_recorded_ratios_are_exact_and_the_report_reads_them(
    workspace: Write, slactl: Run, tmp_path: Path
) -> None:
    root = workspace(ESTATE, BACKEND.format(url="http://127.0.0.1:9").replace(", reload: true", ""))
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    folder = tmp_path / "server"
    folder.mkdir()
    history(tmp_path / "history.txt")
    keep_history(tmp_path / "history.txt", folder)
    base = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    steps = tmp_path / "steps.yaml"
    steps.write_text(
        'groups: [{name: steps, interval: 5m, rules: [{record: "slactl:objective:sum5m", expr: "sum_over_time(slactl:objective:now{part!=\'budget\'}[5m])"}]}]\n'
    )
    for rules in (base, steps):  # each needs what the one before has recorded
        record(folder, [rules], START, END, "1m")

    with running(folder, tmp_path / "none") as server:
        at = 1761955200  # 2025-11-01
        raw = "1 - increase(good_total[30d]) / increase(all_total[30d])"
        expected = server.value(raw, at)
        assert expected > 0.009
        bad, total = (
            f'sum(sum_over_time(slactl:objective:sum5m{{part="{part}"}}[30d]))' for part in ("bad", "total")
        )
        assert server.value(f"{bad} / {total}", at) == pytest.approx(expected, rel=1e-4)

        (root / "agreements" / "01.yaml").write_text(BACKEND.format(url=server.url))
        code, out, _ = slactl(root, "report", "-as-of=2025-11-02")
        assert code == 0
        assert "availability  2025-10  missed" in out
        month = server.value("1 - increase(good_total[31d]) / increase(all_total[31d])", at)
        (found,) = json.loads(slactl(root, "report", "-json", "-as-of=2025-11-02")[1])["objectives"]
        assert 1 - float(found["attained"]) == pytest.approx(month, rel=1e-4)
        assert (found["met"], found["window"], found["target"]) == (False, "2025-10", "0.999")


def test_kill_at_any_moment_of_an_apply_loses_nothing(workspace: Write, slactl: Run) -> None:
    many = "".join(
        ESTATE.split("---\n")[-2].replace("name: a}", f"name: a{number}}}") + "---\n" for number in range(400)
    )
    root = workspace(
        ESTATE, many, BACKEND.format(url="http://127.0.0.1:9").replace(", reload: true", ", promtool: off")
    )
    command = [sys.executable, "-m", "slactl", f"-chdir={root}", "apply", "-auto-approve"]
    begin = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - begin
    assert slactl(root, "destroy", "-auto-approve")[0] == 0
    for trial in range(8):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (0.3 + 0.7 * trial / 8))
        process.kill()
        process.wait()
        left = sum(not name.name.startswith(".") for name in (root / "rules").glob("*.yaml"))
        code, out, err = slactl(root, "plan")
        assert (code, err) == (0, ""), err
        added = 402 - left
        assert (f"Plan: {added} to add, 0 to change, 0 to destroy." in out) or (
            added == 0 and "to add" not in out.replace("Plan: 0 to add", "")
        )
        for file in (root / "rules").glob("*.yaml"):
            assert file.read_text().endswith("unit: events\n") or "slactl-alerts" in file.read_text(), file
        if trial % 3 == 2:
            assert slactl(root, "apply", "-auto-approve")[0] == 0
            assert "No changes." in slactl(root, "plan")[1]
            assert slactl(root, "destroy", "-auto-approve")[0] == 0


def test_drift_is_seen_and_nothing_is_touched(live: tuple[Path, PrometheusServer], slactl: Run) -> None:
    root, _ = live
    assert slactl(root, "drift")[0] == 0
    slactl(root, "apply", "-auto-approve")
    state = root / ".slactl" / "state.db"
    rules = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    fleet = root / "rules" / "slactl.estate.prom.shared.fleet.yaml"
    header, body = fleet.read_text().split("groups:\n")
    groups = yaml.safe_load(body)
    other_way = yaml.safe_dump({"groups": groups[::-1]})
    assert len(groups) == 3
    fleet.write_text(f"{header}# looked at by hand\n{other_way}")
    assert slactl(root, "drift") == (0, "No drift. The backends hold what was applied.\n", "")

    rules.write_text(rules.read_text().replace("vector(0.001)", "vector(0.5)"))
    stray = rules.read_text().replace("address: prom.rules.sla.a", "address: prom.rules.sla.old")
    (root / "rules" / "slactl.estate.prom.rules.sla.old.yaml").write_text(stray)
    fleet.unlink()
    before = (state.read_bytes(), rules.read_bytes())
    code, out, _ = slactl(root, "drift")
    assert code == 2
    assert "vector(0.5)" in out
    assert out.splitlines()[-1] == "Drift: 1 changed, 1 deleted, 1 orphan."
    code, out, _ = slactl(root, "drift", "-json")
    assert code == 2
    assert {one["address"]: one["drift"] for one in json.loads(out)["objects"]} == {
        "prom.rules.sla.a": "changed",
        "prom.rules.sla.old": "orphan",
        "prom.shared.fleet": "deleted",
    }
    assert (state.read_bytes(), rules.read_bytes()) == before
    assert slactl(root, "apply", "-auto-approve")[0] == 0
    assert slactl(root, "drift")[0] == 0

    backend = root / "agreements" / "backend.yaml"
    backend.write_text(backend.read_text().replace("rulesDir: rules, ", ""))
    code, out, err = slactl(root, "drift")
    assert (code, out) == (1, "")
    assert "rulesDir" in err


def test_a_date_written_into_a_file_by_hand_is_drift_like_any_other(
    live: tuple[Path, PrometheusServer], slactl: Run
) -> None:
    root, _ = live
    slactl(root, "apply", "-auto-approve")
    rules = root / "rules" / "slactl.estate.prom.rules.sla.a.yaml"
    rules.write_text(rules.read_text().replace("vector(0.001)", "vector(0.5)") + "since: 2026-01-01\n")
    for command in ("drift", "plan"):
        code, out, _ = slactl(root, command, "-json")
        assert '"2026-01-01"' in out, (command, code)
