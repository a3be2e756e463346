"""`slactl version`."""

import argparse
import json

from slactl import __version__
from slactl.cli.console import Console
from slactl.cli.options import add_output


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_output(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the version, and the providers that are installed."""
    if not parsed.json:
        console.print(f"slactl {__version__}")
        return 0
    from slactl.provider.registry import installed_providers  # noqa: PLC0415 - entry points cost start-up time

    providers = {one.name: one.version for one in installed_providers()}
    console.print(json.dumps({"slactl_version": __version__, "providers": providers}, indent=2))
    return 0
