"""Writing to a locked SQLite state."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from slactl.state.migrations.m0002_dependencies import HISTORY_REFUSES_DELETE
from slactl.state.sql_rows import BrokenRowError
from slactl.state.sql_writer import SqlWriter
from slactl.state.sqlite_backup import damaged, keep_copy
from slactl.state.sqlite_file import explained, transaction


class SqliteWriter(SqlWriter):
    """A locked file."""

    def __init__(self, connection: sqlite3.Connection, path: Path, lock_id: str, note: str) -> None:
        super().__init__(connection, lock_id, note)
        self._file = connection
        self._path = path

    def _transaction(self) -> AbstractContextManager[None]:
        return transaction(self._file)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explained(self._path, error) from error
        except BrokenRowError as error:
            raise damaged(self._path, str(error)) from error

    @contextmanager
    def _without_guards(self) -> Iterator[None]:
        self._file.execute("DROP TRIGGER history_refuses_delete")
        yield
        self._file.execute(HISTORY_REFUSES_DELETE)

    def _copied(self, serial: int) -> str:
        return str(keep_copy(self._file, self._path, serial))
