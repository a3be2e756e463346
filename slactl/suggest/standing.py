"""How a promise stands after a check: what it lacks and where that comes from, whatever its metric."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from slactl.base.quick_dataclass import dataclass
from slactl.check.result import AmountResult, Assessment, ObjectiveResult

Result = ObjectiveResult | AmountResult
_RANK = {"guaranteed": 0, "only-if-independent": 1, "undecided": 2, "unsupported": 2, "contradicted": 3}
"""Own failures that get a budget turn `undecided` into what it is worth: that is no loss to anybody."""


@dataclass(frozen=True, slots=True)
class Part:
    """One promise below, and what it adds to the worst case."""

    address: str
    amount_s: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """One promise as judged."""

    address: str
    verdict: str
    unit: str
    """`share`: parts are seconds of downtime in the worst window; `s`: seconds for one incident; `1/s`: a rate."""
    short_s: Fraction | None
    """What is missing, in seconds; negative: what is left; None: nothing is guaranteed at all."""
    window_s: int
    """Measured time of the worst window; 0 where there is none."""
    parts: tuple[Part, ...]

    @property
    def rank(self) -> int:
        """0 is guaranteed, more is worse."""
        return _RANK[self.verdict]


def standing_of(result: Result) -> Standing:
    """A result of either kind as a standing."""
    if isinstance(result, ObjectiveResult):
        parts = tuple(Part(link.address, link.downtime_s) for link in result.links)
        return Standing(result.address, result.verdict, "share", -result.margin_s, result.window_s, parts)
    parts = tuple(Part(link.address, link.amount) for link in result.links)
    short = None if result.margin is None else -result.margin
    return Standing(result.address, result.verdict, result.unit, short, 0, parts)


def result_of(assessment: Assessment, address: str) -> Result | None:
    """The result of an objective, or None where it was not judged."""
    return assessment.objectives.get(address) or assessment.amounts.get(address)


def results_of(assessment: Assessment) -> Iterator[Result]:
    """Every result."""
    yield from assessment.objectives.values()
    yield from assessment.amounts.values()


def worse(before: Assessment, after: Assessment) -> Iterator[Standing]:
    """Promises that stand worse than before, or are new and not guaranteed."""
    for result in results_of(after):
        standing = standing_of(result)
        known = result_of(before, standing.address)
        if standing.rank > (_RANK[known.verdict] if known is not None else 0):
            yield standing


def new_errors(before: Assessment, after: Assessment, subjects: Iterable[str]) -> tuple[str, ...]:
    """Failing findings that were not there before; those about promises that are being mended do not count."""
    mended = frozenset(subjects)
    known = Counter((one.rule, one.address) for one in before.findings if one.fails)
    found = Counter(
        (one.rule, one.address) for one in after.findings if one.fails and one.address not in mended
    )
    return tuple(f"{rule} {address}" for rule, address in sorted((found - known).elements()))
