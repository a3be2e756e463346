"""`slactl state`: look into the state, or change it by hand."""

import argparse
import json
from collections.abc import Mapping

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.cli.applying import add_approval, add_lock_timeout
from slactl.cli.console import Console
from slactl.cli.operating import Operation, open_operation
from slactl.cli.options import add_inputs
from slactl.state.records import Applied, Recorded

_LOOKS = {
    "list": "print every address",
    "show": "print one object or agreement",
    "pull": "print everything, history included, as JSON",
}
_CHANGES = {
    "mv": "give an agreement another address: mv OLD NEW",
    "rm": "forget objects and agreements; no backend is touched",
    "lock": "take the lock and keep it",
    "unlock": "release your own lock, or any by its ID",
    "locks": "say who holds the lock",
    "push": "put a whole state, as `pull` prints it, in the place of the one that is there",
    "rebuild": "make the state anew from what the backends carry as ours",
}
_ADDRESSES = ("show", "mv", "rm", "unlock", "push")
_NAMES = {"unlock": "ID", "push": "FILE"}


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options, a verb at a time."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, words in {**_LOOKS, **_CHANGES}.items():
        one = verbs.add_parser(verb, help=words, description=words, allow_abbrev=False)
        add_inputs(one)
        if verb in _ADDRESSES:
            one.add_argument("addresses", nargs="*", metavar=_NAMES.get(verb, "ADDRESS"))
        if verb in _CHANGES:
            add_lock_timeout(one)
        if verb == "lock":
            one.add_argument("--reason", default="", metavar="TEXT", help="what others are told")
        if verb == "push":
            one.add_argument(
                "--force",
                action="store_true",
                help="although it is another state, older, or its history does not hold",
            )
        if verb == "rebuild":
            add_approval(one)
            one.add_argument(
                "--force", action="store_true", help="although there is a state; a copy is kept beside it"
            )


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Look into the state, or change it."""
    if parsed.verb == "rebuild":
        from slactl.cli.planning import open_session  # noqa: PLC0415 - only what is rebuilt is compared with the files
        from slactl.cli.state_rebuild import rebuild  # noqa: PLC0415 - the same

        return rebuild(open_session(parsed, console), parsed, console)
    operation = open_operation(parsed)
    if parsed.verb in _CHANGES:
        return _change(operation, parsed, console)
    store = operation.store
    if parsed.verb == "pull":
        console.print(json.dumps(store.export(), indent=2, ensure_ascii=False))
        return 0
    snapshot = store.read()
    if parsed.verb == "list":
        for address in [*snapshot.agreements, *snapshot.resources]:
            console.print(address)
        return 0
    return _show(
        _one(parsed), {**_agreements(snapshot.agreements), **_resources(snapshot.resources)}, console
    )


def _change(operation: Operation, parsed: argparse.Namespace, console: Console) -> int:
    from slactl.cli import state_changes as changes  # noqa: PLC0415 - those who look need none of it
    from slactl.cli.state_push import push  # noqa: PLC0415 - the same

    if parsed.verb == "locks":
        return changes.locks(operation, console)
    verbs = {
        "mv": changes.move,
        "rm": changes.remove,
        "lock": changes.lock,
        "unlock": changes.unlock,
        "push": push,
    }
    return verbs[parsed.verb](operation, parsed, console)


def _agreements(agreements: Mapping[str, Applied]) -> dict[str, object]:
    return {
        address: {
            "address": address,
            "promise": one.promise,
            "support": one.support,
            "prevent_destroy": one.prevent_destroy,
        }
        for address, one in agreements.items()
    }


def _resources(resources: Mapping[str, Recorded]) -> dict[str, object]:
    return {
        address: {
            "address": address,
            "provider": one.provider,
            "id": one.id,
            "needed_by": list(one.needed_by),
            "body": one.body,
        }
        for address, one in resources.items()
    }


def _one(parsed: argparse.Namespace) -> str:
    if len(parsed.addresses) != 1:
        raise SlactlError("state show wants one address", "Write: slactl state show ADDRESS")
    return str(parsed.addresses[0])


def _show(address: str, known: dict[str, object], console: Console) -> int:
    if address not in known:
        raise SlactlError(
            f'State has no "{address}"',
            f"`slactl state list` prints every address.{did_you_mean(address, known)}",
        )
    console.print(json.dumps(known[address], indent=2, ensure_ascii=False))
    return 0
