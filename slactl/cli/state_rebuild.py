"""`slactl state rebuild`: the state made anew from what the backends carry as ours."""

import argparse

from slactl.base.diagnostics import SlactlError
from slactl.base.text import plural
from slactl.cli.applying import approve, lock_timeout_s, say_head, say_note
from slactl.cli.console import Console
from slactl.cli.entries import entry_of
from slactl.cli.planning import Session, compile_all, read_backends
from slactl.cli.refactoring import past_of
from slactl.plan.past import Past
from slactl.plan.rebuild import Rebuilt, rebuilt
from slactl.state.records import Snapshot
from slactl.state.store import DamagedStateError, Settled, Writer

_NOTHING = Snapshot("", 0, {}, {})


def rebuild(session: Session, parsed: argparse.Namespace, console: Console) -> int:
    """Read the backends, say what would be recorded, ask, record; a state that is there is kept beside it.

    Raises:
        SlactlError: when a state is there and `-force` is not given.
    """
    try:
        snapshot = session.store.read()
    except DamagedStateError as error:
        if not parsed.force:
            raise
        return _in_place_of_damaged(session, parsed, console, error)
    if snapshot.serial and not parsed.force:
        raise SlactlError(
            f"There is a state, at serial {snapshot.serial}",
            "`slactl plan` finds by itself what carries our marks. To make the state anew all the same: "
            "slactl state rebuild -force, which keeps a copy beside it.",
        )
    with session.store.lock("state rebuild", lock_timeout_s(parsed)) as writer:
        say_note(writer, console)
        snapshot = session.store.read()
        found = _agreed(session, snapshot, parsed, console)
        return 1 if found is None else _record(found, snapshot, session, writer, console)


def _in_place_of_damaged(
    session: Session, parsed: argparse.Namespace, console: Console, error: DamagedStateError
) -> int:
    console.diagnostics(error.diagnostics, session.context.root)
    found = _agreed(session, _NOTHING, parsed, console)
    if found is None:
        return 1
    console.print(f"The damaged state is kept as {session.store.set_aside()}.")
    with session.store.lock("state rebuild", lock_timeout_s(parsed)) as writer:
        console.print(
            "Its history and its promises could not be read: the next apply records the promises again."
        )
        return _record(found, _NOTHING, session, writer, console)


def _agreed(
    session: Session, snapshot: Snapshot, parsed: argparse.Namespace, console: Console
) -> Rebuilt | None:
    """What is to be recorded, once the user has agreed."""
    providers = {name: backend.provider for name, backend in session.estate.backends.items()}
    past = past_of(session) if snapshot is not _NOTHING else Past()  # a damaged state has no history to read
    found = rebuilt(compile_all(session), read_backends(session, snapshot), providers, session.estate, past)
    _say(found, snapshot, console)
    if approve(
        "Do you want to make the state anew like this? No backend is changed.", "yes", parsed, console
    ):
        return found
    console.error("\nRebuild cancelled.")
    return None


def _say(found: Rebuilt, snapshot: Snapshot, console: Console) -> None:
    for one in found.resources:
        console.print(f"  {console.out_style.good('+')} {one.address} ({one.id})")
    for orphan in found.orphans:
        console.print(
            f"  {console.out_style.warn('?')} {orphan.address} ({orphan.id}): an orphan, which carries our mark and "
            "nothing needs; left out, and the next plan destroys it"
        )
    for address in _forgotten(found, snapshot):
        console.print(
            f"  {console.out_style.bad('-')} {address}: state has it, and the backend has not or nobody wants it"
        )
    for notice in found.notices:
        console.error(f"{console.error_style.warn('Warning:')} {notice.address}: {notice.message}")
    objects, orphans = plural(len(found.resources), "object"), plural(len(found.orphans), "orphan")
    console.print(f"\nTo record: {objects}. Left out: {orphans}. Wanted and not there: {len(found.absent)}.")


def _forgotten(found: Rebuilt, snapshot: Snapshot) -> list[str]:
    return sorted(snapshot.resources.keys() - {one.address for one in found.resources})


def _record(found: Rebuilt, snapshot: Snapshot, session: Session, writer: Writer, console: Console) -> int:
    forgotten = _forgotten(found, snapshot)
    results = {one.address: "record: done" for one in found.resources}
    results |= {one.address: "leave out, an orphan: done" for one in found.orphans}
    results |= dict.fromkeys(forgotten, "forget: done")
    entry = entry_of(session.estate.workspace, session.context, "state rebuild", results)
    settled = Settled(found.resources, forgotten, sorted(snapshot.unsettled))
    added = writer.finish({}, entry, settled=settled)
    if writer.backup:
        console.print(f"The state from before is kept as {writer.backup}.")
    console.print(
        f"The state has {plural(len(found.resources), 'object')} now; `slactl plan` shows what is left."
    )
    say_head(added.serial, added.hash, console)
    return 0
