"""The planner on backend objects: order, references, adoption, determinism; pure whatever it is given."""

import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from folder_world import FolderWorld
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.base.diagnostics import SlactlError
from slactl.plan.build import build_plan
from slactl.plan.saved import digest, load_plan, save_plan
from slactl.plan.stages import MakeChanges, stages
from slactl.provider import Observed
from slactl.render.plan_json import plan_json
from slactl.render.plan_text import plan_text
from slactl.render.style import Style


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    return FolderWorld(tmp_path)


def test_what_refers_to_a_replaced_object_follows_it_to_its_new_id(world: FolderWorld) -> None:
    world.wanted = {"b": {"child": {"of": "ref:parent"}, "parent": {"fixed": 1}, "apart": {"size": 1}}}
    world.apply()
    world.wanted["b"]["parent"] = {"fixed": 2}
    plan = world.plan()
    assert [(one.address, one.action.value, one.wave) for one in plan.changes] == [
        ("b.file.parent", "replace", 0),
        ("b.file.child", "update", 1),
    ]
    assert plan.changes[0].forced_by == ("fixed",)
    assert plan.changes[1].needs == ("b.file.parent",)
    assert world.apply().complete
    ids = {one.address: one.id for one in world.read()}
    assert world.bodies()["child"] == {"of": ids["b.file.parent"]}
    assert world.plan().is_empty


def test_deletions_follow_references_backwards_after_everything_else(world: FolderWorld) -> None:
    world.wanted = {"b": {"a": {"size": 1}, "b": {"of": "ref:a"}, "c": {"of": "ref:b"}, "d": {"size": 1}}}
    world.apply()
    world.wanted = {"b": {"d": {"size": 2}}}
    assert [(one.address, one.wave) for one in world.plan().changes] == [
        ("b.file.d", 0),
        ("b.file.c", 1),
        ("b.file.b", 2),
        ("b.file.a", 3),
    ]
    world.apply()
    assert world.log()[-3:] == ["delete b.file.c", "delete b.file.b", "delete b.file.a"]


def test_a_reference_to_what_nobody_asks_for_is_refused(world: FolderWorld) -> None:
    world.wanted = {"b": {"child": {"of": "ref:parent"}}}
    with pytest.raises(SlactlError, match=r"b\.file\.child refers to b\.file\.parent"):
        world.plan()


def test_after_a_lost_state_what_carries_our_mark_is_adopted_not_made_again(world: FolderWorld) -> None:
    world.wanted = {"b": {"same": {"size": 1}, "other": {"size": 1}, "unwanted": {"size": 1}}}
    world.apply()
    (world.root / "state.db").unlink()
    world.wanted = {"b": {"same": {"size": 1}, "other": {"size": 2}}}
    plan = world.plan()
    assert {one.address: (one.action.value, one.why) for one in plan.changes} == {
        "b.file.other": ("update", "adopted"),
        "b.file.unwanted": ("delete", "orphan"),
    }
    assert [(one.address, one.new) for one in plan.kept] == [("b.file.same", True)]
    world.apply()
    assert world.bodies() == {"same": {"size": 1}, "other": {"size": 2}}
    assert set(world.store.read().resources) == {"b.file.same", "b.file.other"}
    assert world.plan().is_empty


def test_objects_of_another_workspace_are_not_seen(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1}}}
    world.apply()
    for path in (world.root / "b" / "objects").glob("*.json"):
        path.write_text(path.read_text().replace('"workspace": "estate"', '"workspace": "another"'))
    assert [(one.action.value, one.why) for one in world.plan().changes] == [("create", "missing")]


def test_an_object_that_is_there_twice_is_said_and_the_known_one_is_used(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1}}}
    world.apply()
    inputs = world.inputs()
    (there,) = inputs.observed["b"]
    twice = {"b": [Observed("b.file.x", "0", {"size": 9}), there]}
    plan = build_plan(replace(inputs, observed=twice))
    assert plan.is_empty
    (notice,) = plan.notices
    assert (notice.severity, notice.address) == ("warning", "b.file.x")
    assert there.id in notice.message


def test_the_plan_of_an_unchanged_estate_is_empty_on_any_later_day(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1}, "y": {"of": "ref:x", "long": "ref:x.size"}}}
    world.apply()
    for days in (0, 1, 40, 400):
        world.as_of += timedelta(days)
        plan = world.plan()
        assert plan.is_empty
        assert list(stages(plan)) == []


def test_costs_are_summed_by_backend_before_and_after(world: FolderWorld) -> None:
    world.wanted = {"a": {"x": {"size": 1}}, "b": {"y": {"size": 1, "more": 2}}}
    world.apply()
    world.wanted = {"a": {"x": {"size": 1}, "z": {"size": 1}}, "b": {}}
    assert [(one.backend, dict(one.before), dict(one.after)) for one in world.plan().costs] == [
        ("a", {"files": 1, "values": 1}, {"files": 2, "values": 2}),
        ("b", {"files": 1, "values": 2}, {}),
    ]


def test_what_is_printed_is_what_is_run_in_that_order(world: FolderWorld) -> None:
    world.wanted = {"a-b": {"x": {"size": 1}}, "a": {"x": {"size": 1}, "y": {"of": "ref:x"}}}
    plan = world.plan()
    staged = [
        change.address for stage in stages(plan) if isinstance(stage, MakeChanges) for change in stage.changes
    ]
    text = plan_text(plan, Style())
    positions = [text.index(f"# {address} will be created") for address in staged]
    assert staged == [one.address for one in plan.changes] == ["a.file.x", "a-b.file.x", "a.file.y"]
    assert positions == sorted(positions)


def test_order_of_input_does_not_matter(world: FolderWorld, tmp_path: Path) -> None:
    world.wanted = {"a": {f"x{number}": {"size": number} for number in range(8)}, "b": {"y": {"size": 1}}}
    world.apply()
    world.wanted = {"a": {f"x{number}": {"size": number % 3} for number in range(2, 12)}, "b": {}}
    inputs = world.inputs()
    expected = plan_json(build_plan(inputs))
    chance = random.Random(7)  # noqa: S311 - an order, not a secret
    for _ in range(10):
        resources = list(inputs.snapshot.resources.items())
        chance.shuffle(resources)
        observed = {
            name: chance.sample(list(seen), len(seen))
            for name, seen in reversed(list(inputs.observed.items()))
        }
        snapshot = replace(inputs.snapshot, resources=dict(resources))
        plan = build_plan(replace(inputs, snapshot=snapshot, observed=observed))
        assert plan_json(plan) == expected
        save_plan(plan, tmp_path / "p")
        assert digest(load_plan(tmp_path / "p")) == digest(plan)


_WATCHED: list[str] = []
_WATCHING: list[bool] = []


@pytest.fixture
def audit() -> Iterator[list[str]]:
    """Files, sockets, databases and processes that are opened while it is on; Python's own imports left out."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        reaching = event in ("open", "os.listdir", "sqlite3.connect", "socket.connect", "subprocess.Popen")
        if _WATCHING and reaching and ".py" not in str(arguments[0]):
            _WATCHED.append(f"{event} {arguments[0]!r}")

    sys.addaudithook(hook)
    _WATCHING.append(True)
    _WATCHED.clear()
    yield _WATCHED
    _WATCHING.clear()


def test_the_planner_reads_and_writes_nothing(world: FolderWorld, request: pytest.FixtureRequest) -> None:
    world.wanted = {"b": {"x": {"size": 1}, "y": {"of": "ref:x"}}}
    inputs = world.inputs()
    seen = request.getfixturevalue("audit")
    plan = build_plan(inputs)
    digest(plan)
    plan_json(plan)
    plan_text(plan, Style())
    _WATCHING.clear()
    assert seen == []


NAMES = st.sampled_from("pqrs")
BODIES = st.fixed_dictionaries({"size": st.integers(0, 2)}, optional={"fixed": st.integers(0, 1)})
ESTATES = st.dictionaries(NAMES, BODIES)


@settings(max_examples=40, deadline=None)
@given(first=ESTATES, second=ESTATES, touched=ESTATES, removed=st.sets(NAMES), forget=st.booleans())
def test_one_apply_brings_any_estate_to_what_is_wanted(
    first: dict[str, Any], second: dict[str, Any], touched: dict[str, Any], removed: set[str], forget: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = FolderWorld(Path(folder), {"b": first})
        world.apply()
        for path in list((world.root / "b" / "objects").glob("*.json")):
            name = path.read_text().split('"address": "b.file.')[1][0]
            if name in removed:
                path.unlink()
            elif name in touched:
                path.write_text(path.read_text().replace('"size"', '"changed"'))
        if forget:
            (world.root / "state.db").unlink(missing_ok=True)
        world.wanted = {"b": second}
        assert world.apply().complete
        assert world.bodies() == second
        assert set(world.store.read().resources) == {f"b.file.{name}" for name in second}
        assert world.plan().is_empty
