"""State in one SQLite file: crash-safe, one row an object, each step a transaction with full synchronisation."""

import getpass
import json
import os
import socket
import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from slactl import __version__
from slactl.base.diagnostics import SlactlError
from slactl.base.duration import spoken
from slactl.state.migrations import MIGRATIONS, VERSION
from slactl.state.records import Applied, Entry, Intent, LockInfo, Recorded, Snapshot

_LONGEST_PAUSE_S = 16.0


class SqliteStore:
    """The state of one workspace in a file."""

    def __init__(self, path: Path, workspace: str) -> None:
        self._path = path
        self._workspace = workspace

    def read(self) -> Snapshot:
        """Read everything that a plan compares with, in one transaction, without being able to write."""
        if not self._path.exists():
            return Snapshot("", 0, {}, {})
        with self._opened(write=False) as connection, _transaction(connection, "DEFERRED"):
            lineage, serial, _ = self._meta(connection)
            return Snapshot(
                lineage,
                serial,
                {one.address: one for one in _resources(connection)},
                {one.address: one for one in _agreements(connection)},
                tuple(
                    Intent(*row)
                    for row in connection.execute("SELECT address, action FROM intents ORDER BY address")
                ),
            )

    def export(self) -> dict[str, Any]:
        """The whole state as JSON data."""
        snapshot = self.read()
        return {
            "format_version": "1.0",
            "slactl_version": __version__,
            "workspace": self._workspace,
            "lineage": snapshot.lineage,
            "serial": snapshot.serial,
            "resources": [
                {
                    "address": one.address,
                    "provider": one.provider,
                    "id": one.id,
                    "body": one.body,
                    "attributes": one.attributes,
                    "needed_by": list(one.needed_by),
                }
                for one in snapshot.resources.values()
            ],
            "agreements": [
                {
                    "address": one.address,
                    "promise": one.promise,
                    "support": one.support,
                    "prevent_destroy": one.prevent_destroy,
                }
                for one in snapshot.agreements.values()
            ],
            "intents": [{"address": one.address, "action": one.action} for one in snapshot.intents],
            "history": [
                {
                    "serial": one.serial,
                    "at": one.at.isoformat(),
                    "who": one.who,
                    "command": one.command,
                    "as_of": one.as_of,
                    "plan_digest": one.plan_digest,
                    "commit": one.commit,
                    "results": one.results,
                    "agreements": one.agreements,
                }
                for one in self.history()
            ],
        }

    def history(self) -> Iterator[Entry]:
        """Every apply, oldest first."""
        yield from self._entries()

    def _entries(self) -> list[Entry]:
        if not self._path.exists():
            return []
        with self._opened(write=False) as connection:
            rows = connection.execute(
                "SELECT serial, at, who, command, as_of, plan_digest, commit_id, results, agreements FROM history ORDER BY serial"
            )
            return [_entry(row) for row in rows]

    def holder(self) -> LockInfo | None:
        """Who holds the lock now."""
        if not self._path.exists():
            return None
        with self._opened(write=False) as connection:
            return _holder(connection)

    def force_unlock(self, lock_id: str) -> None:
        """Release the lock that its holder left behind.

        Raises:
            SlactlError: when nobody holds it, or under another id.
        """
        held = self.holder()
        if held is None:
            raise SlactlError("The state is not locked", "There is nothing to release.")
        if held.id != lock_id:
            raise SlactlError(
                f"The lock's ID is {held.id}, not {lock_id}",
                "Give the ID of the lock that you mean to release.",
            )
        with self._opened(write=True) as connection, _transaction(connection):
            connection.execute("DELETE FROM lock WHERE id = ?", (lock_id,))

    @contextmanager
    def lock(self, operation: str, timeout_s: float) -> Iterator["SqliteWriter"]:
        """Take the lock, waiting up to `timeout_s`, and open the state for writing.

        A lock whose holder ran on this host and is no longer alive is taken over.

        Raises:
            SlactlError: when another holds it; the message names holder and age.
        """
        with self._opened(write=True) as connection:
            info = _acquired(connection, operation, timeout_s)
            try:
                yield SqliteWriter(self, connection)
            finally:
                with _transaction(connection):
                    connection.execute("DELETE FROM lock WHERE id = ?", (info.id,))

    @contextmanager
    def _opened(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        """A connection that is closed at the end; SQLite's errors become messages."""
        try:
            with closing(self._connect(write=write)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise self.explained(error) from error

    def _connect(self, *, write: bool) -> sqlite3.Connection:
        if write:
            self._make_folder()
        mode = "rwc" if write else "ro"
        address = f"{self._path.resolve().as_uri()}?mode={mode}"
        connection = sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous=FULL")
            if write:
                connection.execute("PRAGMA journal_mode=WAL")
                self._migrate(connection)
            elif connection.execute("PRAGMA user_version").fetchone()[0] not in range(1, VERSION + 1):
                self._refuse_version(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_folder(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SlactlError(
                f"The folder for the state cannot be made: {error.strerror}", f"It is {self._path.parent}."
            ) from error

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            self._refuse_version(connection)
        if version == VERSION:
            return
        with _transaction(connection):
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for number, migrate in enumerate(MIGRATIONS[version:], start=version + 1):
                migrate(connection)
                connection.execute(f"PRAGMA user_version = {number}")
            if version == 0:
                connection.execute("INSERT INTO meta VALUES (?, 0, ?)", (str(uuid.uuid4()), self._workspace))

    def _refuse_version(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise SlactlError(
                f"The state {self._path} was written by a newer slactl (schema {version}, this one knows {VERSION})",
                "Use the newer release: an older one would lose what it does not know.",
            )
        raise SlactlError(
            f"{self._path} is no state of slactl", "Move the file away, or correct spec.state.path."
        )

    def _meta(self, connection: sqlite3.Connection) -> tuple[str, int, str]:
        row = connection.execute("SELECT lineage, serial, workspace FROM meta").fetchone()
        if row is None:
            raise SlactlError(
                f"{self._path} is no state of slactl", "Move the file away, or correct spec.state.path."
            )
        if row[2] != self._workspace:
            raise SlactlError(
                f"The state {self._path} belongs to the workspace {row[2]}, not to {self._workspace}",
                "Give each workspace its own state file (spec.state.path).",
            )
        return row[0], row[1], row[2]

    def explained(self, error: sqlite3.Error) -> SlactlError:
        """SQLite's error as a message for the user."""
        text = str(error)
        if "disk is full" in text:
            hint = "Free some space, then run the same command again: nothing that was recorded is lost."
        elif "readonly" in text or "unable to open" in text:
            hint = "Check that the file and its folder may be read and written."
        elif "not a database" in text or "malformed" in text or "no such table" in text:
            hint = "The file is damaged or no state at all. Bring back a copy of it, or move it away."
        elif "locked" in text or "busy" in text:
            hint = "Another process is writing to it; try again."
        else:
            hint = "See the message above."
        return SlactlError(f"The state {self._path} cannot be used: {text}", hint)


class SqliteWriter:
    """A locked state; each method is one transaction that is on the disk when it returns."""

    def __init__(self, store: SqliteStore, connection: sqlite3.Connection) -> None:
        self._store = store
        self._connection = connection

    def begin(self, plan_digest: str, intents: Sequence[tuple[str, str]]) -> None:
        """Record what is about to be changed, before the backend is touched."""
        rows = [(address, action, plan_digest) for address, action in intents]
        with self._step():
            self._connection.executemany("INSERT OR REPLACE INTO intents VALUES (?, ?, ?)", rows)

    def resolve(self, done: Iterable[Recorded], gone: Iterable[str], failed: Iterable[str]) -> None:
        """Record outcomes; every address named has no open intent any more."""
        rows = [
            (
                one.address,
                one.provider,
                one.id,
                _json(one.body),
                _json(one.attributes),
                _json(list(one.needed_by)),
            )
            for one in done
        ]
        removed = [(address,) for address in gone]
        closed = [(row[0],) for row in rows] + removed + [(address,) for address in failed]
        with self._step():
            self._connection.executemany("INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._connection.executemany("DELETE FROM resources WHERE address = ?", removed)
            self._connection.executemany("DELETE FROM intents WHERE address = ?", closed)

    def finish(self, agreements: Mapping[str, Applied | None], entry: Entry) -> int:
        """Record agreements as they are in force now and the history; returns the new serial."""
        kept = [
            (address, _json(one.promise), _json(one.support), int(one.prevent_destroy))
            for address, one in agreements.items()
            if one is not None
        ]
        with self._step():
            serial: int = self._connection.execute(
                "UPDATE meta SET serial = serial + 1 RETURNING serial"
            ).fetchone()[0]
            self._connection.executemany("INSERT OR REPLACE INTO agreements VALUES (?, ?, ?, ?)", kept)
            self._connection.executemany(
                "DELETE FROM agreements WHERE address = ?",
                [(address,) for address, one in agreements.items() if one is None],
            )
            self._connection.execute(
                "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    serial,
                    entry.at.isoformat(),
                    entry.who,
                    entry.command,
                    entry.as_of,
                    entry.plan_digest,
                    entry.commit,
                    _json(entry.results),
                    _json(entry.agreements),
                ),
            )
        return serial

    @contextmanager
    def _step(self) -> Iterator[None]:
        try:
            with _transaction(self._connection):
                yield
        except sqlite3.Error as error:
            raise self._store.explained(error) from error


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    connection.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _acquired(connection: sqlite3.Connection, operation: str, timeout_s: float) -> LockInfo:
    """Take the lock, asking again after 1 s, 2 s, 4 s, up to every 16 s."""
    info = _new_lock(operation)
    deadline = time.monotonic() + timeout_s
    pause = 1.0
    held = _take(connection, info)
    while held is not None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise SlactlError("The state is locked", _who_holds(held))
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE_S)
        held = _take(connection, info)
    return info


def _entry(row: Any) -> Entry:
    serial, at, by, command, as_of, digest, commit, results, agreements = row
    return Entry(
        serial,
        datetime.fromisoformat(at),
        by,
        command,
        as_of,
        digest,
        commit,
        json.loads(results),
        json.loads(agreements),
    )


def _take(connection: sqlite3.Connection, info: LockInfo) -> LockInfo | None:
    """Take the lock; returns the holder where somebody else has it."""
    with _transaction(connection):
        held = _holder(connection)
        if held is not None and not _is_dead(held):
            return held
        connection.execute("DELETE FROM lock")
        connection.execute(
            "INSERT INTO lock VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                info.id,
                info.operation,
                info.info,
                info.who,
                info.version,
                info.created.isoformat(),
                info.pid,
                info.host,
            ),
        )
    return None


def _holder(connection: sqlite3.Connection) -> LockInfo | None:
    row = connection.execute(
        "SELECT id, operation, who, version, created, pid, host, info FROM lock"
    ).fetchone()
    return (
        None
        if row is None
        else LockInfo(row[0], row[1], row[2], row[3], datetime.fromisoformat(row[4]), *row[5:])
    )


def _new_lock(operation: str) -> LockInfo:
    return LockInfo(
        str(uuid.uuid4()), operation, who(), __version__, datetime.now(UTC), os.getpid(), socket.gethostname()
    )


def who() -> str:
    """`user@host`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def _is_dead(held: LockInfo) -> bool:
    """Whether the holder ran on this host and is no longer alive; elsewhere nobody can tell."""
    if held.host != socket.gethostname():
        return False
    try:
        os.kill(held.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _who_holds(held: LockInfo) -> str:
    age = spoken(int((datetime.now(UTC) - held.created).total_seconds()))
    return (
        f"{held.who} has held the lock for {age} ({held.operation}, process {held.pid}).\n"
        "Wait for it (-lock-timeout=60s), or, if its holder is gone for good:\n"
        f"  slactl force-unlock {held.id}"
    )


def _resources(connection: sqlite3.Connection) -> Iterator[Recorded]:
    rows = connection.execute(
        "SELECT address, provider, id, body, attributes, needed_by FROM resources ORDER BY address"
    )
    for address, provider, name, body, attributes, needed_by in rows:
        yield Recorded(
            address, provider, name, json.loads(body), json.loads(attributes), tuple(json.loads(needed_by))
        )


def _agreements(connection: sqlite3.Connection) -> Iterator[Applied]:
    rows = connection.execute(
        "SELECT address, promise, support, prevent_destroy FROM agreements ORDER BY address"
    )
    for address, promise, support, protected in rows:
        yield Applied(address, json.loads(promise), json.loads(support), bool(protected))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
