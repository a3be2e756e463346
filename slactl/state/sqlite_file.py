"""The file itself: made whole or not at all, opened for reading or writing, its errors put into words."""

import os
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.files import sync_folder
from slactl.state.migrations import VERSION, migrate
from slactl.state.sql_rows import BrokenRowError
from slactl.state.sqlite_backup import damaged

_WAIT_FOR_OTHERS_S = 30


def open_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; an older schema is read through a copy in memory that is brought up to date.

    Raises:
        SlactlError: when the file is no state, or a newer release's.
    """
    connection = _connection(path, _reading_mode(path))
    try:
        return connection if _version(connection, path) == VERSION else _newer_copy(connection)
    except BaseException:
        connection.close()
        raise


def open_writing(path: Path, workspace: str) -> sqlite3.Connection:
    """A connection that may write; the state is made where there is none, and migrated where it is older.

    Raises:
        SlactlError: when the file is no state, or a newer release's, or its folder cannot be made.
    """
    if not path.exists():
        _make(path, workspace)
    connection = _connection(path, "rw")
    try:
        if _version(connection, path) < VERSION:
            with transaction(connection):
                migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Everything inside, or nothing of it; on the disk at the end."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def sound(path: Path) -> Iterator[None]:
    """What is not as slactl writes it becomes a message.

    Raises:
        DamagedStateError: when a row is broken, or SQLite itself has words of it that are no text.
    """
    try:
        yield
    except (BrokenRowError, UnicodeDecodeError) as error:
        raise damaged(path, str(error)) from error


def explained(path: Path, error: sqlite3.Error) -> SlactlError:
    """SQLite's error as a message for the user."""
    text = str(error)
    if any(words in text for words in _DAMAGE):
        return damaged(path, text)
    hints = {
        "disk is full": "Free some space, then run the same command again: nothing that was recorded is lost.",
        "readonly": "Check that the file and its folder may be written.",
        "unable to open": "Check that the file and its folder may be read and written.",
        "locked": "Another process is writing to it; try again.",
        "disk I/O error": "The disk could not be read or written: it may be full, or a limit reached; the system's log says more.",
    }
    hint = next((hint for words, hint in hints.items() if words in text), "See the message above.")
    return SlactlError(f"The state {path} cannot be used: {text}", hint)


_DAMAGE = ("not a database", "malformed", "no such table", "no such column", "Could not decode")


def no_state(path: Path) -> SlactlError:
    """The message for a database that is somebody else's, or a file that is empty."""
    if path.exists() and not path.stat().st_size:
        return damaged(path, "the file is empty")
    return SlactlError(f"{path} is no state of slactl", "Move the file away, or correct spec.state.path.")


def _connection(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}",
        uri=True,
        timeout=_WAIT_FOR_OTHERS_S,
        isolation_level=None,
        check_same_thread=False,  # an apply writes from the threads of its backends, one at a time
    )
    try:
        connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _reading_mode(path: Path) -> str:
    """In a folder that cannot be written SQLite cannot coordinate with writers; there can be none either."""
    alone = not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists()
    return "ro&immutable=1" if alone else "ro"


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise SlactlError(
            f"The state {path} was written by a newer slactl (schema {version}, this one knows {VERSION})",
            "Use the newer release: an older one would lose what it does not know.",
        )
    if version == 0:
        raise no_state(path)
    return version


def _newer_copy(connection: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        with closing(connection):
            connection.backup(copy)
        with transaction(copy):
            migrate(copy)
        copy.execute("PRAGMA query_only=ON")
    except BaseException:
        copy.close()
        raise
    return copy


def _make(path: Path, workspace: str) -> None:
    """Make the state beside its place and put it there whole: a kill leaves none, not an empty one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SlactlError(
            f"The folder for the state cannot be made: {error.strerror}", f"It is {path.parent}."
        ) from error
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".state-") as beside:
            _fill(Path(beside) / path.name, workspace)
            _put(Path(beside) / path.name, path)
            sync_folder(path.parent)
    except OSError as error:
        raise SlactlError(
            f"The state cannot be made: {error.strerror or error}", f"It is to be {path}."
        ) from error


def _put(made: Path, path: Path) -> None:
    """Put it in place unless another process was first: then that one's state is the one."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            made.rename(path)


def _fill(path: Path, workspace: str) -> None:
    with closing(_connection(path, "rwc")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        with transaction(connection):
            migrate(connection)
            connection.execute(
                "INSERT INTO meta (lineage, serial, workspace) VALUES (?, 0, ?)",
                (str(uuid.uuid4()), workspace),
            )
