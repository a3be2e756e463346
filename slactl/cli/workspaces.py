"""`slactl workspace`: several states of one set of files, as for staging and production."""

import argparse
import json

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean, plural
from slactl.cli.applying import add_lock_timeout, lock_timeout_s
from slactl.cli.console import Console
from slactl.cli.operating import load_place
from slactl.cli.options import add_inputs
from slactl.cli.selected import insist_on_name, select, selected_workspace
from slactl.model.workspace import DEFAULT, Workspace
from slactl.state.open import existing, open_store, store_of
from slactl.state.place import settings_of

_VERBS = {
    "list": "print the workspaces; a star stands before the selected one",
    "show": "print the selected one",
    "new": "make a workspace, with an empty state, and select it",
    "select": "select a workspace",
    "delete": "remove a workspace's state",
}
_NAMED = ("new", "select", "delete")


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options, a verb at a time."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, words in _VERBS.items():
        one = verbs.add_parser(verb, help=words, description=words, allow_abbrev=False)
        add_inputs(one)
        add_lock_timeout(one)
        if verb in _NAMED:
            one.add_argument("name", metavar="NAME")
        else:
            one.add_argument("--json", action="store_true", help="print a JSON document")
        if verb == "select":
            one.add_argument("--or-create", action="store_true", help="make it where there is none")
        if verb == "delete":
            one.add_argument(
                "--force", action="store_true", help="although it has objects; they stay in their backends"
            )


def run(parsed: argparse.Namespace, console: Console) -> int:
    """List, show, make, select or delete; exit code 0."""
    current = selected_workspace(parsed.root)
    if parsed.verb == "show":
        console.print(json.dumps({"workspace": current}) if parsed.json else current)
        return 0
    verbs = {"list": _list, "new": _new, "select": _select, "delete": _delete}
    return verbs[parsed.verb](parsed, console, current)


def _names(parsed: argparse.Namespace, current: str) -> list[str]:
    """Every workspace that has a state, the default one, and the selected one."""
    workspace, secrets = load_place(parsed, DEFAULT)
    found = existing(settings_of(workspace), workspace, parsed.root, secrets)
    return [DEFAULT, *sorted({*found, current} - {DEFAULT})]


def _list(parsed: argparse.Namespace, console: Console, current: str) -> int:
    names = _names(parsed, current)
    if parsed.json:
        console.print(json.dumps({"workspaces": names, "selected": current}))
        return 0
    for name in names:
        console.print(f"{'*' if name == current else ' '} {name}")
    return 0


def _new(parsed: argparse.Namespace, console: Console, current: str) -> int:
    if parsed.name in _names(parsed, current):
        raise SlactlError(f"There is a workspace {parsed.name}", f"slactl workspace select {parsed.name}")
    _make(parsed, console)
    return 0


def _make(parsed: argparse.Namespace, console: Console) -> None:
    base, _ = load_place(parsed, DEFAULT)
    insist_on_name(parsed.name, base.name)
    made, secrets = load_place(parsed, parsed.name)
    _insist_on_own_place(base, made)
    with open_store(made, parsed.root, secrets).lock("workspace new", lock_timeout_s(parsed)):
        pass  # whoever writes first makes the state
    select(parsed.root, parsed.name)
    console.print(
        f"Made the workspace {parsed.name}, and selected it. Its objects carry the mark {made.name}."
    )


def _insist_on_own_place(base: Workspace, made: Workspace) -> None:
    """A state server has one state at an address; the other stores tell workspaces apart by themselves."""
    if made.state.get("type") == "http" and made.state == base.state:
        raise SlactlError(
            "Both workspaces would have their state at the same address",
            "Write ${workspace.name} into spec.state.address, and into lockAddress where there is one.",
            made.place.at("spec", "state", "address"),
        )


def _select(parsed: argparse.Namespace, console: Console, current: str) -> int:
    names = _names(parsed, current)
    base, _ = load_place(parsed, DEFAULT)
    remote = base.state.get("type") == "http"  # it lists nothing
    if parsed.name not in names and not remote:
        if not parsed.or_create:
            raise SlactlError(
                f"There is no workspace {parsed.name}",
                f"Make it: slactl workspace new {parsed.name}.{did_you_mean(parsed.name, names)}",
            )
        _make(parsed, console)
        return 0
    insist_on_name(parsed.name, "")
    select(parsed.root, parsed.name)
    console.print(f"Selected the workspace {parsed.name}.")
    return 0


def _delete(parsed: argparse.Namespace, console: Console, current: str) -> int:
    if parsed.name in (DEFAULT, current):
        which = "the default one" if parsed.name == DEFAULT else "selected"
        raise SlactlError(
            f"The workspace {parsed.name} cannot be deleted: it is {which}", "Select another one first."
        )
    names = _names(parsed, current)
    workspace, secrets = load_place(parsed, parsed.name)
    store = store_of(settings_of(workspace), workspace, parsed.root, secrets)
    if parsed.name not in names and workspace.state.get("type") != "http":
        raise SlactlError(f"There is no workspace {parsed.name}", did_you_mean(parsed.name, names).strip())
    with store.lock("workspace delete", lock_timeout_s(parsed)):
        left = len(store.read().resources)
        if left and not parsed.force:
            raise SlactlError(
                f"The workspace {parsed.name} still has {plural(left, 'object')} in its backends",
                f"Destroy them first: SLACTL_WORKSPACE={parsed.name} slactl destroy\nTo forget them and leave them where they "
                f"are: slactl workspace delete -force {parsed.name}",
            )
    store.erase()
    console.print(
        f"Deleted the workspace {parsed.name}."
        + (f" {plural(left, 'object')} stay where they are." if left else "")
    )
    return 0
