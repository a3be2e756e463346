"""Progress: lines at most every ten seconds off a terminal, bars on one, and nothing of either on standard output."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from folder_world import FolderWorld

from slactl.cli.progress import Lines, Progress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_is_said_at_most_every_ten_seconds_with_the_time_left() -> None:
    clock, said = Clock(), io.StringIO()
    lines = Lines("Applying", 4000, clock, said)
    for _ in range(1000):
        clock.now += 0.0299
        lines.step()
    assert said.getvalue().splitlines() == [
        "Applying: 335 of 4,000, about 1m 50s left",
        "Applying: 670 of 4,000, about 1m 40s left",
    ]


def test_a_long_wait_for_the_first_one_says_nothing_about_the_others() -> None:
    clock, said = Clock(), io.StringIO()
    lines = Lines("Applying", 6000, clock, said)
    clock.now += 20  # files are checked, all at once
    lines.step()
    for _ in range(1200):
        clock.now += 0.01
        lines.step()
    assert said.getvalue().splitlines() == [
        "Applying: 1 of 6,000",
        "Applying: 1,001 of 6,000, about 50s left",
    ]


def test_what_is_over_at_once_says_nothing() -> None:
    clock, said = Clock(), io.StringIO()
    lines = Lines("Reading backends", 1, clock, said)
    clock.now += 60
    lines.step()
    assert said.getvalue() == ""


def test_off_a_terminal_there_are_no_bars(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(bars=False).of("Applying", 100) as step:
        for _ in range(100):
            step()
    assert capsys.readouterr() == ("", "")


SHOWS = """
from slactl.cli.console import Console
with Console.of_environment(no_color=False).progress.of("Applying", 50) as step:
    for _ in range(50):
        step()
    print("b.file.x: Created")
"""


def on_a_terminal(**environment: str) -> str:
    """What a terminal shows of standard error, standard output being a pipe that must stay clean."""
    leader, follower = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", SHOWS],
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", **environment},
        check=True,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(leader)
    assert done.stdout == b"b.file.x: Created\n"
    return shown.decode()


def test_on_a_terminal_a_bar_counts() -> None:
    shown = on_a_terminal()
    assert "Applying" in shown
    assert "50/50" in shown


def test_in_automation_and_on_dumb_terminals_there_are_no_bars() -> None:
    assert on_a_terminal(SLACTL_IN_AUTOMATION="1") == ""
    assert on_a_terminal(TERM="dumb") == ""


def test_without_colour_a_bar_has_none() -> None:
    shown = on_a_terminal(NO_COLOR="1")
    assert "50/50" in shown
    assert "\x1b[3" not in shown


def test_every_change_is_counted(tmp_path: Path) -> None:
    world = FolderWorld(tmp_path, {"b": {f"n{number}": {"size": 1} for number in range(20)}})
    assert len(world.plan().changes) == 20
    assert world.apply().added == 20
