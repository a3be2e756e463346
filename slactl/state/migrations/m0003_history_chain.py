"""The history becomes a chain of hashes, and says more; entries from before are chained now, and marked so."""

import json
from datetime import datetime
from sqlite3 import Connection

from slactl.base.diagnostics import SlactlError
from slactl.state.chain import chained
from slactl.state.migrations.m0002_dependencies import HISTORY_REFUSES_UPDATE
from slactl.state.records import Entry

_COLUMNS = (
    "version TEXT NOT NULL DEFAULT ''",
    "mode TEXT NOT NULL DEFAULT ''",
    "dirty INTEGER",
    "support TEXT NOT NULL DEFAULT '{}'",
    "chained TEXT NOT NULL DEFAULT 'apply'",
    "previous TEXT NOT NULL DEFAULT ''",
    "hash TEXT NOT NULL DEFAULT ''",
)
_OLD = "serial, at, who, command, as_of, plan_digest, commit_id, results, agreements"


def migrate(connection: Connection) -> None:
    """Add the columns and chain what is there; from then on the history can only grow again."""
    connection.execute("ALTER TABLE meta ADD COLUMN head TEXT NOT NULL DEFAULT ''")
    for column in _COLUMNS:
        connection.execute(f"ALTER TABLE history ADD COLUMN {column}")
    connection.execute("DROP TRIGGER history_refuses_update")
    _chain(connection)
    connection.execute(HISTORY_REFUSES_UPDATE)


def _chain(connection: Connection) -> None:
    row = connection.execute("SELECT lineage FROM meta").fetchone()
    head = ""
    for old in connection.execute(f"SELECT {_OLD} FROM history ORDER BY serial").fetchall():  # noqa: S608 - constant names
        entry = chained(_entry(old), head, row[0])
        connection.execute(
            "UPDATE history SET chained = ?, previous = ?, hash = ? WHERE serial = ?",
            (entry.chained, entry.previous, entry.hash, entry.serial),
        )
        head = entry.hash
    connection.execute("UPDATE meta SET head = ?", (head,))


def _entry(row: tuple[object, ...]) -> Entry:
    serial, at, who, command, as_of, digest, commit, results, agreements = row
    try:
        changed, promises = json.loads(str(results)), json.loads(str(agreements))
        moment = datetime.fromisoformat(str(at))
    except ValueError as error:
        raise SlactlError(
            f"Entry {serial} of the history cannot be read: it was changed after it was written",
            "Bring back a copy of the state from before.",
        ) from error
    return Entry(
        int(str(serial)),
        moment,
        str(who),
        str(command),
        str(as_of),
        str(digest),
        None if commit is None else str(commit),
        changed,
        promises,
        chained="migration",
    )
