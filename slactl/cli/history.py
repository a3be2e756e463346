"""`slactl history`: who applied what, when; and whether anybody has changed that since."""

import argparse

from slactl.base.diagnostics import SlactlError
from slactl.cli.console import Console
from slactl.cli.operating import open_operation
from slactl.cli.options import add_inputs
from slactl.render.history import breaks_json, breaks_text, history_json, history_text
from slactl.state.chain import Break, breaks
from slactl.state.records import Entry
from slactl.state.store import Store


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "verb",
        nargs="?",
        choices=("verify",),
        help="verify: find entries that were changed, removed or moved",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.add_argument("--limit", type=_count, metavar="N", help="only the newest N entries")
    parser.add_argument(
        "--head",
        metavar="HASH",
        help="with verify: a head that was noted after an apply; it must be one of the entries' hashes",
    )


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the history, newest first, or verify it; exit code 1 when it is not as it was written."""
    if parsed.head is not None and parsed.verb is None:
        raise SlactlError(
            "-head belongs to `slactl history verify`", "Write: slactl history verify -head=HASH"
        )
    store = open_operation(parsed).store
    snapshot, entries = store.read(), list(store.history())
    if parsed.verb == "verify":
        return _verify(entries, snapshot.head, snapshot.lineage, parsed, console)
    newest_first, left = entries[::-1][: parsed.limit], store.under_way()
    console.print(
        history_json(newest_first, snapshot.head, snapshot.lineage, left)
        if parsed.json
        else history_text(newest_first, snapshot.head, left, console.out_style)
    )
    return 0


def _verify(
    entries: list[Entry], head: str, lineage: str, parsed: argparse.Namespace, console: Console
) -> int:
    found = list(breaks(entries, head, lineage))
    if parsed.head is not None and parsed.head not in {one.hash for one in entries}:
        found.append(
            Break(None, f"no entry has the hash {parsed.head}, which was given: the history was written anew")
        )
    console.print(
        breaks_json(entries, found, head)
        if parsed.json
        else breaks_text(entries, found, head, console.out_style)
    )
    return 1 if found else 0


def history_of(store: Store) -> list[Entry]:
    """The history, oldest first, if it is as it was written.

    Raises:
        SlactlError: when it is not: what it says is then no evidence.
    """
    snapshot, entries = store.read(), list(store.history())
    found = next(breaks(entries, snapshot.head, snapshot.lineage), None)
    if found is not None:
        where = "its end" if found.serial is None else f"entry {found.serial}"
        raise SlactlError(
            f"The history is not as it was written, first at {where}: {found.what}",
            "`slactl history verify` lists everything. Compare the state with a copy from before.",
        )
    return entries


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_count.__name__ = "number of entries"  # argparse names the type in its message
