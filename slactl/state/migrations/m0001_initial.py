"""The first schema: one row an object, one row an agreement, one row an apply."""

from sqlite3 import Connection

_TABLES = """
CREATE TABLE meta (lineage TEXT NOT NULL, serial INTEGER NOT NULL, workspace TEXT NOT NULL);
CREATE TABLE resources (
  address TEXT PRIMARY KEY, provider TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL,
  needed_by TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE agreements (
  address TEXT PRIMARY KEY, promise TEXT NOT NULL, support TEXT NOT NULL, prevent_destroy INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE intents (address TEXT PRIMARY KEY, action TEXT NOT NULL, plan_digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE history (
  serial INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, command TEXT NOT NULL, as_of TEXT NOT NULL,
  plan_digest TEXT NOT NULL, commit_id TEXT, results TEXT NOT NULL, agreements TEXT NOT NULL
);
CREATE TABLE lock (
  only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL, operation TEXT NOT NULL, info TEXT NOT NULL,
  who TEXT NOT NULL, version TEXT NOT NULL, created TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL
);
"""


def migrate(connection: Connection) -> None:
    """Create the tables."""
    for statement in _TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)
