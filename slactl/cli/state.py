"""`slactl state`: look into the state; nothing here writes."""

import argparse
import json
from collections.abc import Mapping

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.cli.console import Console
from slactl.cli.options import add_inputs
from slactl.cli.planning import open_session
from slactl.state.records import Applied, Recorded


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "verb", choices=("list", "show", "pull"), help="list addresses, show one object, print all as JSON"
    )
    parser.add_argument("address", nargs="?", help="the object or agreement to show")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Look into the state."""
    store = open_session(parsed, console).store
    if parsed.verb == "pull":
        console.print(json.dumps(store.export(), indent=2, ensure_ascii=False))
        return 0
    snapshot = store.read()
    if parsed.verb == "list":
        for address in [*snapshot.agreements, *snapshot.resources]:
            console.print(address)
        return 0
    return _show(
        parsed.address or "", {**_agreements(snapshot.agreements), **_resources(snapshot.resources)}, console
    )


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


def _show(address: str, known: dict[str, object], console: Console) -> int:
    if address not in known:
        raise SlactlError(
            f'State has no "{address}"',
            f"`slactl state list` prints every address.{did_you_mean(address, known)}",
        )
    console.print(json.dumps(known[address], indent=2, ensure_ascii=False))
    return 0
