"""A state that is exported, read back and put into another store is the same state; anything else is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.state.chain import breaks
from slactl.state.imported import imported, parsed
from slactl.state.records import Applied
from slactl.state.sqlite import SqliteStore
from tests.state.test_sqlite import entry, recorded


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    store = SqliteStore(tmp_path / "first.db", "estate")
    for name in ("a", "b"):
        with store.lock("apply", 0) as writer:
            writer.begin("d", [(f"prom.rules.{name}", "create")])
            writer.resolve([recorded(name)], [], [])
            applied = Applied(f"sla.{name}", {"kind": "SLA"}, {"availability": "guaranteed"}, True)
            writer.finish({f"sla.{name}": applied}, entry(**{name: "create: done"}))
    with store.lock("apply", 0) as writer:
        writer.begin("d", [("prom.rules.c", "create")])
    return store.export()


def test_a_state_in_another_store_is_the_same_state(document: dict[str, Any], tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "second.db", "estate")
    with store.lock("apply", 0) as writer:
        writer.finish({"sla.old": Applied("sla.old", {}, {})}, entry())
        writer.replace(parsed(json.dumps(document), "state.json"))
    assert store.export() == document
    with store.lock("apply", 0) as writer:
        added = writer.finish({}, entry())
    assert added.serial == document["serial"] + 1
    assert not [*breaks([*store.history()], store.read().head, document["lineage"])]


Damage = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda one: one.pop("format"), "is no state of slactl"),
        (lambda one: one.update(version=99), "written by a newer slactl"),
        (lambda one: one.pop("serial"), "damaged: it lacks 'serial'"),
        (lambda one: one.update(lineage=None), "damaged: None stands where a text must"),
        (lambda one: one["resources"][0].update(body=3), "damaged"),
        (lambda one: one["resources"].append("x"), "damaged"),
        (lambda one: one["resources"].append({**one["resources"][0], "id": "another"}), "stands there twice"),
        (lambda one: one["agreements"].append(one["agreements"][0]), "stands there twice"),
        (lambda one: one["resources"][0].update(needed_by="sla.a"), "stands where a list must"),
        (lambda one: one["resources"][0].update(body=["x"]), "stands where a mapping must"),
        (lambda one: one.update(serial="1"), "stands where a serial must"),
        (lambda one: one.update(serial=-1), "stands where a serial must"),
        (lambda one: one.update(under_way={"x": 1}), "damaged"),
        (lambda one: one["history"][0].update(at="2026-11-23T00:00:00"), "has no zone"),
        (lambda one: one["history"][0].update(extra=1), "damaged"),
    ],
)
def test_what_is_no_state_is_refused(document: dict[str, Any], damage: Damage, message: str) -> None:
    damage(document)
    with pytest.raises(SlactlError, match=message):
        imported(document, "state.json")


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(SlactlError, match=r"state\.json is no state of slactl: it is no JSON"):
        parsed("{", "state.json")
