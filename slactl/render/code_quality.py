"""The findings of a check as a GitLab Code Quality report, which merge requests show as new and as fixed."""

import json
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.check.result import Finding
from slactl.render.check_report import CheckReport, Reported

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "minor"}


def code_quality(report: CheckReport) -> str:
    """The report as text: an array, in the assessment's order."""
    return json.dumps([_issue(one, report) for one in report.findings], indent=2, ensure_ascii=False)


def _issue(one: Reported, report: CheckReport) -> dict[str, Any]:
    accepted = report.accepted(one.finding)
    message = f"{one.finding.rule} {report.message(one.finding)}"
    return {
        "description": f"{message} ({accepted})" if accepted else message,
        "check_name": one.finding.rule,
        "fingerprint": one.fingerprint,
        "severity": _severity(one.finding),
        "location": {"path": one.path, "lines": {"begin": one.range.start.line if one.range else 1}},
    }


def _severity(finding: Finding) -> str:
    """A customer's promise that cannot be kept blocks; what is accepted only informs."""
    if finding.accepted:
        return "info"
    if finding.severity is Severity.ERROR and finding.address.startswith("sla."):
        return "blocker"
    return _SEVERITIES[finding.severity]
