"""State in PostgreSQL, for teams: one schema a workspace, a row an object, each step a transaction, a lock that dies with its holder."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from slactl.base.diagnostics import Place
from slactl.state.export import exported
from slactl.state.locking import insist_on_holder, new_lock, taken_over, wait_for
from slactl.state.postgres_address import database_of
from slactl.state.postgres_connection import PostgresConnection, connected
from slactl.state.postgres_lock import break_lock, release, take
from slactl.state.postgres_schema import lock_key, schema_name
from slactl.state.postgres_tables import damaged, exists, is_there, prepare, sound
from slactl.state.postgres_writer import PostgresWriter
from slactl.state.records import Entry, Intent, LockInfo, Snapshot
from slactl.state.sql_rows import agreements, entries, holder, resources, under_way

_ENDED = "its session with the database has ended"
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
        self.database = database_of(dsn)
        """The database in words, without who logs in."""

    def read(self) -> Snapshot:
        """Read everything that a plan compares with, in one transaction, without being able to write."""
        with self._reading() as connection:
            return _NOTHING if connection is None else self._snapshot(connection)

    def files(self) -> None:
        """A server keeps it."""

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

    def under_way(self) -> Entry | None:
        """The apply that has begun and not ended."""
        with self._reading() as connection:
            return None if connection is None else under_way(connection)

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
            while exists(connection, f"{self._schema[:50]}_damaged_{number}"):
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
                "SELECT table_schema FROM information_schema.columns "
                "WHERE table_name = 'meta' AND column_name = 'workspace' AND table_schema LIKE ? ORDER BY table_schema",
                (r"slactl\_%",),
            ).fetchall()
            return [
                name
                for (schema,) in schemas
                for (name,) in connection.execute(f'SELECT workspace FROM "{schema}".meta')  # noqa: S608 - a quoted name of our own
                if schema_name(name) == schema  # not one that was set aside
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
            with sound(self._schema):
                dead = wait_for(partial(take, connection, self._key), lock, timeout_s)
            try:
                yield PostgresWriter(
                    connection, lock.id, taken_over(dead, _ENDED) if dead else "", self._exported
                )
            finally:
                release(connection, lock.id)

    @contextmanager
    def _reading(self) -> Iterator[PostgresConnection | None]:
        """A connection at one moment of the state; None where there is no state yet."""
        with (
            connected(self._dsn, self._place, write=False) as connection,
            sound(self._schema),
            connection.transaction(read_only=True),
        ):
            if not is_there(connection, self._schema):
                yield None
                return
            connection.execute(f'SET LOCAL search_path TO "{self._schema}"')
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[PostgresConnection]:
        with connected(self._dsn, self._place, write=True) as connection:
            with connection.transaction():
                # processes that make the schema at once take turns
                connection.execute("SELECT pg_advisory_xact_lock(?)", (self._key ^ 1,))
                prepare(connection, self._schema, self._workspace)
            connection.execute(f'SET search_path TO "{self._schema}"')
            yield connection

    def _snapshot(self, connection: PostgresConnection) -> Snapshot:
        row = connection.execute("SELECT lineage, serial, head FROM meta").fetchone()
        if row is None:
            raise damaged(self._schema, "it has lost its name")
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
        return exported(
            self._workspace, self._snapshot(connection), entries(connection), under_way(connection)
        )
