"""The history in words: what was done in the past tense, what was not with its reason, and no more than one reads."""

from datetime import UTC, datetime
from typing import Any

from slactl.render.history import history_text
from slactl.render.style import Style
from slactl.state.records import Entry


def told(results: dict[str, str], agreements: dict[str, Any] | None = None) -> list[str]:
    """What the text says of results, below the lines on who did it from what."""
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    entry = Entry(1, moment, "ann@ops", "apply", "2026-11-23", "", None, results, agreements or {})
    return history_text([entry], "c0ffee", None, Style()).splitlines()[2:-3]


def test_what_was_done_is_told_in_the_past_and_what_was_not_with_its_reason() -> None:
    results = {
        "sla.new": "create: done",
        "sla.old": "delete: done",
        "sla.held": "update: not in force, b.file.x failed",
        "sla.here": "move to sla.there: done",
        "b.file.a": "create: done",
        "b.file.b": "create: done",
        "b.file.c": "delete: done",
        "b.file.x": "update: failed: the disk is full",
    }
    assert told(results, {"sla.said": None, "ola.set": {}}) == [
        "  ola.set: applied",
        "  sla.held: update: not in force, b.file.x failed",
        "  sla.here: moved to sla.there",
        "  sla.new: created",
        "  sla.old: ended",
        "  sla.said: ended",
        "  2 objects created, 1 object destroyed",
        "  b.file.x: update: failed: the disk is full",
    ]


def test_of_many_promises_the_first_are_named_and_of_those_that_failed_all() -> None:
    results = {f"sla.a{number:03}": "create: done" for number in range(500)}
    lines = told(results | {f"sla.z{number}": "create: not in force" for number in range(3)})
    assert lines[:20] == [f"  sla.a{number:03}: created" for number in range(20)]
    assert lines[20:] == [
        *(f"  sla.z{number}: create: not in force" for number in range(3)),
        "  and 480 more promises as planned; -json has them all",
    ]
    assert len(told({f"sla.a{number:03}": "create: done" for number in range(21)})) == 21


def test_of_many_objects_with_one_reason_the_first_are_named_and_each_other_reason_is_told() -> None:
    begun = "create: begun, and what became of it not recorded"
    results = {f"b.file.a{number:03}": begun for number in range(500)}
    lines = told(results | {"b.file.z": "update: failed: the disk is full"})
    assert lines[:20] == [f"  b.file.a{number:03}: {begun}" for number in range(20)]
    assert lines[20:] == [
        "  b.file.z: update: failed: the disk is full",
        f"  and 480 more objects: {begun}; -json has them all",
    ]
