"""`slactl calc`: a structure and its numbers in, the three numbers out; no workspace needed."""

import argparse
import json

from slactl.assurance.calculation import answer
from slactl.base.diagnostics import SlactlError
from slactl.check.calculator import question_of
from slactl.cli.console import Console
from slactl.cli.options import add_output
from slactl.documents.calculation import read_calculation
from slactl.documents.locate import Locator
from slactl.render.calculation import calculation_document, calculation_text
from slactl.render.diagnostics import diagnostic_document, in_order


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="calculations: YAML, or JSON by its ending")
    parser.add_argument("--json", action="store_true", help="print a JSON document on a line for each file")
    add_output(parser)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Compute each file; exit code 0 when every one could be, else 1."""
    failed = False
    for file in parsed.files:
        try:
            _calculate(file, parsed, console)
        except SlactlError as error:
            failed = True
            console.diagnostics(error.diagnostics, parsed.root)
            if parsed.json:
                problems = [
                    diagnostic_document(*one) for one in in_order(error.diagnostics, Locator(parsed.root))
                ]
                console.print(json.dumps({"format": "slactl-calc/1", "subject": file, "errors": problems}))
    return int(failed)


def _calculate(file: str, parsed: argparse.Namespace, console: Console) -> None:
    calculation = read_calculation(parsed.root / file, file)
    question = question_of(calculation)
    found = answer(question)
    if parsed.json:
        document = calculation_document(file, question, found, calculation.target)
        console.print(json.dumps(document, ensure_ascii=False))
    else:
        console.print(calculation_text(file, question, found, calculation.target, console.out_style))
