"""Waivers applied to findings."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from slactl.check.result import Finding
from slactl.model.waiver import Waiver


def waived(findings: Iterable[Finding], waivers: Iterable[Waiver], as_of: date) -> list[Finding]:
    """The findings, those that a waiver in force accepts marked with it."""
    by_rule: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        if waiver.until >= as_of:
            by_rule.setdefault(waiver.rule, []).append(waiver)
    return [_marked(finding, by_rule.get(finding.rule, ())) for finding in findings]


def _marked(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    waiver = next((one for one in waivers if fnmatchcase(finding.address, one.subject)), None)
    return finding if waiver is None else replace(finding, waived_by=waiver.address)
