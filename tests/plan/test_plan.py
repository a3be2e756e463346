"""The planner, the saved plan, and the executor, over a provider of the tests' own with server-made ids and faults."""

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from slactl.apply.executor import Executor, Identity, Result
from slactl.base.diagnostics import Place, SlactlError
from slactl.check.result import Assessment
from slactl.model.estate import Estate
from slactl.model.workspace import Workspace
from slactl.plan.build import Inputs, build_plan
from slactl.plan.plan import Plan
from slactl.plan.saved import digest, load_plan, save_plan
from slactl.plan.stages import Commit, MakeChanges, RecordPromises, stages
from slactl.provider import Action, Change, Compilation, Observed, Outcome, Ref, Resource
from slactl.render.plan_json import plan_json
from slactl.render.plan_text import plan_text, summary_line
from slactl.render.style import Style
from slactl.state.sqlite import SqliteStore


@dataclass
class Backend:
    """A system that gives ids, keeps bodies, and fails where it is told to."""

    objects: dict[str, Observed] = field(default_factory=dict)
    fail: set[str] = field(default_factory=set)
    lose: set[str] = field(default_factory=set)
    """Changes that are made, but whose answer is lost."""
    calls: list[list[str]] = field(default_factory=list)

    def read_all(self) -> Sequence[Observed]:
        return list(self.objects.values())

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        self.calls.append([f"{one.action} {one.address}" for one in changes])
        return [self._make(one) for one in changes]

    def _make(self, change: Change) -> Outcome:
        if change.address in self.fail:
            return Outcome(change.address, "failed", error="told to")
        if change.action is Action.DELETE:
            del self.objects[change.address]
            return Outcome(change.address, "done")
        name = change.id or str(len(self.objects) + 17)
        self.objects[change.address] = Observed(change.address, name, change.after or {})
        return Outcome(change.address, "unknown" if change.address in self.lose else "done", id=name)

    def commit(self) -> None:
        """Nothing is staged here."""


@dataclass
class World:
    """A store, a backend, and what is wanted of it."""

    store: SqliteStore
    backend: Backend = field(default_factory=Backend)
    wanted: list[Resource] = field(default_factory=list)
    mode: Any = "normal"

    def plan(self, *, refresh: bool = True) -> Plan:
        workspace = Workspace("estate", Place("slactl.yaml"), "org")
        return build_plan(
            Inputs(
                estate=Estate(workspace, digest="files"),
                assessment=Assessment(date(2026, 11, 23), date(2028, 11, 30), {}, ()),
                snapshot=self.store.read(),
                desired={"b": Compilation(self.wanted)},
                observed={"b": self.backend.read_all()} if refresh else {},
                providers={"b": "test"},
                cost=lambda _, __: {"objects": 1},
                mode=self.mode,
            )
        )

    def apply(self) -> Result:
        with self.store.lock("apply", 0) as writer:
            connection: Any = nullcontext(self.backend)  # half a connection is enough
            identity = Identity("me", "apply", None)
            return Executor(self.plan(), writer, lambda _: connection, identity, lambda *_: None).run()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(SqliteStore(tmp_path / "state.db", "estate"))


def resource(
    name: str, *, replace_on: Sequence[str] = (), needed_by: Sequence[str] = ("sla.a",), **body: Any
) -> Resource:
    return Resource(f"b.thing.{name}", body, tuple(needed_by), frozenset(replace_on))


def actions(plan: Plan) -> Mapping[str, str]:
    return {one.address: one.action.value for one in plan.changes}


def test_create_no_op_update_replace_delete(world: World) -> None:
    world.wanted = [resource("x", size=1), resource("y", size=1, replace_on=["size"]), resource("z", size=1)]
    assert actions(world.plan()) == {"b.thing.x": "create", "b.thing.y": "create", "b.thing.z": "create"}
    assert world.apply().added == 3
    assert world.plan().is_empty
    assert summary_line(world.plan()).startswith("No changes.")
    world.wanted = [resource("x", size=2), resource("y", size=2, replace_on=["size"])]
    plan = world.plan()
    assert actions(plan) == {"b.thing.x": "update", "b.thing.y": "replace", "b.thing.z": "delete"}
    assert summary_line(plan) == "Plan: 1 to add, 1 to change, 2 to destroy."
    result = world.apply()
    assert (result.added, result.changed, result.destroyed) == (1, 1, 2)
    assert world.plan().is_empty


def test_references_are_resolved_wave_by_wave(world: World) -> None:
    world.wanted = [resource("child", parent=Ref("b.thing.parent")), resource("parent", size=1)]
    plan = world.plan()
    assert [(one.address, one.wave) for one in plan.changes] == [("b.thing.parent", 0), ("b.thing.child", 1)]
    assert "(known after apply: b.thing.parent.id)" in plan_text(plan, Style())
    document = json.loads(plan_json(plan))
    assert document["resource_changes"][1]["change"]["after_unknown"] == {"parent": True}
    world.apply()
    assert world.backend.objects["b.thing.child"].body == {
        "parent": world.backend.objects["b.thing.parent"].id
    }
    assert world.plan().is_empty


def test_a_circle_of_references_and_two_bodies_for_one_address_are_refused(world: World) -> None:
    world.wanted = [resource("x", to=Ref("b.thing.y")), resource("y", to=Ref("b.thing.x"))]
    with pytest.raises(SlactlError, match="in a circle"):
        world.plan()
    world.wanted = [resource("x", size=1), resource("x", size=2)]
    with pytest.raises(SlactlError, match="Two different objects claim"):
        world.plan()


def test_an_object_that_several_need_lists_them_and_goes_with_the_last(world: World) -> None:
    world.wanted = [resource("x", size=1, needed_by=["sla.a"]), resource("x", size=1, needed_by=["sla.b"])]
    world.apply()
    assert world.store.read().resources["b.thing.x"].needed_by == ("sla.a", "sla.b")
    world.wanted = [resource("x", size=1, needed_by=["sla.b"])]
    assert actions(world.plan()) == {}
    world.apply()
    assert world.store.read().resources["b.thing.x"].needed_by == ("sla.b",)


def test_a_failed_change_stops_what_depends_on_it_and_nothing_else(world: World) -> None:
    world.wanted = [
        resource("child", parent=Ref("b.thing.parent")),
        resource("other", size=1),
        resource("parent", size=1),
    ]
    world.backend.fail = {"b.thing.parent"}
    result = world.apply()
    assert [one.address for one in result.failures] == ["b.thing.parent", "b.thing.child"]
    assert list(world.backend.objects) == ["b.thing.other"]
    assert world.store.read().intents == ()
    world.backend.fail = set()
    assert actions(world.plan()) == {"b.thing.parent": "create", "b.thing.child": "create"}
    assert world.apply().complete


def test_a_lost_answer_is_resolved_by_reading_and_nothing_is_made_twice(world: World) -> None:
    world.wanted = [resource("x", size=1)]
    world.backend.lose = {"b.thing.x"}
    assert not world.apply().complete
    assert [one.address for one in world.store.read().intents] == ["b.thing.x"]
    world.backend.lose = set()
    plan = world.plan()
    assert actions(plan) == {}
    assert not plan.is_empty
    assert world.apply().complete
    assert world.store.read().resources["b.thing.x"].id == "17"
    assert world.store.read().intents == ()
    assert world.plan().is_empty
    assert world.backend.calls == [["create b.thing.x"]]


def test_drift_orphans_and_a_lost_state_are_seen_from_the_backend(world: World) -> None:
    world.wanted = [resource("x", size=1), resource("y", size=1)]
    world.apply()
    there = world.backend.objects
    there["b.thing.x"] = replace(there["b.thing.x"], body={"size": 5})
    del there["b.thing.y"]
    there["b.thing.z"] = Observed("b.thing.z", "99", {"size": 1})
    plan = world.plan()
    assert {one.address: (one.action.value, one.why) for one in plan.changes} == {
        "b.thing.x": ("update", "drift"),
        "b.thing.y": ("create", "missing"),
        "b.thing.z": ("delete", "orphan"),
    }
    assert {one.address for one in plan.drift} == {"b.thing.x", "b.thing.y"}
    assert actions(world.plan(refresh=False)) == {}


def test_destroy_wants_nothing(world: World) -> None:
    world.wanted = [resource("x", size=1)]
    world.apply()
    world.mode = "destroy"
    assert actions(world.plan()) == {"b.thing.x": "delete"}
    world.apply()
    assert world.backend.objects == {}


def test_plans_are_the_same_byte_for_byte_and_survive_a_file(world: World, tmp_path: Path) -> None:
    world.wanted = [resource("child", parent=Ref("b.thing.parent")), resource("parent", size=1)]
    plan = world.plan()
    assert plan_json(plan) == plan_json(world.plan())
    assert "\n" not in plan_json(plan)
    save_plan(plan, tmp_path / "plan")
    assert (tmp_path / "plan").stat().st_mode & 0o777 == 0o600
    again = load_plan(tmp_path / "plan")
    assert digest(again) == digest(plan)
    assert plan_text(again, Style()) == plan_text(plan, Style())
    assert again.changes[0] == plan.changes[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "not json",
        '{"format": "slactl-plan", "version": 1, "plan": {}}',
        '{"format": "slactl-plan", "version": 2}',
    ],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan").write_text(text)
    with pytest.raises(SlactlError, match="plan"):
        load_plan(tmp_path / "plan")


def test_a_plan_that_was_changed_is_refused(world: World, tmp_path: Path) -> None:
    world.wanted = [resource("x", size=1)]
    save_plan(world.plan(), tmp_path / "plan")
    (tmp_path / "plan").write_text((tmp_path / "plan").read_text().replace('"size":1', '"size":2'))
    with pytest.raises(SlactlError, match="was changed"):
        load_plan(tmp_path / "plan")


def test_stages_are_batches_and_a_commit_for_each_wave(world: World) -> None:
    world.wanted = [resource(f"x{number}", size=1) for number in range(1200)]
    found = list(stages(world.plan()))
    assert [type(one) for one in found] == [MakeChanges, MakeChanges, MakeChanges, Commit, RecordPromises]
    assert [len(one.changes) for one in found if isinstance(one, MakeChanges)] == [500, 500, 200]
