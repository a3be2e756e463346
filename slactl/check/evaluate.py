"""Judges one objective: its structure evaluated in its own measured time, window by window."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from slactl.assurance.best_case import best_case
from slactl.assurance.closed_forms import Bound
from slactl.assurance.independent import independent
from slactl.assurance.joint import Clause
from slactl.assurance.placing import Budget, Outage, budgets_of, downtime_s, placed
from slactl.assurance.verdict import verdict
from slactl.assurance.windows import Promise
from slactl.assurance.worst_case import WorstCase, worst_case
from slactl.base.ratio import Ratio
from slactl.check.backing import Backer
from slactl.check.cone import Cones, Leaf
from slactl.check.independence import assumed, with_evidence
from slactl.check.joint_promises import JointPromise, JointPromises
from slactl.check.result import Independence, Interval, Link, ObjectiveResult, Verdict
from slactl.check.timeline import (
    Clock,
    Shares,
    Timeline,
    clock_of,
    end_of_window,
    first_second,
    start_of_window,
    unavailability_of,
)
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate

_FAULT_OF_CUSTOMER = "customer-fault"
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The three numbers of one structure on one timeline, and the window that is worst."""

    worst: Bound
    expected: Bound
    best: Bound
    window: int
    """Index of the worst window."""
    links: tuple[tuple[str, Fraction], ...]
    """What each leaf and clause adds to the worst case there, most first."""

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
        self._joint = JointPromises(cones)
        self._timelines: dict[Clock, Timeline] = {}
        self._sights: dict[tuple[Clock, bool], Sight] = {}
        self.horizon_end = _end_of_month(estate.workspace.check.horizon.after(as_of))

    def judge(
        self, agreement: Agreement, objective: Objective, top: str, local_top: str
    ) -> ObjectiveResult | None:
        """Judge an objective over the nodes that it rests on; None where its term is over."""
        sight = self._sight(agreement, objective)
        if sight is None or not isinstance(objective.target, Ratio):
            return None
        unbudgeted = any(node in self._cones.unbudgeted for node in self._cones.structure.order(top))
        firmness = agreement.status.firmness
        allowed = unavailability_of(objective)
        chain, local = (
            _capped(
                sight.numbers(node, firmness, allowed).verdict_on(objective.target),
                unbudgeted=unbudgeted or self._uncounted(node),
            )
            for node in (top, local_top)
        )
        numbers = sight.numbers(top, firmness, allowed)
        links = sight.links(top, firmness) if self._explain or chain != "guaranteed" else ()
        result = _result(agreement, objective, sight, (chain, local), numbers, links)
        if chain == "only-if-independent":
            found = sight.if_independent(top, firmness, allowed, self._as_of)
            result = replace(result, independence=found)
        return result

    def sight(self, agreement: Agreement, objective: Objective) -> "Sight | None":
        """The structure as the objective sees it; None where its term is over or nothing counts."""
        return self._sight(agreement, objective)

    def _sight(self, agreement: Agreement, objective: Objective) -> "Sight | None":
        clock = self._clock(agreement, objective)
        if clock is None:
            return None
        timeline = self._timelines.setdefault(clock, Timeline(clock, self._estate))
        key = (clock, _FAULT_OF_CUSTOMER in objective.excludes)
        if key not in self._sights:
            self._sights[key] = Sight(self._estate, self._cones, self._joint, timeline, forgiving=key[1])
        return self._sights[key] if timeline.windows else None

    def _clock(self, agreement: Agreement, objective: Objective) -> Clock | None:
        """From the window that the day lies in (or the term's first day) to the term's end or that of the last window."""
        zone = self._estate.hours.zone(objective.hours)
        start = start_of_window(objective.window, zone, self._as_of)
        end = end_of_window(objective.window, zone, self.horizon_end)
        term = agreement.term
        if term.start is not None:
            start = max(start, first_second(term.start))
        if term.until is not None and term.renewal is None:
            end = min(end, first_second(term.until + timedelta(days=1)))
        return clock_of(agreement, objective, start, end) if start < end else None

    def _uncounted(self, top: str) -> bool:
        """Whether outages that count above are left out by the promises somewhere below."""
        uncounted = self._cones.uncounted
        return bool(uncounted) and any(node in uncounted for node in self._cones.structure.order(top))


class Sight:
    """The structure as seen on one timeline: the numbers of each node, computed once."""

    def __init__(
        self, estate: Estate, cones: Cones, joint: JointPromises, timeline: Timeline, *, forgiving: bool
    ) -> None:
        self.timeline = timeline
        self._estate = estate
        self._cones = cones
        self._joint = joint
        self._forgiving = forgiving
        """Whether downtime by the customer's fault does not count."""
        self._numbers: dict[tuple[str, int], _Numbers] = {}
        self._known: dict[str, Shares] = {}
        """Shares by leaf."""
        self._alike: dict[object, _Numbers] = {}
        """Numbers by the form of a structure; leaves are told by their positions."""

    def numbers(self, top: str, firmness: int, allowed: Fraction) -> _Numbers:
        """The three numbers of a node; where the worst case is above what is allowed, it is shown to happen."""
        key = (top, firmness)
        if key not in self._numbers:
            self._numbers[key] = self._found(top, firmness)
        found = self._numbers[key]
        if found.worst.lower > allowed and not self._aligned(top, firmness):
            shown = downtime_s(self.outages(top, firmness, found.window))
            lower = min(found.worst.upper, shown / self.timeline.windows[found.window].seconds)
            return replace(found, worst=Bound(lower, found.worst.upper))
        return found

    def links(self, top: str, firmness: int) -> tuple[Link, ...]:
        """What each promise below adds to the worst case in the worst window, most first."""
        numbers = self._numbers[top, firmness]
        seconds = self.timeline.windows[numbers.window].seconds
        return tuple(self.link(name, share * seconds, top, firmness) for name, share in numbers.links)

    def case(self, top: str, firmness: int, window: int) -> WorstCase:
        """The programme of one window."""
        shares = self._shares(top)
        column = {name: share[0][window] for name, share in shares.items()}
        clauses = [
            replace(one.clause, downtime=shown[window]) for one, shown, _ in self._clauses(top, firmness)
        ]
        return worst_case(self._cones.structure, top, column, clauses)

    def cases(self, top: str, firmness: int) -> list[tuple[list[int], WorstCase]]:
        """The programme of every window, those of windows that look the same once."""
        columns = zip(*(share[0] for share in self._shares(top).values()), strict=True)
        clauses = [shown for _, shown, _ in self._clauses(top, firmness)]
        alike: dict[tuple[Fraction, ...], list[int]] = {}
        for window, column in enumerate(columns):
            alike.setdefault((*column, *(shown[window] for shown in clauses)), []).append(window)
        return [(windows, self.case(top, firmness, windows[0])) for windows in alike.values()]

    def outages(self, top: str, firmness: int, window: int) -> tuple[Outage, ...]:
        """Outages in one window, on dates, by which the node is down for long while every promise below is kept."""
        budgets = self.budgets(top, firmness, window)
        if budgets is None:
            return ()
        return placed(
            self._cones.structure, top, self.timeline.counted(window), budgets, self.clauses(top, firmness)
        )

    def budgets(self, top: str, firmness: int, window: int) -> dict[str, tuple[Budget, ...]] | None:
        """What each promise allows in one window, on dates; None where a promise has too many windows there."""
        time = self.timeline.counted(window)
        found: dict[str, tuple[Budget, ...]] = dict.fromkeys(self._cones.structure.leaves(top), ())
        for name, promise in self.held(top, firmness, window):
            budgets = budgets_of(promise, time)
            if budgets is None:
                return None
            found[name] = (*found.get(name, ()), *budgets)
        return found

    def held(self, top: str, firmness: int, window: int) -> list[tuple[str, Promise]]:
        """Each leaf and clause with the promises that hold it; a claim is one that speaks of our window alone."""
        found: list[tuple[str, Promise]] = []
        for name in self._cones.structure.leaves(top):
            leaf = self._cones.leaves[name]
            promises = self.timeline.promises([(one.agreement, one.objective) for one in leaf.backers])
            found += [
                (name, replace(one, unavailability=one.unavailability * leaf.times)) for one in promises
            ]
            if not promises:
                share = self._shares(top)[name][0][window]
                found.append((name, self.timeline.own(share, window)))
        return found + [(one.clause.name, promise) for one, _, promise in self._clauses(top, firmness)]

    def clauses(self, top: str, firmness: int) -> list[Clause]:
        """The promises on joint downtime that bear on a node; their shares are those of no window."""
        return [one.clause for one in self._joint.below(top, firmness)]

    def if_independent(self, top: str, firmness: int, allowed: Fraction, as_of: date) -> Independence | None:
        """What recorded evidence of independence is worth, in the window where it is worth least; None without any."""
        policy = self._estate.workspace.check
        if policy.assume == "independent":
            return assumed(self._numbers[top, firmness].expected, policy.confidence.share)
        columns = dict.fromkeys(zip(*(share[0] for share in self._shares(top).values()), strict=True))
        found = [
            with_evidence(
                self._cones,
                top,
                dict(zip(self._shares(top), column, strict=True)),
                allowed,
                as_of,
                policy.confidence.share,
            )
            for column in columns
        ]
        worth = [one for one in found if one is not None]
        return min(worth, key=lambda one: (one.suffices, one.guaranteed.lower, one.met.lower), default=None)

    def _clauses(self, top: str, firmness: int) -> list[tuple[JointPromise, tuple[Fraction, ...], Promise]]:
        return [
            (one, *self.timeline.together(one.agreement, one.joint))
            for one in self._joint.below(top, firmness)
        ]

    def _aligned(self, top: str, firmness: int) -> bool:
        leaves = (self._cones.leaves[name] for name in self._cones.structure.leaves(top))
        promises = [
            promise
            for leaf in leaves
            for promise in self.timeline.promises([(one.agreement, one.objective) for one in leaf.backers])
        ]
        return not self._joint.below(top, firmness) and all(map(self.timeline.aligned, promises))

    def _found(self, top: str, firmness: int) -> _Numbers:
        """The numbers, computed once for all structures that differ in nothing but the names of their parts."""
        if self._joint.below(top, firmness):
            return self._computed(top, firmness)
        shares = self._shares(top)
        # Shares that look the same are the same object, and live as long as this.
        form = (self._cones.structure.form(top), *map(id, shares.values()))
        if form not in self._alike:
            self._alike[form] = _renamed(
                self._computed(top, firmness), {name: str(at) for at, name in enumerate(shares)}
            )
        return _renamed(self._alike[form], {str(at): name for at, name in enumerate(shares)})

    def _computed(self, top: str, firmness: int) -> _Numbers:
        structure, shares = self._cones.structure, self._shares(top)
        clauses = self._clauses(top, firmness)
        cases: dict[tuple[object, ...], tuple[Bound, tuple[tuple[str, Fraction], ...]]] = {}
        by_window: list[tuple[Bound, tuple[tuple[str, Fraction], ...]]] = []
        for window, column in enumerate(zip(*(share[0] for share in shares.values()), strict=True)):
            held = [replace(one.clause, downtime=shown[window]) for one, shown, _ in clauses]
            # Most windows look the same, down to the very objects.
            key = (*map(id, column), *(one.downtime for one in held))
            if key not in cases:
                found = worst_case(structure, top, dict(zip(shares, column, strict=True)), held)
                cases[key] = found.bound, tuple(found.links)
            by_window.append(cases[key])
        window = _worst_window([bound for bound, _ in by_window]) if len(cases) > 1 else 0
        long_run = {name: share[1] for name, share in shares.items()}
        worst = Bound(max(bound.lower for bound, _ in cases.values()), by_window[window][0].upper)
        expected, best = independent(structure, top, long_run), best_case(structure, top, long_run)
        if clauses:  # they may be stricter than independence at the floors
            expected = Bound(min(expected.lower, worst.upper), min(expected.upper, worst.upper))
            best = Bound(min(best.lower, expected.lower), min(best.upper, expected.upper))
        return _Numbers(worst, expected, best, window, by_window[window][1])

    def _shares(self, top: str) -> dict[str, Shares]:
        leaves = self._cones.structure.leaves(top)
        for name in leaves:
            if name not in self._known:
                self._known[name] = self._share(self._cones.leaves[name])
        return {name: self._known[name] for name in leaves}

    def _share(self, leaf: Leaf) -> Shares:
        if leaf.kind == "promise":
            shares = self.timeline.promised([(one.agreement, one.objective) for one in leaf.backers])
            return shares if leaf.times == 1 else _often(shares, leaf.times)
        claim = self._estate.services[leaf.service].intrinsic.availability
        if leaf.kind == "intrinsic" and claim is not None:
            shares = self.timeline.claimed(claim)
            return shares if leaf.times == 1 else _often(shares, leaf.times)
        return self.timeline.constant(0 if leaf.kind == "duty" and self._forgiving else 1)

    def link(self, name: str, downtime_s: Fraction, top: str, firmness: int) -> Link:
        """What a leaf or a clause adds, in words."""
        leaf = self._cones.leaves.get(name)
        if leaf is None:
            (one,) = (found for found in self._joint.below(top, firmness) if found.clause.name == name)
            joint = one.joint
            words = f"at least {joint.at_least} of {', '.join(joint.services)} down at once for {joint.downtime} a {joint.window}"
            return Link(name, words, downtime_s, joint.place)
        if leaf.kind == "promise":
            best = min(leaf.backers, key=_strictness).objective
            return Link(best.address, f"{best.target} a {best.window}", downtime_s, best.place)
        if leaf.kind == "intrinsic":
            claim = self._estate.services[leaf.service].intrinsic.availability
            return Link(leaf.name, f"{claim} claimed by its owner", downtime_s, leaf.place)
        words = "a duty of the customer" if leaf.kind == "duty" else "no promise"
        return Link(f"service.{leaf.service}", words, downtime_s, leaf.place)


def _renamed(numbers: _Numbers, names: Mapping[str, str]) -> _Numbers:
    links = ((names[name], share) for name, share in numbers.links)
    return replace(numbers, links=tuple(sorted(links, key=lambda one: (-one[1], one[0]))))


def _often(shares: Shares, times: int) -> Shares:
    """So many calls a request fail at most so many times as often."""
    return tuple(min(_ONE, times * share) for share in shares[0]), min(_ONE, times * shares[1])


def _result(  # noqa: PLR0917 - the parts of one result
    agreement: Agreement,
    objective: Objective,
    sight: Sight,
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
    """Failures without a budget count as perfect in the numbers, and nothing is guaranteed by that."""
    return "undecided" if unbudgeted and found in ("guaranteed", "only-if-independent") else found


def _end_of_month(day: date) -> date:
    first_of_next = (datetime(day.year, day.month, 1, tzinfo=UTC) + timedelta(days=32)).date().replace(day=1)
    return first_of_next - timedelta(days=1)
