"""Who is asked may leave, and a pipeline that is cancelled gives its lock back."""

import builtins
import os
import select
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from slactl.cli.console import Console
from slactl.state.sqlite import SqliteStore
from tests.running import Run

CANCELLED = """
import builtins, os, signal, sys, time
from dataclasses import replace
from slactl.cli import main
plain = main.Console.of_environment(no_color=True)
main.Console.of_environment = lambda **_: replace(plain, interactive=True)
def cancelled(_):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
builtins.input = cancelled
main.run()
"""


def test_a_cancelled_pipeline_gives_the_lock_back(shop: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", CANCELLED, f"-chdir={shop}", "apply"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=50)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (130, "Interrupted.")
    state = shop / ".slactl" / "state.db"
    assert state.exists()
    assert SqliteStore(state, "webshop").holder() is None


def test_the_end_of_the_input_is_no_approval(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_: str) -> str:
        raise EOFError

    plain = Console.of_environment(no_color=True)
    monkeypatch.setattr(Console, "of_environment", lambda **_: replace(plain, interactive=True))
    monkeypatch.setattr(builtins, "input", ended)
    code, _, err = run("apply")
    assert code == 1
    assert "Apply cancelled." in err


def test_a_reader_that_goes_away_stops_no_apply(shop: Path, run: Run) -> None:
    saved = str(shop / "saved.plan")
    assert run("plan", f"-out={saved}")[0] == 0
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "slactl", f"-chdir={shop}", "apply", saved]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.wait(60)
    (entry,) = SqliteStore(shop / ".slactl" / "state.db", "webshop").history()
    assert entry.command == "apply"
    assert set(entry.results.values()) == {"create: done"}


def test_what_is_piped_comes_line_by_line(shop: Path) -> None:
    script = (
        "import os, sys; from slactl.cli import main; sys.argv = ['slactl', *sys.argv[1:]]; "
        "main.main = lambda _: (sys.stdout.write('first\\n'), os.read(0, 1), 0)[2]; main.run()"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=shop, env=environment
    ) as process:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 30)[0], "nothing was said before the end"
        assert process.stdout.readline() == b"first\n"
