"""What is wrong with files, as findings: pipelines show it where they show what a check finds."""

from collections.abc import Sequence
from datetime import date

from slactl.base.diagnostics import Diagnostic, Range
from slactl.check.result import Assessment, Finding
from slactl.documents.locate import Locator
from slactl.documents.survey import WORKSPACE_FILE
from slactl.render.check_report import CheckReport
from slactl.render.diagnostics import in_order

RULE = "validate"
"""Stands where a rule of the check has its id."""


def files_report(
    command: str, diagnostics: Sequence[Diagnostic], locator: Locator, day: date, folder: str
) -> CheckReport:
    """A report of `command` that judges no promise: each message is a finding about its file."""
    findings = tuple(_finding(one, found) for one, found in in_order(diagnostics, locator))
    return CheckReport(
        Assessment(day, day, {}, findings), locator, folder=folder, command=command, judged=False
    )


def _finding(diagnostic: Diagnostic, found: Range | None) -> Finding:
    place = diagnostic.place
    file = found.file if found else place.file if place else WORKSPACE_FILE
    address = diagnostic.address or file
    return Finding(
        RULE, diagnostic.severity, address, diagnostic.summary, diagnostic.detail, place, range=found
    )
