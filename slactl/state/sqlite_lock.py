"""The lock: one row, Terraform's fields; what a dead process left behind is taken over."""

import getpass
import os
import socket
import sqlite3
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from slactl import __version__
from slactl.base.diagnostics import SlactlError
from slactl.base.duration import spoken
from slactl.state.records import LockInfo
from slactl.state.sqlite_file import transaction

_LONGEST_PAUSE_S = 16.0


def acquire(
    connection: sqlite3.Connection, operation: str, timeout_s: float, *, by_hand: str | None = None
) -> tuple[LockInfo, LockInfo | None]:
    """Take the lock, asking again after 1 s, 2 s, 4 s, up to every 16 s; also returns the dead holder it was taken from.

    `by_hand` is the reason of a person who takes it: no process stands behind it then.

    Raises:
        SlactlError: when another holds it at the end; the message names holder and age.
    """
    info = _new_lock(operation, by_hand)
    deadline = time.monotonic() + timeout_s
    pause = 1.0
    while True:
        taken, held = _take(connection, info)
        if taken or held is None:
            return info, held
        left = deadline - time.monotonic()
        if left <= 0:
            raise SlactlError("The state is locked", _who_holds(held))
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE_S)


def _take(connection: sqlite3.Connection, info: LockInfo) -> tuple[bool, LockInfo | None]:
    """Take the lock where nobody alive has it; returns whether it is ours now, and who had it, if anybody."""
    with transaction(connection):
        held = holder(connection)
        free = held is None or is_dead(held)
        if free:
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


def who() -> str:
    """`user@host`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def taken_over(held: LockInfo) -> str:
    """What the user is told when a dead process still had the lock."""
    return (
        f"The lock of {held.who} ({held.operation}, process {held.pid}, {age(held)} old) was taken over: "
        "that process has died."
    )


def is_dead(held: LockInfo) -> bool:
    """Whether the holder ran on this machine and is no longer alive; elsewhere nobody can tell."""
    if held.by_hand or held.host != _machine():
        return False
    try:
        os.kill(held.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    """This host, and the container within it: process ids of another container mean nothing here."""
    namespace = Path("/proc/self/ns/pid")
    try:
        return f"{socket.gethostname()}/{namespace.readlink()}"
    except OSError:
        return socket.gethostname()


def _new_lock(operation: str, by_hand: str | None) -> LockInfo:
    process = os.getpid() if by_hand is None else 0
    return LockInfo(
        str(uuid.uuid4()),
        operation,
        who(),
        __version__,
        datetime.now(UTC),
        process,
        _machine(),
        by_hand or "",
    )


def age(held: LockInfo) -> str:
    """How long it has been held, in words."""
    return spoken(max(0, int((datetime.now(UTC) - held.created).total_seconds())))


def _who_holds(held: LockInfo) -> str:
    if held.by_hand:
        return (
            f"{held.who} has held it by hand for {age(held)}{f': {held.info}' if held.info else '.'}\n"
            f"They release it with `slactl state unlock`; anybody can, if need be:\n  slactl force-unlock {held.id}"
        )
    return (
        f"{held.who} has held the lock for {age(held)} ({held.operation}, process {held.pid}).\n"
        "Wait for it (-lock-timeout=60s), or, if its holder is gone for good:\n"
        f"  slactl force-unlock {held.id}"
    )
