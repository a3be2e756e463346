"""kill -9 at random moments of an apply: nothing is lost, nothing is made twice, the state always opens."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from folder_world import FolderWorld
from state_server import state_server

if TYPE_CHECKING:
    from postgres_server import PostgresServer

SCRIPT = Path(__file__).parent.parent / "servers" / "folder_world.py"
FIRST: dict[str, dict[str, Any]] = {f"o{number:02}": {"size": number} for number in range(40)}
SECOND: dict[str, dict[str, Any]] = {
    **{f"o{number:02}": {"size": number} for number in range(10)},
    **{f"o{number:02}": {"size": -number} for number in range(10, 30)},
    **{f"n{number:02}": {"size": number, "on": f"ref:o{number:02}"} for number in range(30)},
}


def start(root: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(root)], stdout=subprocess.PIPE, text=True, env=environment
    )


def killed_after(root: Path, delay_s: float) -> bool:
    """Whether the process was killed before it was done."""
    with start(root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        return "done" not in process.stdout.read()


def time_of_one_apply_s(root: Path) -> float:
    with start(root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        begin = time.monotonic()
        assert process.stdout.readline() == "done\n"
        return time.monotonic() - begin


def prepared(root: Path, settings: Mapping[str, str], *, staged: bool) -> FolderWorld:
    world = FolderWorld(root, {"b": dict(FIRST)}, staged=staged, settings=settings)
    assert world.apply().complete
    world.wanted = {"b": dict(SECOND)}
    wanted = {"wanted": world.wanted, "staged": staged, "state": settings}
    root.joinpath("wanted.json").write_text(json.dumps(wanted))
    return world


@pytest.fixture(params=["sqlite", "postgres", "http"])
def prepare(request: pytest.FixtureRequest) -> Iterator[Callable[..., FolderWorld]]:
    """Makes worlds whose state is in a store of one kind, each in a place of its own."""
    with ExitStack() as stack:

        def settings() -> dict[str, str]:
            if request.param == "postgres":
                server: PostgresServer = request.getfixturevalue("postgres")
                return {"type": "postgres", "dsn": server.new_database()}
            if request.param == "http":
                return {"type": "http", "address": stack.enter_context(state_server()).address}
            return {"type": "sqlite", "path": "state.db"}

        yield lambda root, *, staged: prepared(root, settings(), staged=staged)


def resolved(world: FolderWorld) -> Mapping[str, Any]:
    ids = {one.address: one.id for one in world.read()}
    return {
        name: {
            key: ids[f"b.file.{value[4:]}"] if str(value).startswith("ref:") else value
            for key, value in body.items()
        }
        for name, body in SECOND.items()
    }


@pytest.mark.parametrize("staged", [False, True])
def test_nothing_is_lost_or_doubled(
    tmp_path: Path, staged: bool, prepare: Callable[..., FolderWorld], kills: int
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    print("seed", seed)  # noqa: T201 - shown when the test fails
    (tmp_path / "whole").mkdir()
    prepare(tmp_path / "whole", staged=staged)
    whole_s = time_of_one_apply_s(tmp_path / "whole")
    killed = 0
    for trial in range(kills):
        root = tmp_path / str(trial)
        root.mkdir()
        world = prepare(root, staged=staged)
        killed += killed_after(root, chance.uniform(0, whole_s))
        snapshot = world.store.read()
        plan = world.plan(refresh=False)  # open intents force the read
        seen = {
            **{one.address: one.id for one in plan.kept},
            **{one.address: one.id for one in plan.changes if one.id is not None},
        }
        for one in world.read():
            assert one.address in snapshot.resources or seen.get(one.address) == one.id, (seed, trial, one)
        assert not plan.drift, (seed, trial)
        left_behind = world.store.holder() is not None
        with world.store.lock("apply", 0) as writer:
            assert ("was taken over" in writer.note) == left_behind, (seed, trial)
        assert world.apply().complete, (seed, trial)
        assert world.bodies() == resolved(world), (seed, trial)
        assert world.plan().is_empty, (seed, trial)
        assert world.store.read().intents == (), (seed, trial)
    assert killed > 0, "no process was killed in the middle; the delays are wrong"


def test_a_plan_saved_before_the_crash_is_stale_after_it(tmp_path: Path) -> None:
    world = FolderWorld(tmp_path, {"b": dict(FIRST)})

    def die() -> None:
        raise KeyboardInterrupt

    world.apply()
    world.wanted = {"b": dict(SECOND)}
    plan = world.plan()
    assert plan.serial == world.store.read().serial
    world.faults["b"].after_batch = die
    with pytest.raises(KeyboardInterrupt):
        world.apply(plan)
    assert plan.serial < world.store.read().serial
