"""`slactl validate`: everything that is wrong with the files, at once."""

import argparse

from slactl.base.diagnostics import Diagnostic, Severity, SlactlError
from slactl.base.text import plural
from slactl.cli.answers import answered
from slactl.cli.console import Console
from slactl.cli.findings import print_findings, writes_files
from slactl.cli.formats import add_format, add_into, asked, write_into
from slactl.cli.options import add_inputs, as_of
from slactl.cli.repository import below_repository
from slactl.cli.watch import Watch
from slactl.cli.workspace import survey_of
from slactl.documents.load import read_surveyed
from slactl.documents.locate import Locator
from slactl.documents.survey import Survey
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.render.check_formats import FORMATS, check_comment
from slactl.render.diagnostics import tally, validate_json
from slactl.render.files_report import files_report
from slactl.render.style import Style

_INTO_FILES = tuple(name for name in FORMATS if name not in ("human", "github"))


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    add_format(parser, tuple(FORMATS))
    add_into(parser, _INTO_FILES)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Validate; exit code 0 or 1."""
    form = asked(parsed, "human")
    try:
        survey = survey_of(parsed)
    except SlactlError as error:
        return _say(None, list(error.diagnostics), parsed, form, console)

    def answer(console: Console, watch: Watch) -> int:
        if writes_files(parsed, _INTO_FILES, form):
            watch.gives_up()  # it does more than say something
        return _validate(survey, parsed, form, console)

    return answered("validate", parsed, console, survey, answer, below_repository(parsed.root))


def _validate(survey: Survey, parsed: argparse.Namespace, form: str, console: Console) -> int:
    estate: Estate | None = None
    try:
        estate, found = build_estate(read_surveyed(survey, cached=not parsed.no_cache))
        diagnostics: list[Diagnostic] = found.items
    except SlactlError as error:
        diagnostics = list(error.diagnostics)
    return _say(estate, diagnostics, parsed, form, console)


def _say(
    estate: Estate | None,
    diagnostics: list[Diagnostic],
    parsed: argparse.Namespace,
    form: str,
    console: Console,
) -> int:
    failed = any(one.severity is Severity.ERROR for one in diagnostics)
    locator = Locator(parsed.root)
    report = files_report("validate", diagnostics, locator, as_of(parsed), below_repository(parsed.root))
    write_into(
        parsed,
        _INTO_FILES,
        lambda name: (
            validate_json(diagnostics, locator) if name == "json" else FORMATS[name](report, Style())
        ),
        lambda: check_comment(report).parts,
    )
    if form == "json":
        console.print(validate_json(diagnostics, locator))
        return int(failed)
    if form != "human":
        print_findings(report, form, console)
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
