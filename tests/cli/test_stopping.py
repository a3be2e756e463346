"""Who is asked may leave, and a pipeline that is cancelled gives its lock back."""

import builtins
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from slactl.cli.console import Console
from slactl.state.sqlite import SqliteStore
from tests.running import Run

_QUESTION = b"Enter a value"


def asked(shop: Path, environment: Mapping[str, str]) -> tuple[int, int, bytes]:
    """An apply on a terminal of its own that waits for its answer: its process, its terminal, what it said."""
    process, terminal = pty.fork()
    if not process:
        os.execve(  # noqa: S606 - the command itself, with no shell
            sys.executable, [sys.executable, "-m", "slactl", f"-chdir={shop}", "apply"], dict(environment)
        )
    said, deadline = b"", time.monotonic() + 60
    while _QUESTION not in said and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            said += os.read(terminal, 65536)
    assert _QUESTION in said, said
    return process, terminal, said


def test_a_cancelled_pipeline_gives_the_lock_back(shop: Path) -> None:
    store = SqliteStore(shop / ".slactl" / "state.db", "webshop")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process, terminal, _ = asked(shop, environment)
    assert store.holder() is not None
    os.kill(process, signal.SIGTERM)
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 130
    assert store.holder() is None


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
