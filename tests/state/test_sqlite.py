"""The SQLite store: transactions, the lock, and what people are told."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.state.records import Entry, Recorded
from slactl.state.sqlite import SqliteStore


def recorded(name: str) -> Recorded:
    return Recorded(
        f"prom.rules.{name}", "prometheus", f"{name}.yaml", {"groups": [name]}, {"x": 1}, ("sla.a",)
    )


def entry(**results: str) -> Entry:
    return Entry(
        0, datetime.now(UTC), "me@here", "apply", "2026-11-23", "d", None, results, {"sla.a": {"kind": "SLA"}}
    )


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / ".slactl" / "state.db", "estate")


def test_an_empty_state_reads_as_nothing_and_makes_no_file(store: SqliteStore, tmp_path: Path) -> None:
    assert store.read().resources == {}
    assert list(tmp_path.iterdir()) == []


def test_readers_cannot_write(store: SqliteStore) -> None:
    with store.lock("apply", 0):
        pass
    connection = store._connect(write=False)  # noqa: SLF001 - the promise is about this connection
    try:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM meta")
    finally:
        connection.close()


def test_a_file_that_is_no_state_is_refused(store: SqliteStore, tmp_path: Path) -> None:
    path = tmp_path / ".slactl" / "state.db"
    path.parent.mkdir()
    path.write_bytes(b"nothing that SQLite knows, and long enough to look at" * 20)
    with pytest.raises(SlactlError, match="not a database"):
        store.read()
    path.unlink()
    sqlite3.connect(path).close()
    path.write_bytes(b"")
    with pytest.raises(SlactlError, match="is damaged: the file is empty"):
        store.read()


def test_a_newer_schema_and_another_workspace_are_refused(store: SqliteStore, tmp_path: Path) -> None:
    with store.lock("apply", 0):
        pass
    with pytest.raises(SlactlError, match="belongs to the workspace estate"):
        SqliteStore(tmp_path / ".slactl" / "state.db", "other").read()
    connection = sqlite3.connect(tmp_path / ".slactl" / "state.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(SlactlError, match="newer slactl"):
        store.read()


def test_a_full_disk_is_a_message_and_keeps_what_was_there(store: SqliteStore) -> None:
    with store.lock("apply", 0) as writer:
        writer.resolve([recorded("a")], [], [])
        pages = writer._connection.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001 - to fill the disk
        writer._connection.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001 - as above
        with pytest.raises(SlactlError, match="disk is full"):
            writer.resolve([recorded(f"n{number}") for number in range(5000)], [], [])
    assert list(store.read().resources) == ["prom.rules.a"]


def test_a_folder_that_cannot_be_made_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    store = SqliteStore(tmp_path / "file" / "state.db", "estate")
    with pytest.raises(SlactlError, match="folder for the state cannot be made"), store.lock("apply", 0):
        pass
