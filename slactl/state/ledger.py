"""The steps of an apply as lines of a local file, each on the disk before the next: what a killed apply had not sent yet."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.files import sync_folder
from slactl.state.book import Book
from slactl.state.export import applied_data, recorded_data
from slactl.state.imported import applied, entry, recorded
from slactl.state.records import Applied, Entry, Recorded
from slactl.state.store import Settled

_PRIVATE = 0o600
_CLOSED = -1
"""No file has this number: to write to it is an error of the system's."""


class Ledger:
    """The file of one workspace; it is there only while an apply runs, or after one that was killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _CLOSED

    def open(self, lineage: str, serial: int) -> None:
        """Begin anew, for an apply that has raised the state to this serial.

        Raises:
            SlactlError: when the file cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, _PRIVATE)
            sync_folder(self._path.parent)
        except OSError as error:
            raise self._cannot(error) from error
        self._write({"lineage": lineage, "serial": serial})

    def begin(self, intents: Sequence[tuple[str, str]]) -> None:
        """Keep that these changes are about to be made."""
        self._write({"do": "begin", "intents": intents})

    def resolve(
        self,
        done: Sequence[Recorded],
        gone: Sequence[str],
        failed: Sequence[str],
        results: Mapping[str, str],
    ) -> None:
        """Keep outcomes."""
        step = _settled_data(Settled(done, gone, failed))
        self._write({"do": "resolve", **step, "results": results})

    def finish(
        self,
        agreements: Mapping[str, Applied | None],
        restated: Mapping[str, Mapping[str, str]],
        settled: Settled,
        added: Entry,
    ) -> None:
        """Keep what is in force, and the entry of the history."""
        kept = {address: None if one is None else applied_data(one) for address, one in agreements.items()}
        step = _settled_data(settled)
        self._write({"do": "finish", **step, "agreements": kept, "restated": restated, "entry": added.data()})

    def close(self) -> None:
        """Everything was sent, or stands in another file: the ledger goes."""
        self.let_go()
        self._path.unlink(missing_ok=True)

    def let_go(self) -> None:
        """Close the file and leave it where it is."""
        if self._file != _CLOSED:
            os.close(self._file)
            self._file = _CLOSED

    def _write(self, step: Mapping[str, Any]) -> None:
        line = json.dumps(step, ensure_ascii=False, separators=(",", ":")) + "\n"
        left = line.encode()
        try:
            while left:
                left = left[os.write(self._file, left) :]
            os.fsync(self._file)
        except OSError as error:
            raise self._cannot(error) from error

    def _cannot(self, error: OSError) -> SlactlError:
        return SlactlError(
            f"{self._path} cannot be written: {error.strerror or error}",
            "What an apply does is kept there until the server has it.",
        )


def _settled_data(settled: Settled) -> dict[str, Any]:
    done = [recorded_data(one) for one in settled.done]
    return {"done": done, "gone": settled.gone, "failed": settled.failed}


def replay(path: Path, book: Book) -> bool:
    """Bring a state up to what a killed apply had done after it sent it last; returns whether there was anything to do.

    The steps may be in the state in part: made again in their order they lead to the same. A ledger of another state, or one that
    others have applied to since, is left out: what they read in the backends is newer.
    """
    steps = [*_lines(path)]
    if not steps or steps[0].get("lineage") != book.lineage or steps[0].get("serial") != book.serial:
        return False
    for step in steps[1:]:
        _make(step, book)
    return len(steps) > 1


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Whole lines; a kill may have cut the last one."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            try:
                yield json.loads(line)
            except ValueError:
                return


def _make(step: Mapping[str, Any], book: Book) -> None:
    match step["do"]:
        case "begin":
            book.begin((address, action) for address, action in step["intents"])
        case "resolve":
            _settle(step, book)
        case "finish":
            _settle(step, book)
            promises = step["agreements"].items()
            book.finish(
                {address: None if one is None else applied(one) for address, one in promises},
                step["restated"],
            )
            book.add(entry(step["entry"]))


def _settle(step: Mapping[str, Any], book: Book) -> None:
    book.resolve(map(recorded, step["done"]), step["gone"], step["failed"], step.get("results"))
