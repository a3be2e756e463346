"""Ctrl-C while several backends are changed at once: once, and what is under way ends and is recorded; twice, and it stops."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from folder_world import FolderWorld

WANTED = {name: {f"{name}{number:02}": {"size": number} for number in range(30)} for name in "bcd"}
APPLY = f"""
import sys, time
from pathlib import Path
import slactl.plan.stages
slactl.plan.stages.BATCH = 5
from folder_provider import Faults
from folder_world import FolderWorld
world = FolderWorld(Path(sys.argv[1]), {WANTED!r})
world.faults = {{name: Faults(before_change=lambda _: time.sleep(0.03)) for name in world.wanted}}
plan = world.plan()
print("ready", flush=True)
result = world.apply(plan)
print(result.added, result.interrupted, flush=True)
"""


def applying(root: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", APPLY, str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_apply_is_finished_by_the_next(tmp_path: Path, times: int) -> None:
    with applying(tmp_path) as process:
        time.sleep(0.25)
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.02)
        began = time.monotonic()
        out, err = process.communicate(timeout=60)
        stopped_after_s = time.monotonic() - began
    world = FolderWorld(tmp_path, dict(WANTED))
    snapshot = world.store.read()
    there = {one.address for name in WANTED for one in world.read(name)}
    assert 0 < len(there) < 90
    if times == 1:
        added, interrupted = out.split()
        assert (int(added), interrupted) == (len(there), "True")
        assert snapshot.resources.keys() == there
        assert not snapshot.unsettled
    else:
        assert "KeyboardInterrupt" in err
        assert snapshot.resources.keys() <= there <= snapshot.resources.keys() | snapshot.unsettled
    assert stopped_after_s < 5
    assert world.apply().complete
    assert world.plan().is_empty
    assert all(len(world.bodies(name)) == 30 for name in WANTED)
