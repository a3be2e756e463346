"""Drift is what a plan would change back, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from folder_world import FolderWorld
from hypothesis import given
from hypothesis import strategies as st

from slactl.plan.drift import DriftReport, drift_of
from slactl.render.drift import drift_json, drift_text
from slactl.render.style import Style


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    return FolderWorld(tmp_path, {"b": {"x": {"size": 1}, "y": {"size": 2, "on": "ref:x"}}})


def drift(world: FolderWorld) -> DriftReport:
    return drift_of(world.store.read(), world.observed())


def short(report: DriftReport) -> dict[str, str]:
    return {one.address.removeprefix("b.file."): one.why for one in report.changes}


def objects(world: FolderWorld) -> dict[str, Path]:
    """The files of the objects, by name."""
    files = (world.root / "b" / "objects").glob("*.json")
    return {json.loads(one.read_text())["address"].removeprefix("b.file."): one for one in files}


def edit(path: Path, **body: Any) -> None:
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "body": {**document["body"], **body}}))


def test_what_was_applied_and_left_alone_has_no_drift(world: FolderWorld) -> None:
    assert short(drift(world)) == {}
    world.apply()
    assert not drift(world).found
    assert drift_text(drift(world), Style()) == "No drift. The backends hold what was applied."


def test_changed_deleted_and_unknown_objects_are_drift(world: FolderWorld) -> None:
    world.wanted["b"]["z"] = {"size": 3}
    world.apply()
    files = objects(world)
    edit(files["x"], size=9)
    files["z"].unlink()
    copy = json.loads(files["y"].read_text()) | {"address": "b.file.lost", "id": "lost"}
    (world.root / "b" / "objects" / "lost.json").write_text(json.dumps(copy))
    found = drift(world)
    assert short(found) == {"lost": "orphan", "x": "drift", "z": "missing"}
    text = drift_text(found, Style())
    assert "~ size = 9 -> 1" in text
    assert text.splitlines()[-1] == "Drift: 1 changed, 1 deleted, 1 orphan."
    document = json.loads(drift_json(found))
    assert document["drifted"] is True
    assert [(one["address"], one["drift"], one["fields"]) for one in document["objects"]] == [
        ("b.file.lost", "orphan", []),
        ("b.file.x", "changed", ["size"]),
        ("b.file.z", "deleted", []),
    ]
    assert document["objects"][1]["applied"] == {"size": 1}
    assert document["objects"][1]["now"] == {"size": 9}


def test_drift_is_what_a_plan_would_change_back(world: FolderWorld) -> None:
    world.apply()
    edit(objects(world)["x"], size=9)
    objects(world)["y"].unlink()
    planned = {one.address for one in world.plan().changes}
    assert {one.address for one in drift(world).changes} == planned
    world.apply()
    assert not drift(world).found


def test_changes_of_the_files_that_are_not_applied_yet_are_no_drift(world: FolderWorld) -> None:
    world.apply()
    world.wanted = {"b": {"x": {"size": 5}, "new": {"size": 1}}}
    assert len(world.plan().changes) == 3
    assert not drift(world).found


def test_objects_of_others_and_other_orders_of_keys_are_no_drift(world: FolderWorld) -> None:
    world.apply()
    path = objects(world)["y"]
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "body": dict(reversed(document["body"].items()))}))
    other = {**document, "workspace": "other", "id": "o"}
    (world.root / "b" / "objects" / "o.json").write_text(json.dumps(other))
    assert not drift(world).found


def test_what_an_apply_of_ours_left_half_done_is_said_and_is_no_drift(world: FolderWorld) -> None:
    world.apply()
    world.wanted["b"]["x"] = {"size": 7}
    world.faults["b"].lose_answer = True
    world.apply()
    found = drift(world)
    assert not found.found
    assert found.unsettled == ("b.file.x",)
    assert "an apply did not end; the next one settles b.file.x" in drift_text(found, Style())


def test_an_object_that_is_there_twice_is_a_warning(world: FolderWorld) -> None:
    world.apply()
    document = json.loads(objects(world)["x"].read_text()) | {"id": "twin"}
    (world.root / "b" / "objects" / "twin.json").write_text(json.dumps(document))
    found = drift(world)
    assert not found.found
    assert "has it 2 times" in drift_text(found, Style())


ACTIONS = st.dictionaries(
    st.sampled_from(["x", "y", "z"]), st.sampled_from(["edit", "delete", "leave"]), min_size=1
)


@given(actions=ACTIONS)
def test_exactly_what_somebody_touched_is_found(
    tmp_path_factory: pytest.TempPathFactory, actions: dict[str, str]
) -> None:
    world = FolderWorld(
        tmp_path_factory.mktemp("w"), {"b": {name: {"size": 1, "list": [1, 2]} for name in "xyz"}}
    )
    world.apply()
    for name, action in actions.items():
        path = objects(world)[name]
        if action == "edit":
            edit(path, list=[2, 1])
        elif action == "delete":
            path.unlink()
    expected = {
        name: {"edit": "drift", "delete": "missing"}[action]
        for name, action in actions.items()
        if action != "leave"
    }
    assert short(drift(world)) == expected
