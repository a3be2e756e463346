"""`slactl output`: what was applied, as values that other pipelines read: targets by objective, ids by object."""

import argparse
import json

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.cli.console import Console
from slactl.cli.operating import open_operation
from slactl.cli.options import add_inputs
from slactl.state.records import Snapshot


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("name", nargs="?", metavar="NAME", help="one value: sla.acme-shop.availability")
    parser.add_argument("--json", action="store_true", help="print a JSON document, in Terraform's shape")
    parser.add_argument("--raw", action="store_true", help="print the value of NAME and nothing else")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print values from state; exit code 0.

    Raises:
        SlactlError: when state has no value of that name, or options contradict each other.
    """
    if parsed.raw and (parsed.json or not parsed.name):
        raise SlactlError("-raw prints one value as it is", "Give a NAME, and not -json.")
    found = outputs(open_operation(parsed).store.read())
    if parsed.name is None:
        console.print(_document(found) if parsed.json else _lines(found))
        return 0
    if parsed.name not in found:
        raise SlactlError(
            f'Nothing of the name "{parsed.name}" was applied',
            f"Names are addresses of objectives and of backend objects.{did_you_mean(parsed.name, found)}",
        )
    value = found[parsed.name]
    console.print(value if parsed.raw else json.dumps(value, ensure_ascii=False))
    return 0


def outputs(snapshot: Snapshot) -> dict[str, str]:
    """Targets by the addresses of objectives, then the backends' ids by the addresses of objects."""
    targets = {
        f"{address}.{name}": str(objective["target"])
        for address, applied in snapshot.agreements.items()
        for name, objective in applied.promise.get("objectives", {}).items()
    }
    return targets | {address: one.id for address, one in snapshot.resources.items()}


def _lines(found: dict[str, str]) -> str:
    if not found:
        return "Nothing was applied yet."
    return "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in found.items())


def _document(found: dict[str, str]) -> str:
    values = {name: {"sensitive": False, "type": "string", "value": value} for name, value in found.items()}
    return json.dumps(values, indent=2, ensure_ascii=False)
