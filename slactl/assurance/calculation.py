"""The three numbers of a structure without a workspace: every window of its term, or of the Gregorian cycle."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from zoneinfo import ZoneInfo

from slactl.assurance.at_once import AtOnce, Holding
from slactl.assurance.best_case import best_case
from slactl.assurance.closed_forms import Bound
from slactl.assurance.independent import independent
from slactl.assurance.joint import Clause
from slactl.assurance.schedule import Slot
from slactl.assurance.shares import shares_of_cycle, tiles, worst_share
from slactl.assurance.structure import Structure
from slactl.assurance.windows import Promise
from slactl.assurance.worst_case import WorstCase, worst_case
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.windows import Span, Window

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Question:
    """A structure over components, each with a promise, and the window in which the top is measured."""

    structure: Structure
    top: str
    components: Mapping[str, Promise]
    clauses: Mapping[str, tuple[Clause, Promise]]
    """Promises on being down together, each with how long; the clause's own share is not looked at."""
    window: Window
    term: Span | None = None
    """In UTC seconds; None: every window of the Gregorian cycle."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Bounds of downtime as shares of the window, under the three assumptions, and the worst window."""

    worst: Bound
    expected: Bound
    best: Bound
    case: WorstCase
    """The worst window's programme; its upper bound is that of `worst`."""
    timetable: tuple[Slot, ...] | None
    """Outages that attain the lower bound of the worst case; None where there are too many to write down."""
    window: Span | None
    """The worst window; None where all are alike."""


def answer(question: Question) -> Answer:
    """Compute the three numbers.

    The worst case is the largest over all windows. Where promises are measured in other windows than the top, its
    lower bound is what can be laid out on dates in the worst window.
    """
    below = question.structure.leaves(question.top)
    promises = [question.components[name] for name in below]
    held = [promise for _, promise in question.clauses.values()]
    columns = _columns(question, [*promises, *held])
    cases = [(span, _case(question, below, shares)) for span, shares in columns]
    span, worst = max(cases, key=lambda one: (one[1].bound.upper, one[1].bound.lower))
    timetable = worst.timetable
    lower = worst.bound.lower
    if not all(tiles(promise, question.window, _UTC) for promise in [*promises, *held]):
        timetable = _attained(question, worst, span)
        lower = min(worst.bound.upper, sum((slot.share for slot in timetable), Fraction(0)))
    long_run = {
        name: min(Fraction(1), promise.unavailability) for name, promise in zip(below, promises, strict=True)
    }
    expected = independent(question.structure, question.top, long_run)
    best = best_case(question.structure, question.top, long_run)
    if question.clauses:  # they may be stricter than independence at the floors
        expected = Bound(min(expected.lower, worst.bound.upper), min(expected.upper, worst.bound.upper))
        best = Bound(min(best.lower, expected.lower), min(best.upper, expected.upper))
    expected = expected.narrowed(best.lower, worst.bound.upper)  # where it is rounded
    return Answer(
        Bound(lower, worst.bound.upper),
        expected,
        best,
        worst,
        timetable,
        span if len(cases) > 1 or question.term else None,
    )


def _columns(question: Question, promises: Sequence[Promise]) -> list[tuple[Span, tuple[Fraction, ...]]]:
    """Each window that is unlike the others, and the share that each promise allows in it."""
    if question.term is None:
        return list(shares_of_cycle(question.window, promises))
    start, end = question.term
    spans = () if question.window.rolling_s else question.window.spans(_UTC, start, end)
    whole = bool(spans) and (spans[0][0], spans[-1][1]) == question.term
    measured = None if whole else IntervalSet((question.term,))
    columns = [
        worst_share(question.window, _UTC, measured, question.term, (_within(promise, question.term),))
        for promise in promises
    ]
    found: dict[tuple[Fraction, ...], Span] = {}
    for several in zip(*columns, strict=True):
        found.setdefault(tuple(share for _, share in several), several[0][0])
    return [(span, shares) for shares, span in found.items()]


def _within(promise: Promise, term: Span) -> Promise:
    """A promise in force for the term alone: a window that the term cuts has the budget of the part inside."""
    if promise.window.rolling_s is None:
        spans = promise.window.spans(promise.zone, *term)
        if (spans[0][0], spans[-1][1]) == term:
            return promise
    return replace(promise, covered=IntervalSet((term,)))


def _case(question: Question, below: Sequence[str], shares: Sequence[Fraction]) -> WorstCase:
    downtime = dict(zip(below, shares, strict=False))
    clauses = [
        replace(clause, downtime=share)
        for (clause, _), share in zip(question.clauses.values(), shares[len(below) :], strict=True)
    ]
    return worst_case(question.structure, question.top, downtime, clauses)


def _attained(question: Question, worst: WorstCase, span: Span) -> tuple[Slot, ...]:
    """Outages that can be laid out in one window so that they keep every promise."""
    measured = IntervalSet((span,))
    named = {name: question.components[name] for name in question.structure.leaves(question.top)}
    named |= {one.name: question.clauses[one.name][1] for one in worst.clauses}
    if question.term is not None:
        measured = measured.clip(*question.term)
        named = {name: _within(promise, question.term) for name, promise in named.items()}
    held = [Holding(name, promise) for name, promise in named.items()]
    outages = AtOnce(question.structure, question.top, worst.clauses).outages(measured, held)
    return tuple(Slot(one.down, (one.end_s - one.start_s) / measured.seconds) for one in outages)
