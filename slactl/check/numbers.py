"""The three numbers of a structure on one timeline: the worst case, what is expected, and the best, with what adds to the worst."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from slactl.assurance.closed_forms import Bound
from slactl.assurance.jointly import JointWorst
from slactl.assurance.verdict import verdict
from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.ratio import Ratio
from slactl.check.result import Verdict


@dataclass(frozen=True, slots=True)
class Numbers:
    """The three numbers of one structure on one timeline, and the window that is worst."""

    worst: Bound
    expected: Bound
    best: Bound
    window: int
    """Number of the worst window; of a rolling one that of the position in which the worst is shown (`Timeline.stretch`)."""
    links: tuple[tuple[str, Fraction], ...]
    """What each leaf and clause adds to the worst case there, most first."""
    bounds: tuple[Bound, ...] = ()
    """The worst case of each window, every promise brought into it by itself."""

    def verdict_on(self, target: Ratio) -> Verdict:
        """What a target is worth against these numbers."""
        return verdict(target.share, self.worst, self.expected, self.best)


def in_order(found: Numbers) -> Numbers:
    """What is expected, or at best, is no worse than the worst that can happen."""
    worst = found.worst.upper
    expected = Bound(min(found.expected.lower, worst), min(found.expected.upper, worst))
    best = Bound(min(found.best.lower, expected.lower), min(found.best.upper, expected.upper))
    return replace(found, expected=expected, best=best)


def links_of(found: JointWorst) -> tuple[tuple[str, Fraction], ...]:
    """What each leaf and clause adds to the bound, as shares of the window, most first."""
    total = sum(found.parts.values(), Fraction(0))
    parts = ((name, seconds / total * found.upper) for name, seconds in found.parts.items() if seconds)
    return tuple(sorted(parts, key=lambda one: (-one[1], one[0])))


def renamed(numbers: Numbers, names: Mapping[str, str]) -> Numbers:
    """The same with other names for its leaves and clauses."""
    links = ((names[name], share) for name, share in numbers.links)
    return replace(numbers, links=tuple(sorted(links, key=lambda one: (-one[1], one[0]))))


def worst_window(bounds: Sequence[Bound]) -> int:
    """The first window with the largest downtime."""
    return max(range(len(bounds)), key=lambda index: (bounds[index].upper, -index))
