"""Writing to a locked state in a database: what SQLite and PostgreSQL have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from slactl.base.quick_dataclass import replace
from slactl.state.chain import chained
from slactl.state.locking import lost
from slactl.state.readdress import readdressed
from slactl.state.records import Applied, Contents, Entry, Recorded
from slactl.state.sql_rows import (
    ADD_AGREEMENT,
    ADD_ENTRY,
    ADD_INTENT,
    ADD_OUTCOME,
    ADD_RESOURCE,
    SqlConnection,
    agreement_row,
    agreements,
    as_json,
    entry_row,
    put_under_way,
    resource_row,
    resources,
    under_way,
)
from slactl.state.store import NOTHING_SETTLED, Settled
from slactl.state.under_way import cut_off, opened


class SqlWriter(ABC):
    """A locked state; each method is one transaction that is on the disk when it returns."""

    def __init__(self, connection: SqlConnection, lock_id: str, note: str) -> None:
        self._connection = connection
        self._lock_id = lock_id
        self._note = note
        self._backup = ""
        self._serial: int | None = None
        self._draft: Entry | None = None
        self._ended = False
        """Whether a step was the last of its serial."""

    @property
    def note(self) -> str:
        """What the user should know about how the lock was taken; usually empty."""
        return self._note

    @property
    def backup(self) -> str:
        """Where the copy from before the first step is; empty before that, and where there was nothing to copy."""
        return self._backup

    def announce(self, entry: Entry) -> None:
        """Say whose apply the next steps belong to; kept with the first of them."""
        self._draft = entry

    def begin(self, plan_digest: str, intents: Sequence[tuple[str, str]]) -> None:
        """Record what is about to be changed, before the backend is touched."""
        rows = [(address, action, plan_digest) for address, action in intents]
        with self._step():
            self._connection.executemany(ADD_INTENT, rows)
            self._tell(opened(intents))

    def resolve(
        self,
        done: Iterable[Recorded],
        gone: Iterable[str],
        failed: Iterable[str],
        results: Mapping[str, str] | None = None,
    ) -> None:
        """Record outcomes; every address named has no open intent any more."""
        settled = Settled([*done], [*gone], [*failed])
        with self._step():
            self._settle(settled)
            self._tell(results or {})

    def _settle(self, settled: Settled) -> None:
        rows = [resource_row(one) for one in settled.done]
        removed = [(address,) for address in settled.gone]
        closed = [(row[0],) for row in rows] + removed + [(address,) for address in settled.failed]
        self._connection.executemany(ADD_RESOURCE, rows)
        self._connection.executemany("DELETE FROM resources WHERE address = ?", removed)
        self._connection.executemany("DELETE FROM intents WHERE address = ?", closed)

    def _tell(self, results: Mapping[str, str]) -> None:
        """Keep what the entry of this apply will say, should it be cut off."""
        if self._draft is not None:
            self._connection.executemany(ADD_OUTCOME, results.items())

    def finish(
        self,
        agreements: Mapping[str, Applied | None],
        entry: Entry,
        restated: Mapping[str, Mapping[str, str]] | None = None,
        settled: Settled = NOTHING_SETTLED,
    ) -> Entry:
        """Record agreements as they are in force now and the history; returns the entry with its serial and hash."""
        kept = [agreement_row(one) for one in agreements.values() if one is not None]
        ended = [(address,) for address, one in agreements.items() if one is None]
        support = [(as_json(verdicts), address) for address, verdicts in (restated or {}).items()]
        with self._step() as serial:
            self._connection.executemany(ADD_AGREEMENT, kept)
            self._connection.executemany("DELETE FROM agreements WHERE address = ?", ended)
            self._connection.executemany("UPDATE agreements SET support = ? WHERE address = ?", support)
            self._settle(settled)
            added = self._conclude(entry, serial)
        self._draft = None
        return added

    def move(self, renames: Mapping[str, str], entry: Entry) -> Entry:
        """Give what stands at the keys the addresses that are the values, and record that in the history."""
        with self._step() as serial:
            found = readdressed(resources(self._connection), agreements(self._connection), renames)
            self._exchange(
                "resources", ADD_RESOURCE, found.resources, map(resource_row, found.resources.values())
            )
            self._exchange(
                "agreements", ADD_AGREEMENT, found.agreements, map(agreement_row, found.agreements.values())
            )
            return self._conclude(found.told(entry), serial)

    def _exchange(self, table: str, add: str, old: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
        self._connection.executemany(f"DELETE FROM {table} WHERE address = ?", [(one,) for one in old])  # noqa: S608 - constant names
        self._connection.executemany(add, rows)

    def replace(self, contents: Contents) -> None:
        """Make the whole state this one, with its lineage, serial and history."""
        snapshot = contents.snapshot
        with self._step():
            with self._without_guards():
                for table in ("resources", "agreements", "intents", "history"):
                    self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - constant names
            self._connection.executemany(ADD_RESOURCE, map(resource_row, snapshot.resources.values()))
            self._connection.executemany(ADD_AGREEMENT, map(agreement_row, snapshot.agreements.values()))
            self._connection.executemany(
                ADD_INTENT, [(one.address, one.action, "") for one in snapshot.intents]
            )
            self._connection.executemany(ADD_ENTRY, map(entry_row, contents.history))
            self._connection.execute(
                "UPDATE meta SET lineage = ?, serial = ?, head = ?",
                (snapshot.lineage, snapshot.serial, snapshot.head),
            )
            put_under_way(self._connection, contents.under_way)
            self._ended = True

    def _conclude(self, entry: Entry, serial: int) -> Entry:
        """The entry that ends what the serial was raised for."""
        put_under_way(self._connection, None)
        self._ended = True
        return self._add(entry, serial)

    def _add(self, entry: Entry, serial: int) -> Entry:
        lineage, head = self._connection.execute("SELECT lineage, head FROM meta").fetchone()
        added = chained(replace(entry, serial=serial), head, lineage)
        self._connection.execute(ADD_ENTRY, entry_row(added))
        self._connection.execute("UPDATE meta SET head = ?", (added.hash,))
        return added

    @contextmanager
    def _step(self) -> Iterator[int]:
        """A transaction, if the lock is still ours; gives the serial, which its first one has raised."""
        with self._explained():
            if self._serial is None:
                self._keep_copy()
            with self._transaction():
                self._insist_on_lock()
                serial = self._opened() if self._serial is None else self._serial
                self._ended = False
                yield serial
        self._serial = None if self._ended else serial

    def _opened(self) -> int:
        """The serial of this apply; one before it that was cut off gets its entry first."""
        left = under_way(self._connection)
        if left is not None:
            self._add(cut_off(left), left.serial)
        serial = self._raised()
        put_under_way(self._connection, self._draft and replace(self._draft, serial=serial))
        return serial

    def _keep_copy(self) -> None:
        (serial,) = self._connection.execute("SELECT serial FROM meta").fetchone()
        if serial:
            self._backup = self._copied(serial)

    def _raised(self) -> int:
        row = self._connection.execute("UPDATE meta SET serial = serial + 1 RETURNING serial").fetchone()
        return int(row[0])

    def _insist_on_lock(self) -> None:
        if self._connection.execute("SELECT 1 FROM lock WHERE id = ?", (self._lock_id,)).fetchone() is None:
            raise lost()

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[None]:
        """Everything inside, or nothing of it; on the disk at the end."""

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """The database's errors as messages for the user."""

    @abstractmethod
    def _without_guards(self) -> AbstractContextManager[None]:
        """The history may be deleted inside."""

    @abstractmethod
    def _copied(self, serial: int) -> str:
        """Keep a copy of the state as it is, and say where."""
