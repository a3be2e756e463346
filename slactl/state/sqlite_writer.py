"""Writing to a locked SQLite state."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.state.records import Applied, Entry, Recorded
from slactl.state.sqlite_file import explained, transaction
from slactl.state.sqlite_rows import agreement_row, as_json, entry_row, resource_row


class SqliteWriter:
    """A locked state; each method is one transaction that is on the disk when it returns."""

    def __init__(self, connection: sqlite3.Connection, path: Path, lock_id: str, note: str) -> None:
        self._connection = connection
        self._path = path
        self._lock_id = lock_id
        self._note = note
        self._serial: int | None = None

    @property
    def note(self) -> str:
        """What the user should know about how the lock was taken; usually empty."""
        return self._note

    def begin(self, plan_digest: str, intents: Sequence[tuple[str, str]]) -> None:
        """Record what is about to be changed, before the backend is touched."""
        rows = [(address, action, plan_digest) for address, action in intents]
        with self._step():
            self._connection.executemany("INSERT OR REPLACE INTO intents VALUES (?, ?, ?)", rows)

    def resolve(self, done: Iterable[Recorded], gone: Iterable[str], failed: Iterable[str]) -> None:
        """Record outcomes; every address named has no open intent any more."""
        rows = [resource_row(one) for one in done]
        removed = [(address,) for address in gone]
        closed = [(row[0],) for row in rows] + removed + [(address,) for address in failed]
        with self._step():
            self._connection.executemany(
                "INSERT OR REPLACE INTO resources "
                "(address, provider, id, body, attributes, needed_by, depends_on) VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            self._connection.executemany("DELETE FROM resources WHERE address = ?", removed)
            self._connection.executemany("DELETE FROM intents WHERE address = ?", closed)

    def finish(
        self,
        agreements: Mapping[str, Applied | None],
        entry: Entry,
        restated: Mapping[str, Mapping[str, str]] | None = None,
    ) -> int:
        """Record agreements as they are in force now and the history; returns the new serial."""
        kept = [agreement_row(one) for one in agreements.values() if one is not None]
        ended = [(address,) for address, one in agreements.items() if one is None]
        support = [(as_json(verdicts), address) for address, verdicts in (restated or {}).items()]
        with self._step() as serial:
            self._connection.executemany("INSERT OR REPLACE INTO agreements VALUES (?, ?, ?, ?)", kept)
            self._connection.executemany("DELETE FROM agreements WHERE address = ?", ended)
            self._connection.executemany("UPDATE agreements SET support = ? WHERE address = ?", support)
            self._connection.execute(
                "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", entry_row(serial, entry)
            )
        self._serial = None
        return serial

    @contextmanager
    def _step(self) -> Iterator[int]:
        """A transaction, if the lock is still ours; gives the serial, which its first one has raised."""
        try:
            with transaction(self._connection):
                self._insist_on_lock()
                serial = self._raised() if self._serial is None else self._serial
                yield serial
        except sqlite3.Error as error:
            raise explained(self._path, error) from error
        self._serial = serial

    def _raised(self) -> int:
        row = self._connection.execute("UPDATE meta SET serial = serial + 1 RETURNING serial").fetchone()
        return int(row[0])

    def _insist_on_lock(self) -> None:
        if self._connection.execute("SELECT 1 FROM lock WHERE id = ?", (self._lock_id,)).fetchone() is None:
            raise SlactlError(
                "The lock on the state was released by somebody else (force-unlock)",
                "Nothing more is recorded by this run. The next plan shows what is left.",
            )
