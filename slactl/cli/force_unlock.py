"""`slactl force-unlock`: release a lock that its holder left behind."""

import argparse

from slactl.cli.console import Console
from slactl.cli.options import add_inputs
from slactl.cli.planning import open_session


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("id", metavar="ID", help="the lock's ID, as the message about it says")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Release the lock."""
    open_session(parsed, console).store.force_unlock(parsed.id)
    console.print("The state is unlocked.")
    return 0
