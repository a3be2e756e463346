"""Findings as workflow commands of GitHub Actions, which it shows beside the lines of a pull request."""

from slactl.base.diagnostics import Severity
from slactl.render.check_report import CheckReport, Reported

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_ORDER = ("error", "warning", "notice")


def github(report: CheckReport) -> str:
    """A command a finding, then the verdict; errors first, since GitHub shows ten of each kind for a step."""
    commands = sorted(
        ((_command(one), _line(one, report)) for one in report.findings),
        key=lambda pair: _ORDER.index(pair[0]),
    )
    return "\n".join([*(line for _, line in commands), f"slactl {report.command} {report.verdict()}."])


def _command(one: Reported) -> str:
    return "notice" if one.finding.accepted else _COMMANDS[one.finding.severity]


def _line(one: Reported, report: CheckReport) -> str:
    finding = one.finding
    accepted = report.accepted(finding)
    properties = {"file": one.path}
    if one.range is not None:
        properties |= {"line": str(one.range.start.line), "col": str(one.range.start.column)}
    properties["title"] = f"{finding.rule} {finding.address}" + (f" ({accepted})" if accepted else "")
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n\n".join(part for part in (report.message(finding), finding.detail) if part)
    return f"::{_command(one)} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
