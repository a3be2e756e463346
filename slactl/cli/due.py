"""`slactl due`: what falls due, by date."""

import argparse

from slactl.base.diagnostics import SlactlError
from slactl.base.duration import Duration, parse_duration
from slactl.check.due import due
from slactl.cli.console import Console
from slactl.cli.options import add_inputs, as_of
from slactl.cli.workspace import load_estate
from slactl.documents.locate import Locator
from slactl.render.due import due_json, due_text
from slactl.render.ical import due_calendar


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "--within", metavar="LENGTH", default="90d", help="how far to look ahead: 90d, 6M, 1Y; default: 90d"
    )
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="print a JSON document")
    formats.add_argument("--ical", action="store_true", help="print an iCalendar, an all-day event each")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """List what falls due; exit code 0 whatever it is."""
    within = _length(parsed.within)
    estate = load_estate(parsed, console)
    found = due(estate, as_of(parsed), within)
    if parsed.ical:
        console.print(due_calendar(found, estate.workspace).removesuffix("\n"))
    elif parsed.json:
        console.print(due_json(found, Locator(parsed.root)))
    else:
        console.print(due_text(found, Locator(parsed.root), console.out_style))
    return 0


def _length(text: str) -> Duration:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise SlactlError(f'-within "{text}" is no length of time', str(error)) from None
