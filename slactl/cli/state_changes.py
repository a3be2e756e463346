"""`slactl state mv`, `rm`, `lock`, `unlock`, `locks`: the state changed by hand, each change an entry of the history."""

import argparse
from collections.abc import Mapping

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean, plural
from slactl.cli.applying import lock_timeout_s, say_head, say_note
from slactl.cli.console import Console
from slactl.cli.entries import entry_of
from slactl.cli.operating import Operation
from slactl.plan.moves import followers
from slactl.state.locking import age, who
from slactl.state.records import Entry, LockInfo, Snapshot
from slactl.state.store import Settled, Writer


def move(operation: Operation, parsed: argparse.Namespace, console: Console) -> int:
    """Give an agreement in state another address, and the objects that are named after it.

    Raises:
        SlactlError: when there is none of the old address, one of the new, or the address is a backend object's.
    """
    old, new = _two(parsed)
    with operation.store.lock("state mv", lock_timeout_s(parsed)) as writer:
        say_note(writer, console)
        snapshot = operation.store.read()
        _insist_on_move(old, new, snapshot)
        renames = {old: new, **followers(old, new, snapshot.resources.keys())}
        results = {source: f"move to {target}: done" for source, target in renames.items()}
        results |= {target: f"move from {source}: done" for source, target in renames.items()}
        added = writer.move(renames, entry_of(operation.workspace, operation.context, "state mv", results))
        return _conclude(results, added, writer, console)


def remove(operation: Operation, parsed: argparse.Namespace, console: Console) -> int:
    """Forget objects and agreements; no backend is touched.

    Raises:
        SlactlError: when state has none of an address, or an agreement is protected.
    """
    if not parsed.addresses:
        raise SlactlError("state rm wants addresses", "Write: slactl state rm ADDRESS...")
    with operation.store.lock("state rm", lock_timeout_s(parsed)) as writer:
        say_note(writer, console)
        snapshot = operation.store.read()
        for address in parsed.addresses:
            _insist_on_removable(address, snapshot)
        objects = [address for address in parsed.addresses if address in snapshot.resources]
        promises = dict.fromkeys(one for one in parsed.addresses if one in snapshot.agreements)
        results = dict.fromkeys(parsed.addresses, "forget: done")
        entry = entry_of(operation.workspace, operation.context, "state rm", results, promises)
        added = writer.finish(promises, entry, settled=Settled(gone=objects))
        return _conclude(results, added, writer, console)


def lock(operation: Operation, parsed: argparse.Namespace, console: Console) -> int:
    """Take the lock by hand."""
    held = operation.store.hold(parsed.reason, lock_timeout_s(parsed))
    console.print(f"The state is locked, by {held.who}. ID: {held.id}\nTo release it: slactl state unlock")
    return 0


def unlock(operation: Operation, parsed: argparse.Namespace, console: Console) -> int:
    """Release one's own lock, or any by its ID.

    Raises:
        SlactlError: when nobody holds it, or somebody else and no ID is given.
    """
    if len(parsed.addresses) > 1:
        raise SlactlError("state unlock wants one ID at most", "Write: slactl state unlock ID")
    held = operation.store.holder()
    wanted = parsed.addresses[0] if parsed.addresses else None
    if held is not None and wanted is None and not (held.by_hand and held.who == who()):
        raise SlactlError(
            f"The lock is not yours: {_spoken(held)}",
            f"If its holder is gone for good: slactl state unlock {held.id}",
        )
    operation.store.force_unlock(wanted or (held.id if held is not None else ""))
    console.print("The state is unlocked.")
    return 0


def locks(operation: Operation, console: Console) -> int:
    """Say who holds the lock."""
    held = operation.store.holder()
    console.print("The state is not locked." if held is None else f"{_spoken(held)}. ID: {held.id}")
    return 0


def _spoken(held: LockInfo) -> str:
    process = f", process {held.pid} on {held.host.partition('/')[0]}" if held.pid > 0 else ""
    how = "by hand" if held.by_hand else f"{held.operation}{process}"
    return f"{held.who} has held it for {age(held)} ({how}){f': {held.info}' if held.info else ''}"


def _two(parsed: argparse.Namespace) -> tuple[str, str]:
    if len(parsed.addresses) != 2:  # noqa: PLR2004 - from and to
        raise SlactlError("state mv wants two addresses", "Write: slactl state mv sla.old sla.new")
    old, new = parsed.addresses
    return old, new


def _insist_on_move(old: str, new: str, snapshot: Snapshot) -> None:
    if old in snapshot.resources:
        raise SlactlError(
            f"{old} is a backend object, whose address is in the mark that it carries there",
            "`state mv` moves agreements and the objects named after them; write a move of an object into the files.",
        )
    if old not in snapshot.agreements:
        raise _unknown(old, snapshot)
    if new in snapshot.agreements:
        raise SlactlError(f"State has {new} already", f"Forget it first: slactl state rm {new}")
    kind = old.split(".", 1)[0]
    if new.split(".", 1)[0] != kind or not new.removeprefix(f"{kind}."):
        raise SlactlError(f"{new} is no address of the kind of {old}", f"Write {kind}.NAME.")


def _insist_on_removable(address: str, snapshot: Snapshot) -> None:
    applied = snapshot.agreements.get(address)
    if applied is None and address not in snapshot.resources:
        raise _unknown(address, snapshot)
    if applied is not None and applied.prevent_destroy:
        raise SlactlError(
            f"{address} has lifecycle.preventDestroy, and state would forget it",
            "Take the protection out of its file and apply that first.",
        )


def _unknown(address: str, snapshot: Snapshot) -> SlactlError:
    known = snapshot.agreements.keys() | snapshot.resources.keys()
    return SlactlError(
        f'State has no "{address}"',
        f"`slactl state list` prints every address.{did_you_mean(address, known)}",
    )


def _conclude(results: Mapping[str, str], added: Entry, writer: Writer, console: Console) -> int:
    console.print(f"Changed {plural(len(results), 'address', 'addresses')} in state; no backend was touched.")
    if writer.backup:
        console.print(f"The state from before is kept as {writer.backup}.")
    say_head(added.serial, added.hash, console)
    return 0
