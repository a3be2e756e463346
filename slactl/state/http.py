"""State on a server that speaks Terraform's HTTP protocol, as GitLab does: one document, locked while an apply runs."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.files import write_atomically
from slactl.base.http import shown
from slactl.base.quick_dataclass import dataclass
from slactl.state.book import Book
from slactl.state.export import exported
from slactl.state.http_lock import HttpLock
from slactl.state.http_transport import Transport, where
from slactl.state.http_writer import HttpWriter, as_text
from slactl.state.imported import parsed, what_others_have
from slactl.state.ledger import Ledger, replay
from slactl.state.locking import insist_on_holder, lost, new_lock, taken_over, wait_for
from slactl.state.place import RECOVERY_FILE
from slactl.state.records import Contents, Entry, LockInfo, Snapshot
from slactl.state.store import DamagedStateError

_PRIVATE = 0o600
_KEPT = 5
_NOTHING = (204, 404)
_LOCK_LOST = (409, 423)


class HttpStore:
    """The state of one workspace on a server."""

    def __init__(
        self, address: str, workspace: str, root: Path, transport: Transport, lock: HttpLock
    ) -> None:
        """`root` is the workspace's folder: its `.slactl` keeps the ledger and copies, and it takes the recovery file."""
        self._address = address
        self.location = where(address)
        """The server in words, and a digest of the whole address: a path may hold what is secret."""
        self._workspace = workspace
        self._root = root
        self._transport = transport
        self._lock = lock
        self._local = root / ".slactl"
        self._pushing = False

    def read(self) -> Snapshot:
        """Read everything that a plan compares with."""
        book = self._book()
        return Snapshot("", 0, {}, {}) if book is None else book.contents().snapshot

    def files(self) -> None:
        """A server keeps it."""

    def export(self) -> dict[str, Any]:
        """The whole state as JSON data."""
        book = self._book()
        if book is None:
            return exported(self._workspace, Snapshot("", 0, {}, {}), [])
        contents = book.contents()
        return _document(contents)

    def history(self) -> Iterator[Entry]:
        """Every apply, oldest first."""
        book = self._book()
        yield from () if book is None else book.contents().history

    def under_way(self) -> Entry | None:
        """The apply that has begun and not ended."""
        book = self._book()
        return None if book is None else book.contents().under_way

    def holder(self) -> LockInfo | None:
        """Who holds the lock now."""
        return self._lock.holder(new_lock("look who holds the lock"))

    def hold(self, reason: str, timeout_s: float) -> LockInfo:
        """Take the lock by hand: it stays until it is released, whatever becomes of this process.

        Raises:
            SlactlError: when another holds it.
        """
        wanted = new_lock("state lock", by_hand=reason, path=shown(self._address))
        wait_for(self._lock.take, wanted, timeout_s)
        return wanted

    def erase(self) -> None:
        """Remove the document from the server."""
        answer = self._transport.send("DELETE", self._address)
        if not answer.ok and answer.status_code not in _NOTHING:
            raise self._transport.refused(answer, "DELETE", self._address)

    def force_unlock(self, lock_id: str) -> None:
        """Release the lock that its holder left behind.

        Raises:
            SlactlError: when nobody holds it, or under another id.
        """
        held = self.holder()
        insist_on_holder(held, lock_id)
        if held is not None:
            self._lock.release(held)

    def set_aside(self) -> str:
        """Keep a damaged state in a file and remove it from the server; returns where it is now."""
        text = self._get() or b""
        number = 1
        while (target := self._local / f"{self._workspace}.damaged-{number}").exists():
            number += 1
        self._write(target, text.decode(errors="replace"))
        self.erase()
        return str(target)

    @contextmanager
    def lock(self, operation: str, timeout_s: float) -> Iterator[HttpWriter]:
        """Take the lock, waiting up to `timeout_s`, and open the state for writing.

        A lock whose holder ran on this machine and is no longer alive is taken over; the writer's `note` says so.

        Raises:
            SlactlError: when another holds it; the message names holder and age. Or when a state waits to be pushed.
        """
        self._pushing = operation == "state push"
        self._insist_on_no_recovery()
        wanted = new_lock(operation, path=shown(self._address))
        dead = wait_for(self._lock.take, wanted, timeout_s)
        try:
            book = self._book() or self._new_book()
            note = taken_over(dead) if dead else ""
            writer = HttpWriter(book, Ledger(self._ledger), _Home(self, wanted), note)
            try:
                yield writer
            finally:
                writer.leave()
        finally:
            self._give_back(wanted)

    @property
    def _ledger(self) -> Path:
        return self._local / f"{self._workspace}.ledger"

    def _book(self) -> Book | None:
        """The state as the server has it, and what an apply of this machine has not sent yet; None: there is none."""
        self._insist_on_no_recovery()
        text = self._get()
        if text is None:
            return None
        book = Book(self._parsed(text))
        replay(self._ledger, book)
        return book

    def _new_book(self) -> Book:
        return Book(Contents(self._workspace, Snapshot(str(uuid.uuid4()), 0, {}, {}), ()))

    def _get(self) -> bytes | None:
        answer = self._transport.send("GET", self._address)
        if answer.status_code in _NOTHING or (answer.ok and not answer.content):
            return None
        if not answer.ok:
            raise self._transport.refused(answer, "GET", self._address)
        return answer.content

    def _parsed(self, text: bytes) -> Contents:
        source = f"The state at {shown(self._address)}"
        if what := what_others_have(text):
            raise SlactlError(
                f"{source} is no state of slactl: {what}",
                "It is left as it is. Check spec.state.address, and whether something between answers in the server's place.",
                self._transport.place,
            )
        try:
            contents = parsed(text, source)
        except SlactlError as error:
            one = error.diagnostics[0]
            if "newer slactl" in one.summary:
                raise
            raise DamagedStateError(
                one.summary,
                f"Bring back a version of it, or push a copy from {self._local} (slactl state push -force FILE). "
                "Without one: slactl state rebuild -force",
            ) from error
        if contents.workspace != self._workspace:
            raise SlactlError(
                f"{source} belongs to the workspace {contents.workspace}, not to {self._workspace}",
                "Give each workspace an address of its own (spec.state.address).",
            )
        return contents

    def send(self, book: Book, lock: LockInfo, *, patient: bool) -> None:
        """Put the whole state on the server.

        Raises:
            SlactlError: when it does not take it, or the lock is somebody else's by now.
        """
        contents = book.contents()
        body = as_text(_document(contents)).encode()
        answer = self._transport.send("POST", self._address, body, {"ID": lock.id}, patient=patient)
        if answer.status_code in _LOCK_LOST:
            raise lost()
        if not answer.ok:
            raise self._transport.refused(answer, "POST", self._address)

    def _give_back(self, lock: LockInfo) -> None:
        """An unreachable server keeps the lock: the next run here sees that its holder is dead, and elsewhere it has a name."""
        try:
            self._lock.release(lock)
        except SlactlError:
            return

    def keep_copy(self, contents: Contents) -> str:
        """Keep a copy on this machine, beside the newest few; returns where it is."""
        name = f"{self._workspace}.backup"
        target = self._local / f"{name}-{contents.snapshot.serial}"
        self._write(target, as_text(_document(contents)))
        numbered = re.compile(re.escape(name) + r"-(\d+)")
        found = [
            (int(match[1]), one) for one in self._local.iterdir() if (match := numbered.fullmatch(one.name))
        ]
        for _, old in sorted(found, key=lambda one: one[0], reverse=True)[_KEPT:]:
            old.unlink(missing_ok=True)
        return str(target)

    def rescue(self, book: Book, error: SlactlError) -> SlactlError:
        """The server did not take the state at the end of an apply: it is kept in a file, and this says how to push it."""
        contents = book.contents()
        target = self._root / RECOVERY_FILE
        self._write(target, json.dumps(_document(contents), ensure_ascii=False, indent=1))
        cause = error.diagnostics[0]
        return SlactlError(
            f"The changes were made, and the state could not be saved. {cause.summary}",
            f"It is kept in {target}. When the server is back:\n  slactl state push {RECOVERY_FILE}",
            cause.place,
        )

    def _insist_on_no_recovery(self) -> None:
        path = self._root / RECOVERY_FILE
        if path.exists() and not self._pushing:
            raise SlactlError(
                f"{path} waits to be pushed: it is what the last apply did, and the server has not got it",
                f"slactl state push {RECOVERY_FILE}\nIf it is of no use any more, remove the file.",
            )

    def _write(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text + "\n", _PRIVATE)
        except OSError as error:
            raise SlactlError(f"{path} cannot be written: {error.strerror or error}") from error


def _document(contents: Contents) -> dict[str, Any]:
    return exported(contents.workspace, contents.snapshot, contents.history, contents.under_way)


@dataclass(frozen=True, slots=True)
class _Home:
    """The server, while one lock is held."""

    store: HttpStore
    lock: LockInfo

    def send(self, book: Book, *, patient: bool) -> None:
        self.store.send(book, self.lock, patient=patient)

    def keep_copy(self, contents: Contents) -> str:
        return self.store.keep_copy(contents)

    def rescue(self, book: Book, error: SlactlError) -> SlactlError:
        return self.store.rescue(book, error)
