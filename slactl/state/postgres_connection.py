"""A connection to PostgreSQL: set up for reading or writing, its errors put into words, no secret in any of them."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from slactl.base.diagnostics import Place, SlactlError

_TIMEOUT_S = 10
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Seconds, seconds, times: after a minute of silence the server ends the session, and the lock with it, and this side gives up."""
_LONGEST_SILENCE_MS = 60_000
_SECRETS = ("password", "sslpassword")


class PostgresConnection:
    """An open connection; statements are written with `?`, as for SQLite."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.raw = connection

    @classmethod
    def opened(cls, dsn: str, place: Place) -> Self:
        """Connect.

        Raises:
            SlactlError: when the server cannot be reached.
        """
        settings = conninfo_to_dict(dsn)
        settings.setdefault("connect_timeout", _TIMEOUT_S)
        settings.setdefault("application_name", "slactl")
        settings = {**_KEEPALIVES, "tcp_user_timeout": _LONGEST_SILENCE_MS, **settings}
        try:
            raw = psycopg.connect(**settings, autocommit=True)  # type: ignore[arg-type]
        except psycopg.Error as error:
            raise SlactlError(
                f"The state's database cannot be reached: {said(error, settings)}",
                "Check spec.state.dsn, the network, and the user's rights.",
                place.at("dsn"),
            ) from None
        return cls(raw)

    def set_up(self, *, write: bool) -> None:
        """Say what the session is for; a pooler refuses settings of the server that are part of connecting."""
        settings = {"default_transaction_read_only": "off" if write else "on"}
        settings |= {f"tcp_{name}": str(value) for name, value in _KEEPALIVES.items()}
        for name, value in settings.items():
            self.execute("SELECT set_config(?, ?, false)", (name, value))

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
    with closing(PostgresConnection.opened(dsn, place)) as connection, explained():
        connection.set_up(write=write)
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
            "Who applies needs CREATE on the database the first time, or an empty schema of their own, and to own its tables.",
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
    for secret in filter(None, ((settings or {}).get(key) for key in _SECRETS)):
        text = text.replace(str(secret), "***")
    return text


def _as_sql(statement: str) -> str:
    return statement.replace("?", "%s")
