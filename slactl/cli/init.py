"""`slactl init`: make the place of the state ready, and take the state along when it moves."""

import argparse
from collections.abc import Mapping

from slactl import __version__
from slactl.base.diagnostics import SlactlError
from slactl.base.text import plural
from slactl.cli.applying import add_lock_timeout, lock_timeout_s, say_note
from slactl.cli.console import Console
from slactl.cli.options import add_inputs
from slactl.cli.workspace import load_estate
from slactl.model.estate import Estate
from slactl.provider.registry import load_provider
from slactl.state.imported import imported
from slactl.state.open import is_switched, left_behind, place_of, store_of
from slactl.state.place import is_same, named, note, noted
from slactl.state.records import Snapshot
from slactl.state.store import Store


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    add_lock_timeout(parser)
    parser.add_argument(
        "--migrate-state",
        action="store_true",
        help="copy the state from where it was to where slactl.yaml says",
    )
    parser.add_argument("--reconfigure", action="store_true", help="use the new place as it is; copy nothing")
    parser.add_argument(
        "--force", action="store_true", help="with -migrate-state: over another state that is there"
    )
    parser.add_argument("--input", choices=("true", "false"), default="true", help="nothing is asked")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Check the providers, make the place ready, remember it; with `-migrate-state` copy the state first."""
    estate = load_estate(parsed, console)
    if parsed.migrate_state and parsed.reconfigure:
        raise SlactlError("-migrate-state and -reconfigure contradict each other", "Give one of them.")
    settings = place_of(estate.workspace, parsed.root, estate.secrets)
    before = noted(parsed.root, estate.workspace.selected)
    store = store_of(settings, estate.workspace, parsed.root, estate.secrets)
    _load_providers(estate)
    if before is not None and not is_same(before, settings) and not is_switched(before, settings, store):
        _leave((before, settings), estate, store, parsed, console)
    elif parsed.migrate_state:
        console.print(f"Nothing to migrate: the state is in {named(settings)}.")
    with store.lock("init", lock_timeout_s(parsed)) as writer:
        say_note(writer, console)
    note(settings, parsed.root, estate.workspace.selected)
    console.print(f"The state is in {named(settings)}: {_told(store.read())}.")
    console.print(f"slactl {__version__} is ready, with {plural(len(estate.backends), 'backend')}.")
    return 0


def _load_providers(estate: Estate) -> None:
    """Every provider that the files name is installed, or the error says which is not."""
    for backend in estate.backends.values():
        load_provider(backend.provider, backend.place.at("spec", "provider"))


def _leave(
    places: tuple[Mapping[str, str], Mapping[str, str]],
    estate: Estate,
    store: Store,
    parsed: argparse.Namespace,
    console: Console,
) -> None:
    """What becomes of a state that is in another place than the files say.

    Raises:
        SlactlError: when nobody has said, or the new place has another state.
    """
    before, settings = places
    names = named(before), named(settings)
    if parsed.reconfigure:
        console.print(f"The state in {names[0]} stays where it is, and is not used any more.")
        return
    old = left_behind(before, estate.workspace, parsed.root, estate.secrets)
    if parsed.migrate_state:
        _move(old, store, names, parsed, console)
    elif old.read().serial:
        raise SlactlError(
            f"The state is in {names[0]}, and spec.state names {names[1]}",
            "To take it along: slactl init -migrate-state\nTo use the new place as it is: slactl init -reconfigure",
        )


def _move(
    old: Store, new: Store, names: tuple[str, str], parsed: argparse.Namespace, console: Console
) -> None:
    """Copy, and compare.

    Raises:
        SlactlError: when the new place has another state.
    """
    timeout_s = lock_timeout_s(parsed)
    with old.lock("init -migrate-state", timeout_s), new.lock("init -migrate-state", timeout_s) as writer:
        document = old.export()
        contents = imported(document, f"The state in {names[0]}")
        _insist_on_room(new.read(), contents.snapshot, names[1], force=parsed.force)
        if contents.snapshot.serial:
            writer.replace(contents)
        if contents.snapshot.serial and new.export() != document:
            raise SlactlError(
                f"The copy in {names[1]} differs from the state in {names[0]}",
                "The old one is untouched and still in use. Please report this.",
            )
    console.print(
        f"Copied the state from {names[0]} to {names[1]}: {_told(contents.snapshot)}, "
        f"{plural(len(contents.history), 'entry', 'entries')} of history. The old one is untouched."
    )


def _insist_on_room(there: Snapshot, coming: Snapshot, name: str, *, force: bool) -> None:
    if there.serial and not force:
        other = "another state" if there.lineage != coming.lineage else "this state already"
        raise SlactlError(
            f"{name[:1].upper()}{name[1:]} has {other}, at serial {there.serial}",
            "To use it as it is: slactl init -reconfigure\nTo put the state from before over it: "
            "slactl init -migrate-state -force",
        )


def _told(snapshot: Snapshot) -> str:
    objects, promises = plural(len(snapshot.resources), "object"), plural(len(snapshot.agreements), "promise")
    return f"serial {snapshot.serial}, {objects}, {promises}" if snapshot.serial else "empty"
