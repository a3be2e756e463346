"""`slactl impact`: which customers are hit if something below them fails, ends or changes, by how much time and money."""

import argparse

from slactl.check.impact import impact
from slactl.cli.console import Console
from slactl.cli.options import add_inputs, as_of
from slactl.cli.workspace import load_estate
from slactl.render.impact import impact_json, impact_text


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "address",
        metavar="ADDRESS",
        help="an OLA or UC (uc.nimbus-cdn), one objective of it, a service (service.cdn-east) or a party (party.nimbus)",
    )
    parser.add_argument(
        "--target",
        metavar="TARGET",
        help="what if its availability, or the objective named, had this target: 99.5%%",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Print the impact; exit code 0 however large it is."""
    estate = load_estate(parsed, console)
    found = impact(estate, as_of(parsed), parsed.address, parsed.target)
    console.print(impact_json(found) if parsed.json else impact_text(found, console.out_style))
    return 0
