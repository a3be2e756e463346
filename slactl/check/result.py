"""What a check finds: three numbers and two verdicts for each objective, and findings."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from slactl.base.diagnostics import Place, Range, Severity
from slactl.base.quick_dataclass import dataclass, field

Verdict = Literal["guaranteed", "only-if-independent", "unsupported", "contradicted", "undecided"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A number that is known to lie between two bounds, equal where it is exact."""

    lower: Fraction
    upper: Fraction


@dataclass(frozen=True, slots=True)
class Link:
    """How much one promise below contributes to the worst case, in seconds of the worst window."""

    address: str
    """The agreement's objective, `service.NAME.intrinsic`, or a service without any promise."""
    promise: str
    """What it promises, in words: `99.97% a calendar-month`, or `no promise`."""
    downtime_s: Fraction
    place: Place | None = None
    service: str = ""
    """The service that this is about, where the promise covers several."""

    @property
    def whose(self) -> str:
        """The address, and the service where that alone leaves it open."""
        return f"{self.address} on {self.service}" if self.service else self.address


@dataclass(frozen=True, slots=True)
class Independence:
    """What recorded evidence of independence is worth to a promise that stands on it."""

    evidence: tuple[str, ...]
    """Each piece of evidence in words: between whom, what, who signed, until when."""
    guaranteed: Interval
    """The share guaranteed when the members named do not fail together and everything else is at its worst."""
    met: Interval
    """The probability that a window is met, each member spending its budget in one outage at a random time."""
    confidence: Fraction
    """The probability that the workspace asks for."""
    suffices: bool
    """Whether the promise may rest on it."""


@dataclass(frozen=True, slots=True)
class ObjectiveResult:
    """One availability-like objective of an SLA, or of an OLA that rests on others, against what is below it."""

    address: str
    place: Place
    metric: str
    target: str
    """As written."""
    verdict: Verdict
    """The chain's: OLAs that their own structure does not support count as what it guarantees."""
    local_verdict: Verdict
    """If the agreements directly below are kept."""
    guaranteed: Interval
    """As a share of the worst window; for an objective that is no share, see `margin`."""
    expected: Interval
    best: Fraction
    window: str
    """Name of the worst window: `2026-02`."""
    window_s: int
    """Measured time of the worst window in seconds."""
    allowed_s: Fraction
    """Downtime that the target allows in the worst window."""
    margin_s: Fraction
    """Allowed downtime minus the worst that can happen, in the worst window; negative: a shortfall."""
    links: tuple[Link, ...] = ()
    """Largest contribution first."""
    customers: tuple[str, ...] = ()
    agreed: bool = True
    assumes_apart: tuple[str, ...] = ()
    """Promises below whose outages that are too short to count are assumed not to join up with others into one that counts."""
    independence: Independence | None = None
    """For a promise that holds only if outages are independent: what the evidence of that is worth."""

    @property
    def passes(self) -> bool:
        """Whether the promise is supported: guaranteed, or independent by evidence that suffices."""
        return self.verdict == "guaranteed" or (self.independence is not None and self.independence.suffices)


@dataclass(frozen=True, slots=True)
class AmountLink:
    """How much one promise below contributes to a worst amount, in the unit of the result."""

    address: str
    promise: str
    """What it promises, in words: `resolution within 4h, office-berlin`, or `no promise`."""
    amount: Fraction
    place: Place | None = None
    service: str = ""
    """The service that this is about, where the promise covers several."""

    @property
    def whose(self) -> str:
        """The address, and the service where that alone leaves it open."""
        return f"{self.address} on {self.service}" if self.service else self.address


@dataclass(frozen=True, slots=True)
class AmountResult:
    """An objective whose target is a time or a rate, against the worst that what is below it allows."""

    address: str
    place: Place
    metric: str
    target: str
    """As written."""
    unit: Literal["s", "1/s"]
    """Seconds, of which less is better, or events per second, of which more is better."""
    verdict: Verdict
    """The chain's: OLAs that their own structure does not support count as what it guarantees."""
    local_verdict: Verdict
    """If the agreements directly below are kept."""
    promised: Fraction
    supported: Fraction | None
    """The longest time, or the least rate, that is guaranteed; None: nothing is, however long or little."""
    worst: str = ""
    """When or how the worst comes about, in words: `logged on Fri 2026-04-03 17:50 Europe/Berlin`."""
    links: tuple[AmountLink, ...] = ()
    """Largest contribution first."""
    customers: tuple[str, ...] = ()
    agreed: bool = True

    @property
    def margin(self) -> Fraction | None:
        """What is left, in the unit; negative: a shortfall; None: nothing is guaranteed."""
        if self.supported is None:
            return None
        return self.promised - self.supported if self.unit == "s" else self.supported - self.promised


@dataclass(frozen=True, slots=True)
class Known:
    """What a baseline says about a finding."""

    since: date
    owner: str
    worse: bool = False
    """Whether it is worse now than it was when it was recorded."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found, about one address."""

    rule: str
    severity: Severity
    address: str
    message: str
    detail: str = ""
    """Why it matters and what to do."""
    place: Place | None = None
    waived_by: str | None = None
    """Address of the waiver in force, or None."""
    known: Known | None = None
    """Its entry in the baseline that the check is compared with, or None."""
    range: Range | None = None
    """Known already where files are not valid; otherwise found from `place` when it is shown."""

    @property
    def accepted(self) -> bool:
        """Whether a waiver accepts it, or a baseline knows it to be as bad as this, or worse."""
        return self.waived_by is not None or (self.known is not None and not self.known.worse)

    @property
    def fails(self) -> bool:
        """Whether it makes the check fail."""
        return self.severity is Severity.ERROR and not self.accepted


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result of checking an estate as of a day."""

    as_of: date
    horizon_end: date
    objectives: Mapping[str, ObjectiveResult]
    """By address, in address order."""
    findings: tuple[Finding, ...]
    amounts: Mapping[str, AmountResult] = field(default_factory=dict)
    """Objectives on times and rates, by address, in address order."""

    @property
    def passed(self) -> bool:
        """Whether no error is left that nobody waived."""
        return not any(finding.fails for finding in self.findings)
