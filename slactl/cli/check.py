"""`slactl check`: can the promises be kept?"""

import argparse
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import replace
from slactl.base.text import plural
from slactl.check.baseline import Compared, Entry, compare, recorded
from slactl.check.remembered import remembered_check
from slactl.cli.answers import answered
from slactl.cli.console import Console
from slactl.cli.findings import reporting_files, write_findings, writes_files
from slactl.cli.formats import add_format, add_into, asked
from slactl.cli.options import add_inputs, as_of
from slactl.cli.repository import below_repository, repository_of
from slactl.cli.watch import Watch, pattern_of
from slactl.cli.workspace import estate_of, survey_of
from slactl.documents.locate import Locator
from slactl.documents.survey import Survey
from slactl.render.check_formats import FORMATS
from slactl.render.check_report import Baseline, CheckReport

_INTO_FILES = tuple(name for name in FORMATS if name not in ("human", "github"))


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    add_format(parser, tuple(FORMATS))
    add_into(parser, _INTO_FILES)
    parser.add_argument(
        "--baseline", metavar="FILE", help="known findings, YAML or JSON: only new or worse ones fail"
    )
    parser.add_argument(
        "--update-baseline", action="store_true", help="record the findings of today in the baseline"
    )
    parser.add_argument("--owner", metavar="NAME", help="who answers for findings that are recorded now")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Check; exit code 0 when every error is mended, waived or known to the baseline, else 1."""
    form = asked(parsed, "human")
    _refuse_contradictions(parsed)
    with reporting_files("check", parsed, _INTO_FILES, form, console):
        survey = survey_of(parsed)

    def answer(console: Console, watch: Watch) -> int:
        return _check(survey, parsed, form, console, watch)

    return answered("check", parsed, console, survey, answer, below_repository(parsed.root))


def _check(survey: Survey, parsed: argparse.Namespace, form: str, console: Console, watch: Watch) -> int:
    if parsed.update_baseline or writes_files(parsed, _INTO_FILES, form):
        watch.gives_up()  # it does more than say something
    if parsed.baseline:
        watch.files([pattern_of(parsed.root / parsed.baseline)])
    with reporting_files("check", parsed, _INTO_FILES, form, console):
        estate = estate_of(survey, parsed, console)
    assessment = remembered_check(estate, as_of(parsed), parsed.root, cached=not parsed.no_cache)
    report = CheckReport(
        assessment,
        Locator(parsed.root),
        {one.address: one for one in estate.waivers.values()},
        folder=below_repository(parsed.root),
    )
    if parsed.baseline:
        report = _compared(report, parsed, console)
    write_findings(report, parsed, _INTO_FILES, form, console)
    return 0 if report.assessment.passed else 1


def _refuse_contradictions(parsed: argparse.Namespace) -> None:
    if parsed.update_baseline and not parsed.baseline:
        raise SlactlError("-update-baseline needs to know which file", "Name it: -baseline FILE.")
    if parsed.owner and not parsed.update_baseline:
        raise SlactlError(
            "-owner is for findings that are recorded now, and none are",
            "Add -update-baseline, or leave it out.",
        )


def _compared(report: CheckReport, parsed: argparse.Namespace, console: Console) -> CheckReport:
    """The report against the baseline, which is refreshed first if that is asked for."""
    from slactl.check.baseline_file import read_baseline, write_baseline  # noqa: PLC0415 - few runs have a baseline

    shown, path = parsed.baseline, parsed.root / parsed.baseline
    new = parsed.update_baseline and not path.exists()
    entries = () if new else read_baseline(path, shown)
    if parsed.update_baseline:
        after = recorded(report.assessment, entries, parsed.owner)
        write_baseline(path, shown, after)
        console.error(_refreshed(shown, entries, after))
        entries = after
    found = compare(report.assessment, entries)
    return _with_baseline(report, found, shown, path)


def _with_baseline(report: CheckReport, found: Compared, shown: str, path: Path) -> CheckReport:
    repository = repository_of(path.resolve().parent)
    inside = path.resolve().relative_to(repository).as_posix()
    return replace(report, assessment=found.assessment, baseline=Baseline(shown, inside, found.gone))


def _refreshed(shown: str, before: tuple[Entry, ...], after: tuple[Entry, ...]) -> str:
    names = {one.fingerprint for one in after}
    kept = sum(one.fingerprint in names for one in before)
    gone = [one for one in before if one.fingerprint not in names]
    from slactl.render.check_text import gone_text  # noqa: PLC0415 - as above

    told = f"Wrote {shown}: {plural(len(after) - kept, 'finding')} added, {kept} kept, {len(gone)} dropped."
    return f"{told}\n{gone_text(gone, 'Dropped')}" if gone else told
