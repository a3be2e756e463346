"""A check in words; what a baseline knows takes one line."""

from collections.abc import Sequence

from slactl.base.quick_dataclass import replace
from slactl.base.text import plural, sentence_list
from slactl.check.baseline import Entry
from slactl.check.result import Finding
from slactl.render.check_report import Baseline, CheckReport
from slactl.render.findings import findings_text, summary
from slactl.render.style import Style

_MOST_NAMED = 5


def check_text(report: CheckReport, style: Style) -> str:
    """Objectives, the findings that are new or worse, the sum of it, and what the baseline knows."""
    if report.baseline is None:
        return findings_text(report.assessment, report.locator, style)
    found = report.assessment.findings
    told = tuple(
        one if one.waived_by is not None else replace(one, message=report.message(one))
        for one in found
        if one.known is None or one.known.worse
    )
    new = replace(report.assessment, findings=told)
    all_of_it = replace(report.assessment, findings=tuple(replace(one, known=None) for one in found))
    parts = findings_text(new, report.locator, style).removesuffix(summary(new, style))
    return parts + summary(all_of_it, style) + "\n" + _compared(report, report.baseline, style)


def _compared(report: CheckReport, baseline: Baseline, style: Style) -> str:
    found = [one for one in report.assessment.findings if one.waived_by is None]
    known = [one for one in found if one.known is not None]
    worse = sum(one.known is not None and one.known.worse for one in known)
    words = [f"{len(known) - worse} known{_since(known)}"]
    words += [f"{worse} worse"] if worse else []
    words += [f"{len(found) - len(known)} new"]
    verdict = style.good("passes") if report.assessment.passed else style.bad("fails")
    told = f"Against {baseline.file} the check {verdict}: {sentence_list(words)}."
    return f"{told}\n{gone_text(baseline.gone, 'No longer found')}" if baseline.gone else told


def _since(known: Sequence[Finding]) -> str:
    days = [one.known.since for one in known if one.known is not None]
    return f" (the oldest since {min(days)})" if days else ""


def gone_text(gone: Sequence[Entry], words: str) -> str:
    """`No longer found: 2 entries (SLA201 sla.a.availability and SLA203 service.db).`."""
    named = [f"{one.rule} {one.address}" for one in gone[:_MOST_NAMED]]
    more = len(gone) - len(named)
    listed = sentence_list([*named, f"{more} more"] if more else named)
    return f"{words}: {plural(len(gone), 'entry', 'entries')} ({listed})."
