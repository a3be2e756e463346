"""The lock as a row of a SQLite state, with Terraform's fields; what a dead process left behind is taken over."""

import sqlite3
from datetime import datetime

from slactl.state.locking import is_dead
from slactl.state.records import LockInfo
from slactl.state.sqlite_file import transaction


def take(connection: sqlite3.Connection, wanted: LockInfo) -> tuple[bool, LockInfo | None]:
    """Take the lock where nobody alive has it; returns whether it is ours now, and who had it, if anybody."""
    with transaction(connection):
        held = holder(connection)
        free = held is None or is_dead(held)
        if free:
            connection.execute("DELETE FROM lock")
            connection.execute(
                "INSERT INTO lock VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    wanted.id,
                    wanted.operation,
                    wanted.info,
                    wanted.who,
                    wanted.version,
                    wanted.created.isoformat(),
                    wanted.pid,
                    wanted.host,
                ),
            )
    return free, held


def holder(connection: sqlite3.Connection, path: str = "") -> LockInfo | None:
    """Who has the lock, or None."""
    row = connection.execute(
        "SELECT id, operation, who, version, created, pid, host, info FROM lock"
    ).fetchone()
    if row is None:
        return None
    name, operation, by, version, created, pid, host, info = row
    return LockInfo(name, operation, by, version, datetime.fromisoformat(created), pid, host, info, path)


def release(connection: sqlite3.Connection, lock_id: str) -> None:
    """Give the lock back; nothing happens where somebody else has it by now."""
    with transaction(connection):
        connection.execute("DELETE FROM lock WHERE id = ?", (lock_id,))
