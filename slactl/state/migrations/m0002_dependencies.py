"""What an object's body refers to is kept, so that deletions follow the references; history can only grow."""

from sqlite3 import Connection

HISTORY_REFUSES_UPDATE, HISTORY_REFUSES_DELETE = (
    f"CREATE TRIGGER history_refuses_{verb.lower()} BEFORE {verb} ON history "
    "BEGIN SELECT RAISE(ABORT, 'history is only ever added to'); END"
    for verb in ("UPDATE", "DELETE")
)


def migrate(connection: Connection) -> None:
    """Add the column and the guards."""
    connection.execute("ALTER TABLE resources ADD COLUMN depends_on TEXT NOT NULL DEFAULT '[]'")
    connection.execute(HISTORY_REFUSES_UPDATE)
    connection.execute(HISTORY_REFUSES_DELETE)
