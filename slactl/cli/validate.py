"""`slactl validate`: everything that is wrong with the files, at once."""

import argparse

from slactl.base.diagnostics import Diagnostic, Severity, SlactlError
from slactl.base.text import plural
from slactl.cli.answers import answered
from slactl.cli.console import Console
from slactl.cli.options import add_inputs
from slactl.cli.watch import Watch
from slactl.cli.workspace import survey_of
from slactl.documents.load import read_surveyed
from slactl.documents.locate import Locator
from slactl.documents.survey import Survey
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.render.diagnostics import tally, validate_json


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("--json", action="store_true", help="print Terraform's diagnostics document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Validate; exit code 0 or 1."""
    try:
        survey = survey_of(parsed)
    except SlactlError as error:
        return _say(None, list(error.diagnostics), parsed, console)

    def answer(console: Console, _: Watch) -> int:
        return _validate(survey, parsed, console)

    return answered("validate", parsed, console, survey, answer)


def _validate(survey: Survey, parsed: argparse.Namespace, console: Console) -> int:
    estate: Estate | None = None
    try:
        estate, found = build_estate(read_surveyed(survey, cached=not parsed.no_cache))
        diagnostics: list[Diagnostic] = found.items
    except SlactlError as error:
        diagnostics = list(error.diagnostics)
    return _say(estate, diagnostics, parsed, console)


def _say(
    estate: Estate | None, diagnostics: list[Diagnostic], parsed: argparse.Namespace, console: Console
) -> int:
    failed = any(one.severity is Severity.ERROR for one in diagnostics)
    if parsed.json:
        console.print(validate_json(diagnostics, Locator(parsed.root)))
        return int(failed)
    console.diagnostics(diagnostics, parsed.root)
    if failed:
        console.error(console.error_style.bad(f"The agreements are not valid: {tally(diagnostics)}."))
        return 1
    console.print(console.out_style.good("Success!") + f" The agreements are valid{_content(estate)}.")
    return 0


def _content(estate: Estate | None) -> str:
    if estate is None:
        return ""
    counts = {"SLA": 0, "OLA": 0, "UC": 0}
    for agreement in estate.agreements.values():
        counts[agreement.kind] += 1
    words = [plural(count, kind) for kind, count in counts.items() if count]
    return f": {', '.join([*words, plural(len(estate.services), 'service'), plural(len(estate.parties), 'party', 'parties')])}"
