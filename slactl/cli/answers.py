"""What a command answered last time, said again where everything that it follows from is as it was.

An answer follows from files, variables, options, the day, the program, and for a plan from the state and from what the
backends have. Where files hold all of that, their digests tell that nothing has changed. It is a memory of one user, lies
with the other caches, and `-no-cache` does without.
"""

import argparse
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from slactl.base.cache_folder import cache_folder
from slactl.base.files import write_atomically
from slactl.base.program import program_digest
from slactl.base.quick_dataclass import dataclass, field, field_values
from slactl.cli.console import Console
from slactl.cli.options import as_of
from slactl.cli.watch import Watch, watched_files
from slactl.documents.survey import Survey

_FORM = 1
_PRIVATE = 0o600
_LARGEST = 64 * 1024 * 1024

Answer = Callable[[Console, Watch], int]
"""Prints to the console, names the files beside the agreements to the watch, returns the exit code."""


@dataclass(frozen=True, slots=True)
class Recorder(Console):
    """A console that remembers what it says."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def print(self, text: str = "") -> None:
        """Print a result."""
        self.said.append(("print", text))
        Console.print(self, text)

    def error(self, text: str) -> None:
        """Print a message."""
        self.said.append(("error", text))
        Console.error(self, text)


@dataclass(frozen=True, slots=True)
class _Known:
    """An answer that was given before."""

    watched: Mapping[str, str]
    said: list[tuple[str, str]]
    code: int

    def say(self, console: Console) -> int:
        for stream, text in self.said:
            (console.print if stream == "print" else console.error)(text)
        return self.code


def answered(
    verb: str, parsed: argparse.Namespace, console: Console, survey: Survey, answer: Answer, *more: object
) -> int:
    """The exit code of a command that only says something: it is computed, or said again as it was.

    `more` is what else the answer follows from. Sensitive variables and what is wrong with variables are in no digest: with
    them nothing is remembered.
    """
    remembers = not (parsed.no_cache or survey.scope.sensitive or survey.found_problems)
    folder = cache_folder(parsed.root)
    path = folder / f"answer-{verb}.json"
    with ExitStack() as stack:
        # a memory of its own: what another command looks at would push the stamps of this one's files out
        memory = folder / f"watched-{verb}.json" if remembers else None
        watch = Watch(stack.enter_context(watched_files(memory)))
        if not remembers:
            return answer(console, watch)
        key = _key(parsed, console, survey, more)
        known = _read(path, key)
        if known is not None and not watch.has_changed(known.watched):
            return known.say(console)
        recorder = Recorder(**field_values(console))
        code = answer(recorder, watch)
        if watch.complete and not watch.has_changed(watch.found()):
            _write(path, key, _Known(watch.found(), recorder.said, code))
        return code


def _key(parsed: argparse.Namespace, console: Console, survey: Survey, more: tuple[object, ...]) -> str:
    options = sorted((name, value) for name, value in vars(parsed).items() if name != "root")
    look = (console.out_style, console.error_style, console.interactive, console.automated)
    parts = [_FORM, program_digest(), survey.root.resolve(), survey.scope.workspace, survey.digest]
    parts += [survey.own_digest, as_of(parsed).isoformat(), repr(options), look, more]
    return hashlib.blake2b(repr(parts).encode(errors="surrogateescape"), digest_size=16).hexdigest()


def _read(path: Path, key: str) -> _Known | None:
    try:
        with path.open(encoding="utf-8") as file:
            if file.readline() != key + "\n":
                return None
            found: dict[str, Any] = json.load(file)
        return _Known(found["watched"], [(stream, text) for stream, text in found["said"]], found["code"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(path: Path, key: str, known: _Known) -> None:
    try:
        text = json.dumps(field_values(known), ensure_ascii=False)
        if len(text) <= _LARGEST:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, f"{key}\n{text}", _PRIVATE)
    except (OSError, ValueError):
        return
