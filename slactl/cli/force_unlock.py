"""`slactl force-unlock`: release a lock that its holder left behind."""

import argparse

from slactl.cli.console import Console
from slactl.cli.operating import open_operation
from slactl.cli.options import add_inputs


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("--force", action="store_true", help="nothing is asked, with it or without")
    parser.add_argument("id", metavar="ID", help="the lock's ID, as the message about it says")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Release the lock."""
    open_operation(parsed).store.force_unlock(parsed.id)
    console.print("The state is unlocked.")
    return 0
