"""What an impact finds: how each promise above stands today and would stand, and what that costs each customer."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Literal

from slactl.base.quick_dataclass import dataclass
from slactl.check.impact.subject import Subject
from slactl.check.result import Verdict

Scenario = Literal["fails", "ends", "changes"]
Change = Literal["worse", "same", "better"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one promise stands."""

    verdict: Verdict
    passes: bool
    """Whether it is supported."""
    guaranteed: Fraction | None
    """The share of the worst window; for a time in seconds, or a rate per second; None: nothing is guaranteed."""
    margin: Fraction | None
    """In seconds of the worst window, or in the unit of the promise; negative: a shortfall."""
    window: str
    """The worst window by its name; empty for a time or a rate."""
    extra_s: Fraction = Fraction(0)
    """Downtime that is possible in the worst window beyond what is possible today; negative: so much less."""
    credit: Fraction = Fraction(0)
    """The share of the fee of that window that is owed at the worst."""
    change: Change = "same"
    """Against today."""


@dataclass(frozen=True, slots=True)
class ObjectiveImpact:
    """One promise to customers above the subject."""

    address: str
    target: str
    unit: Literal["share", "s", "1/s"]
    customers: tuple[str, ...]
    today: Standing
    then: Mapping[Scenario, Standing]
    """A time or a rate says nothing about failures, and so has no standing where the subject fails."""


@dataclass(frozen=True, slots=True)
class CustomerSum:
    """What one thing that could happen means for one customer, or, summed, for all of them."""

    customer: str | None
    """None: all of them."""
    worse: tuple[str, ...]
    """Addresses of promises that stand worse."""
    lost: tuple[str, ...]
    """Those of them that are supported today and would not be."""
    extra_s: Fraction
    """The longest extra downtime of any of them, in its worst window."""
    fees: Fraction | None
    """What is paid in a month under the SLAs concerned; None: nothing says."""
    credits: Fraction | None
    """What is owed at the worst, each promise in its worst window; None: nothing says."""
    credits_today: Fraction | None
    """The same as things stand today, under the same SLAs."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What hangs on one subject."""

    subject: Subject
    as_of: date
    target: str | None
    """The other target that was asked about."""
    objectives: tuple[ObjectiveImpact, ...]
    """Every promise above, in address order."""
    sums: Mapping[Scenario, tuple[CustomerSum, ...]]
    """What could happen, each with a sum for every customer that is hit, in name order, and for more than one all of them."""
    currency: str | None
    """Of all sums of money; None where there is none."""
