"""An apply that is cut off is in the history all the same: the next writer adds its entry, whatever the store."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from folder_provider import Faults
from folder_world import FolderWorld

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.refactoring import Refactoring, Removed
from slactl.plan import stages
from slactl.state.chain import breaks
from slactl.state.imported import imported
from slactl.state.records import Entry
from tests.apply.test_kill import FIRST, SECOND, prepare, prepared

__all__ = ["prepare"]
BY_HAND = Entry(0, datetime(2026, 11, 23, tzinfo=UTC), "me@here", "state mv", "2026-11-23", "", None, {}, {})
BEGUN = "begun, and what became of it not recorded"


APPLY_AND_DIE = """
import os, signal, sys
from pathlib import Path
from folder_provider import Faults
from folder_world import FolderWorld
world = FolderWorld(Path(sys.argv[1]), {wanted!r}, settings={settings!r})
world.faults["b"] = Faults(after_batch=lambda: os.kill(os.getpid(), signal.SIGKILL))
world.apply()
"""


class Killed(BaseException):
    """As if the process had been killed: nothing is caught, nothing is said."""


def die_after(number: int) -> Callable[[], None]:
    """A hook that dies in the batch of this number, after the backend has made its changes."""
    seen: list[int] = []

    def hook() -> None:
        seen.append(1)
        if len(seen) == number:
            raise Killed

    return hook


def entries(world: FolderWorld) -> list[Entry]:
    found = [*world.store.history()]
    snapshot = world.store.read()
    assert not [*breaks(found, snapshot.head, snapshot.lineage)]
    return found


def test_what_a_killed_process_did_is_told_by_the_next_apply(
    tmp_path: Path, prepare: Callable[..., FolderWorld]
) -> None:
    world = prepare(tmp_path, staged=False)
    code = APPLY_AND_DIE.format(settings=world.settings, wanted=world.wanted)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(entries(world)) == 1
    assert world.apply().complete
    first, cut, last = entries(world)
    assert (first.serial, cut.serial, last.serial) == (1, 2, 3)
    assert cut.command == "apply (did not end)"
    assert cut.plan_digest
    assert cut.at < last.at
    assert cut.agreements == {}
    assert set(cut.results.values()) == {f"update: {BEGUN}", f"create: {BEGUN}"}
    assert set(cut.results) <= {f"b.file.{name}" for name in {**FIRST, **SECOND}}
    assert world.plan().is_empty


def cut_in_the_second_batch(world: FolderWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "BATCH", 4)
    world.faults["b"] = Faults(after_batch=die_after(2))
    with pytest.raises(Killed):
        world.apply()
    world.faults["b"] = Faults()


def test_each_change_is_told_as_far_as_it_is_known(
    tmp_path: Path, prepare: Callable[..., FolderWorld], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = prepare(tmp_path, staged=False)
    world.wanted = {"b": {**FIRST, **{f"m{number}": {"size": 1} for number in range(10)}}}
    cut_in_the_second_batch(world, monkeypatch)
    assert world.apply().complete
    _, cut, last = entries(world)
    assert cut.results == {
        **{f"b.file.m{number}": "create: done" for number in range(4)},
        **{f"b.file.m{number}": f"create: {BEGUN}" for number in range(4, 8)},
    }
    assert last.results == {
        **{f"b.file.m{number}": "record: done" for number in range(4, 8)},
        **{f"b.file.m{number}": "create: done" for number in range(8, 10)},
    }


def test_one_that_is_cut_off_again_has_an_entry_of_its_own(
    tmp_path: Path, prepare: Callable[..., FolderWorld], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = prepare(tmp_path, staged=False)
    for name in ("m", "n"):
        world.wanted = {"b": {**world.wanted["b"], **{f"{name}{one}": {"size": 1} for one in range(10)}}}
        cut_in_the_second_batch(world, monkeypatch)
    assert world.apply().complete
    assert [(one.serial, one.command) for one in entries(world)] == [
        (1, "apply"),
        (2, "apply (did not end)"),
        (3, "apply (did not end)"),
        (4, "apply"),
    ]


def test_whoever_writes_next_adds_the_entry_and_it_is_no_promise(
    tmp_path: Path, prepare: Callable[..., FolderWorld], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = prepare(tmp_path, staged=False)
    world.wanted = {"b": {**FIRST, **{f"m{number}": {"size": 1} for number in range(10)}}}
    cut_in_the_second_batch(world, monkeypatch)
    with world.store.lock("state rm", 0) as writer:
        writer.move({}, BY_HAND)
    assert [one.command for one in entries(world)] == ["apply", "apply (did not end)", "state mv"]
    assert world.store.export()["under_way"] is None


def test_what_is_under_way_goes_along_when_the_state_moves(
    tmp_path: Path, prepare: Callable[..., FolderWorld], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = prepare(tmp_path, staged=False)
    world.wanted = {"b": {**FIRST, **{f"m{number}": {"size": 1} for number in range(10)}}}
    cut_in_the_second_batch(world, monkeypatch)
    document: dict[str, Any] = world.store.export()
    assert document["under_way"]["results"]["b.file.m0"] == "create: done"
    assert document["under_way"]["serial"] == document["serial"] == 2
    world.settings = {"type": "sqlite", "path": "other.db"}
    with world.store.lock("state push", 0) as writer:
        writer.replace(imported(document, "the copy"))
    assert world.store.export() == document
    assert world.apply().complete
    assert [one.command for one in entries(world)] == ["apply", "apply (did not end)", "apply"]


def test_what_an_agreement_leaves_behind_stays_when_the_apply_that_lets_go_of_it_is_cut_off(
    tmp_path: Path, prepare: Callable[..., FolderWorld], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in the address of its object names the agreement: once state has forgotten it, only the history tells."""
    world = prepare(tmp_path, staged=False)
    place = Place("refactorings.yaml")
    world.refactorings["r"] = Refactoring(
        "r", place, removed=(Removed("sla.o00", keep_objects=True, place=place),)
    )
    world.wanted = {"b": {**FIRST, **{f"m{number}": {"size": 1} for number in range(10)}}}
    del world.wanted["b"]["o00"]
    cut_in_the_second_batch(world, monkeypatch)
    assert "b.file.o00" not in world.store.read().resources
    assert [one.address for one in world.plan().changes] == ["b.file.m8", "b.file.m9"]
    assert world.apply().complete
    assert "o00" in world.bodies()
    assert world.plan().is_empty


def test_an_apply_that_the_state_failed_is_told_too(tmp_path: Path) -> None:
    world = prepared(tmp_path, {"type": "sqlite", "path": "state.db"}, staged=False)

    def lose_the_lock() -> None:
        held = world.store.holder()
        assert held is not None
        world.store.force_unlock(held.id)

    world.faults["b"] = Faults(after_batch=lose_the_lock)
    with pytest.raises(SlactlError, match="released by somebody else"):
        world.apply()
    world.faults["b"] = Faults()
    assert world.apply().complete
    assert [one.command for one in entries(world)] == ["apply", "apply (did not end)", "apply"]
