"""A check as JUnit results: a test case for each objective, and one for each other finding that is an error.

What fails the check fails here, and nothing else. Promises that the customer has not agreed, and errors that a waiver or a
baseline accepts, are skipped with the reason.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from slactl.base.diagnostics import Severity
from slactl.check.result import AmountResult, Finding, ObjectiveResult
from slactl.render.check_report import CheckReport, amount, number, shortfall

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot say, not even escaped."""


def junit(report: CheckReport) -> str:
    """The document as text."""
    from xml.etree.ElementTree import Element, indent, tostring  # noqa: PLC0415 - only this format needs XML

    about: dict[str, list[Finding]] = {}
    for finding in report.assessment.findings:
        about.setdefault(finding.address, []).append(finding)
    named = f"slactl {report.command}"
    objectives = [_objective(one, about.pop(one.address, []), report) for one in report.objectives]
    suites = [_suite(f"{named}: objectives", objectives)] if report.judged else []
    errors = [one for left in about.values() for one in left if one.severity is Severity.ERROR]
    cases = _errors(errors, report)
    if not (report.judged or cases):  # readers take a file without a case for a run that did not happen
        cases = [_element("testcase", classname=report.command, name="files", time="0")]
    suites.append(_suite(f"{named}: findings", cases))
    root = Element("testsuites", _counts(suites), name=named)
    root.extend(suites)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _suite(name: str, cases: list["Element"]) -> "Element":
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    suite = _element("testsuite", name=name, **counts, time="0")
    suite.extend(cases)
    return suite


def _counts(suites: Sequence["Element"]) -> dict[str, str]:
    names = ("tests", "failures", "errors", "skipped")
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in names}


def _objective(
    result: ObjectiveResult | AmountResult, findings: list[Finding], report: CheckReport
) -> "Element":
    agreement, _, name = result.address.rpartition(".")
    case = _element("testcase", classname=agreement, name=name, time="0")
    properties = _element("properties")
    for key, value in _properties(result).items():
        properties.append(_element("property", name=key, value=value))
    case.append(properties)
    _judge(case, findings, report, target_only=not result.agreed)
    return case


def _errors(findings: Iterable[Finding], report: CheckReport) -> list["Element"]:
    """A case for each rule and address: readers of these files take two of one name for the same."""
    by_name: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_name.setdefault((finding.rule, finding.address), []).append(finding)
    cases = []
    for (rule, address), found in sorted(by_name.items()):
        case = _element("testcase", classname=rule, name=address, time="0")
        _judge(case, found, report, target_only=False)
        cases.append(case)
    return cases


def _judge(case: "Element", findings: list[Finding], report: CheckReport, *, target_only: bool) -> None:
    failing = [one for one in findings if one.fails]
    accepted = [report.accepted(one) for one in findings if one.severity is Severity.ERROR and one.accepted]
    if failing:
        failure = _element("failure", type=failing[0].rule, message=report.message(failing[0]))
        failure.text = _clean("\n\n".join(_whole(one, report) for one in failing))
        case.append(failure)
    elif accepted:
        case.append(_element("skipped", message="; ".join(accepted)))
    elif target_only:
        case.append(_element("skipped", message="target only: the customer has not agreed to it"))
    others = [one for one in findings if not one.fails]
    if others:
        output = _element("system-out")
        output.text = _clean("\n\n".join(_whole(one, report) for one in others))
        case.append(output)


def _whole(finding: Finding, report: CheckReport) -> str:
    accepted = report.accepted(finding)
    head = (
        f"{finding.severity}: {finding.rule} {report.message(finding)}{f' ({accepted})' if accepted else ''}"
    )
    return f"{head}\n{finding.detail}" if finding.detail else head


def _properties(result: ObjectiveResult | AmountResult) -> dict[str, str]:
    shared = {
        "target": result.target,
        "verdict": result.verdict,
        "local_verdict": result.local_verdict,
        "margin": shortfall(result),
        "customers": ", ".join(result.customers),
    }
    if isinstance(result, ObjectiveResult):
        return shared | {
            "guaranteed": number(result.guaranteed.lower, up=False),
            "expected": number(result.expected.lower, up=False),
            "best": number(result.best, up=True),
            "worst_window": result.window,
        }
    supported = "nothing" if result.supported is None else amount(result.supported, result.unit)
    return shared | {"supported": supported, "worst": result.worst}


def _element(tag: str, **attributes: str) -> "Element":
    from xml.etree.ElementTree import Element  # noqa: PLC0415 - only this format needs XML

    return Element(tag, {name: _clean(value) for name, value in attributes.items()})


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
