"""Rows to records and back, in the SQL that SQLite and PostgreSQL share; bodies are kept as JSON with sorted keys."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import replace
from slactl.state.records import Applied, Entry, LockInfo, Recorded


class BrokenRowError(ValueError):
    """A row that no release of slactl has written."""


class Rows(Protocol):
    """What a query answers with."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""


class SqlConnection(Protocol):
    """A database, by the part of its interface that is used here; parameters stand as `?`."""

    def execute(self, statement: str, parameters: Any = (), /) -> Rows:
        """Run one statement."""

    def executemany(self, statement: str, rows: Iterable[Any], /) -> object:
        """Run one statement for each row."""


def _put(table: str, *columns: str) -> str:
    """Add a row, or replace the one of the same address."""
    others = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "address")
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)}) "  # noqa: S608 - constant names
        f"ON CONFLICT (address) DO UPDATE SET {others}"
    )


_LOCK = "id, operation, info, who, version, created, pid, host"


def put_lock(connection: SqlConnection, lock: LockInfo) -> None:
    """Make this the lock that is held; the first column says that there is one at most."""
    row = (
        lock.id,
        lock.operation,
        lock.info,
        lock.who,
        lock.version,
        lock.created.isoformat(),
        lock.pid,
        lock.host,
    )
    connection.execute("DELETE FROM lock")
    connection.execute("INSERT INTO lock VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def holder(connection: SqlConnection, path: str = "") -> LockInfo | None:
    """Who has the lock, or None."""
    row = connection.execute(f"SELECT {_LOCK} FROM lock").fetchone()  # noqa: S608 - constant names
    if row is None:
        return None
    name, operation, info, by, version, created, pid, host = row
    try:
        return LockInfo(name, operation, by, version, _moment(created), int(pid), host, info, path)
    except (TypeError, ValueError) as error:
        raise BrokenRowError(f"the lock is unreadable ({error})") from error


ADD_RESOURCE = _put("resources", "address", "provider", "id", "body", "attributes", "needed_by", "depends_on")
ADD_AGREEMENT = _put("agreements", "address", "promise", "support", "prevent_destroy")
ADD_INTENT = _put("intents", "address", "action", "plan_digest")


def as_json(value: Any) -> str:
    """The value in its one spelling."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def resource_row(one: Recorded) -> tuple[str, ...]:
    """A backend object as a row."""
    return (
        one.address,
        one.provider,
        one.id,
        as_json(one.body),
        as_json(one.attributes),
        as_json(one.needed_by),
        as_json(one.depends_on),
    )


def resources(connection: SqlConnection) -> Iterator[Recorded]:
    """Every backend object, in address order."""
    rows = connection.execute(
        "SELECT address, provider, id, body, attributes, needed_by, depends_on FROM resources ORDER BY address"
    )
    for address, provider, name, body, attributes, needed_by, depends_on in rows:
        yield Recorded(
            _text(address),
            _text(provider),
            _text(name),
            _value(body, dict),
            _value(attributes, dict),
            tuple(_value(needed_by, list)),
            tuple(_value(depends_on, list)),
        )


def agreements(connection: SqlConnection) -> Iterator[Applied]:
    """Every agreement in force, in address order."""
    rows = connection.execute(
        "SELECT address, promise, support, prevent_destroy FROM agreements ORDER BY address"
    )
    for address, promise, support, protected in rows:
        yield Applied(_text(address), _value(promise, dict), _value(support, dict), bool(protected))


_EMPTY: dict[str, type[dict[str, Any] | list[Any]]] = {"{}": dict, "[]": list}
"""Half of all values are one of these."""


def _value(text: Any, kind: type) -> Any:
    try:
        empty = _EMPTY.get(text)
        found = json.loads(text) if empty is None else empty()
    except (TypeError, ValueError) as error:
        raise BrokenRowError(f"a row is no JSON ({error})") from error
    if not isinstance(found, kind):
        raise BrokenRowError(f"a row holds {found!r} where a {kind.__name__} must stand")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BrokenRowError(f"a row holds {value!r} where a text must stand")
    return value


def agreement_row(one: Applied) -> tuple[str, str, str, int]:
    """An agreement as a row."""
    return (one.address, as_json(one.promise), as_json(one.support), int(one.prevent_destroy))


_ENTRY = (
    "serial, at, who, command, as_of, plan_digest, commit_id, results, agreements, "
    "version, mode, dirty, support, chained, previous, hash"
)
ADD_ENTRY = f"INSERT INTO history ({_ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constant names


def entry_row(entry: Entry) -> tuple[Any, ...]:
    """One entry of the history as a row."""
    return (
        entry.serial,
        entry.at.isoformat(),
        entry.who,
        entry.command,
        entry.as_of,
        entry.plan_digest,
        entry.commit,
        as_json(entry.results),
        as_json(entry.agreements),
        entry.version,
        entry.mode,
        None if entry.dirty is None else int(entry.dirty),
        as_json(entry.support),
        entry.chained,
        entry.previous,
        entry.hash,
    )


ADD_OUTCOME = _put("outcomes", "address", "result")


def put_under_way(connection: SqlConnection, entry: Entry | None) -> None:
    """Make this the apply that is under way; None: none is."""
    connection.execute("DELETE FROM under_way")
    connection.execute("DELETE FROM outcomes")
    if entry is not None:
        connection.execute(
            "INSERT INTO under_way VALUES (1, ?)", (as_json(replace(entry, results={}).data()),)
        )
        connection.executemany(ADD_OUTCOME, sorted(entry.results.items()))


def under_way(connection: SqlConnection) -> Entry | None:
    """The apply that is under way or was cut off, with what is known of it."""
    row = connection.execute("SELECT entry FROM under_way").fetchone()
    if row is None:
        return None
    results = dict(connection.execute("SELECT address, result FROM outcomes ORDER BY address").fetchall())
    try:
        data = _value(row[0], dict)
        return Entry(**{**data, "at": _moment(data["at"]), "results": results})
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenRowError(f"the entry of an apply that was cut off is unreadable ({error})") from error


def entries(connection: SqlConnection) -> list[Entry]:
    """The whole history, oldest first.

    Raises:
        SlactlError: when somebody has written into an entry what no apply writes; the message names the entry.
    """
    return [_entry(row) for row in connection.execute(f"SELECT {_ENTRY} FROM history ORDER BY serial")]  # noqa: S608 - constant names


def _entry(row: tuple[Any, ...]) -> Entry:
    serial, at, by, command, as_of, digest, commit, results, promises = row[:9]
    version, mode, dirty, support, how, previous, hash_ = row[9:]
    try:
        return Entry(
            serial,
            _moment(at),
            by,
            command,
            as_of,
            digest,
            commit,
            _mapping(results),
            _mapping(promises),
            version,
            mode,
            None if dirty is None else bool(dirty),
            _mapping(support),
            how,
            previous,
            hash_,
        )
    except (TypeError, ValueError) as error:
        raise SlactlError(
            f"Entry {serial} of the history cannot be read: it was changed after it was written",
            "Compare the state with a copy from before.",
        ) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


def _mapping(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("no mapping")
    return found
