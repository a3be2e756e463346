"""The schema of a workspace: whether it is there and ours, of which version, how it is made and brought up to date."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from slactl.base.diagnostics import SlactlError
from slactl.state.postgres_connection import PostgresConnection, said
from slactl.state.postgres_schema import MIGRATIONS, VERSION
from slactl.state.sql_rows import BrokenRowError
from slactl.state.store import DamagedStateError


def is_there(connection: PostgresConnection, schema: str) -> bool:
    """Whether there is a state in the schema, as this release reads it.

    Raises:
        SlactlError: when it is of another version, damaged, or somebody else's.
    """
    version = _version(connection, schema)
    if 0 < version < VERSION:
        raise SlactlError(
            f"The state in the schema {schema} is of an older slactl (schema {version})",
            "Bring it up to date: slactl init",
        )
    return version > 0


def prepare(connection: PostgresConnection, schema: str, workspace: str) -> None:
    """Make the tables where there are none, and bring older ones up to date; the caller has begun a transaction.

    Raises:
        SlactlError: when the state is a newer release's, damaged, or somebody else's.
    """
    version = _version(connection, schema)
    if not version:
        _make(connection, schema)
    connection.execute(f'SET LOCAL search_path TO "{schema}"')
    for statements in MIGRATIONS[version:]:
        connection.execute(statements)
    if version < VERSION:
        connection.execute("UPDATE slactl SET version = ?", (VERSION,))
    if not version:
        connection.execute(
            "INSERT INTO meta (lineage, serial, workspace) VALUES (?, 0, ?)", (str(uuid.uuid4()), workspace)
        )


def exists(connection: PostgresConnection, schema: str) -> bool:
    """Whether there is a schema of this name, whatever it holds."""
    row = connection.execute("SELECT to_regnamespace(?) IS NOT NULL", (f'"{schema}"',)).fetchone()
    return bool(row and row[0])


def damaged(schema: str, why: str) -> DamagedStateError:
    """The message for a state that cannot be read."""
    return DamagedStateError(
        f"The state in the schema {schema} is damaged: {why}",
        "slactl state rebuild -force gives the schema another name and makes the state anew from what the backends carry. "
        "A document in the table backups of the old schema brings back history and promises too: slactl state push -force FILE",
    )


@contextmanager
def sound(schema: str) -> Iterator[None]:
    """What is not as this release writes it becomes a message.

    Raises:
        DamagedStateError: when a table or a column is missing, or a row is no JSON.
    """
    try:
        yield
    except BrokenRowError as error:
        raise damaged(schema, str(error)) from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise damaged(schema, said(error)) from error


def _make(connection: PostgresConnection, schema: str) -> None:
    """An administrator may have made the schema for a user who must not make any: then it is filled."""
    if not exists(connection, schema):
        connection.execute(f'CREATE SCHEMA "{schema}"')
    connection.execute(f'CREATE TABLE "{schema}".slactl (version INTEGER NOT NULL)')
    connection.execute(f'INSERT INTO "{schema}".slactl VALUES (0)')  # noqa: S608 - a quoted name of our own


def _version(connection: PostgresConnection, schema: str) -> int:
    """The version of the tables; 0 where the schema is empty, or there is none.

    Raises:
        SlactlError: when they are a newer release's, damaged, or somebody else's.
    """
    columns = _columns(connection, schema)
    if not columns:
        return 0
    if ("slactl", "version") not in columns:
        raise SlactlError(
            f"The schema {schema} is no state of slactl: it has other tables",
            "Give it another name (ALTER SCHEMA ... RENAME TO ...), or use another database.",
        )
    row = connection.execute(f'SELECT version FROM "{schema}".slactl').fetchone()  # noqa: S608 - a quoted name of our own
    if row is None or row[0] < 1:
        raise damaged(schema, "it has lost its version")
    version = int(row[0])
    if version > VERSION:
        raise SlactlError(
            f"The state in the schema {schema} was written by a newer slactl "
            f"(schema {version}, this one knows {VERSION})",
            "Use the newer release: an older one would lose what it does not know.",
        )
    return version


def _columns(connection: PostgresConnection, schema: str) -> set[tuple[str, str]]:
    """Every table and column in the schema, those included that the user may not read: what cannot be read is not nothing."""
    rows = connection.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = to_regnamespace(?) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0",
        (f'"{schema}"',),
    )
    return {(str(table), str(column)) for table, column in rows.fetchall()}
