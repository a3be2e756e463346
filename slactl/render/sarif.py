"""The findings of a check as a SARIF 2.1.0 log, for code scanning and editors."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from slactl import __version__
from slactl.base.diagnostics import Range, Severity
from slactl.check.baseline import Entry
from slactl.check.result import Finding
from slactl.check.rules import Rule, all_rules
from slactl.render.check_report import CheckReport, Reported

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_FINGERPRINT = "slactlFinding/v1"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(report: CheckReport) -> str:
    """The log as text.

    Without a baseline no result has a `baselineState`; with one, every result has. Paths are relative to the root of the
    repository (`%SRCROOT%`). Entries of the baseline that were not found again are results that are `absent`.
    """
    return json.dumps(sarif_document(report), indent=2, ensure_ascii=False)


def sarif_document(report: CheckReport) -> dict[str, Any]:
    """The log as data."""
    rules = all_rules()
    index = {rule.id: number for number, rule in enumerate(rules)}
    results = [_result(one, report, index) for one in report.findings]
    if report.baseline is not None:
        results += [_absent(one, report.baseline.path, index) for one in report.baseline.gone]
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": results,
        "properties": {
            "command": report.command,
            "asOf": report.assessment.as_of.isoformat(),
            "horizonEnd": report.assessment.horizon_end.isoformat(),
            "passed": report.assessment.passed,
        },
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(rules: Sequence[Rule]) -> dict[str, Any]:
    return {
        "name": "slactl",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    """A rule, and where more is said about it; `helpUri` has to be absolute, which the pages of a checkout are not."""
    page = f"docs/rules/{rule.id}.md"
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.rationale},
        "help": {
            "text": f"{rule.fix}\n\nServes: {rule.source}\nMore: slactl rules {rule.id}",
            "markdown": f"{rule.fix}\n\nServes: {rule.source}\n\nMore: `slactl rules {rule.id}`, [{page}]({page})",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"source": rule.source, "helpPage": page},
    }


def _result(one: Reported, report: CheckReport, index: Mapping[str, int]) -> dict[str, Any]:
    finding = one.finding
    text = report.message(finding) + (f"\n\n{finding.detail}" if finding.detail else "")
    result = {
        **_rule_of(finding.rule, index),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(one.path, one.range, finding.address)],
        "partialFingerprints": {_FINGERPRINT: one.fingerprint},
        "suppressions": _suppressions(finding, report),
        "properties": {"address": finding.address},
    }
    return result if report.baseline is None else result | _state(finding)


def _rule_of(rule: str, index: Mapping[str, int]) -> dict[str, Any]:
    return {"ruleId": rule, "ruleIndex": index[rule]} if rule in index else {"ruleId": rule}


def _state(finding: Finding) -> dict[str, str]:
    if finding.known is None:
        return {"baselineState": "new"}
    return {"baselineState": "updated" if finding.known.worse else "unchanged"}


def _suppressions(finding: Finding, report: CheckReport) -> list[dict[str, Any]]:
    """An empty list says that nothing is suppressed; left out it would say that nobody knows."""
    if finding.waived_by is None:
        return []
    waiver = report.waivers.get(finding.waived_by)
    if waiver is None:
        return [{"kind": "external", "status": "accepted"}]
    about = {"waiver": waiver.address, "owner": waiver.owner, "until": waiver.until.isoformat()}
    return [{"kind": "external", "status": "accepted", "justification": waiver.reason, "properties": about}]


def _absent(entry: Entry, path: str, index: Mapping[str, int]) -> dict[str, Any]:
    """What the baseline knows and was not found again; it stands in the baseline's file."""
    since = f"known since {entry.recorded} ({entry.owner})"
    return {
        **_rule_of(entry.rule, index),
        "kind": "pass",
        "level": "none",
        "message": {"text": f"{entry.address} no longer breaks {entry.rule}, {since}."},
        "locations": [_location(path, None, entry.address)],
        "partialFingerprints": {_FINGERPRINT: entry.fingerprint},
        "suppressions": [],
        "baselineState": "absent",
        "properties": {"address": entry.address},
    }


def _location(path: str, found: Range | None, address: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(path), "uriBaseId": _ROOT}}
    if found is not None:
        physical["region"] = _region(found)
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": address}]}


def _region(found: Range) -> dict[str, Any]:
    """The part of a range that lies on its first line, with exactly its text."""
    start = found.start.column
    same_line = found.end.line == found.start.line
    end = found.end.column if same_line else len(found.code) + 1
    region = {
        "startLine": found.start.line,
        "startColumn": start,
        "endLine": found.start.line,
        "endColumn": max(start, end),
    }
    text = found.code[start - 1 : end - 1]
    return region | {"snippet": {"text": text}} if text else region
