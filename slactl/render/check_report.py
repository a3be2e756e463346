"""What every format of `check` is made from, and the words that they share."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

from slactl.base.diagnostics import Range
from slactl.base.duration import spoken
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.ratio import decimal_text
from slactl.base.text import plural
from slactl.check.baseline import Entry
from slactl.check.fingerprint import fingerprints
from slactl.check.result import AmountResult, Assessment, Finding, ObjectiveResult
from slactl.documents.locate import Locator
from slactl.documents.survey import WORKSPACE_FILE
from slactl.model.waiver import Waiver
from slactl.render.diagnostics import located
from slactl.render.findings import amount_in_time, as_diagnostic


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline that an assessment was compared with."""

    file: str
    """As the user named it."""
    path: str
    """Below the root of the repository."""
    gone: tuple[Entry, ...]
    """What it knows and was not found again."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding with its lasting name and its place in the repository."""

    finding: Finding
    fingerprint: str
    path: str
    """Below the root of the repository, with `/`; the workspace's own file for a finding without a place."""
    range: Range | None


@dataclass(frozen=True)
class CheckReport:
    """An assessment, and what a reader of it needs to know."""

    assessment: Assessment
    locator: Locator
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    """By address."""
    baseline: Baseline | None = None
    folder: str = ""
    """The workspace's folder below the root of the repository; empty where they are the same."""
    command: str = "check"
    """The verb that reports."""
    judged: bool = True
    """False: the files alone were looked at, and no promise."""

    @cached_property
    def findings(self) -> tuple[Reported, ...]:
        """Every finding in the assessment's order: by rule, then by address."""
        found = self.assessment.findings
        return tuple(self._reported(one, name) for one, name in zip(found, fingerprints(found), strict=True))

    @property
    def objectives(self) -> tuple[ObjectiveResult | AmountResult, ...]:
        """Every objective that was judged: shares first, then times and rates, each in address order."""
        return (*self.assessment.objectives.values(), *self.assessment.amounts.values())

    def _reported(self, finding: Finding, fingerprint: str) -> Reported:
        place = located(as_diagnostic(finding), self.locator)
        file = place.file if place else finding.place.file if finding.place else WORKSPACE_FILE
        return Reported(finding, fingerprint, self.in_repository(file), place)

    def in_repository(self, file: str) -> str:
        """A file of the workspace as the repository names it."""
        return f"{self.folder}/{file}" if self.folder else file

    def accepted(self, finding: Finding) -> str:
        """Why a finding does not count, in words; empty when it does."""
        if finding.waived_by is not None:
            return f"waived by {finding.waived_by}: {self.reason(finding.waived_by)}"
        if finding.known is not None and not finding.known.worse:
            return f"known since {finding.known.since} ({finding.known.owner})"
        return ""

    def reason(self, waiver: str) -> str:
        """Why a waiver accepts what it does, who decided that, and until when."""
        found = self.waivers.get(waiver)
        return "" if found is None else f"{found.reason} ({found.owner}, until {found.until})"

    def message(self, finding: Finding) -> str:
        """A finding's message; that it got worse is part of it."""
        if finding.known is None or not finding.known.worse:
            return finding.message
        since = f"known since {finding.known.since} ({finding.known.owner})"
        return f"{finding.message} Worse than the baseline knows it: {since}."

    def verdict(self) -> str:
        """`failed: 2 errors`, or `passed`, with how many errors are accepted."""
        errors = [one for one in self.assessment.findings if one.severity == "error"]
        failing = sum(one.fails for one in errors)
        if failing:
            return f"failed: {plural(failing, 'error')}"
        known = sum(one.known is not None for one in errors)
        waived = len(errors) - known
        words = [f"{count} {word}" for count, word in ((known, "known"), (waived, "waived")) if count]
        return (
            f"passed, {' and '.join(words)} {'error' if len(errors) == 1 else 'errors'}"
            if words
            else "passed"
        )


def number(share: Fraction, *, up: bool) -> str:
    """A share as a percentage of at most six digits after the point, rounded to the side on which it holds."""
    return f"{decimal_text(share * 100, 6, up=up)}%"


def amount(value: Fraction, unit: str) -> str:
    """Seconds as a person says them, or events per second."""
    return amount_in_time(value) if unit == "s" else f"{decimal_text(value, 3)}/s"


def shortfall(result: ObjectiveResult | AmountResult) -> str:
    """What is left of a promise at worst, or what it is short by."""
    if isinstance(result, ObjectiveResult):
        margin, words = result.margin_s, spoken(abs(result.margin_s))
    elif result.margin is None:
        return "nothing is guaranteed"
    else:
        margin, words = result.margin, amount(abs(result.margin), result.unit)
    if margin < 0:
        return f"short by {words}"
    return f"margin {words}" if holds(result) else f"margin {words} as far as is stated"


def holds(result: ObjectiveResult | AmountResult) -> bool:
    """Whether a promise is supported."""
    return result.passes if isinstance(result, ObjectiveResult) else result.verdict == "guaranteed"
