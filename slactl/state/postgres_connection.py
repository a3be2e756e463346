"""A connection to PostgreSQL: opened for reading or writing, its errors put into words, no secret in any of them."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from slactl.base.diagnostics import Place, SlactlError

_TIMEOUT_S = 10


class PostgresConnection:
    """An open connection; statements are written with `?`, as for SQLite."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.raw = connection

    @classmethod
    def opened(cls, dsn: str, place: Place, *, write: bool) -> Self:
        """Connect.

        Raises:
            SlactlError: when `dsn` is none, or the server cannot be reached.
        """
        mode = "off" if write else "on"
        try:
            settings = conninfo_to_dict(dsn)
        except psycopg.ProgrammingError:
            raise SlactlError(
                "spec.state.dsn is no PostgreSQL address",  # the text of the error holds the address, and that a password
                "Write postgresql://user@host:5432/database, or host=... dbname=..., the password as ${env.NAME}.",
                place.at("dsn"),
            ) from None
        settings.setdefault("connect_timeout", _TIMEOUT_S)
        settings.setdefault("application_name", "slactl")
        options = f"{settings.get('options', '')} -c default_transaction_read_only={mode}".strip()
        try:
            raw = psycopg.connect(**{**settings, "options": options}, autocommit=True)  # type: ignore[arg-type]
        except psycopg.Error as error:
            raise SlactlError(
                f"The state's database cannot be reached: {said(error, settings)}",
                "Check spec.state.dsn, the network, and the user's rights.",
                place.at("dsn"),
            ) from None
        return cls(raw)

    def execute(self, statement: str, parameters: Any = (), /) -> "psycopg.Cursor[Any]":
        """Run one statement."""
        return self.raw.execute(_as_sql(statement), parameters or None)

    def executemany(self, statement: str, rows: Iterable[Any], /) -> None:
        """Run one statement for each row, without waiting for each answer."""
        with self.raw.cursor() as cursor:
            cursor.executemany(_as_sql(statement), rows)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[None]:
        """Everything inside, or nothing of it; reads see one moment."""
        with self.raw.transaction():
            if read_only:
                self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield

    def close(self) -> None:
        """Give the connection back, and with it every advisory lock."""
        self.raw.close()


@contextmanager
def connected(dsn: str, place: Place, *, write: bool) -> Iterator[PostgresConnection]:
    """A connection that is closed at the end; PostgreSQL's errors become messages."""
    with closing(PostgresConnection.opened(dsn, place, write=write)) as connection, explained():
        yield connection


@contextmanager
def explained() -> Iterator[None]:
    """PostgreSQL's errors as messages for the user."""
    try:
        yield
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise SlactlError("The state's database may only be read", "It may be a standby server.") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise SlactlError(
            f"The state's database refuses it: {said(error)}",
            "Who applies needs CREATE on the database the first time, and the schema's tables from then on.",
        ) from error
    except psycopg.OperationalError as error:
        raise SlactlError(
            f"The connection to the state's database broke: {said(error)}",
            "What was recorded is safe. Run the same command again: what was under way is looked up in the backends.",
        ) from error
    except psycopg.Error as error:
        raise SlactlError(f"The state's database cannot be used: {said(error)}") from error


def said(error: psycopg.Error, settings: Any = None) -> str:
    """The first line of what PostgreSQL says, without the password."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    password = str((settings or {}).get("password") or "")
    return text.replace(password, "***") if password else text


def _as_sql(statement: str) -> str:
    return statement.replace("?", "%s")
