"""The own cost of an apply: at most 1 ms of processor time an object, and linear."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from folder_world import FolderWorld

from slactl.apply.executor import Executor, Identity
from slactl.provider import Change, Outcome


class Instant:
    """A backend that costs nothing itself."""

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        return [Outcome(change.address, "done", change.address) for change in changes]

    def commit(self) -> None:
        """Nothing is staged."""


def seconds(root: Path, count: int) -> float:
    root.mkdir()
    rule = {"expr": "x" * 200, "labels": {"objective": "sla.a.availability"}}
    world = FolderWorld(root, {"b": {f"o{number:05}": {"rules": [rule] * 3} for number in range(count)}})
    plan = world.plan()
    connection: Any = nullcontext(Instant())
    with world.store.lock("apply", 0) as writer:
        begin = time.process_time()
        executor = Executor(
            plan, writer, lambda _: connection, Identity("me", "apply", None), lambda *_: None
        )
        assert executor.run().added == count
        return time.process_time() - begin


def test_ten_times_the_objects_cost_ten_times_as_much(tmp_path: Path) -> None:
    seconds(tmp_path / "warm", 100)
    small = min(seconds(tmp_path / f"small{number}", 1000) for number in range(3))
    large = seconds(tmp_path / "large", 10_000)
    assert large < 10.0, "1 ms an object"
    assert large < 20 * small, "10 times is linear, 100 times would be the square; the rest is noise"
