"""Plans as text and as Terraform's document."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from folder_world import FolderWorld

from slactl.plan.plan import Plan
from slactl.render.plan_json import plan_document, plan_json
from slactl.render.plan_text import plan_text
from slactl.render.style import Style


@pytest.fixture
def world(tmp_path: Path) -> FolderWorld:
    return FolderWorld(tmp_path)


def updated(world: FolderWorld, before: dict[str, Any], after: dict[str, Any]) -> Plan:
    world.wanted = {"b": {"x": before}}
    world.apply()
    world.wanted = {"b": {"x": after}}
    return world.plan()


def test_unchanged_attributes_are_counted_and_the_summary_is_last(world: FolderWorld) -> None:
    plan = updated(
        world, {"a": 1, "b": 2, "deep": {"c": 3, "d": 4}}, {"a": 1, "b": 2, "deep": {"c": 3, "d": 5}}
    )
    assert plan_text(plan, Style()).splitlines()[2:] == [
        "  # b.file.x will be updated in-place",
        "  # needed by sla.x",
        "  ~ b.file.x {",
        "      ~ deep.d = 4 -> 5",
        "      # (3 unchanged attributes hidden)",
        "    }",
        "",
        "Plan: 0 to add, 1 to change, 0 to destroy.",
    ]


def test_a_replacement_says_what_forces_it(world: FolderWorld) -> None:
    plan = updated(world, {"fixed": 1, "size": 1}, {"fixed": 2, "size": 2})
    text = plan_text(plan, Style())
    assert "# b.file.x must be replaced" in text
    assert "      ~ fixed = 1 -> 2 # forces replacement\n      ~ size = 1 -> 2\n" in text
    (change,) = plan_document(plan)["resource_changes"]
    assert change["change"]["actions"] == ["delete", "create"]
    assert change["change"]["replace_paths"] == [["fixed"]]
    assert change["action_reason"] == "replace_because_cannot_update"


def test_what_others_changed_is_said_first(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1, "text": "a"}, "y": {"size": 1}}}
    world.apply()
    for path in (world.root / "b" / "objects").glob("*.json"):
        if "b.file.y" in path.read_text():
            path.unlink()
        else:
            path.write_text(path.read_text().replace('"size": 1', '"size": 7'))
    plan = world.plan()
    assert plan_text(plan, Style()).startswith(
        "Changed outside of slactl\n  ~ b.file.x was changed: size\n  - b.file.y was deleted\n"
    )
    drift = plan_document(plan)["resource_drift"]
    assert [(one["address"], one["provider_name"], one["change"]["actions"]) for one in drift] == [
        ("b.file.x", "folder", ["update"]),
        ("b.file.y", "folder", ["delete"]),
    ]


def test_what_only_state_learns_is_said(world: FolderWorld) -> None:
    world.wanted = {"b": {"x": {"size": 1}}}
    world.apply()
    (world.root / "state.db").unlink()
    text = plan_text(world.plan(), Style())
    assert "Recorded in state alone\n  b.file.x is as it should be" in text
    assert text.splitlines()[-1] == "Plan: 0 to add, 0 to change, 0 to destroy."


def test_long_texts_differ_line_by_line_at_little_cost(world: FolderWorld) -> None:
    old = [f"vector({number}) + 3600 * (time() >= bool {number * 7919})" for number in range(800)]
    new = [*old[:400], "one line more", *old[401:]]
    begin = time.process_time()
    text = plan_text(updated(world, {"expr": "\n".join(old)}, {"expr": "\n".join(new)}), Style())
    assert f"          - {old[400]}\n          + one line more\n" in text
    assert "# (799 unchanged lines hidden)" in text
    shuffled = [f"vector({number}) + 3600 * (time() >= bool {number * 7717})" for number in range(800)]
    plan_text(updated(world, {"expr": "\n".join(old)}, {"expr": "\n".join(shuffled)}), Style())
    assert time.process_time() - begin < 5


def test_a_terminal_is_not_sent_what_it_would_obey(world: FolderWorld) -> None:
    evil = "line\n\x1b[2Jgone" + "x" * 80
    text = plan_text(updated(world, {"expr": "line\nold" + "y" * 80}, {"expr": evil}), Style())
    assert "\x1b" not in text
    assert "\\x1b[2Jgone" in text


def test_colour_comes_from_the_style_alone_and_changes_no_word(world: FolderWorld) -> None:
    plan = updated(world, {"size": 1}, {"size": 2})
    plain, coloured = plan_text(plan, Style()), plan_text(plan, Style(colour=True))
    assert "\x1b[" not in plain
    assert "\x1b[33m~\x1b[0m" in coloured
    for code in ("0", "1", "2", "31", "32", "33"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_what_is_known_only_after_the_apply_is_marked(world: FolderWorld) -> None:
    world.wanted = {"b": {"child": {"of": "ref:parent", "size": 1}, "parent": {"size": 1}}}
    parent, child = plan_document(world.plan())["resource_changes"]
    assert (parent["address"], child["address"]) == ("b.file.parent", "b.file.child")
    assert child["change"]["after"] == {"size": 1}
    assert child["change"]["after_unknown"] == {"of": True}


def test_the_document_has_what_readers_of_terraforms_plans_need(world: FolderWorld) -> None:
    plan = updated(world, {"size": 1}, {"size": 2})
    line = plan_json(plan)
    document = json.loads(line)
    assert "\n" not in line
    assert document["format_version"] == "1.2"
    assert document["terraform_version"].startswith("1.")
    assert document["timestamp"] == "2026-11-23T00:00:00Z"
    assert (document["applyable"], document["complete"], document["errored"]) == (True, True, False)
    for part in ("planned_values", "configuration"):
        (resource,) = document[part]["root_module"]["resources"]
        assert (resource["address"], resource["type"], resource["name"]) == ("b.file.x", "file", "x")
    (prior,) = document["prior_state"]["values"]["root_module"]["resources"]
    assert prior["values"] == {"size": 1}
    (change,) = document["resource_changes"]
    assert (change["change"]["before"], change["change"]["after"]) == ({"size": 1}, {"size": 2})
    assert change["provider_name"] == "folder"
