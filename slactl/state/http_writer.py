"""Writing to a locked state on a server: the whole document at the beginning, now and then, and at the end; a ledger between."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from slactl.base.diagnostics import SlactlError
from slactl.state.book import Book
from slactl.state.ledger import Ledger
from slactl.state.records import Applied, Contents, Entry, Recorded
from slactl.state.store import NOTHING_SETTLED, Settled

_SEND_EVERY_S = 5.0
_SHARE_OF_TIME = 20
"""Sending costs what the whole state costs: it takes a twentieth of an apply's time at most."""


class Home(Protocol):
    """Where the document goes."""

    def send(self, book: Book, *, patient: bool) -> None:
        """To the server.

        Raises:
            SlactlError: when the server does not take it.
        """

    def keep_copy(self, contents: Contents) -> str:
        """A copy on this machine; says where."""

    def rescue(self, book: Book, error: SlactlError) -> SlactlError:
        """To the recovery file, the server not having taken it; the error says how to push it."""


class HttpWriter:
    """A locked state; what a step records is on this machine's disk when it returns, and on the server at the end."""

    def __init__(self, book: Book, ledger: Ledger, home: Home, note: str) -> None:
        self._book = book
        self._before = book.contents()
        self._ledger = ledger
        self._home = home
        self._note = note
        self._backup = ""
        self._under_way = False
        self._draft: Entry | None = None
        self._sent_at = self._sending_took_s = 0.0

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

    def begin(self, plan_digest: str, intents: Sequence[tuple[str, str]]) -> None:  # noqa: ARG002 - the interface of writers
        """Record what is about to be changed, before the backend is touched; the first time on the server, too."""
        first = not self._under_way
        if first:
            self._prepare()
        self._book.begin(intents)
        if first:
            self._start()
        self._ledger.begin(intents)

    def resolve(
        self,
        done: Iterable[Recorded],
        gone: Iterable[str],
        failed: Iterable[str],
        results: Mapping[str, str] | None = None,
    ) -> None:
        """Record outcomes; every address named has no open intent any more."""
        kept, removed, closed = [*done], [*gone], [*failed]
        if not self._under_way:
            self._prepare()
            self._start()
        self._ledger.resolve(kept, removed, closed, results or {})
        self._book.resolve(kept, removed, closed, results)
        self._send_if_it_is_time()

    def finish(
        self,
        agreements: Mapping[str, Applied | None],
        entry: Entry,
        restated: Mapping[str, Mapping[str, str]] | None = None,
        settled: Settled = NOTHING_SETTLED,
    ) -> Entry:
        """Record agreements as they are in force now and the history; returns the entry with its serial and hash."""
        if not self._under_way:
            self._prepare()
            self._start()
        added = self._book.chain(entry)
        self._ledger.finish(agreements, restated or {}, settled, added)
        self._book.resolve(settled.done, settled.gone, settled.failed)
        self._book.finish(agreements, restated or {})
        self._book.add(added)
        self._draft = None
        self._conclude()
        return added

    def move(self, renames: Mapping[str, str], entry: Entry) -> Entry:
        """Give what stands at the keys the addresses that are the values, and record that in the history."""
        self._prepare()
        added = self._book.chain(self._book.move(renames, entry))
        self._book.add(added)
        self._send_or_undo()
        return added

    def replace(self, contents: Contents) -> None:
        """Make the whole state this one, with its lineage, serial and history."""
        self._before = self._book.contents()
        self._backup = self._home.keep_copy(self._before)
        self._book.replace(contents)
        self._send_or_undo()

    def leave(self) -> None:
        """The apply ends early: the server is told what is known, or the ledger stays for the next run."""
        if not self._under_way:
            return
        try:
            self._home.send(self._book, patient=False)
        except SlactlError:
            self._ledger.let_go()
        else:
            self._ledger.close()

    def _prepare(self) -> None:
        """The first step raises the serial, and what was there before is copied."""
        self._before = self._book.contents()
        if self._book.serial:
            self._backup = self._home.keep_copy(self._before)
        self._book.open(self._draft)

    def _start(self) -> None:
        self._send_or_undo()
        self._ledger.open(self._book.lineage, self._book.serial)
        self._under_way = True

    def _send_or_undo(self) -> None:
        """Nothing was done yet: if the server does not take it, the state is as it was."""
        try:
            self._send_timed(patient=True)
        except SlactlError:
            self._book.replace(self._before)
            raise

    def _send_if_it_is_time(self) -> None:
        waited_s = time.monotonic() - self._sent_at
        if waited_s < max(_SEND_EVERY_S, _SHARE_OF_TIME * self._sending_took_s):
            return
        try:
            self._send_timed(patient=False)
        except SlactlError:
            self._sent_at = time.monotonic()  # the ledger has it; the end of the apply is what counts

    def _send_timed(self, *, patient: bool) -> None:
        began = time.monotonic()
        self._home.send(self._book, patient=patient)
        self._sent_at = time.monotonic()
        self._sending_took_s = self._sent_at - began

    def _conclude(self) -> None:
        self._under_way = False
        try:
            self._send_timed(patient=True)
        except SlactlError as error:
            rescued = self._home.rescue(self._book, error)
            self._ledger.close()
            raise rescued from error
        self._ledger.close()


def as_text(document: Mapping[str, object]) -> str:
    """A state's document on one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
