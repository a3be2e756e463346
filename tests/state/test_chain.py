"""The chained history: what somebody changes, removes or moves is found and named; old entries are chained at migration."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slactl.base.diagnostics import SlactlError
from slactl.state.chain import breaks, chained, genesis, hash_of
from slactl.state.migrations import m0001_initial, m0002_dependencies
from slactl.state.promised import promised_before
from slactl.state.records import Applied, Entry
from slactl.state.sqlite import SqliteStore

START = datetime(2026, 3, 1, tzinfo=UTC)


def entry(number: int) -> Entry:
    at = START + timedelta(days=number)
    promise = {"sla.a": {"kind": "SLA", "fee": f"{number} EUR"}}
    return Entry(
        number,
        at,
        "me@here",
        "apply",
        "2026-03-01",
        f"digest{number}",
        None,
        {"b.t.x": "create: done"},
        promise,
    )


def chain(count: int, lineage: str = "line") -> list[Entry]:
    made: list[Entry] = []
    for number in range(1, count + 1):
        made.append(chained(entry(number), made[-1].hash if made else "", lineage))
    return made


def found(entries: list[Entry], head: str) -> list[tuple[int | None, str]]:
    return [(one.serial, one.what.split(":")[0]) for one in breaks(entries, head, "line")]


def test_a_chain_that_nobody_touched_holds() -> None:
    made = chain(5)
    assert found(made, made[-1].hash) == []
    assert found([], "") == []
    assert made[0].previous == genesis("line")


def test_the_hash_is_the_sha_256_of_the_canonical_form() -> None:
    assert hash_of(entry(1)) == hash_of(replace(entry(1), hash="anything"))
    assert len(hash_of(entry(1))) == 64
    start = hashlib.sha256(b"slactl-history-1 line").hexdigest()
    written = (
        '{"agreements":{"sla.a":{"fee":"1 EUR","kind":"SLA"}},"as_of":"2026-03-01",'
        '"at":"2026-03-02T00:00:00+00:00","chained":"apply","command":"apply","commit":null,"dirty":null,'
        f'"form":1,"mode":"","plan_digest":"digest1","previous":"{start}",'
        '"results":{"b.t.x":"create: done"},"serial":1,"support":{},"version":"","who":"me@here"}'
    )
    assert chained(entry(1), "", "line").hash == hashlib.sha256(written.encode()).hexdigest()


FIELDS = st.sampled_from(
    [
        {"who": "you@there"},
        {"commit": "0" * 40},
        {"dirty": True},
        {"plan_digest": "other"},
        {"mode": "destroy"},
        {"version": "9"},
        {"at": START + timedelta(days=400)},
        {"results": {}},
        {"agreements": {"sla.a": {"kind": "SLA", "fee": "1000 EUR"}}},
        {"support": {"sla.a": {"availability": "guaranteed"}}},
        {"chained": "migration"},
        {"command": "destroy"},
    ]
)


@given(at=st.integers(0, 4), change=FIELDS)
def test_any_changed_field_is_found_at_its_entry(at: int, change: dict[str, Any]) -> None:
    made = chain(5)
    made[at] = replace(made[at], **change)
    assert found(made, chain(5)[-1].hash) == [(at + 1, "it was changed after it was written")]


@given(at=st.integers(0, 4), change=FIELDS)
def test_a_changed_entry_with_its_hash_made_anew_is_found_behind_it(at: int, change: dict[str, Any]) -> None:
    made = chain(5)
    made[at] = replace(made[at], **change)
    made[at] = replace(made[at], hash=hash_of(made[at]))
    (serial, what) = found(made, chain(5)[-1].hash)[0]
    if at == 4:
        assert (serial, what) == (None, "the newest entry was removed or replaced")
    else:
        assert (serial, what) == (at + 2, "the entry before it was removed or replaced")


@given(first=st.integers(0, 4), length=st.integers(1, 4))
def test_removed_entries_are_found_behind_the_gap(first: int, length: int) -> None:
    made = chain(5)
    left = made[:first] + made[first + length :]
    (problem,) = found(left, made[-1].hash)
    if first + length >= 5:
        assert problem == (None, "the newest entry was removed or replaced")
    else:
        assert problem == (first + length + 1, "the entry before it was removed or replaced")


@given(order=st.permutations(range(5)))
def test_entries_in_another_order_are_found(order: list[int]) -> None:
    made = chain(5)
    moved = [made[index] for index in order]
    problems = found(moved, made[-1].hash)
    if order == sorted(order):
        assert problems == []
    else:
        assert {what for serial, what in problems if serial} == {"it does not stand where it was written"}


def test_entries_of_another_state_do_not_fit() -> None:
    other = chain(2, "other")
    assert found(other, other[-1].hash)[0] == (1, "the entry before it was removed or replaced")


def test_the_promise_of_a_moment_is_the_one_applied_last_before_it() -> None:
    made = [*chain(3), replace(entry(4), agreements={"sla.a": None}), replace(entry(5), agreements={})]
    before = promised_before(made, "sla.a", START)
    assert (before.promise, before.entry, before.next) == (None, None, made[0])
    middle = promised_before(made, "sla.a", made[2].at)
    assert middle.promise == {"kind": "SLA", "fee": "2 EUR"}
    assert (middle.entry, middle.next) == (made[1], made[2])
    ended = promised_before(made, "sla.a", START + timedelta(days=99))
    assert (ended.promise, ended.entry, ended.next) == (None, made[3], None)
    assert promised_before(made, "sla.b", START + timedelta(days=99)).entry is None


def test_the_support_of_a_moment_is_the_one_recorded_last() -> None:
    made = [
        replace(entry(1), support={"sla.a": {"availability": "guaranteed"}}),
        replace(entry(2), agreements={}, support={"sla.a": {"availability": "unsupported"}}),
    ]
    assert promised_before(made, "sla.a", made[1].at).support == {"availability": "guaranteed"}
    after = promised_before(made, "sla.a", made[1].at + timedelta(seconds=1))
    assert (after.support, after.entry) == ({"availability": "unsupported"}, made[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> SqliteStore:
    return SqliteStore(path, "estate")


def filled(store: SqliteStore, count: int = 4) -> None:
    for number in range(1, count + 1):
        with store.lock("apply", 0) as writer:
            writer.finish({"sla.a": Applied("sla.a", {"fee": str(number)}, {})}, entry(number))


def in_store(store: SqliteStore) -> list[tuple[int | None, str]]:
    snapshot = store.read()
    problems = breaks(list(store.history()), snapshot.head, snapshot.lineage)
    return [(one.serial, one.what.split(":")[0]) for one in problems]


def tampered(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER history_refuses_{verb}")
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE history SET who = 'x' WHERE serial = 2", [(2, "it was changed after it was written")]),
        (
            "UPDATE history SET agreements = '{}' WHERE serial = 4",
            [(4, "it was changed after it was written")],
        ),
        ("DELETE FROM history WHERE serial = 1", [(2, "the entry before it was removed or replaced")]),
        ("DELETE FROM history WHERE serial = 4", [(None, "the newest entry was removed or replaced")]),
        ("DELETE FROM history", [(None, "the newest entry was removed or replaced")]),
        ("UPDATE history SET serial = 9 WHERE serial = 4", [(4 + 5, "it was changed after it was written")]),
    ],
)
def test_a_row_that_was_tampered_with_is_found(
    path: Path, store: SqliteStore, statement: str, expected: list[tuple[int | None, str]]
) -> None:
    filled(store)
    assert in_store(store) == []
    tampered(path, statement)
    assert in_store(store) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET results = 'x' WHERE serial = 3",
        "UPDATE history SET results = '[]' WHERE serial = 3",
        "UPDATE history SET at = 'yesterday' WHERE serial = 3",
        "UPDATE history SET at = '2026-03-01' WHERE serial = 3",
        "UPDATE history SET support = 7 WHERE serial = 3",
    ],
)
def test_a_row_that_no_apply_writes_is_a_message_that_names_it(
    path: Path, store: SqliteStore, statement: str
) -> None:
    filled(store)
    tampered(path, statement)
    with pytest.raises(SlactlError, match="Entry 3 of the history cannot be read"):
        list(store.history())


def test_the_chain_goes_on_over_crashes_and_serials_without_an_entry(store: SqliteStore) -> None:
    filled(store, 2)
    with store.lock("apply", 0) as writer:
        writer.begin("d", [("b.t.x", "create")])
    filled(store, 2)
    assert [one.serial for one in store.history()] == [1, 2, 4, 5]
    assert in_store(store) == []


Old = Callable[[sqlite3.Connection], None]


def test_entries_of_an_older_schema_are_chained_at_migration_and_marked_so(
    path: Path, store: SqliteStore
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        m0001_initial.migrate(connection)
        m0002_dependencies.migrate(connection)
        connection.execute("PRAGMA user_version = 2")
        connection.execute("INSERT INTO meta VALUES ('line', 2, 'estate')")
        for number in (1, 2):
            connection.execute(
                "INSERT INTO history VALUES (?, ?, 'me@here', 'apply', '2026-03-01', 'd', 'c0ffee', '{}', ?)",
                (number, START.isoformat(), '{"sla.a":{"kind":"SLA"}}'),
            )
    before = path.read_bytes()
    assert in_store(store) == []
    assert [one.chained for one in store.history()] == ["migration", "migration"]
    assert path.read_bytes() == before, "a reader migrates its own copy"
    with store.lock("apply", 0) as writer:
        writer.finish({}, entry(3))
    assert [(one.serial, one.chained) for one in store.history()] == [
        (1, "migration"),
        (2, "migration"),
        (3, "apply"),
    ]
    assert in_store(store) == []
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE history SET who = 'x'")
    tampered(path, "UPDATE history SET commit_id = 'bad' WHERE serial = 1")
    assert in_store(store) == [(1, "it was changed after it was written")]
