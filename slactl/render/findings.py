"""What a check found, in words and as JSON."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from slactl.base.diagnostics import Diagnostic, Severity
from slactl.base.duration import spoken
from slactl.base.ratio import decimal_text
from slactl.base.text import plural
from slactl.check.result import (
    AmountResult,
    Assessment,
    Finding,
    Independence,
    Interval,
    Link,
    ObjectiveResult,
)
from slactl.documents.locate import Locator
from slactl.render.diagnostics import diagnostics_text, located, range_document
from slactl.render.style import Style

_PLACES = 20
"""Digits after the point in documents: enough for an unavailability of 1e-13 with seven figures."""
_MOST_LINKS = 5
_NARROW = Fraction(1, 10**9)


def findings_text(assessment: Assessment, locator: Locator, style: Style) -> str:
    """Every objective with its verdict, numbers and weakest links, then the findings, then the sum of it."""
    parts = [objective_text(result, style) for result in assessment.objectives.values()]
    parts += [amount_text(result, style) for result in assessment.amounts.values()]
    parts += [_finding(finding, locator, style) for finding in assessment.findings]
    parts.append(summary(assessment, style))
    return "\n".join(parts)


def verdict_words(verdict: str, style: Style) -> str:
    """A verdict, coloured by whether it passes."""
    return (style.good if verdict == "guaranteed" else style.bad)(verdict)


def percent(share: Fraction, *, up: bool) -> str:
    """A share as a percentage of at most six digits after the point, rounded to the side on which it holds."""
    return _percent(share.numerator, share.denominator, up)


@lru_cache(maxsize=4096)
def _percent(numerator: int, of: int, up: bool) -> str:
    return f"{decimal_text(Fraction(100 * numerator, of), 6, up=up)}%"


def objective_text(result: ObjectiveResult, style: Style) -> str:
    """One promise of a share: verdict, three numbers, margin, weakest links."""
    local = "" if result.local_verdict == result.verdict else f" (local: {result.local_verdict})"
    kind = "" if result.agreed else style.dim("  target only, not agreed")
    lines = [
        f"{style.bold(result.address)}  {result.target}  {verdict_words(result.verdict, style)}{local}{kind}",
        f"  guaranteed {_interval(result.guaranteed)}   expected {_interval(result.expected)}   best {percent(result.best, up=True)}",
        f"  {_margin(result)}",
    ]
    lines += independence_lines(result.independence) if result.independence is not None else []
    if result.links:
        lines.append("  weakest links, downtime that each may cost:")
        lines += [_link(link, style) for link in result.links[:_MOST_LINKS]]
        if len(result.links) > _MOST_LINKS:
            rest = sum((link.downtime_s for link in result.links[_MOST_LINKS:]), Fraction(0))
            lines.append(f"    {spoken(rest):>12}  {plural(len(result.links) - _MOST_LINKS, 'more promise')}")
    return "\n".join(lines) + "\n"


def independence_lines(found: Independence) -> list[str]:
    """What recorded evidence of independence makes of a promise."""
    least, met = percent(found.guaranteed.lower, up=False), percent(found.met.lower, up=False)
    lines = [f"  if independent ({'; '.join(found.evidence)}): expected at least {least}"]
    if found.met == Interval(Fraction(0), Fraction(1)):
        return [*lines, "    how often a window is met is not known"]
    asked, words = percent(found.confidence, up=False), "suffices" if found.suffices else "does not suffice"
    return [
        *lines,
        f"    a window is met with a probability of at least {met}; {asked} is asked for: it {words}",
    ]


def amount_text(result: AmountResult, style: Style, *, every_link: bool = False) -> str:
    """One promise of a time or a rate: verdict, what is supported, margin, what it is made of."""
    local = "" if result.local_verdict == result.verdict else f" (local: {result.local_verdict})"
    kind = "" if result.agreed else style.dim("  target only, not agreed")
    lines = [
        f"{style.bold(result.address)}  {result.target}  {verdict_words(result.verdict, style)}{local}{kind}",
        f"  {_supported(result)}",
    ]
    shown = result.links if every_link else result.links[:_MOST_LINKS]
    lines += [
        f"    {_amount(link.amount, result.unit):>12}  {link.whose} {style.dim(f'({link.promise})')}"
        for link in shown
    ]
    if len(result.links) > len(shown):
        lines.append(f"    {'':>12}  {plural(len(result.links) - len(shown), 'more promise')}")
    return "\n".join(lines) + "\n"


def _supported(result: AmountResult) -> str:
    where = f", {result.worst}" if result.worst else ""
    if result.supported is None or result.margin is None:
        return f"nothing is guaranteed below{where}"
    least = "at most" if result.unit == "s" else "at least"
    words = f"{least} {_amount(result.supported, result.unit)} is supported{where}"
    if result.margin >= 0:
        return f"margin {_amount(result.margin, result.unit)}: {words}"
    return f"short by {_amount(-result.margin, result.unit)}: {words}"


def _amount(amount: Fraction, unit: str) -> str:
    return amount_in_time(amount) if unit == "s" else f"{decimal_text(amount, 3)}/s"


def amount_in_time(seconds: Fraction) -> str:
    """Seconds as a person says them; below ten seconds in milliseconds, as latencies are."""
    if 0 < abs(seconds) < 10:  # noqa: PLR2004 - response times of machines
        return f"{decimal_text(seconds * 1000, 3)}ms"
    return spoken(seconds)


def _interval(interval: Interval) -> str:
    lower, upper = percent(interval.lower, up=False), percent(interval.upper, up=True)
    narrow = interval.upper is interval.lower or interval.upper - interval.lower < _NARROW
    return f"at least {lower}" if narrow else f"between {lower} and {upper}"


def _margin(result: ObjectiveResult) -> str:
    allowed = f"the target allows {spoken(result.allowed_s)} in {result.window}"
    if result.margin_s >= 0:
        return f"margin {spoken(result.margin_s)}: {allowed}, the worst window"
    most = (
        "up to "
        if result.verdict == "undecided" and result.guaranteed.lower < result.guaranteed.upper
        else ""
    )
    return f"short by {most}{spoken(-result.margin_s)}: {allowed}, the worst window"


def _link(link: Link, style: Style) -> str:
    return f"    {spoken(link.downtime_s):>12}  {link.whose} {style.dim(f'({link.promise})')}"


def _finding(finding: Finding, locator: Locator, style: Style) -> str:
    if finding.waived_by is not None:
        return f"{style.dim(f'Waived by {finding.waived_by}:')} {finding.rule} {finding.message}\n"
    if finding.severity is Severity.NOTE:
        return f"{style.dim('Note:')} {finding.rule} {finding.message}{_whereabouts(finding, locator)}\n"
    return diagnostics_text([as_diagnostic(finding)], locator, style)


def _whereabouts(finding: Finding, locator: Locator) -> str:
    """A note is read in passing: its line is named, not shown."""
    found = located(as_diagnostic(finding), locator)
    return "" if found is None else f"\n  on {found.file} line {found.start.line}"


def as_diagnostic(finding: Finding) -> Diagnostic:
    """A finding as a message like any other."""
    return Diagnostic(
        finding.severity,
        f"{finding.rule} {finding.message}",
        finding.detail,
        finding.place,
        finding.range,
        finding.address,
    )


def summary(assessment: Assessment, style: Style) -> str:
    """One line: how many objectives are supported, and what fails."""
    slas = [one for one in assessment.objectives.values() if one.address.startswith("sla.")]
    held = sum(one.verdict == "guaranteed" for one in slas)
    counts = {
        severity: sum(one.severity is severity and one.waived_by is None for one in assessment.findings)
        for severity in Severity
    }
    waived = sum(one.waived_by is not None for one in assessment.findings)
    evident = sum(one.passes and one.verdict != "guaranteed" for one in slas)
    by_evidence = f", {evident} by evidence of independence" if evident else ""
    amounts = [one for one in assessment.amounts.values() if one.address.startswith("sla.")]
    supported = sum(one.verdict == "guaranteed" for one in amounts)
    others = f", {supported} of {len(amounts)} on times and rates" if amounts else ""
    words = [plural(count, severity.value) for severity, count in counts.items() if count]
    words += [f"{waived} waived"] if waived else []
    verdict = style.good("Supported:") if assessment.passed else style.bad("Not supported:")
    return (
        f"{verdict} {held} of {plural(len(slas), 'SLA availability objective')} guaranteed{by_evidence}{others}"
        f"{'; ' + ', '.join(words) if words else ''}. As of {assessment.as_of}, up to {assessment.horizon_end}."
    )


def check_document(assessment: Assessment, locator: Locator) -> dict[str, Any]:
    """The document of `check -json` as data; decimals as texts, bounds rounded to the side on which they hold."""
    return {
        "format_version": "1.0",
        "as_of": assessment.as_of.isoformat(),
        "horizon_end": assessment.horizon_end.isoformat(),
        "passed": assessment.passed,
        "objectives": [_objective_document(one) for one in assessment.objectives.values()],
        "amounts": [amount_document(one) for one in assessment.amounts.values()],
        "findings": [_finding_document(one, locator) for one in assessment.findings],
    }


def _objective_document(result: ObjectiveResult) -> dict[str, Any]:
    return {
        "address": result.address,
        "target": _share_text(result.target),
        "verdict": result.verdict,
        "local_verdict": result.local_verdict,
        "guaranteed": interval_document(result.guaranteed),
        "expected": interval_document(result.expected),
        "best": decimal_text(result.best, _PLACES, up=True),
        "margin_seconds": decimal_text(result.margin_s, 3),
        "allowed_seconds": decimal_text(result.allowed_s, 3),
        "worst_window": result.window,
        "independence": None if result.independence is None else _independence(result.independence),
        "passes": result.passes,
        "agreed": result.agreed,
        "assumes_apart": list(result.assumes_apart),
        "customers": list(result.customers),
        "links": [
            {
                "address": one.address,
                **({"service": one.service} if one.service else {}),
                "promise": one.promise,
                "downtime_seconds": decimal_text(one.downtime_s, 3, up=True),
            }
            for one in result.links
        ],
    }


def _independence(found: Independence) -> dict[str, Any]:
    return {
        "evidence": list(found.evidence),
        "guaranteed": interval_document(found.guaranteed),
        "window_met": interval_document(found.met),
        "confidence": decimal_text(found.confidence, _PLACES),
        "suffices": found.suffices,
    }


def amount_document(result: AmountResult) -> dict[str, Any]:
    """A promise of a time or a rate as data; amounts in seconds, or events per second."""
    return {
        "address": result.address,
        "metric": result.metric,
        "target": result.target,
        "unit": result.unit,
        "verdict": result.verdict,
        "local_verdict": result.local_verdict,
        "promised": decimal_text(result.promised, 6),
        "supported": None
        if result.supported is None
        else decimal_text(result.supported, 6, up=result.unit == "s"),
        "margin": None if result.margin is None else decimal_text(result.margin, 6),
        "worst": result.worst,
        "agreed": result.agreed,
        "customers": list(result.customers),
        "links": [
            {
                "address": one.address,
                **({"service": one.service} if one.service else {}),
                "promise": one.promise,
                "amount": decimal_text(one.amount, 6, up=True),
            }
            for one in result.links
        ],
    }


def _share_text(target: str) -> str:
    """`99.9%` as the share 0.999."""
    return format(Decimal(target.rstrip("%")).scaleb(-2), "f")


def interval_document(interval: Interval) -> dict[str, str]:
    """Two decimals as texts, the lower rounded down and the upper up."""
    return {
        "lower": decimal_text(interval.lower, _PLACES),
        "upper": decimal_text(interval.upper, _PLACES, up=True),
    }


def _finding_document(finding: Finding, locator: Locator) -> dict[str, Any]:
    found = located(as_diagnostic(finding), locator)
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "address": finding.address,
        "message": finding.message,
        "detail": finding.detail,
        "range": None if found is None else range_document(found),
        "waived": finding.waived_by is not None,
        "waiver": finding.waived_by,
    }
