"""Numbered migrations of the SQLite schema: each turns a state of the version before into its own."""

from collections.abc import Callable
from sqlite3 import Connection

from slactl.state.migrations import m0001_initial

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (m0001_initial.migrate,)
VERSION = len(MIGRATIONS)
