"""Starting everything for a person to look at, ending exactly that, and the demonstration on real systems."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import processes
import pytest
import requests
import services
from processes import Process

HERE = Path(__file__).parent
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
PARENT = [
    sys.executable, "-c",
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); time.sleep(600)",
]  # fmt: skip


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for what is written down: what the user has running is not this test's."""
    path = tmp_path / "services.json"
    monkeypatch.setenv("SLACTL_SERVICES_RECORD", str(path))
    monkeypatch.setattr(services, "RECORD", path)
    return path


@pytest.fixture
def bystander() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(SLEEP) as one:
        yield one
        one.kill()


def process_of(popen: "subprocess.Popen[bytes]") -> Process:
    found = Process.of(popen.pid)
    assert found is not None
    return found


def test_a_number_that_somebody_else_has_now_is_left_alone(bystander: "subprocess.Popen[bytes]") -> None:
    once = Process(bystander.pid, process_of(bystander).started - 1)
    assert not once.runs
    assert processes.family([once]) == []
    assert processes.end([once], patience_s=1) == []
    assert bystander.poll() is None


def test_a_family_ends_with_its_children(bystander: "subprocess.Popen[bytes]") -> None:
    with subprocess.Popen(PARENT) as parent:
        head = process_of(parent)
        deadline = time.monotonic() + 20
        while len(processes.family([head])) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        family = processes.family([head])
        assert processes.end(family) == []
    assert not any(one.runs for one in family)
    assert bystander.poll() is None


def test_a_killed_supervisor_leaves_nothing_that_stop_does_not_end(
    record: Path, tmp_path: Path, bystander: "subprocess.Popen[bytes]", capsys: pytest.CaptureFixture[str]
) -> None:
    gone = Process(process_of(bystander).number, 1)
    with subprocess.Popen(SLEEP) as one, subprocess.Popen(SLEEP) as other:
        kept = tmp_path / "kept"
        kept.mkdir()
        started = (process_of(one), process_of(other), gone)
        services.Record(str(kept), gone, started, (), {}, {}).write()
        assert services.stop() == 0
        assert (one.wait(), other.wait()) == (-signal.SIGTERM, -signal.SIGTERM)
    assert not kept.exists()
    assert not record.exists()
    assert bystander.poll() is None
    assert services.stop() == 0
    assert capsys.readouterr().out.splitlines() == [
        "Stopped: 2 processes.",
        "Nothing runs that make services has started.",
    ]


def run(verb: str) -> str:
    done = subprocess.run(
        [sys.executable, HERE / "services.py", verb], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_everything_is_started_once_and_ended(record: Path) -> None:
    try:
        first, again = run("start"), run("start")
        known = services.Record.read()
        assert known is not None
        assert "They run already." not in first
        assert again.splitlines()[0] == "They run already."
        assert again.splitlines()[1:] == first.splitlines()[1:]
        for title in ("Prometheus", "VictoriaMetrics", "vmalert", "Alertmanager", "Zabbix", "Icinga 2"):
            assert title in first
        assert "Admin / zabbix" in first
        page = requests.get({row[0]: row[1] for row in known.addresses}["Zabbix"], timeout=60)
        assert "Zabbix" in page.text
    finally:
        run("stop")
    assert not any(one.runs for one in (*known.processes, known.supervisor))
    assert not Path(known.folder).exists()
    assert not record.exists()


def test_the_example_for_real_systems_is_valid_and_formatted(tmp_path: Path) -> None:
    from demo_live import Shop  # noqa: PLC0415 - it names folders of this repository

    shop = Shop(tmp_path / "shop", {"ZABBIX_PASSWORD": "x", "ICINGA_PASSWORD": "x"})
    (shop.root / "alertmanager.yml").write_text("route: {receiver: others}\nreceivers: [{name: others}]\n")
    shop.slactl("validate")
    shop.slactl("fmt", "-check", "agreements", "slactl.yaml")
    shop.slactl("check", "-as-of=2026-11-23")
    assert "What counts: time (backend.noc), requests (backend.prom and backend.victoria)" in "".join(
        shop.definitions()
    )


def test_an_outage_is_seen_and_counted_alike_by_all() -> None:
    done = subprocess.run(
        [sys.executable, HERE / "demo_live.py", "--outage=15"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything agrees" in done.stdout


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that PostgreSQL reaches, which runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="slactl-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_ctrl_c_stops_everything(open_folder: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(open_folder), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, HERE / "demo_live.py"], stdout=subprocess.PIPE, text=True, env=environment
    ) as demo:
        head = Process.of(demo.pid)
        assert head is not None
        assert demo.stdout is not None
        while "Prometheus" not in (line := demo.stdout.readline()):
            assert line, "it ended before its servers ran"
        family = processes.family([head])
        demo.send_signal(signal.SIGINT)
        assert "Stopped." in demo.stdout.read()
        assert demo.wait(timeout=120) == 130
    assert len(family) > 20
    assert not any(one.runs for one in family)
    assert list(open_folder.iterdir()) == []
