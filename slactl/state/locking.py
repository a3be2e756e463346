"""The lock, whatever the store: who holds it, since when, whether they are alive, and how others wait for it."""

import getpass
import os
import socket
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from slactl import __version__
from slactl.base.diagnostics import SlactlError
from slactl.base.duration import spoken
from slactl.state.records import LockInfo

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 16.0

Take = Callable[[LockInfo], tuple[bool, LockInfo | None]]
"""Tries to take the lock once: whether it is ours now, and who had it, if anybody."""


def new_lock(operation: str, by_hand: str | None = None, path: str = "") -> LockInfo:
    """A lock for this process; or, with the reason of a person who takes it by hand, for no process at all."""
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
        path,
    )


def wait_for(take: Take, wanted: LockInfo, timeout_s: float) -> LockInfo | None:
    """Take the lock, asking again after 1 s, 2 s, 4 s, up to every 16 s; returns the dead holder it was taken from.

    Raises:
        SlactlError: when another holds it at the end; the message names holder and age.
    """
    deadline = time.monotonic() + timeout_s
    pause = _FIRST_PAUSE_S
    while True:
        taken, held = take(wanted)
        if taken or held is None:
            return held
        left = deadline - time.monotonic()
        if left <= 0:
            raise SlactlError("The state is locked", who_holds(held))
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE_S)


def insist_on_holder(held: LockInfo | None, lock_id: str) -> None:
    """Refuse to release a lock under another id than its own.

    Raises:
        SlactlError: when nobody holds it, or under another id.
    """
    if held is None:
        raise SlactlError("The state is not locked", "There is nothing to release.")
    if held.id != lock_id:
        raise SlactlError(
            f"The lock's ID is {held.id}, not {lock_id}",
            "Give the ID of the lock that you mean to release.",
        )


def lost() -> SlactlError:
    """The message for a writer whose lock is no longer its own."""
    return SlactlError(
        "The lock on the state was released by somebody else (force-unlock)",
        "Nothing more is recorded by this run. The next plan shows what is left.",
    )


def who() -> str:
    """`user@host`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def age(held: LockInfo) -> str:
    """How long it has been held, in words."""
    return spoken(max(0, int((datetime.now(UTC) - held.created).total_seconds())))


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


def taken_over(held: LockInfo, why: str = "that process has died") -> str:
    """What the user is told when a dead process still had the lock."""
    return f"The lock of {held.who} ({held.operation}, process {held.pid}, {age(held)} old) was taken over: {why}."


def who_holds(held: LockInfo) -> str:
    """Who holds the lock, since when, and what one can do about it."""
    if held.by_hand:
        return (
            f"{held.who} has held it by hand for {age(held)}{f': {held.info}' if held.info else '.'}\n"
            f"They release it with `slactl state unlock`; anybody can, if need be:\n  slactl force-unlock {held.id}"
        )
    if not held.id:
        return "Another session has just taken it, or is giving it back. Wait for it: -lock-timeout=60s."
    return (
        f"{held.who} has held the lock for {age(held)} ({held.operation}{_process(held)}).\n"
        "Wait for it (-lock-timeout=60s), or, if its holder is gone for good:\n"
        f"  slactl force-unlock {held.id}"
    )


def _process(held: LockInfo) -> str:
    return f", process {held.pid}" if held.pid > 0 else ""


def _machine() -> str:
    """This host since it was started, and the container within it: process ids of any other mean nothing here.

    Hosts made from one image share their name; no two share the id of a start.
    """
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()}/{start}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()
