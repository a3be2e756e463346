"""Writing to a locked PostgreSQL state."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from slactl.state.postgres_connection import PostgresConnection, explained
from slactl.state.sql_writer import SqlWriter

KEPT = 5
"""Copies."""


class PostgresWriter(SqlWriter):
    """A locked schema."""

    def __init__(
        self,
        connection: PostgresConnection,
        lock_id: str,
        note: str,
        exported: Callable[[PostgresConnection], dict[str, Any]],
    ) -> None:
        super().__init__(connection, lock_id, note)
        self._database = connection
        self._exported = exported

    def _transaction(self) -> AbstractContextManager[None]:
        return self._database.transaction()

    def _explained(self) -> AbstractContextManager[None]:
        return explained()

    @contextmanager
    def _without_guards(self) -> Iterator[None]:
        self._database.execute("ALTER TABLE history DISABLE TRIGGER history_only_grows")
        yield
        self._database.execute("ALTER TABLE history ENABLE TRIGGER history_only_grows")

    def _copied(self, serial: int) -> str:
        with self._database.transaction():
            document = json.dumps(self._exported(self._database), ensure_ascii=False)
            self._database.execute(
                "INSERT INTO backups (serial, at, document) VALUES (?, ?, ?) "
                "ON CONFLICT (serial) DO UPDATE SET at = excluded.at, document = excluded.document",
                (serial, datetime.now(UTC).isoformat(), document),
            )
            self._database.execute(
                "DELETE FROM backups WHERE serial NOT IN (SELECT serial FROM backups ORDER BY serial DESC LIMIT ?)",
                (KEPT,),
            )
        return f"the row of serial {serial} in the table backups"
