"""Baselines: findings that are known, so that only new or worse ones fail.

A finding is worse than it was recorded when what its objective falls short by has grown. A margin that is still positive
is no shortfall, and a shortfall without a number ("nothing is guaranteed") is larger than any that has one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.ratio import decimal_text
from slactl.check.fingerprint import fingerprints
from slactl.check.result import Assessment, Finding, Known

_PLACES = {"%": 9, "s": 3, "1/s": 9}
"""Digits after the point of a recorded margin, by its unit."""
_WITH_MARGIN = ("SLA2", "SLA6")
"""How the ids of rules begin that compare an objective with what is below it."""
_GAPS = "SLA202"
"""The rule among them that only asks whether there is an agreement at all."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How much of an objective is left at worst: percent of the worst window, seconds, or events per second.

    Negative: it falls short. Seconds of a window would not do: they grow when the worst window moves from a month of 30 days
    to one of 31.
    """

    value: Fraction | None
    """None: nothing is guaranteed."""
    unit: str

    @property
    def rounded(self) -> "Margin":
        """As it is recorded, rounded down."""
        if self.value is None:
            return self
        return Margin(Fraction(decimal_text(self.value, _PLACES[self.unit])), self.unit)

    def worse_than(self, before: "Margin") -> bool:
        """Whether more is missing than before; in another unit the two cannot be compared, and it counts as worse."""
        if before.unit != self.unit:
            return True
        if before.value is None or self.value is None:
            return before.value is not None
        return self.value < min(before.value, Fraction(0))


@dataclass(frozen=True, slots=True)
class Entry:
    """One known finding."""

    rule: str
    address: str
    fingerprint: str
    recorded: date
    owner: str
    margin: Margin | None = None
    """How bad it was, for findings about an objective's support."""


@dataclass(frozen=True, slots=True)
class Compared:
    """An assessment whose known findings are marked, and the entries whose findings are gone."""

    assessment: Assessment
    gone: tuple[Entry, ...]


def compare(assessment: Assessment, entries: Sequence[Entry]) -> Compared:
    """Mark what is known; findings that a waiver accepts stay as they are."""
    by_fingerprint = {entry.fingerprint: entry for entry in entries}
    current = dict(_open_findings(assessment))
    marked = tuple(
        _marked(finding, by_fingerprint.get(name), assessment)
        for name, finding in zip(fingerprints(assessment.findings), assessment.findings, strict=True)
    )
    gone = tuple(entry for entry in entries if entry.fingerprint not in current)
    return Compared(replace(assessment, findings=marked), gone)


def recorded(assessment: Assessment, entries: Sequence[Entry], owner: str | None) -> tuple[Entry, ...]:
    """The entries of a baseline that knows the findings of today; known ones keep their date and owner.

    Raises:
        SlactlError: when a finding is new and no owner is given.
    """
    by_fingerprint: Mapping[str, Entry] = {entry.fingerprint: entry for entry in entries}
    return tuple(
        _entry(name, finding, by_fingerprint.get(name), assessment, owner)
        for name, finding in _open_findings(assessment)
    )


def _open_findings(assessment: Assessment) -> Iterator[tuple[str, Finding]]:
    """Each finding that no waiver accepts, under its fingerprint."""
    for name, finding in zip(fingerprints(assessment.findings), assessment.findings, strict=True):
        if finding.waived_by is None:
            yield name, finding


def _marked(finding: Finding, entry: Entry | None, assessment: Assessment) -> Finding:
    if entry is None or finding.waived_by is not None:
        return finding
    margin = margin_of(finding, assessment)
    worse = margin is not None and entry.margin is not None and margin.worse_than(entry.margin)
    return replace(finding, known=Known(entry.recorded, entry.owner, worse))


def _entry(
    name: str, finding: Finding, before: Entry | None, assessment: Assessment, owner: str | None
) -> Entry:
    margin = margin_of(finding, assessment)
    if before is not None:
        return replace(before, rule=finding.rule, address=finding.address, margin=margin)
    if not owner:
        raise SlactlError(
            f"{finding.rule} on {finding.address} is not in the baseline yet, and nobody is named to own it",
            'Say who answers for what is recorded now: -owner "NAME".',
        )
    return Entry(finding.rule, finding.address, name, assessment.as_of, owner, margin)


def margin_of(finding: Finding, assessment: Assessment) -> Margin | None:
    """How bad a finding is, rounded as it is recorded; None for findings that are there or not."""
    if not finding.rule.startswith(_WITH_MARGIN) or finding.rule == _GAPS:
        return None
    if (share := assessment.objectives.get(finding.address)) is not None:
        return Margin(share.margin_s * 100 / max(1, share.window_s), "%").rounded
    if (amount := assessment.amounts.get(finding.address)) is not None:
        return Margin(amount.margin, amount.unit).rounded
    return None
