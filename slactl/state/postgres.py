"""State in PostgreSQL, for teams: one schema a workspace, a row an object, each step a transaction, a lock that dies with its holder."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from slactl.base.diagnostics import Place, SlactlError
from slactl.state.export import exported
from slactl.state.locking import insist_on_holder, new_lock, taken_over, wait_for
from slactl.state.postgres_connection import PostgresConnection, connected
from slactl.state.postgres_lock import break_lock, release, take
from slactl.state.postgres_schema import MIGRATIONS, VERSION, lock_key, schema_name
from slactl.state.postgres_writer import PostgresWriter
from slactl.state.records import Entry, Intent, LockInfo, Snapshot
from slactl.state.sql_rows import agreements, entries, holder, resources
from slactl.state.store import DamagedStateError

_NOTHING = Snapshot("", 0, {}, {})


class PostgresStore:
    """The state of one workspace in a database."""

    def __init__(self, dsn: str, workspace: str, place: Place) -> None:
        """`dsn` may hold a password: it is given to the server and to nobody else."""
        self._dsn = dsn
        self._workspace = workspace
        self._place = place
        self._schema = schema_name(workspace)
        self._key = lock_key(workspace)

    def read(self) -> Snapshot:
        """Read everything that a plan compares with, in one transaction, without being able to write."""
        with self._reading() as connection:
            return _NOTHING if connection is None else self._snapshot(connection)

    def export(self) -> dict[str, Any]:
        """The whole state as JSON data, read at one moment."""
        with self._reading() as connection:
            return (
                exported(self._workspace, _NOTHING, []) if connection is None else self._exported(connection)
            )

    def history(self) -> Iterator[Entry]:
        """Every apply, oldest first."""
        with self._reading() as connection:
            found = [] if connection is None else entries(connection)
        yield from found

    def holder(self) -> LockInfo | None:
        """Who holds the lock now."""
        with self._reading() as connection:
            return None if connection is None else holder(connection, self._schema)

    def hold(self, reason: str, timeout_s: float) -> LockInfo:
        """Take the lock by hand: it stays until it is released, whatever becomes of this process.

        Raises:
            SlactlError: when another holds it.
        """
        with self._writing() as connection:
            wanted = new_lock("state lock", by_hand=reason)
            wait_for(partial(take, connection, self._key), wanted, timeout_s)
        return wanted

    def set_aside(self) -> str:
        """Give a damaged state another name; returns it."""
        with connected(self._dsn, self._place, write=True) as connection, connection.transaction():
            number = 1
            while _version(connection, f"{self._schema[:50]}_damaged_{number}") is not None:
                number += 1
            target = f"{self._schema[:50]}_damaged_{number}"
            connection.execute(f'ALTER SCHEMA "{self._schema}" RENAME TO "{target}"')
        return f"the schema {target}"

    def erase(self) -> None:
        """Drop the schema, with its copies."""
        with connected(self._dsn, self._place, write=True) as connection:
            connection.execute(f'DROP SCHEMA IF EXISTS "{self._schema}" CASCADE')

    def workspaces(self) -> list[str]:
        """The names of all workspaces that have a state in this database, of whatever files."""
        with connected(self._dsn, self._place, write=False) as connection:
            schemas = connection.execute(
                "SELECT table_schema FROM information_schema.tables WHERE table_name = 'slactl' AND table_schema LIKE ?",
                (r"slactl\_%",),
            ).fetchall()
            return [
                row[0]
                for (schema,) in sorted(schemas)
                for row in connection.execute(f'SELECT workspace FROM "{schema}".meta')  # noqa: S608 - a quoted name of our own
            ]

    def force_unlock(self, lock_id: str) -> None:
        """Release the lock that its holder left behind.

        Raises:
            SlactlError: when nobody holds it, or under another id.
        """
        insist_on_holder(self.holder(), lock_id)
        with self._writing() as connection:
            break_lock(connection, self._key, lock_id)

    @contextmanager
    def lock(self, operation: str, timeout_s: float) -> Iterator[PostgresWriter]:
        """Take the lock, waiting up to `timeout_s`, and open the state for writing.

        A lock whose holder's session is gone is taken over; the writer's `note` says so.

        Raises:
            SlactlError: when another holds it; the message names holder and age.
        """
        with self._writing() as connection:
            lock = new_lock(operation)
            dead = wait_for(partial(take, connection, self._key), lock, timeout_s)
            try:
                yield PostgresWriter(connection, lock.id, taken_over(dead) if dead else "", self._exported)
            finally:
                release(connection, lock.id)

    @contextmanager
    def _reading(self) -> Iterator[PostgresConnection | None]:
        """A connection at one moment of the state; None where there is no state yet."""
        try:
            with (
                connected(self._dsn, self._place, write=False) as connection,
                connection.transaction(read_only=True),
            ):
                yield connection if self._is_there(connection) else None
        except json.JSONDecodeError as error:
            raise DamagedStateError(
                f"The state in the schema {self._schema} is damaged: a row is no JSON ({error})",
                f'Its copies are in "{self._schema}".backups: save a document and push it (slactl state push -force FILE). '
                "Without one: slactl state rebuild -force",
            ) from error

    def _is_there(self, connection: PostgresConnection) -> bool:
        version = _version(connection, self._schema)
        if version is None:
            return False
        self._insist_on_version(version)
        if version < VERSION:
            raise SlactlError(
                f"The state in the schema {self._schema} is of an older slactl (schema {version})",
                "Bring it up to date: slactl init",
            )
        connection.execute(f'SET LOCAL search_path TO "{self._schema}"')
        return True

    @contextmanager
    def _writing(self) -> Iterator[PostgresConnection]:
        with connected(self._dsn, self._place, write=True) as connection:
            with connection.transaction():
                self._prepare(connection)
            connection.execute(f'SET search_path TO "{self._schema}"')
            yield connection

    def _prepare(self, connection: PostgresConnection) -> None:
        """Make the schema where there is none, and bring an older one up to date; processes that do so at once take turns."""
        connection.execute("SELECT pg_advisory_xact_lock(?)", (self._key ^ 1,))
        version = _version(connection, self._schema) or 0
        self._insist_on_version(version)
        if not version:
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"')
            connection.execute(f'CREATE TABLE "{self._schema}".slactl (version INTEGER NOT NULL)')
            connection.execute(f'INSERT INTO "{self._schema}".slactl VALUES (0)')  # noqa: S608 - a quoted name of our own
        connection.execute(f'SET LOCAL search_path TO "{self._schema}"')
        for statements in MIGRATIONS[version:]:
            connection.execute(statements)
        if version < VERSION:
            connection.execute("UPDATE slactl SET version = ?", (VERSION,))
        if not version:
            connection.execute(
                "INSERT INTO meta (lineage, serial, workspace) VALUES (?, 0, ?)",
                (str(uuid.uuid4()), self._workspace),
            )

    def _insist_on_version(self, version: int) -> None:
        if version > VERSION:
            raise SlactlError(
                f"The state in the schema {self._schema} was written by a newer slactl "
                f"(schema {version}, this one knows {VERSION})",
                "Use the newer release: an older one would lose what it does not know.",
            )

    def _snapshot(self, connection: PostgresConnection) -> Snapshot:
        row = connection.execute("SELECT lineage, serial, head FROM meta").fetchone()
        if row is None:
            raise DamagedStateError(
                f"The state in the schema {self._schema} is damaged: it has lost its name",
                "slactl state rebuild -force makes it anew from what the backends carry.",
            )
        intents = connection.execute("SELECT address, action FROM intents ORDER BY address").fetchall()
        return Snapshot(
            row[0],
            row[1],
            {one.address: one for one in resources(connection)},
            {one.address: one for one in agreements(connection)},
            tuple(Intent(*one) for one in intents),
            row[2],
        )

    def _exported(self, connection: PostgresConnection) -> dict[str, Any]:
        return exported(self._workspace, self._snapshot(connection), entries(connection))


def _version(connection: PostgresConnection, schema: str) -> int | None:
    """The version of the tables in a schema; None where there are none of ours.

    Raises:
        SlactlError: when the schema is somebody else's.
    """
    found = connection.execute("SELECT to_regclass(?)", (f'"{schema}".slactl',)).fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute(f'SELECT version FROM "{schema}".slactl').fetchone()  # noqa: S608 - a quoted name of our own
    return int(row[0]) if row else None
