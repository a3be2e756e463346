"""State in one SQLite file: crash-safe, one row an object, each step a transaction with full synchronisation."""

import glob
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.state.export import exported
from slactl.state.locking import insist_on_holder, new_lock, taken_over, wait_for
from slactl.state.records import Entry, Intent, LockInfo, Snapshot
from slactl.state.sql_rows import agreements, entries, holder, resources, under_way
from slactl.state.sqlite_backup import beside, copies, damaged, set_aside
from slactl.state.sqlite_file import explained, no_state, open_reading, open_writing, sound, transaction
from slactl.state.sqlite_lock import release, take
from slactl.state.sqlite_writer import SqliteWriter


class SqliteStore:
    """The state of one workspace in a file."""

    def __init__(self, path: Path, workspace: str) -> None:
        self._path = path
        self._workspace = workspace

    def read(self) -> Snapshot:
        """Read everything that a plan compares with, in one transaction, without being able to write."""
        if not self._path.exists():
            return Snapshot("", 0, {}, {})
        with self._reading() as connection:
            return self._snapshot(connection)

    def files(self) -> Sequence[str]:
        """The file, and SQLite's journals beside it."""
        whole = glob.escape(str(self._path.absolute()))
        return [whole, f"{whole}-wal", f"{whole}-journal"]

    def export(self) -> dict[str, Any]:
        """The whole state as JSON data, read at one moment."""
        if not self._path.exists():
            return exported(self._workspace, Snapshot("", 0, {}, {}), [])
        with self._reading() as connection:
            return exported(
                self._workspace, self._snapshot(connection), entries(connection), under_way(connection)
            )

    def history(self) -> Iterator[Entry]:
        """Every apply, oldest first."""
        if not self._path.exists():
            return
        with self._reading() as connection:
            found = entries(connection)
        yield from found

    def under_way(self) -> Entry | None:
        """The apply that has begun and not ended."""
        if not self._path.exists():
            return None
        with self._reading() as connection:
            return under_way(connection)

    def holder(self) -> LockInfo | None:
        """Who holds the lock now."""
        if not self._path.exists():
            return None
        with self._reading() as connection:
            return holder(connection, str(self._path))

    def hold(self, reason: str, timeout_s: float) -> LockInfo:
        """Take the lock by hand: it stays until it is released, whatever becomes of this process.

        Raises:
            SlactlError: when another holds it.
        """
        with self._opened(write=True) as connection:
            wanted = new_lock("state lock", by_hand=reason)
            with sound(self._path):
                self._insist_on_workspace(connection)
                wait_for(partial(take, connection), wanted, timeout_s)
        return wanted

    def set_aside(self) -> str:
        """Move a damaged state out of the way; returns where it is now."""
        return str(set_aside(self._path))

    def erase(self) -> None:
        """Remove the file, and its copies."""
        for one in [*(copy for copy, _ in copies(self._path)), *beside(self._path), self._path]:
            one.unlink(missing_ok=True)

    def force_unlock(self, lock_id: str) -> None:
        """Release the lock that its holder left behind.

        Raises:
            SlactlError: when nobody holds it, or under another id.
        """
        insist_on_holder(self.holder(), lock_id)
        with self._opened(write=True) as connection:
            release(connection, lock_id)

    @contextmanager
    def lock(self, operation: str, timeout_s: float) -> Iterator[SqliteWriter]:
        """Take the lock, waiting up to `timeout_s`, and open the state for writing.

        A lock whose holder ran on this machine and is no longer alive is taken over; the writer's `note` says so.

        Raises:
            SlactlError: when another holds it; the message names holder and age.
        """
        with self._opened(write=True) as connection:
            lock = new_lock(operation)
            with sound(self._path):
                self._insist_on_workspace(connection)
                dead = wait_for(partial(take, connection), lock, timeout_s)
            try:
                yield SqliteWriter(connection, self._path, lock.id, taken_over(dead) if dead else "")
            finally:
                release(connection, lock.id)

    def _snapshot(self, connection: sqlite3.Connection) -> Snapshot:
        lineage, serial, head = self._insist_on_workspace(connection)
        intents = connection.execute("SELECT address, action FROM intents ORDER BY address")
        return Snapshot(
            lineage,
            serial,
            {one.address: one for one in resources(connection)},
            {one.address: one for one in agreements(connection)},
            tuple(Intent(*row) for row in intents),
            head,
        )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._opened(write=False) as connection, sound(self._path), transaction(connection, "DEFERRED"):
            yield connection

    @contextmanager
    def _opened(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        """A connection that is closed at the end; SQLite's errors become messages."""
        try:
            with closing(self._connect(write=write)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise explained(self._path, error) from error

    def _connect(self, *, write: bool) -> sqlite3.Connection:
        with sound(self._path):
            return open_writing(self._path, self._workspace) if write else open_reading(self._path)

    def _insist_on_workspace(self, connection: sqlite3.Connection) -> tuple[str, int, str]:
        row = connection.execute("SELECT lineage, serial, workspace, head FROM meta").fetchone()
        if row is None:
            raise no_state(self._path)
        if [type(one) for one in row] != [str, int, str, str]:
            raise damaged(self._path, "its name or serial is unreadable")
        if row[2] != self._workspace:
            raise SlactlError(
                f"The state {self._path} belongs to the workspace {row[2]}, not to {self._workspace}",
                "Give each workspace its own state file (spec.state.path).",
            )
        return row[0], row[1], row[3]
