"""Faults while applying: what fails is named, the rest goes on, what is done is recorded, what is staged comes back."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from folder_provider import Faults
from folder_world import FolderWorld

from slactl import __version__
from slactl.apply.executor import Executor, Identity
from slactl.base.diagnostics import SlactlError
from slactl.plan import stages
from slactl.state.sqlite_writer import SqliteWriter


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    return FolderWorld(tmp_path)


def test_a_backend_that_is_down_fails_its_own_changes_alone(world: FolderWorld) -> None:
    world.wanted = {"a": {"x": {"size": 1}, "y": {"size": 1}}, "b": {"x": {"size": 1}}}
    world.plan()
    world.faults["a"].unreachable = True
    with world.store.lock("apply", 0) as writer:
        plan_with_both = world.plan(refresh=False)
        result = Executor(
            plan_with_both, writer, world.connect, Identity("me", "apply", None), lambda *_: None
        ).run()
    assert {one.address: one.error for one in result.failures} == {
        "a.file.x": "a does not answer. Is it running?",
        "a.file.y": "a does not answer. Is it running?",
    }
    assert result.added == 1
    assert list(world.store.read().resources) == ["b.file.x"]
    assert world.store.read().intents == ()
    world.faults["a"] = Faults()
    assert world.actions() == {"x": "create", "y": "create"}


@pytest.mark.parametrize("faults", [Faults(lose_answer=True), Faults(short_answer=True)])
def test_an_answer_that_is_lost_leaves_intents_and_doubles_nothing(
    world: FolderWorld, faults: Faults
) -> None:
    world.wanted = {"b": {"x": {"size": 1}, "y": {"size": 1}}}
    world.faults["b"] = faults
    result = world.apply()
    assert [one.status for one in result.failures] == ["unknown", "unknown"]
    assert world.store.read().unsettled == {"b.file.x", "b.file.y"}
    world.faults["b"] = Faults()
    assert world.actions() == {}
    assert not world.plan(refresh=False).is_empty, "the backend is read although nobody asked for it"
    assert world.apply().complete
    assert world.bodies() == {"x": {"size": 1}, "y": {"size": 1}}
    assert world.plan().is_empty


def test_an_intent_that_came_to_nothing_and_is_no_longer_wanted_is_closed(world: FolderWorld) -> None:
    with world.store.lock("apply", 0) as writer:
        writer.begin("digest", [("b.file.x", "create")])
    plan = world.plan()
    assert plan.gone == ("b.file.x",)
    world.apply()
    assert world.store.read().intents == ()
    assert world.plan().is_empty


def test_an_intent_on_an_object_that_is_as_it_should_be_is_closed(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1}}}
    world.apply()
    with world.store.lock("apply", 0) as writer:
        writer.begin("digest", [("b.file.x", "update")])
    assert [(one.address, one.new) for one in world.plan().kept] == [("b.file.x", True)]
    world.apply()
    assert world.store.read().intents == ()
    assert world.plan().is_empty
    assert world.log() == ["create b.file.x"]


def test_our_own_half_recorded_change_is_not_called_drift(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1}}}
    world.apply()
    world.wanted = {"b": {"x": {"size": 2}}}
    world.faults["b"].lose_answer = True
    world.apply()
    world.wanted = {"b": {"x": {"size": 3}}}
    plan = world.plan()
    assert plan.drift == ()
    assert [(one.action.value, one.why) for one in plan.changes] == [("update", "")]


def test_a_refused_reload_fails_every_staged_change_and_keeps_what_was(world: FolderWorld) -> None:
    world.staged = True
    world.wanted = {"b": {"x": {"size": 1}}}
    world.apply()
    world.wanted = {"b": {"x": {"size": 2}, "y": {"size": 1}}}
    world.faults["b"].refuse_commit = True
    result = world.apply()
    assert [one.error for one in result.failures] == [
        "The reload was refused. The previous objects are in force."
    ] * 2
    assert (result.added, result.changed) == (0, 0)
    assert world.bodies() == {"x": {"size": 1}}
    assert world.store.read().resources["b.file.x"].body == {"size": 1}
    assert world.store.read().intents == ()
    world.faults["b"].refuse_commit = False
    assert world.apply().complete
    assert world.bodies() == {"x": {"size": 2}, "y": {"size": 1}}


def test_staged_changes_are_no_state_before_the_commit(world: FolderWorld) -> None:
    world.staged = True
    world.wanted = {"b": {"x": {"size": 1}}}
    seen: list[Any] = []
    world.faults["b"] = Faults(after_batch=lambda: seen.append(world.store.read()))
    world.apply()
    (during,) = seen
    assert during.resources == {}
    assert during.unsettled == {"b.file.x"}
    assert list(world.store.read().resources) == ["b.file.x"]


def test_a_state_that_cannot_be_written_rolls_back_what_is_staged(
    world: FolderWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "BATCH", 2)
    world.staged = True
    world.wanted = {"b": {f"x{number}": {"size": 1} for number in range(3)}}
    plan = world.plan()
    with world.store.lock("apply", 0) as writer:
        lock = world.store.holder()
        assert lock is not None
        world.faults["b"].after_batch = lambda: world.store.force_unlock(lock.id)
        executor = Executor(plan, writer, world.connect, Identity("me", "apply", None), lambda *_: None)
        with pytest.raises(SlactlError, match="released by somebody else"):
            executor.run()
    assert list((world.root / "b" / "staged").iterdir()) == []
    assert world.bodies() == {}
    assert world.store.read().unsettled == {"b.file.x0", "b.file.x1"}


def test_a_full_disk_after_the_backend_has_changed_loses_nothing(world: FolderWorld) -> None:
    world.wanted = {"b": {f"x{number}": {"text": "x" * 4000} for number in range(30)}}
    plan = world.plan()
    with world.store.lock("apply", 0) as writer:
        assert isinstance(writer, SqliteWriter)
        connection = writer._connection  # noqa: SLF001 - to fill its disk

        def fill() -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        world.faults["b"].after_batch = fill
        executor = Executor(plan, writer, world.connect, Identity("me", "apply", None), lambda *_: None)
        with pytest.raises(SlactlError, match="disk is full"):
            executor.run()
    assert len(world.bodies()) == 30
    assert len(world.store.read().unsettled) == 30
    world.faults["b"] = Faults()
    assert world.actions() == {}
    assert world.apply().complete
    assert world.plan().is_empty
    assert len(world.log()) == 30


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_ctrl_c_finishes_the_batch_and_records_it(
    world: FolderWorld, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr(stages, "BATCH", 4)
    world.wanted = {"b": {f"x{number}": {"size": 1} for number in range(10)}}
    pressed: list[str] = []

    def press(change: Any) -> None:
        if not pressed:
            pressed.append(change.address)
            os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    world.faults["b"] = Faults(before_change=press)
    result = world.apply()
    assert signal.getsignal(number) is before
    assert (result.interrupted, result.complete, result.added) == (True, False, 4)
    assert len(world.bodies()) == len(world.store.read().resources) == 4
    assert world.store.read().intents == ()
    assert len(world.plan().changes) == 6
    assert world.apply().complete


def test_who_asks_to_stop_is_answered_once(world: FolderWorld) -> None:
    world.wanted = {"b": {f"x{number}": {"size": 1} for number in range(3)}}
    told: list[str] = []

    def press(_: Any) -> None:
        if not told:
            os.kill(os.getpid(), signal.SIGINT)

    world.faults["b"] = Faults(before_change=press)
    with world.store.lock("apply", 0) as writer:
        Executor(
            world.plan(),
            writer,
            world.connect,
            Identity("me", "apply", None),
            lambda *_: None,
            stopping=lambda: told.append("told"),
        ).run()
    assert told == ["told"]


def test_a_second_ctrl_c_stops_at_once_and_the_next_plan_sees_the_rest(world: FolderWorld) -> None:
    world.wanted = {"b": {f"x{number}": {"size": 1} for number in range(10)}}
    made: list[str] = []

    def press(change: Any) -> None:
        made.append(change.address)
        if len(made) > 2:
            os.kill(os.getpid(), signal.SIGINT)

    world.faults["b"] = Faults(before_change=press)
    with pytest.raises(KeyboardInterrupt):
        world.apply()
    world.faults["b"] = Faults()
    there = len(world.bodies())
    assert 0 < there < 10
    assert len(world.plan().changes) == 10 - there
    assert world.apply().complete
    assert len(world.bodies()) == 10


def test_a_deletion_is_not_tried_when_what_refers_to_it_could_not_go(world: FolderWorld) -> None:
    world.wanted = {"b": {"child": {"of": "ref:parent"}, "parent": {"size": 1}, "other": {"size": 1}}}
    world.apply()
    world.wanted = {"b": {}}
    world.faults["b"].fail = {"b.file.child"}
    result = world.apply()
    assert [one.address for one in result.failures] == ["b.file.child", "b.file.parent"]
    assert set(world.bodies()) == {"child", "parent"}
    world.faults["b"].fail = set()
    world.apply()
    assert world.log()[-2:] == ["delete b.file.child", "delete b.file.parent"]


def test_a_reference_to_a_field_that_nobody_gives_fails_by_name(world: FolderWorld) -> None:
    world.wanted = {"b": {"child": {"of": "ref:parent.colour"}, "parent": {"size": 1}}}
    result = world.apply()
    assert [one.error for one in result.failures] == ["b.file.parent has no colour to refer to"]
    assert set(world.bodies()) == {"parent"}


def test_the_serial_rises_by_one_an_apply_and_not_for_an_empty_plan(world: FolderWorld) -> None:
    world.wanted = {"b": {f"x{number}": {"size": 1} for number in range(3)}}
    assert world.apply().serial == 1
    assert world.apply().serial is None
    assert world.store.read().serial == 1
    world.wanted = {"b": {}}
    assert world.apply().serial == 2
    assert [one.serial for one in world.store.history()] == [1, 2]


def test_what_a_lost_answer_left_is_named_in_the_history_once_it_is_settled(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1}}}
    world.faults["b"] = Faults(lose_answer=True)
    world.apply()
    world.faults["b"] = Faults()
    with world.store.lock("apply", 0) as writer:
        writer.begin("digest", [("b.file.y", "create")])
    assert world.apply().complete
    first, second = world.store.history()
    assert first.results == {"b.file.x": "create: unknown: The connection was reset"}
    assert second.results == {"b.file.x": "record: done", "b.file.y": "forget: done"}
    assert (second.version, second.mode, second.previous) == (__version__, "normal", first.hash)
