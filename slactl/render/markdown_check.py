"""A check as a comment on a merge request: first the customers' promises that are at risk, then everything else."""

import re
from collections.abc import Iterator, Sequence

from slactl.base.text import plural, sentence_list
from slactl.check.baseline import margin_of
from slactl.check.result import AmountResult, Interval, ObjectiveResult
from slactl.render.check_report import CheckReport, Reported, amount, holds, number, shortfall
from slactl.render.markdown import words
from slactl.render.markdown_parts import Comment, Parts, in_parts
from slactl.render.markdown_section import Row, Section, listed, paragraph


def check_markdown(report: CheckReport) -> Parts:
    """The comment, in as many parts as it takes."""
    results = report.objectives
    comment = Comment(
        f"slactl-{report.command}",
        f"slactl {report.command} {report.verdict()}",
        whole=f"`slactl {report.command}` prints everything.",
    )
    if not report.judged:
        return in_parts(comment, list(_findings(report)))
    sections = [
        *_at_risk(results, report),
        _shares([one for one in results if isinstance(one, ObjectiveResult)]),
        _amounts([one for one in results if isinstance(one, AmountResult)]),
        *_findings(report),
        paragraph(
            f"As of {report.assessment.as_of}, up to {report.assessment.horizon_end}.",
            share=200,
        ),
    ]
    return in_parts(comment, sections)


def _at_risk(results: Sequence[ObjectiveResult | AmountResult], report: CheckReport) -> Iterator[Section]:
    promises = [one for one in results if one.address.startswith("sla.")]
    risky = [one for one in promises if not holds(one)]
    if not promises:
        yield paragraph("No promise to a customer was checked.", share=200)
    elif not risky:
        yield paragraph(
            f"{plural(len(promises), 'promise')} to customers checked, all guaranteed.", share=200
        )
    accepted = {
        one.address: report.accepted(one)
        for one in report.assessment.findings
        if margin_of(one, report.assessment) is not None
    }
    yield listed(
        f"Promises to customers that are not guaranteed: {len(risky)} of {len(promises)}",
        [_risk(one, accepted.get(one.address, "")) for one in risky],
        "promise",
        share=20_000,
    )


def _risk(result: ObjectiveResult | AmountResult, accepted: str) -> str:
    customers = f" to {words(sentence_list(result.customers))}" if result.customers else ""
    where = result.window if isinstance(result, ObjectiveResult) else words(result.worst)
    notes = f"; {words(accepted)}" if accepted else ""
    notes += "" if result.agreed else "; target only, not agreed"
    return (
        f"- `{result.address}`{customers}: {words(result.target)} is **{result.verdict}**, {shortfall(result)}"
        f"{f' ({where})' if where else ''}{notes}"
    )


def _shares(results: Sequence[ObjectiveResult]) -> Section:
    rows = [
        f"| `{one.address}` | {words(one.target)} | {_verdict(one)} | {_interval(one.guaranteed)} "
        f"| {_interval(one.expected)} | {number(one.best, up=True)} | {shortfall(one)} ({one.window}) |"
        for one in sorted(results, key=holds)
    ]
    head = "| objective | target | verdict | guaranteed | expected | best | in the worst window |"
    return _table("Objectives", head, rows)


def _amounts(results: Sequence[AmountResult]) -> Section:
    rows = [
        f"| `{one.address}` | {words(one.target)} | {_verdict(one)} | {_supported(one)} | {shortfall(one)} |"
        for one in sorted(results, key=holds)
    ]
    return _table("Times and rates", "| objective | target | verdict | supported | margin |", rows)


def _table(title: str, head: str, rows: Sequence[str]) -> Section:
    """Those that do not hold come first; the others may wait for the last parts."""
    rule = re.sub(r"[^|]+", " --- ", head)
    return Section(
        title,
        map(Row, rows),
        len(rows),
        "objective",
        share=8_000,
        most=12_000,
        opening=[head, rule],
        comes_last=True,
    )


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


def _findings(report: CheckReport) -> Iterator[Section]:
    order = ("error", "warning", "note")
    found = sorted(report.findings, key=lambda one: order.index(one.finding.severity))
    counted = [_row(one, report) for one in found if not one.finding.accepted]
    accepted = [_row(one, report) for one in found if one.finding.accepted]
    yield listed("Findings", counted, "finding", share=18_000)
    title = f"{plural(len(accepted), 'finding')} waived or known"
    yield listed(title, accepted, "finding", share=5_000, folded=True)
    if report.baseline is not None:
        gone = [f"- {one.rule} `{one.address}`" for one in report.baseline.gone]
        yield listed(f"No longer found: {len(gone)} of the baseline", gone, "finding", share=4_500)


def _row(one: Reported, report: CheckReport) -> str:
    where = f"{one.path}:{one.range.start.line}" if one.range else one.path
    accepted = report.accepted(one.finding)
    note = f" ({words(accepted)})" if accepted else ""
    message = words(report.message(one.finding))
    return f"- **{one.finding.severity}** {one.finding.rule}: {message}{note} `{where}`"
