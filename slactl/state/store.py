"""The interface of stores: readers cannot write, writers hold the lock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass
from slactl.state.records import Applied, Contents, Entry, LockInfo, Recorded, Snapshot


class DamagedStateError(SlactlError):
    """A state is there and cannot be read: a copy, or what the backends carry, can replace it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Outcomes that are recorded in one step with the entry that tells them; the parameters of `Writer.resolve`."""

    done: Sequence[Recorded] = ()
    gone: Sequence[str] = ()
    failed: Sequence[str] = ()


NOTHING_SETTLED = Settled()


class Writer(Protocol):
    """A locked state; each method is one transaction that is on the disk when it returns.

    The serial rises by one with the first of them: a plan saved before is stale from then on, however this apply ends.

    Raises:
        SlactlError: from every method, when it cannot be written, or the lock was released by somebody else.
    """

    @property
    def note(self) -> str:
        """What the user should know about how the lock was taken; usually empty."""

    @property
    def backup(self) -> str:
        """Where the copy from before the first step is; empty before that, and where there was nothing to copy."""

    def announce(self, entry: Entry) -> None:
        """Say whose apply the next steps belong to; kept with the first of them, and replaced by the entry that ends them.

        Of an apply that is cut off the next writer's first step adds this entry, with the results that were recorded.
        """

    def begin(self, plan_digest: str, intents: Sequence[tuple[str, str]]) -> None:
        """Record what is about to be changed: (address, action). Called before the backend is touched."""

    def resolve(
        self,
        done: Iterable[Recorded],
        gone: Iterable[str],
        failed: Iterable[str],
        results: Mapping[str, str] | None = None,
    ) -> None:
        """Record outcomes: objects that are there now, addresses that are gone, and intents that came to nothing.

        `results` are the same by address in the words of the history.
        """

    def finish(
        self,
        agreements: Mapping[str, Applied | None],
        entry: Entry,
        restated: Mapping[str, Mapping[str, str]] | None = None,
        settled: Settled = NOTHING_SETTLED,
    ) -> Entry:
        """Record agreements as they are in force now (None: ended), last outcomes and the history, in one step.

        Returns the entry as it is kept: with its serial, chained to the one before (`slactl.state.chain`).

        `restated` are new verdicts, by objective, of agreements whose promise stays as it is.
        """

    def move(self, renames: Mapping[str, str], entry: Entry) -> Entry:
        """Give what stands at the keys the addresses that are the values, in one step, with an entry of its own.

        Agreements and objects alike, all at once: two may change places. What changes in which row, and the promises that
        the entry tells, `slactl.state.readdress` says. Returns the entry as it is kept, like `finish`.
        """

    def replace(self, contents: Contents) -> None:
        """Make the whole state this one, with its lineage, serial and history, in one step (push, migration).

        Whether that is right is the caller's to know; a copy of what was there is kept where the store keeps copies.
        """


class Store(Protocol):
    """A place where state is kept."""

    def read(self) -> Snapshot:
        """Read everything that a plan compares with. An empty state where there is none yet."""

    def files(self) -> Sequence[str] | None:
        """Patterns of the files that hold all of it, as `glob` reads them; None where it is kept in a server."""

    def history(self) -> Iterator[Entry]:
        """Every apply that has ended, oldest first."""

    def under_way(self) -> Entry | None:
        """The apply that has begun and not ended, as far as it is known: it is running, or was cut off."""

    def export(self) -> dict[str, Any]:
        """The whole state as JSON data."""

    def lock(self, operation: str, timeout_s: float) -> AbstractContextManager[Writer]:
        """Take the lock, waiting up to `timeout_s`, and open the state for writing.

        Raises:
            SlactlError: when another holds it; the message names holder and age.
        """

    def hold(self, reason: str, timeout_s: float) -> LockInfo:
        """Take the lock by hand: it stays until it is released, whatever becomes of this process.

        Raises:
            SlactlError: when another holds it.
        """

    def set_aside(self) -> str:
        """Move a damaged state out of the way; returns where it is now."""

    def erase(self) -> None:
        """Remove the state, its history and its copies, for good."""

    def holder(self) -> LockInfo | None:
        """Who holds the lock now."""

    def force_unlock(self, lock_id: str) -> None:
        """Release the lock that its holder left behind.

        Raises:
            SlactlError: when nobody holds it, or under another id.
        """
