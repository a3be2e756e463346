"""The lock as a row of a SQLite state, with Terraform's fields; what a dead process left behind is taken over."""

import sqlite3

from slactl.state.locking import is_dead
from slactl.state.records import LockInfo
from slactl.state.sql_rows import holder, put_lock
from slactl.state.sqlite_file import transaction


def take(connection: sqlite3.Connection, wanted: LockInfo) -> tuple[bool, LockInfo | None]:
    """Take the lock where nobody alive has it; returns whether it is ours now, and who had it, if anybody."""
    with transaction(connection):
        held = holder(connection)
        free = held is None or is_dead(held)
        if free:
            put_lock(connection, wanted)
    return free, held


def release(connection: sqlite3.Connection, lock_id: str) -> None:
    """Give the lock back; nothing happens where somebody else has it by now."""
    with transaction(connection):
        connection.execute("DELETE FROM lock WHERE id = ?", (lock_id,))
