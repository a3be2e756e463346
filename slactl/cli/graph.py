"""`slactl graph`: what rests on what."""

import argparse

from slactl.cli.console import Console
from slactl.cli.options import add_inputs
from slactl.cli.workspace import load_estate
from slactl.render.graph import dot, mermaid


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "--format", choices=("dot", "mermaid"), default="dot", help="the language; default: dot"
    )


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the dependency graph."""
    draw = mermaid if parsed.format == "mermaid" else dot
    console.print(draw(load_estate(parsed, console)))
    return 0
