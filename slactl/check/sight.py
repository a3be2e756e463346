"""A structure as one timeline sees it: the three numbers of each node, their proofs, and outages on dates."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from slactl.assurance.at_once import AtOnce, Holding
from slactl.assurance.best_case import best_case
from slactl.assurance.closed_forms import Bound
from slactl.assurance.independent import independent
from slactl.assurance.joint import Clause
from slactl.assurance.jointly import JointWorst
from slactl.assurance.placing import Outage, downtime_s
from slactl.assurance.windows import Promise
from slactl.assurance.worst_case import WorstCase, worst_case
from slactl.base.quick_dataclass import replace
from slactl.check.clock import undated_maintenance_s
from slactl.check.cone import Cones, Leaf
from slactl.check.independence import assumed, with_evidence
from slactl.check.joint_promises import JointPromise, JointPromises
from slactl.check.leaf_shares import LeafShares
from slactl.check.link_words import leaf_words
from slactl.check.numbers import Numbers, in_order, links_of, renamed, worst_window
from slactl.check.result import Independence, Link
from slactl.check.short_outages import may_join
from slactl.check.timeline import Shares, Timeline
from slactl.model.estate import Estate

if TYPE_CHECKING:
    from slactl.base.diagnostics import Place

_ONE = Fraction(1)
_MOST_SHOWN = 120
"""Windows, or positions of a rolling one, in which outages are laid out."""
_MOST_PROGRAMMES = 4
"""Of them, those in which the most is looked for."""


class Sight:
    """The structure as seen on one timeline: the numbers of each node, computed once."""

    def __init__(
        self, estate: Estate, cones: Cones, joint: JointPromises, timeline: Timeline, *, forgiving: bool
    ) -> None:
        self.timeline = timeline
        self._estate = estate
        self._cones = cones
        self._joint = joint
        self._leaves = LeafShares(estate, timeline, forgiving=forgiving)
        self._numbers: dict[tuple[str, int], Numbers] = {}
        self._alike: dict[object, Numbers] = {}
        """Numbers by the form of a structure; leaves are told by their positions."""
        self._common: dict[tuple[str, int], Numbers] = {}
        self._ranks: dict[int, list[tuple[Fraction, list[int]]]] = {}
        """By the identity of numbers that are kept here."""
        self._told: dict[str, tuple[str, str, Place | None, str]] = {}
        """By leaf: its promise's address, words and place."""
        self._over: dict[str, bool] = {}
        """By leaf: whether what is promised of it lies over our windows."""
        self._holdings: dict[tuple[str, bool], tuple[Holding, ...]] = {}
        """By leaf."""
        self._programmes: dict[tuple[str, int], AtOnce] = {}

    def numbers(self, top: str, firmness: int) -> Numbers:
        """The three numbers of a node.

        Each promise's own worst downtime is brought into a window by itself first, which is sound, and exact where windows
        lie over one another. Where they do not, all are held against it at once.
        """
        key = (top, firmness)
        if key not in self._numbers:
            found = self.common(top, firmness)
            alike = not self._joints(top, firmness)
            self._numbers[key] = renamed(found, dict(self._numbered(top))) if alike else found
        return self._numbers[key]

    def common(self, top: str, firmness: int) -> Numbers:
        """The three numbers of a node: one object for all nodes that differ in nothing but names, and without these.

        What its `links` are called is not said; `numbers` does.
        """
        key = (top, firmness)
        if key not in self._common:
            self._common[key] = self._found(top, firmness)
        return self._common[key]

    def links(self, top: str, firmness: int) -> tuple[Link, ...]:
        """What each promise below adds to the worst case in the worst window, most first."""
        numbers = self.common(top, firmness)
        if self._joints(top, firmness):
            seconds = self.timeline.stretch(numbers.window).seconds
            return tuple(self.link(name, share * seconds, top, firmness) for name, share in numbers.links)
        leaves = self._cones.structure.leaves(top)
        return tuple(
            self.link(name, downtime_s, top, firmness)
            for downtime_s, positions in self._ranked(numbers)
            for name in sorted(leaves[at] for at in positions)
        )

    def _ranked(self, common: Numbers) -> list[tuple[Fraction, list[int]]]:
        """The positions of leaves by the seconds that each adds to the worst case, most first."""
        if id(common) not in self._ranks:
            seconds = self.timeline.stretch(common.window).seconds
            ranks: dict[Fraction, list[int]] = {}
            for at, share in common.links:
                ranks.setdefault(share * seconds, []).append(int(at))
            self._ranks[id(common)] = list(ranks.items())
        return self._ranks[id(common)]

    def assumes_apart(self, top: str, allowed: Fraction) -> tuple[str, ...]:
        """Promises below whose short outages are assumed not to join up with others."""
        worst = {name: max(share[0]) for name, share in self._shares(top).items()}
        return may_join(self._cones.structure, top, self._cones.leaves, worst, allowed)

    def case(self, top: str, firmness: int, window: int) -> WorstCase:
        """The programme of one window."""
        shares, at = self._shares(top), self.timeline.column(window)
        column = {name: share[0][at] for name, share in shares.items()}
        clauses = [replace(one.clause, downtime=shown[at]) for one, shown, _ in self._clauses(top, firmness)]
        return worst_case(self._cones.structure, top, column, clauses)

    def cases(
        self, top: str, firmness: int, allowed: Fraction
    ) -> list[tuple[list[int], WorstCase, JointWorst | None]]:
        """The programme of every window, those of windows that look the same once.

        Where a window's own is above what is allowed, and the one over its cells is less, that too.
        """
        columns = zip(*(share[0] for share in self._shares(top).values()), strict=True)
        clauses = [shown for _, shown, _ in self._clauses(top, firmness)]
        alike: dict[tuple[Fraction, ...], list[int]] = {}
        for window, column in enumerate(columns):
            alike.setdefault((*column, *(shown[window] for shown in clauses)), []).append(window)
        found: list[tuple[list[int], WorstCase, JointWorst | None]] = []
        for windows in alike.values():
            one = self.case(top, firmness, windows[0])
            joint: dict[int, tuple[JointWorst | None, list[int]]] = {}
            for window in windows:
                programme = self.jointly(top, firmness, window) if one.bound.upper > allowed else None
                if programme is not None and programme.upper >= one.bound.upper:
                    programme = None
                joint.setdefault(id(programme), (programme, []))[1].append(window)
            found += [(several, one, programme) for programme, several in joint.values()]
        return found

    def jointly(self, top: str, firmness: int, window: int) -> JointWorst | None:
        """The programme over all cells of one window; None where there is none to tell from the window's own.

        That is where windows lie over one another, where the objective's window may begin anywhere, where requests are
        counted, and where it would be too much work.
        """
        if self.timeline.rolling or self.timeline.by_request:
            return None
        if self._aligned(top) and not self._joints(top, firmness):
            return None
        return self._programme(top, firmness).bound(
            self.timeline.counted(window), self.held(top, firmness, window)
        )

    def too_much(self, top: str, firmness: int, window: int) -> bool:
        """Whether all promises are not held against a window at once for the work that it would be."""
        if self.timeline.rolling or self.timeline.by_request:
            return False
        if self._aligned(top) and not self._joints(top, firmness):
            return False
        return self.jointly(top, firmness, window) is None

    def outages(self, top: str, firmness: int, window: int) -> tuple[Outage, ...]:
        """Outages in one window, on dates, by which the node is down for long while every promise below is kept."""
        found = self._programme(top, firmness).outages(
            self.timeline.counted(window), self.held(top, firmness, window)
        )
        return max(
            found, self._laid_out(self.case(top, firmness, window), top, firmness, window), key=downtime_s
        )

    def held(self, top: str, firmness: int, window: int) -> list[Holding]:
        """Every promise that holds a leaf or clause; a claim is one that speaks of our window alone."""
        found: list[Holding] = []
        shares = self._shares(top)
        excused = self._leaves.excused([self._cones.leaves[name] for name in shares])
        for name, share in shares.items():
            leaf = self._cones.leaves[name]
            key = name, all(one.agreement.address in excused for one in leaf.backers)
            if key not in self._holdings:
                self._holdings[key] = self._held(leaf, excused=key[1])
            found += self._holdings[key]
            claimed = share[0][self.timeline.column(window)]
            if not self._holdings[key] and claimed < 1:
                found.append(Holding(name, self.timeline.own(claimed, window)))
        return found + [
            Holding(one.clause.name, promise, undated_maintenance_s(one.agreement))
            for one, _, promise in self._clauses(top, firmness)
        ]

    def _held(self, leaf: Leaf, *, excused: bool) -> tuple[Holding, ...]:
        backers = [(one.agreement, one.objective) for one in leaf.backers]
        left_out = self.timeline.left_out(backers, excused=excused)
        promises = zip(self.timeline.promises(backers), left_out, strict=True)
        return tuple(
            Holding(leaf.name, replace(one, unavailability=one.unavailability * leaf.times), left_out_s)
            for one, left_out_s in promises
        )

    def clauses(self, top: str, firmness: int) -> list[Clause]:
        """The promises on joint downtime that bear on a node; their shares are those of no window."""
        return [one.clause for one in self._joints(top, firmness)]

    def if_independent(self, top: str, firmness: int, allowed: Fraction, as_of: date) -> Independence | None:
        """What recorded evidence of independence is worth, in the window where it is worth least; None without any."""
        policy = self._estate.workspace.check
        if policy.assume == "independent":
            if any(self._is_of_other_requests(name, top) for name in self._shares(top)):
                return None  # independence says nothing about when requests come
            expected = self.common(top, firmness).expected
            return assumed(self._cones, top, expected, policy.confidence.share)
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

    def _is_of_other_requests(self, name: str, top: str) -> bool:
        """Whether a leaf's promise is on a share of requests and guarantees nothing of those in one of our windows."""
        leaf = self._cones.leaves.get(name)
        promised = self.timeline.by_request and leaf is not None and leaf.kind == "promise"
        return promised and max(self._shares(top)[name][0]) == _ONE

    def _joints(self, top: str, firmness: int) -> tuple[JointPromise, ...]:
        """The promises on joint downtime below a node; one on time says nothing of requests."""
        return () if self.timeline.by_request else self._joint.below(top, firmness)

    def _clauses(self, top: str, firmness: int) -> list[tuple[JointPromise, tuple[Fraction, ...], Promise]]:
        return [
            (one, *self.timeline.together(one.agreement, one.joint)) for one in self._joints(top, firmness)
        ]

    def _aligned(self, top: str) -> bool:
        """Whether all promises allow the same share of every part of every window: nothing is gained by cutting it."""
        for name in self._cones.structure.leaves(top):
            if name not in self._over:
                backers = [(one.agreement, one.objective) for one in self._cones.leaves[name].backers]
                self._over[name] = all(map(self.timeline.aligned, self.timeline.promises(backers)))
            if not self._over[name]:
                return False
        return True

    def _found(self, top: str, firmness: int) -> Numbers:
        """The numbers, computed once for all structures that differ in nothing but the names of their parts."""
        if self._joints(top, firmness):
            return self._refined(*self._computed(top, firmness), top, firmness)
        shares = self._shares(top)
        # Shares of the same promises are the same object, and live as long as this.
        form = (self._cones.structure.form(top), *map(id, shares.values()))
        if form not in self._alike:
            numbers, case = self._computed(top, firmness)
            if not self._aligned(top):
                numbers = self._refined(numbers, case, top, firmness)
            self._alike[form] = renamed(numbers, {name: at for at, name in self._numbered(top)})
        return self._alike[form]

    def _numbered(self, top: str) -> Iterator[tuple[str, str]]:
        """The leaves below a node, each after its position."""
        return ((str(at), name) for at, name in enumerate(self._cones.structure.leaves(top)))

    def _computed(self, top: str, firmness: int) -> tuple[Numbers, WorstCase]:
        """The numbers with every promise brought into each window by itself, and the programme of the worst window."""
        structure, shares = self._cones.structure, self._shares(top)
        clauses = self._clauses(top, firmness)
        cases: dict[tuple[object, ...], WorstCase] = {}
        by_window: list[WorstCase] = []
        for window, column in enumerate(zip(*(share[0] for share in shares.values()), strict=True)):
            held = [replace(one.clause, downtime=shown[window]) for one, shown, _ in clauses]
            # Most windows look the same, down to the very objects.
            key = (*map(id, column), *(one.downtime for one in held))
            if key not in cases:
                cases[key] = worst_case(structure, top, dict(zip(shares, column, strict=True)), held)
            by_window.append(cases[key])
        bounds = tuple(case.bound for case in by_window)
        window = worst_window(bounds) if len(cases) > 1 else 0
        case = by_window[window]
        long_run = {name: share[1] for name, share in shares.items()}
        worst = Bound(max(one.bound.lower for one in cases.values()), case.bound.upper)
        expected, best = independent(structure, top, long_run), best_case(structure, top, long_run)
        numbers = Numbers(worst, expected, best, window, tuple(case.links), bounds)
        return (
            in_order(numbers) if clauses else numbers
        ), case  # clauses may be stricter than independence at the floors

    def _refined(self, found: Numbers, case: WorstCase, top: str, firmness: int) -> Numbers:
        """The worst window with all promises held against it at once; any other is no worse, by itself or in that way."""
        if self.timeline.rolling:
            return self._shown_in(self._positions(top), found, case, top, firmness)
        if self.timeline.by_request:
            worst = [index for index, one in enumerate(found.bounds) if one.upper == found.worst.upper]
            return self._shown_in(worst, found, case, top, firmness)
        quick = self._laid_out(case, top, firmness, found.window)
        if self._share_down(quick, found.window) == found.worst.upper:
            return in_order(replace(found, worst=Bound(found.worst.upper, found.worst.upper)))
        upper, window, programme = Fraction(-1), found.window, None
        for one in sorted(range(len(found.bounds)), key=lambda index: (-found.bounds[index].upper, index)):
            if found.bounds[one].upper <= upper:
                break
            joint = self.jointly(top, firmness, one)
            if joint is not None and joint.upper >= found.bounds[one].upper:
                joint = None
            bound = found.bounds[one].upper if joint is None else joint.upper
            if bound > upper:
                upper, window, programme = bound, one, joint
        shown = self._share_down(self.outages(top, firmness, window), window)
        links = found.links if window == found.window else tuple(self.case(top, firmness, window).links)
        if programme is not None:
            links = links_of(programme)
        return in_order(replace(found, worst=Bound(min(upper, shown), upper), window=window, links=links))

    def _positions(self, top: str) -> list[int]:
        """Positions of a rolling window that are the worst for some promise below by itself."""
        leaves = (self._cones.leaves[name] for name in self._cones.structure.leaves(top))
        starts = {
            start: None
            for leaf in leaves
            if leaf.backers
            for start in self.timeline.worst_starts([(one.agreement, one.objective) for one in leaf.backers])
        }
        return [at for start in starts if (at := self.timeline.position(start)) is not None]

    def _shown_in(
        self, windows: Sequence[int], found: Numbers, case: WorstCase, top: str, firmness: int
    ) -> Numbers:
        """What is proved of several windows alike, with how much of it can be shown in one of them.

        Each promise by itself has a window that is worst for it. Where they agree on one, all of it can.
        """
        quick = {
            at: self._share_down(self._laid_out(case, top, firmness, at), at)
            for at in dict.fromkeys([found.window, *windows[:_MOST_SHOWN]])
        }
        best_first = sorted(quick, key=lambda at: -quick[at])
        upper, window = found.worst.upper, best_first[0]
        shown = quick[window]
        for at in best_first[:_MOST_PROGRAMMES]:
            if shown >= upper:
                break
            share = self._share_down(self.outages(top, firmness, at), at)
            if share > shown:
                shown, window = share, at
        return in_order(replace(found, worst=Bound(min(upper, shown), upper), window=window))

    def _laid_out(self, case: WorstCase, top: str, firmness: int, window: int) -> tuple[Outage, ...]:
        """The timetable of a window's own programme on dates, as far as every promise is kept."""
        counted, held = self.timeline.counted(window), self.held(top, firmness, window)
        return self._programme(top, firmness).outages_of(case, counted, held)

    def _share_down(self, outages: Sequence[Outage], window: int) -> Fraction:
        return downtime_s(outages) / self.timeline.stretch(window).seconds

    def _programme(self, top: str, firmness: int) -> AtOnce:
        key = (top, firmness)
        if key not in self._programmes:
            self._programmes[key] = AtOnce(self._cones.structure, top, self.clauses(top, firmness))
        return self._programmes[key]

    def _shares(self, top: str) -> dict[str, Shares]:
        return self._leaves.shares([self._cones.leaves[name] for name in self._cones.structure.leaves(top)])

    def link(self, name: str, downtime_s: Fraction, top: str, firmness: int) -> Link:
        """What a leaf or a clause adds, in words."""
        leaf = self._cones.leaves.get(name)
        if leaf is None:
            (one,) = (found for found in self._joints(top, firmness) if found.clause.name == name)
            joint = one.joint
            words = f"at least {joint.at_least} of {', '.join(joint.services)} down at once for {joint.downtime} a {joint.window}"
            return Link(name, words, downtime_s, joint.place)
        if name not in self._told:
            self._told[name] = leaf_words(leaf, self._estate)
        address, words, place, service = self._told[name]
        of = ", counted over other requests than ours" if self._is_of_other_requests(name, top) else ""
        return Link(address, f"{words}{of}", downtime_s, place, service)
