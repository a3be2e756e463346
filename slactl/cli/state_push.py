"""`slactl state push`: a whole state put in the place of the one that is there."""

import argparse
import sys
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.text import plural
from slactl.cli.applying import lock_timeout_s, say_note
from slactl.cli.console import Console
from slactl.cli.operating import Operation
from slactl.state.chain import breaks
from slactl.state.imported import parsed as parsed_state
from slactl.state.place import RECOVERY_FILE
from slactl.state.records import Contents, Snapshot


def push(operation: Operation, parsed: argparse.Namespace, console: Console) -> int:
    """Push a document as `state pull` prints it, or as an apply left it behind; exit code 0.

    Raises:
        SlactlError: when it is another state's, older than what is there, or its history was tampered with; `-force` overrides.
    """
    if len(parsed.addresses) != 1:
        raise SlactlError(
            "state push wants one file", "Write: slactl state push FILE, or - for standard input."
        )
    name = parsed.addresses[0]
    contents = parsed_state(_read(name, operation.context.root), name)
    _insist_on_workspace(contents, operation)
    with operation.store.lock("state push", lock_timeout_s(parsed)) as writer:
        say_note(writer, console)
        there = operation.store.read()
        if not parsed.force:
            _insist_on_chain(contents)
            _insist_on_successor(contents, there)
        writer.replace(contents)
    console.print(
        f"Pushed serial {contents.snapshot.serial} over serial {there.serial}: "
        f"{plural(len(contents.snapshot.resources), 'object')}, {plural(len(contents.history), 'entry', 'entries')} of history."
    )
    if writer.backup:
        console.print(f"The state from before is kept as {writer.backup}.")
    _clear(name, operation.context.root, console)
    return 0


def _read(name: str, root: Path) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    try:
        return (path if path.is_file() else root / path).read_bytes()
    except OSError as error:
        raise SlactlError(f"{name} cannot be read: {error.strerror or error}") from error


def _insist_on_workspace(contents: Contents, operation: Operation) -> None:
    ours = operation.workspace.name
    if contents.workspace != ours:
        raise SlactlError(
            f"This is a state of the workspace {contents.workspace}, not of {ours}",
            "Push it from its own folder: the marks in the backends carry the workspace's name.",
        )


def _insist_on_chain(contents: Contents) -> None:
    broken = next(breaks(contents.history, contents.snapshot.head, contents.snapshot.lineage), None)
    if broken is not None:
        raise SlactlError(
            f"Its history does not hold: {broken.what}",
            "Somebody has changed it. If that is known: slactl state push -force FILE",
        )


def _insist_on_successor(contents: Contents, there: Snapshot) -> None:
    """What is pushed must go on from what is there."""
    snapshot = contents.snapshot
    if not there.serial:
        return
    force = "To put it there all the same: slactl state push -force FILE"
    if there.lineage != snapshot.lineage:
        raise SlactlError("What is there is another state (another lineage)", force)
    if there.serial > snapshot.serial:
        raise SlactlError(
            f"What is there is newer: serial {there.serial}, and this is serial {snapshot.serial}", force
        )
    if there.head and there.head not in {one.hash for one in contents.history}:
        raise SlactlError("What is there has a history that this one does not know", force)


def _clear(name: str, root: Path, console: Console) -> None:
    """The recovery file has done its work."""
    recovery = root / RECOVERY_FILE
    path = Path(name)
    if name != "-" and recovery.exists() and (path if path.is_file() else root / path).samefile(recovery):
        recovery.unlink()
        console.print(f"{RECOVERY_FILE} is removed: the store has it.")
