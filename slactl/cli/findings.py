"""Findings in the formats of pipelines: printed, written to files, and on GitHub's page of the run."""

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.cli.console import Console
from slactl.cli.formats import write_into
from slactl.cli.options import as_of
from slactl.cli.repository import below_repository
from slactl.documents.locate import Locator
from slactl.render.check_formats import FORMATS, check_comment
from slactl.render.check_report import CheckReport
from slactl.render.files_report import files_report
from slactl.render.style import Style

_STEP_SUMMARY_BYTES = 1024 * 1024


def writes_files(parsed: argparse.Namespace, files: Iterable[str], form: str) -> bool:
    """Whether a command does more than say something: its answer cannot be said again from memory."""
    return form == "github" or any(getattr(parsed, f"into_{name}") for name in files)


def write_findings(
    report: CheckReport, parsed: argparse.Namespace, files: Iterable[str], form: str, console: Console
) -> None:
    """Write the files that were named, then print in a format."""
    write_finding_files(report, parsed, files)
    print_findings(report, form, console)


def write_finding_files(report: CheckReport, parsed: argparse.Namespace, files: Iterable[str]) -> None:
    """Write a report into the files that were named for formats of it."""
    write_into(
        parsed, files, lambda name: FORMATS[name](report, Style()), lambda: check_comment(report).parts
    )


def print_findings(
    report: CheckReport, form: str, console: Console, page: Callable[[], Sequence[str]] | None = None
) -> None:
    """Print a report; `page` makes the parts of what GitHub shows beside it, where that is not the report's own comment."""
    console.print(FORMATS[form](report, console.out_style))
    if form == "github":
        _add_to_step_summary(page or (lambda: check_comment(report).parts))


@contextmanager
def reporting_files(
    command: str, parsed: argparse.Namespace, files: Iterable[str], form: str, console: Console
) -> Iterator[None]:
    """While files are read: what is wrong with them is in the asked formats, too, and then ends the command.

    Without that a pipeline would show nothing beside the line that keeps it from going on.
    """
    try:
        yield
    except SlactlError as error:
        report = files_report(
            command, error.diagnostics, Locator(parsed.root), as_of(parsed), below_repository(parsed.root)
        )
        write_finding_files(report, parsed, files)
        if form in FORMATS and form != "human":
            print_findings(report, form, console)
        raise


def _add_to_step_summary(page: Callable[[], Sequence[str]]) -> None:
    """GitHub shows the file that this variable names on the page of the run; it takes no more than a mebibyte."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("ab") as file:
            for part in page():
                text = f"{part}\n\n".encode()
                if file.tell() + len(text) > _STEP_SUMMARY_BYTES:
                    break  # each part says of how many it is one
                file.write(text)
