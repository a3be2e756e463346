"""Judges one objective: its structure evaluated in its own measured time, window by window."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from slactl.assurance.best_case import best_case
from slactl.assurance.closed_forms import Bound
from slactl.assurance.independent import independent
from slactl.assurance.structure import Structure
from slactl.assurance.verdict import verdict
from slactl.assurance.worst_case import weakest, worst_case
from slactl.base.ratio import Ratio
from slactl.check.backing import Backer
from slactl.check.cone import Cones, Leaf
from slactl.check.result import Interval, Link, ObjectiveResult, Verdict
from slactl.check.timeline import Clock, Shares, Stretch, Timeline, clock_of, first_second, start_of_window
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


class Evaluator:
    """Judges objectives of one estate as of a day; what objectives share is computed once."""

    def __init__(self, estate: Estate, as_of: date, cones: Cones) -> None:
        self._estate = estate
        self._as_of = as_of
        self._cones = cones
        self._timelines: dict[Clock, Timeline] = {}
        self._numbers: dict[tuple[Clock, str, bool], _Numbers] = {}
        self.horizon_end = _end_of_month(estate.workspace.check.horizon.after(as_of))

    def judge(
        self, agreement: Agreement, objective: Objective, top: str, local_top: str
    ) -> Evaluation | None:
        """Judge an objective over the nodes that it rests on; None where its term is over."""
        clock = self._clock(agreement, objective)
        if clock is None:
            return None
        timeline = self._timelines.setdefault(clock, Timeline(clock, self._estate))
        if not timeline.windows or not isinstance(objective.target, Ratio):
            return None
        forgiven = _FAULT_OF_CUSTOMER in objective.excludes
        nodes = tuple(self._cones.structure.order(top))
        chain = self._numbers_of(clock, timeline, top, forgiven)
        local = chain if local_top == top else self._numbers_of(clock, timeline, local_top, forgiven)
        unbudgeted = any(node in self._cones.unbudgeted for node in nodes)
        target = objective.target.share
        return Evaluation(
            self._result(agreement, objective, chain, timeline, top, (
                _capped(verdict(target, chain.worst, chain.expected, chain.best), unbudgeted),
                _capped(verdict(target, local.worst, local.expected, local.best), unbudgeted),
            ), forgiven),
            nodes,
            self._supports(nodes),
        )  # fmt: skip

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

    def _numbers_of(self, clock: Clock, timeline: Timeline, top: str, forgiven: bool) -> _Numbers:
        key = (clock, top, forgiven)
        if key not in self._numbers:
            self._numbers[key] = self._computed(timeline, top, forgiven)
        return self._numbers[key]

    def _computed(self, timeline: Timeline, top: str, forgiven: bool) -> _Numbers:
        structure = self._cones.structure
        shares = self._shares(timeline, structure, top, forgiven)
        bounds: dict[tuple[Fraction, ...], Bound] = {}
        by_window: list[Bound] = []
        names = list(shares)
        for index in range(len(timeline.windows)):
            column = tuple(shares[name][0][index] for name in names)
            if column not in bounds:
                bounds[column] = worst_case(structure, top, dict(zip(names, column, strict=True)))
            by_window.append(bounds[column])
        worst_index = max(range(len(by_window)), key=lambda index: (by_window[index].upper, -index))
        long_run = {name: share[1] for name, share in shares.items()}
        return _Numbers(
            worst=Bound(max(bound.lower for bound in by_window), by_window[worst_index].upper),
            expected=independent(structure, top, long_run),
            best=best_case(structure, top, long_run),
            window=worst_index,
        )

    def _shares(
        self, timeline: Timeline, structure: Structure, top: str, forgiven: bool
    ) -> dict[str, Shares]:
        return {
            name: self._leaf_shares(timeline, self._cones.leaves[name], forgiven)
            for name in structure.leaves(top)
        }

    def _leaf_shares(self, timeline: Timeline, leaf: Leaf, forgiven: bool) -> Shares:
        if leaf.kind == "duty":
            return timeline.constant(0 if forgiven else 1)
        if leaf.kind == "intrinsic":
            claim = self._estate.services[leaf.service].intrinsic.availability
            if claim is not None:
                return timeline.claimed(claim)
        if leaf.kind == "promise":
            return timeline.promised([(one.agreement, one.objective) for one in leaf.backers])
        return timeline.constant(1)

    def _result(
        self,
        agreement: Agreement,
        objective: Objective,
        numbers: _Numbers,
        timeline: Timeline,
        top: str,
        verdicts: tuple[Verdict, Verdict],
        forgiven: bool,
    ) -> ObjectiveResult:
        stretch = timeline.windows[numbers.window]
        allowed = (
            (1 - objective.target.share) * stretch.seconds
            if isinstance(objective.target, Ratio)
            else Fraction(0)
        )
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
            links=self._links(timeline, top, numbers.window, stretch, forgiven),
            customers=agreement.customers,
            agreed=objective.agreed,
        )

    def _links(
        self, timeline: Timeline, top: str, window: int, stretch: Stretch, forgiven: bool
    ) -> tuple[Link, ...]:
        shares = self._shares(timeline, self._cones.structure, top, forgiven)
        downtime = {name: share[0][window] for name, share in shares.items()}
        return tuple(
            self._link(self._cones.leaves[name], part * stretch.seconds)
            for name, part in weakest(self._cones.structure, top, downtime)
        )

    def _link(self, leaf: Leaf, downtime_s: Fraction) -> Link:
        if leaf.kind == "promise":
            best = min(leaf.backers, key=_strictness)
            return Link(
                best.objective.address,
                f"{best.objective.target} a {best.objective.window}",
                downtime_s,
                best.objective.place,
            )
        if leaf.kind == "intrinsic":
            claim = self._estate.services[leaf.service].intrinsic.availability
            return Link(leaf.name, f"{claim} claimed by its owner", downtime_s, leaf.place)
        words = "a duty of the customer" if leaf.kind == "duty" else "no promise"
        return Link(f"service.{leaf.service}", words, downtime_s, leaf.place)

    def _supports(self, nodes: tuple[str, ...]) -> tuple[tuple[Agreement, Objective], ...]:
        leaves = (self._cones.leaves[node] for node in nodes if node in self._cones.leaves)
        return tuple((one.agreement, one.objective) for leaf in leaves for one in leaf.backers)


def _strictness(backer: Backer) -> Fraction:
    target = backer.objective.target
    return target.complement if isinstance(target, Ratio) else Fraction(1)


def _capped(found: Verdict, unbudgeted: bool) -> Verdict:
    """Own failures without a budget count as perfect in the numbers, and nothing is guaranteed by that."""
    return "undecided" if unbudgeted and found in ("guaranteed", "only-if-independent") else found


def _end_of_month(day: date) -> date:
    first_of_next = (datetime(day.year, day.month, 1, tzinfo=UTC) + timedelta(days=32)).date().replace(day=1)
    return first_of_next - timedelta(days=1)
