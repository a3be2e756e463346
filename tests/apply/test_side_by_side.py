"""Backends of one wave are changed at the same time, at most so many at once; a wave waits for the one before."""

import threading
from pathlib import Path

import pytest
from folder_provider import Faults
from folder_world import FolderWorld

from slactl.apply.lanes import side_by_side


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    wanted = {
        name: {f"{name}{number}": {"size": number} for number in range(30)} for name in ("b", "c", "d", "e")
    }
    return FolderWorld(tmp_path, wanted)


def test_backends_are_changed_at_the_same_time(world: FolderWorld) -> None:
    together = threading.Barrier(4, timeout=20)  # breaks unless all four are under way at once

    def wait() -> None:
        together.wait()

    world.faults = {name: Faults(after_batch=wait) for name in world.wanted}
    assert world.apply().complete
    assert all(len(world.bodies(name)) == 30 for name in world.wanted)
    assert world.plan().is_empty


def test_no_more_than_asked_for_are_changed_at_once(world: FolderWorld) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def change(_: object) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.001)
        with lock:
            now[0] -= 1

    world.faults = {name: Faults(before_change=change) for name in world.wanted}
    world.parallelism = 2
    assert world.apply().complete
    assert most[0] == 2


def test_a_backend_that_fails_does_not_stop_the_others(world: FolderWorld) -> None:
    plan = world.plan()
    world.faults = {"c": Faults(unreachable=True), "d": Faults(lose_answer=True)}
    result = world.apply(plan)
    assert {one.status for one in result.failures} == {"failed", "unknown"}
    assert len(result.failures) == 60
    assert result.added == 60
    world.faults = {}
    assert world.apply().complete
    assert world.plan().is_empty


def test_what_goes_wrong_in_one_thread_is_raised_where_it_is_waited_for() -> None:
    done: list[int] = []

    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        side_by_side([lambda: done.append(1), fail, lambda: done.append(2)], 2)
    assert 1 in done
