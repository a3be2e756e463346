"""The lock of a PostgreSQL state: a row that says who, and an advisory lock that goes with its holder's session."""

from contextlib import suppress
from datetime import UTC, datetime

import psycopg

from slactl.base.diagnostics import SlactlError
from slactl.state.postgres_connection import PostgresConnection
from slactl.state.records import LockInfo
from slactl.state.sql_rows import holder, put_lock


def take(connection: PostgresConnection, key: int, wanted: LockInfo) -> tuple[bool, LockInfo | None]:
    """Take the lock where nobody alive has it; returns whether it is ours now, and who had it, if anybody.

    A row without a session that holds the advisory lock is a dead holder's, wherever that ran, unless a person holds it by hand.
    """
    if not _taken(connection, key):
        return False, holder(connection) or _unknown()
    with connection.transaction():
        held = holder(connection)
        free = held is None or not held.by_hand
        if free:
            put_lock(connection, wanted)
    if not free:
        connection.execute("SELECT pg_advisory_unlock(?)", (key,))
    return free, held


def _taken(connection: PostgresConnection, key: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(?)", (key,)).fetchone()
    return bool(row and row[0])


def _unknown() -> LockInfo:
    """Somebody who has just taken it and has not said who they are, or is giving it back."""
    return LockInfo("", "an operation", "somebody", "", datetime.now(UTC), -1, "")


def release(connection: PostgresConnection, lock_id: str) -> None:
    """Give the lock back; nothing happens where somebody else has it by now, or the session is gone and the lock with it."""
    with suppress(psycopg.OperationalError):
        connection.execute("DELETE FROM lock WHERE id = ?", (lock_id,))


def break_lock(connection: PostgresConnection, key: int, lock_id: str) -> None:
    """Release the lock of a holder that may still be connected: its session is ended, so that it records nothing more.

    Raises:
        SlactlError: when the session cannot be ended; then the lock is as it was.
    """
    with connection.transaction():
        connection.execute("DELETE FROM lock WHERE id = ?", (lock_id,))
        for (session,) in connection.execute(_SESSIONS, (key >> 32, key & 0xFFFFFFFF)).fetchall():
            _end(connection, session)


_SESSIONS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid() "
    "AND classid::bigint = ? AND objid::bigint = ? "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LONGEST_END_MS = 10_000


def _end(connection: PostgresConnection, session: int) -> None:
    try:
        row = connection.execute("SELECT pg_terminate_backend(?, ?)", (session, _LONGEST_END_MS)).fetchone()
    except psycopg.errors.InsufficientPrivilege as error:
        raise SlactlError(
            "The lock's holder is still connected, as another user of the database than you",
            "Your user may not end that session. Who logs in as that user can release the lock, or an administrator of the "
            f"database ends it:\n  SELECT pg_terminate_backend({session});",
        ) from error
    if not row or not row[0]:
        raise SlactlError(
            f"The session of the lock's holder ({session}) does not end",
            "Try again, or ask an administrator of the database.",
        )
