"""Copies of the state from before each apply, beside it, named by serial; a few are kept."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.files import sync_folder
from slactl.state.store import DamagedStateError

KEPT = 5


def keep_copy(connection: sqlite3.Connection, path: Path, serial: int) -> Path:
    """Copy the state as it is before a change, whole or not at all, without its lock; the oldest copies go.

    Raises:
        DamagedStateError: when what is copied is damaged; older copies are left alone.
        SlactlError: when the copy cannot be written.
    """
    new, target = path.with_name(f".{path.name}.copy"), _named(path, serial)
    try:
        new.unlink(missing_ok=True)
        _copy(connection, new, path)
        shutil.copymode(path, new)
        new.replace(target)
        sync_folder(path.parent)
        for old, _ in copies(path)[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise SlactlError(
            f"The state cannot be copied to {target}: {error.strerror or error}", "Nothing was changed."
        ) from error
    finally:
        new.unlink(missing_ok=True)
    return target


def copies(path: Path) -> list[tuple[Path, int]]:
    """The copies of a state that are there, newest first, with their serials."""
    named = re.compile(re.escape(path.name) + r"\.backup-(\d+)")
    found = []
    for one in path.parent.glob(f"{path.name}.backup-*"):
        match = named.fullmatch(one.name)
        if match:
            found.append((one, int(match[1])))
    return sorted(found, key=lambda one: -one[1])


def damaged(path: Path, why: str) -> DamagedStateError:
    """The message for a state that cannot be read; it names the newest copy, and how to bring it back."""
    there = copies(path)
    remedy = "`slactl state rebuild -force` makes it anew from what the backends carry."
    if there:
        newest, serial = there[0]
        remedy = (
            f"Its newest copy is {newest}, from before the apply of serial {serial + 1}. To bring it back:\n"
            f"  rm -f {path}-wal {path}-shm && cp {newest} {path}\n"
            f"Objects that were made since are found by their marks. Without a copy: {remedy}"
        )
    return DamagedStateError(f"The state {path} is damaged: {why}", remedy)


def set_aside(path: Path) -> Path:
    """Move a damaged state out of the way, with SQLite's files beside it; returns where it is now.

    Raises:
        SlactlError: when it cannot be moved.
    """
    number = 1
    while path.with_name(f"{path.name}.damaged-{number}").exists():
        number += 1
    target = path.with_name(f"{path.name}.damaged-{number}")
    try:
        for one in (*beside(path), path):
            if one.exists():
                one.replace(target.with_name(one.name.replace(path.name, target.name, 1)))
        sync_folder(path.parent)
    except OSError as error:
        raise SlactlError(f"The state {path} cannot be moved: {error.strerror or error}") from error
    return target


def beside(path: Path) -> tuple[Path, Path]:
    """The files that SQLite keeps beside a database while it is written."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _named(path: Path, serial: int) -> Path:
    return path.with_name(f"{path.name}.backup-{serial}")


def _copy(connection: sqlite3.Connection, target: Path, path: Path) -> None:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        connection.backup(copy)
        # a copy of a damaged state would push out a good one
        (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise damaged(path, verdict)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("DELETE FROM lock")
