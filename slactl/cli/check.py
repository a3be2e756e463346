"""`slactl check`: can the promises be kept?"""

import argparse

from slactl.check.engine import check
from slactl.cli.console import Console
from slactl.cli.options import add_inputs, as_of
from slactl.cli.workspace import load_estate
from slactl.documents.locate import Locator
from slactl.render.findings import check_json, findings_text


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Check; exit code 0 when every error is mended or waived, else 1."""
    assessment = check(load_estate(parsed, console), as_of(parsed))
    locator = Locator(parsed.root)
    console.print(
        check_json(assessment, locator)
        if parsed.json
        else findings_text(assessment, locator, console.out_style)
    )
    return 0 if assessment.passed else 1
