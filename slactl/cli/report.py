"""`slactl report`: attainment against target in the last closed window."""

import argparse

from slactl.cli.console import Console
from slactl.cli.options import add_inputs, as_of
from slactl.cli.planning import open_session
from slactl.measure.attainment import attainments
from slactl.render.report import report_json, report_text


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Report; exit code 0 whether targets were met or not."""
    session = open_session(parsed, console)
    found = attainments(session.estate, as_of(parsed), session.connect)
    console.print(report_json(found) if parsed.json else report_text(found, console.out_style))
    return 0
