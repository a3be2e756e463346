"""Numbered migrations of the SQLite schema: each turns a state of the version before into its own."""

from collections.abc import Callable
from sqlite3 import Connection

from slactl.state.migrations import m0001_initial, m0002_dependencies, m0003_history_chain, m0004_under_way

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    m0001_initial.migrate,
    m0002_dependencies.migrate,
    m0003_history_chain.migrate,
    m0004_under_way.migrate,
)
VERSION = len(MIGRATIONS)


def migrate(connection: Connection) -> None:
    """Bring a database to the newest version; the caller has begun a transaction."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for number, step in enumerate(MIGRATIONS[version:], start=version + 1):
        step(connection)
        connection.execute(f"PRAGMA user_version = {number}")
