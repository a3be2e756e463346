"""What an apply has done so far is kept beside its intents, so that one that is cut off has an entry of the history."""

from sqlite3 import Connection

_TABLES = (
    "CREATE TABLE under_way (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), entry TEXT NOT NULL)",
    "CREATE TABLE outcomes (address TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID",
)


def migrate(connection: Connection) -> None:
    """Add the tables."""
    for statement in _TABLES:
        connection.execute(statement)
