"""Judges one objective: its structure evaluated in its own measured time, window by window."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.ratio import Ratio
from slactl.base.windows import Span, Window
from slactl.check.clock import Clock, clock_of, clock_of_joint
from slactl.check.cone import Cones, View, threshold_ms
from slactl.check.joint_promises import JointPromises
from slactl.check.numbers import Numbers
from slactl.check.relied import Relied
from slactl.check.result import Interval, Link, ObjectiveResult, Verdict
from slactl.check.sight import Sight
from slactl.check.terms import first_second, whole_windows, within_term
from slactl.check.timeline import Stretch, Timeline
from slactl.model.agreement import Agreement, Joint, Objective, Term
from slactl.model.estate import Estate

_FAULT_OF_CUSTOMER = "customer-fault"


class Evaluator:
    """Judges objectives of one estate as of a day; what objectives share is computed once."""

    def __init__(self, estate: Estate, as_of: date, cones: Cones, *, explain: bool) -> None:
        self._explain = explain
        """Whether promises that are supported name their weakest links too."""
        self._estate = estate
        self._as_of = as_of
        self._cones = cones
        self._joint = JointPromises(cones, self._is_kept)
        self._late = any(threshold_ms(objective) for _, objective in estate.objectives())
        """Whether any promise counts outages only after a while."""
        self._timelines: dict[Clock, Timeline] = {}
        self._sights: dict[tuple[Clock, bool], Sight] = {}
        self._worths: dict[tuple[int, Ratio], tuple[Numbers, _Worth]] = {}
        """By the identity of numbers and a target; the numbers are kept beside, so that no others come to have their identity."""
        self.horizon_end = _end_of_month(estate.workspace.check.horizon.after(as_of))
        self._relied = Relied(
            estate, (first_second(as_of), first_second(self.horizon_end + timedelta(days=1)))
        )

    def judge(
        self, agreement: Agreement, objective: Objective, top: str, local_top: str
    ) -> ObjectiveResult | None:
        """Judge an objective over the nodes that it rests on; None where its term is over."""
        sight = self._sight(agreement, objective)
        if sight is None or not isinstance(objective.target, Ratio):
            return None
        firmness, target = agreement.status.firmness, objective.target
        unbudgeted = self._is_any_below(top, self._cones.unbudgeted)
        worth = self._worth(sight, sight.common(top, firmness), target)
        chain = local = _capped(
            worth.verdict, unbudgeted=unbudgeted or self._is_any_below(top, self._cones.uncounted)
        )
        if local_top != top:
            local = _capped(
                self._worth(sight, sight.common(local_top, firmness), target).verdict,
                unbudgeted=unbudgeted or self._is_any_below(local_top, self._cones.uncounted),
            )
        explained = self._explain or chain != "guaranteed"
        links = sight.links(top, firmness) if explained else ()
        result = _result(agreement, objective, (chain, local), worth, links)
        allowed = target.complement
        if self._late:
            result = replace(result, assumes_apart=sight.assumes_apart(top, allowed))
        if chain == "only-if-independent":
            found = sight.if_independent(top, firmness, allowed, self._as_of)
            result = replace(result, independence=found)
        return result

    def sight(self, agreement: Agreement, objective: Objective) -> "Sight | None":
        """The structure as the objective sees it; None where its term is over or nothing counts."""
        return self._sight(agreement, objective)

    @property
    def unsupported_joint(self) -> tuple[tuple[Agreement, Joint], ...]:
        """Promises of OLAs on joint downtime that what is below them does not support."""
        return self._joint.unsupported

    def _is_kept(self, agreement: Agreement, joint: Joint) -> bool:
        """Whether what is below the services of an OLA allows no more joint downtime than it promises."""
        firmness = agreement.status.firmness
        top = self._cones.of_joint(agreement, joint, View("availability", firmness))
        if top is None:
            return True
        span = self._relied.of("availability", agreement, joint.services)
        between = self._between(joint.window, agreement.hours, agreement.term, span)
        lacking = (self._cones.uncounted, self._cones.unbudgeted)
        if between is None or any(self._is_any_below(top, nodes) for nodes in lacking):
            return between is None
        sight = self._sight_of(clock_of_joint(agreement, joint, *between), forgiving=False)
        return all(
            sight.case(top, firmness, window).bound.upper * sight.timeline.most_seconds(window)
            <= joint.downtime.seconds
            for window in range(len(sight.timeline.windows))
        )

    def _sight(self, agreement: Agreement, objective: Objective) -> "Sight | None":
        span = self._relied.of(objective.metric, agreement, objective.services)
        between = self._between(objective.window, objective.hours, agreement.term, span)
        if between is None:
            return None
        clock = clock_of(agreement, objective, *between)
        sight = self._sight_of(clock, forgiving=_FAULT_OF_CUSTOMER in objective.excludes)
        return sight if sight.timeline.windows else None

    def _sight_of(self, clock: Clock, *, forgiving: bool) -> "Sight":
        key = (clock, forgiving)
        found = self._sights.get(key)
        if found is None:
            if clock not in self._timelines:
                self._timelines[clock] = Timeline(clock, self._estate)
            timeline = self._timelines[clock]
            found = Sight(self._estate, self._cones, self._joint, timeline, forgiving=forgiving)
            self._sights[key] = found
        return found

    def _worth(self, sight: Sight, numbers: Numbers, target: Ratio) -> "_Worth":
        key = (id(numbers), target)
        if key not in self._worths:
            self._worths[key] = numbers, _worth(sight, numbers, target)
        return self._worths[key][1]

    def _between(self, window: Window, hours: str | None, term: Term, span: Span) -> Span | None:
        """Whole windows that touch a time, as far as they lie in the term; None where the term is over."""
        return within_term(term, whole_windows(window, self._estate.hours.zone(hours), span))

    def _is_any_below(self, top: str, nodes: Mapping[str, str]) -> bool:
        """Whether any of some nodes is below another one, or is it."""
        return bool(nodes) and any(node in nodes for node in self._cones.structure.order(top))


@dataclass(frozen=True, slots=True)
class _Worth:
    """What numbers are worth against a target: the same for all objectives that differ in nothing but names."""

    verdict: Verdict
    guaranteed: Interval
    expected: Interval
    best: Fraction
    stretch: Stretch
    allowed_s: Fraction
    margin_s: Fraction


def _worth(sight: Sight, numbers: Numbers, target: Ratio) -> _Worth:
    stretch = sight.timeline.stretch(numbers.window)
    allowed_s = target.complement * stretch.seconds
    return _Worth(
        verdict=numbers.verdict_on(target),
        guaranteed=Interval(1 - numbers.worst.upper, 1 - numbers.worst.lower),
        expected=Interval(1 - numbers.expected.upper, 1 - numbers.expected.lower),
        best=1 - numbers.best.lower,
        stretch=stretch,
        allowed_s=allowed_s,
        margin_s=allowed_s - numbers.worst.upper * stretch.seconds,
    )


def _result(
    agreement: Agreement,
    objective: Objective,
    verdicts: tuple[Verdict, Verdict],
    worth: _Worth,
    links: tuple[Link, ...],
) -> ObjectiveResult:
    return ObjectiveResult(
        address=objective.address,
        place=objective.place,
        metric=objective.metric,
        target=str(objective.target),
        verdict=verdicts[0],
        local_verdict=verdicts[1],
        guaranteed=worth.guaranteed,
        expected=worth.expected,
        best=worth.best,
        window=worth.stretch.name,
        window_s=worth.stretch.seconds,
        allowed_s=worth.allowed_s,
        margin_s=worth.margin_s,
        links=links,
        customers=agreement.customers,
        agreed=objective.agreed,
    )


def _capped(found: Verdict, *, unbudgeted: bool) -> Verdict:
    """Failures without a budget count as perfect in the numbers, and nothing is guaranteed by that."""
    return "undecided" if unbudgeted and found in ("guaranteed", "only-if-independent") else found


def _end_of_month(day: date) -> date:
    first_of_next = (datetime(day.year, day.month, 1, tzinfo=UTC) + timedelta(days=32)).date().replace(day=1)
    return first_of_next - timedelta(days=1)
