"""A check as a comment on a merge request: first the customers' promises that are at risk, then everything else."""

from collections.abc import Iterable, Sequence

from slactl.base.text import plural, sentence_list
from slactl.check.baseline import margin_of
from slactl.check.result import AmountResult, Interval, ObjectiveResult
from slactl.render.check_report import CheckReport, Reported, amount, holds, number, shortfall
from slactl.render.markdown import MOST_CHARACTERS, words

MARKER = "<!-- slactl-check -->"
"""By which a pipeline finds the comment that it wrote before, to update it in place."""
_RESERVE = 6_000
"""Characters kept for what is no row: the heads of all sections, and the lines that say what was left out."""


def markdown(report: CheckReport) -> str:
    """The comment: below 65,536 characters; where it was cut it says how much is missing."""
    results = report.objectives
    page = _Page([MARKER, f"## slactl check {report.verdict()}", ""])
    _at_risk(page, results, report)
    _shares(page, [one for one in results if isinstance(one, ObjectiveResult)])
    _amounts(page, [one for one in results if isinstance(one, AmountResult)])
    _findings(page, report)
    page.lines.append(f"As of {report.assessment.as_of}, up to {report.assessment.horizon_end}.")
    return "\n".join(page.lines)


class _Page:
    """Lines that stay within the limit."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)

    def section(self, head: Sequence[str], rows: Sequence[str], noun: str, tail: Sequence[str] = ()) -> None:
        """A head, as many rows as fit, and how many do not; nothing at all when there are no rows."""
        if not rows:
            return
        fitting = self._fitting(rows)
        self.lines += [*head, *rows[:fitting], *tail, ""]
        if fitting < len(rows):
            left = plural(len(rows) - fitting, f"more {noun}")
            self.lines += [f"**Not shown for want of room: {left}.** `slactl check` shows all.", ""]

    def _fitting(self, rows: Sequence[str]) -> int:
        left = MOST_CHARACTERS - _RESERVE - _size(self.lines)
        for count, row in enumerate(rows):
            left -= len(row) + 1
            if left < 0:
                return count
        return len(rows)


def _size(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _at_risk(page: _Page, results: Sequence[ObjectiveResult | AmountResult], report: CheckReport) -> None:
    promises = [one for one in results if one.address.startswith("sla.")]
    risky = [one for one in promises if not holds(one)]
    if not promises:
        page.lines += ["No promise to a customer was checked.", ""]
    elif not risky:
        page.lines += [f"{plural(len(promises), 'promise')} to customers checked, all guaranteed.", ""]
    head = [f"### Promises to customers that are not guaranteed: {len(risky)} of {len(promises)}", ""]
    accepted = {
        one.address: report.accepted(one)
        for one in report.assessment.findings
        if margin_of(one, report.assessment) is not None
    }
    page.section(head, [_risk(one, accepted.get(one.address, "")) for one in risky], "promise")


def _risk(result: ObjectiveResult | AmountResult, accepted: str) -> str:
    customers = f" to {words(sentence_list(result.customers))}" if result.customers else ""
    where = result.window if isinstance(result, ObjectiveResult) else words(result.worst)
    notes = f"; {words(accepted)}" if accepted else ""
    notes += "" if result.agreed else "; target only, not agreed"
    return (
        f"- `{result.address}`{customers}: {words(result.target)} is **{result.verdict}**, {shortfall(result)}"
        f"{f' ({where})' if where else ''}{notes}"
    )


def _shares(page: _Page, results: Sequence[ObjectiveResult]) -> None:
    head = [
        "### Objectives",
        "",
        "| objective | target | verdict | guaranteed | expected | best | in the worst window |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows = [
        f"| `{one.address}` | {words(one.target)} | {_verdict(one)} | {_interval(one.guaranteed)} "
        f"| {_interval(one.expected)} | {number(one.best, up=True)} | {shortfall(one)} ({one.window}) |"
        for one in sorted(results, key=holds)
    ]
    page.section(head, rows, "objective")


def _amounts(page: _Page, results: Sequence[AmountResult]) -> None:
    head = [
        "### Times and rates",
        "",
        "| objective | target | verdict | supported | margin |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = [
        f"| `{one.address}` | {words(one.target)} | {_verdict(one)} | {_supported(one)} | {shortfall(one)} |"
        for one in sorted(results, key=holds)
    ]
    page.section(head, rows, "objective")


def _verdict(result: ObjectiveResult | AmountResult) -> str:
    return result.verdict if holds(result) else f"**{result.verdict}**"


def _interval(interval: Interval) -> str:
    lower, upper = number(interval.lower, up=False), number(interval.upper, up=True)
    exact = interval.upper == interval.lower or lower == upper
    return lower if exact else f"{lower} to {upper}"


def _supported(result: AmountResult) -> str:
    if result.supported is None:
        return "nothing"
    worst = f", {words(result.worst)}" if result.worst else ""
    return f"{amount(result.supported, result.unit)}{worst}"


def _findings(page: _Page, report: CheckReport) -> None:
    order = ("error", "warning", "note")
    found = sorted(report.findings, key=lambda one: order.index(one.finding.severity))
    counted = [one for one in found if not one.finding.accepted]
    accepted = [one for one in found if one.finding.accepted]
    page.section(["### Findings", ""], [_row(one, report) for one in counted], "finding")
    head = [f"<details><summary>{plural(len(accepted), 'finding')} waived or known</summary>", ""]
    page.section(head, [_row(one, report) for one in accepted], "finding", ("", "</details>"))
    if report.baseline is not None:
        gone = [f"- {one.rule} `{one.address}`" for one in report.baseline.gone]
        page.section([f"### No longer found: {len(gone)} of the baseline", ""], gone, "finding")


def _row(one: Reported, report: CheckReport) -> str:
    where = f"{one.path}:{one.range.start.line}" if one.range else one.path
    accepted = report.accepted(one.finding)
    note = f" ({words(accepted)})" if accepted else ""
    message = words(report.message(one.finding))
    return f"- **{one.finding.severity}** {one.finding.rule}: {message}{note} `{where}`"
