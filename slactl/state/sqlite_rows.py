"""Rows to records and back; bodies and the like are kept as JSON with sorted keys."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from slactl.state.records import Applied, Entry, Recorded


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


def resources(connection: sqlite3.Connection) -> Iterator[Recorded]:
    """Every backend object, in address order."""
    rows = connection.execute(
        "SELECT address, provider, id, body, attributes, needed_by, depends_on FROM resources ORDER BY address"
    )
    for address, provider, name, body, attributes, needed_by, depends_on in rows:
        yield Recorded(
            address,
            provider,
            name,
            json.loads(body),
            json.loads(attributes),
            tuple(json.loads(needed_by)),
            tuple(json.loads(depends_on)),
        )


def agreements(connection: sqlite3.Connection) -> Iterator[Applied]:
    """Every agreement in force, in address order."""
    rows = connection.execute(
        "SELECT address, promise, support, prevent_destroy FROM agreements ORDER BY address"
    )
    for address, promise, support, protected in rows:
        yield Applied(address, json.loads(promise), json.loads(support), bool(protected))


def agreement_row(one: Applied) -> tuple[str, str, str, int]:
    """An agreement as a row."""
    return (one.address, as_json(one.promise), as_json(one.support), int(one.prevent_destroy))


def entry_row(serial: int, entry: Entry) -> tuple[Any, ...]:
    """One apply as a row."""
    return (
        serial,
        entry.at.isoformat(),
        entry.who,
        entry.command,
        entry.as_of,
        entry.plan_digest,
        entry.commit,
        as_json(entry.results),
        as_json(entry.agreements),
    )


def entries(connection: sqlite3.Connection) -> list[Entry]:
    """Every apply, oldest first."""
    rows = connection.execute(
        "SELECT serial, at, who, command, as_of, plan_digest, commit_id, results, agreements FROM history ORDER BY serial"
    )
    return [
        Entry(
            serial,
            datetime.fromisoformat(at),
            by,
            command,
            as_of,
            digest,
            commit,
            json.loads(results),
            json.loads(promises),
        )
        for serial, at, by, command, as_of, digest, commit, results, promises in rows
    ]
