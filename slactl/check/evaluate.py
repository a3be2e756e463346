"""Judges one objective: its structure evaluated in its own measured time, window by window."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from slactl.assurance.best_case import best_case
from slactl.assurance.closed_forms import Bound
from slactl.assurance.independent import independent
from slactl.assurance.verdict import verdict
from slactl.assurance.worst_case import worst_case
from slactl.base.ratio import Ratio
from slactl.check.backing import Backer
from slactl.check.cone import Cones, Leaf
from slactl.check.result import Interval, Link, ObjectiveResult, Verdict
from slactl.check.timeline import (
    Clock,
    Shares,
    Timeline,
    clock_of,
    first_second,
    start_of_window,
    unavailability_of,
)
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate

_FAULT_OF_CUSTOMER = "customer-fault"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An objective's result, and what it rests on."""

    result: ObjectiveResult
    nodes: tuple[str, ...]
    supports: tuple[tuple[Agreement, Objective], ...]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The three numbers of one structure on one timeline, and the window that is worst."""

    worst: Bound
    expected: Bound
    best: Bound
    window: int
    """Index of the worst window."""

    def verdict_on(self, target: Ratio) -> Verdict:
        """What a target is worth against these numbers."""
        return verdict(target.share, self.worst, self.expected, self.best)


class Evaluator:
    """Judges objectives of one estate as of a day; what objectives share is computed once."""

    def __init__(self, estate: Estate, as_of: date, cones: Cones, *, explain: bool) -> None:
        self._explain = explain
        """Whether promises that are supported name their weakest links too."""
        self._estate = estate
        self._as_of = as_of
        self._cones = cones
        self._timelines: dict[Clock, Timeline] = {}
        self._sights: dict[tuple[Clock, bool], _Sight] = {}
        self.horizon_end = _end_of_month(estate.workspace.check.horizon.after(as_of))

    def judge(
        self, agreement: Agreement, objective: Objective, top: str, local_top: str
    ) -> Evaluation | None:
        """Judge an objective over the nodes that it rests on; None where its term is over."""
        sight = self._sight(agreement, objective)
        if sight is None or not isinstance(objective.target, Ratio):
            return None
        nodes = tuple(self._cones.structure.order(top))
        unbudgeted = any(node in self._cones.unbudgeted for node in nodes)
        chain, local = (
            _capped(sight.numbers(node).verdict_on(objective.target), unbudgeted=unbudgeted)
            for node in (top, local_top)
        )
        links = sight.links(top) if self._explain or chain != "guaranteed" else ()
        result = _result(agreement, objective, sight, (chain, local), sight.numbers(top), links)
        return Evaluation(result, nodes, self._supports(nodes))

    def _sight(self, agreement: Agreement, objective: Objective) -> "_Sight | None":
        clock = self._clock(agreement, objective)
        if clock is None:
            return None
        timeline = self._timelines.setdefault(clock, Timeline(clock, self._estate))
        key = (clock, _FAULT_OF_CUSTOMER in objective.excludes)
        if key not in self._sights:
            self._sights[key] = _Sight(self._estate, self._cones, timeline, forgiving=key[1])
        return self._sights[key] if timeline.windows else None

    def _clock(self, agreement: Agreement, objective: Objective) -> Clock | None:
        """From the window that the day lies in (or the term's first day) to the term's end or the horizon."""
        zone = self._estate.hours.zone(objective.hours)
        start = start_of_window(objective.window, zone, self._as_of)
        end = first_second(self.horizon_end + timedelta(days=1))
        term = agreement.term
        if term.start is not None:
            start = max(start, first_second(term.start))
        if term.until is not None and term.renewal is None:
            end = min(end, first_second(term.until + timedelta(days=1)))
        return clock_of(agreement, objective, start, end) if start < end else None

    def _supports(self, nodes: tuple[str, ...]) -> tuple[tuple[Agreement, Objective], ...]:
        leaves = (self._cones.leaves[node] for node in nodes if node in self._cones.leaves)
        return tuple((one.agreement, one.objective) for leaf in leaves for one in leaf.backers)


class _Sight:
    """The structure as seen on one timeline: the numbers of each node, computed once."""

    def __init__(self, estate: Estate, cones: Cones, timeline: Timeline, *, forgiving: bool) -> None:
        self.timeline = timeline
        self._estate = estate
        self._cones = cones
        self._forgiving = forgiving
        """Whether downtime by the customer's fault does not count."""
        self._numbers: dict[str, _Numbers] = {}
        self._known: dict[str, Shares] = {}
        """Shares by leaf."""

    def numbers(self, top: str) -> _Numbers:
        """The three numbers of a node."""
        if top not in self._numbers:
            self._numbers[top] = self._computed(top)
        return self._numbers[top]

    def links(self, top: str) -> tuple[Link, ...]:
        """What each promise below adds to the worst case in the worst window, most first."""
        window = self.numbers(top).window
        downtime = {name: share[0][window] for name, share in self._shares(top).items()}
        seconds = self.timeline.windows[window].seconds
        parts = worst_case(self._cones.structure, top, downtime).links
        return tuple(self._link(self._cones.leaves[name], part * seconds) for name, part in parts)

    def _computed(self, top: str) -> _Numbers:
        structure, shares = self._cones.structure, self._shares(top)
        bounds: dict[tuple[int, ...], Bound] = {}
        by_window: list[Bound] = []
        for column in zip(*(share[0] for share in shares.values()), strict=True):
            key = tuple(map(id, column))  # most windows look the same, down to the very objects
            if key not in bounds:
                bounds[key] = worst_case(structure, top, dict(zip(shares, column, strict=True))).bound
            by_window.append(bounds[key])
        window = _worst_window(by_window) if len(bounds) > 1 else 0
        long_run = {name: share[1] for name, share in shares.items()}
        return _Numbers(
            worst=Bound(max(bound.lower for bound in bounds.values()), by_window[window].upper),
            expected=independent(structure, top, long_run),
            best=best_case(structure, top, long_run),
            window=window,
        )

    def _shares(self, top: str) -> dict[str, Shares]:
        leaves = self._cones.structure.leaves(top)
        for name in leaves:
            if name not in self._known:
                self._known[name] = self._share(self._cones.leaves[name])
        return {name: self._known[name] for name in leaves}

    def _share(self, leaf: Leaf) -> Shares:
        if leaf.kind == "promise":
            return self.timeline.promised([(one.agreement, one.objective) for one in leaf.backers])
        claim = self._estate.services[leaf.service].intrinsic.availability
        if leaf.kind == "intrinsic" and claim is not None:
            return self.timeline.claimed(claim)
        return self.timeline.constant(0 if leaf.kind == "duty" and self._forgiving else 1)

    def _link(self, leaf: Leaf, downtime_s: Fraction) -> Link:
        if leaf.kind == "promise":
            best = min(leaf.backers, key=_strictness).objective
            return Link(best.address, f"{best.target} a {best.window}", downtime_s, best.place)
        if leaf.kind == "intrinsic":
            claim = self._estate.services[leaf.service].intrinsic.availability
            return Link(leaf.name, f"{claim} claimed by its owner", downtime_s, leaf.place)
        words = "a duty of the customer" if leaf.kind == "duty" else "no promise"
        return Link(f"service.{leaf.service}", words, downtime_s, leaf.place)


def _result(  # noqa: PLR0917 - the parts of one result
    agreement: Agreement,
    objective: Objective,
    sight: _Sight,
    verdicts: tuple[Verdict, Verdict],
    numbers: _Numbers,
    links: tuple[Link, ...],
) -> ObjectiveResult:
    stretch = sight.timeline.windows[numbers.window]
    allowed = unavailability_of(objective) * stretch.seconds
    return ObjectiveResult(
        address=objective.address,
        place=objective.place,
        metric=objective.metric,
        target=str(objective.target),
        verdict=verdicts[0],
        local_verdict=verdicts[1],
        guaranteed=Interval(1 - numbers.worst.upper, 1 - numbers.worst.lower),
        expected=Interval(1 - numbers.expected.upper, 1 - numbers.expected.lower),
        best=1 - numbers.best.lower,
        window=stretch.name,
        window_s=stretch.seconds,
        allowed_s=allowed,
        margin_s=allowed - numbers.worst.upper * stretch.seconds,
        links=links,
        customers=agreement.customers,
        agreed=objective.agreed,
    )


def _worst_window(bounds: list[Bound]) -> int:
    """The first window with the largest downtime."""
    return max(range(len(bounds)), key=lambda index: (bounds[index].upper, -index))


def _strictness(backer: Backer) -> Fraction:
    target = backer.objective.target
    return target.complement if isinstance(target, Ratio) else Fraction(1)


def _capped(found: Verdict, *, unbudgeted: bool) -> Verdict:
    """Own failures without a budget count as perfect in the numbers, and nothing is guaranteed by that."""
    return "undecided" if unbudgeted and found in ("guaranteed", "only-if-independent") else found


def _end_of_month(day: date) -> date:
    first_of_next = (datetime(day.year, day.month, 1, tzinfo=UTC) + timedelta(days=32)).date().replace(day=1)
    return first_of_next - timedelta(days=1)
