"""The latency that the structure below a service guarantees: promises of percentiles composed along its calls.

Calls go out one after another, and their limits add up; those of a group that say `mode: parallel` go out at once. Of a
redundant group each request takes one member, and nobody says which: the slowest counts; where all members say
`mode: parallel`, the answers that are needed are waited for. An attempt that fails may have taken its whole limit, so
that retries multiply limit and miss, and an answer after the timeout is none.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from slactl.assurance.latency import (
    INSTANT,
    Curve,
    Point,
    at_once,
    curve,
    cut_off,
    either,
    in_sequence,
    repeated,
    repeated_at_once,
    shares,
    whichever,
)
from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.ratio import plain
from slactl.check.backing import Backer
from slactl.check.population import dilution
from slactl.check.request_view import Ask, Seen, Views
from slactl.check.result import AmountLink
from slactl.check.times_work import length_s
from slactl.model.agreement import Objective
from slactl.model.service import Call, Group, Service

_MS = 1000
_NOTHING = Curve()


@dataclass(slots=True)
class Latencies:
    """The curve of each ask in one sight, worked out once."""

    views: Views
    most_miss: Fraction
    """The share of requests that may miss above: what misses more is of no use."""
    strictest: bool = False
    """Whether of each curve below only the promise of the highest percentile counts."""
    _known: dict[Ask, Curve] = field(default_factory=dict)
    _sources: dict[str, tuple[str, Place]] = field(default_factory=dict)
    """By source: its promise in words, and where it was written."""

    def of(self, top: Ask) -> Curve:
        """What is guaranteed about an ask."""
        if top not in self._known:
            for seen in self.views.cone(top):
                if seen.ask not in self._known:
                    self._known[seen.ask] = self._curve(seen)
        return self._known[top]

    def links(self, point: Point) -> tuple[AmountLink, ...]:
        """What each promise contributes to a point's limit, in seconds, the most first."""
        found = []
        for source, (times, spent_ms) in shares(point).items():
            promise, place = self._sources[source]
            often = f", {times} times" if times > 1 else ""
            found.append(AmountLink(source, f"{promise}{often}", Fraction(spent_ms, _MS), place))
        return tuple(sorted(found, key=lambda link: (-link.amount, link.address)))

    def _curve(self, seen: Seen) -> Curve:
        if seen.missing:
            return _NOTHING
        curves = [self._promised(seen.whole)] if seen.whole else []
        if seen.through:
            service = self.views.estate.services[seen.ask.service]
            parts = [self._own(service, seen.own)]
            if service.depends_on is not None:
                parts.append(self._group(service.depends_on, service.owner))
            curves.append(in_sequence(parts, self.most_miss))
        return either(curves, self.most_miss) if curves else INSTANT

    def _own(self, service: Service, own: tuple[Backer, ...]) -> Curve:
        """A service's own part: promised, claimed, or (counted as none) not stated."""
        if own:
            return self._promised(own)
        claim = service.intrinsic
        if claim.latency_target is None or claim.latency_percentile is None:
            return INSTANT
        percentile = Decimal(claim.latency_percentile)
        words = f"{_words(percentile, claim.latency_target)}, claimed by its owner"
        source = f"{service.address}.intrinsic"
        self._sources[source] = (words, service.place)
        limit, miss = milliseconds(claim.latency_target), 1 - Fraction(percentile) / 100
        return curve((Point(limit, miss, source),), self.most_miss)

    def _promised(self, backers: Iterable[Backer]) -> Curve:
        points = []
        for one in backers:
            objective = one.objective
            self._sources[objective.address] = (in_words(objective), objective.place)
            points.append(point_of(objective))
        if self.strictest:
            points = [min(points, key=lambda point: (point.miss, point.limit_ms))]
        return curve(points, self.most_miss)

    def _group(self, group: Group, owner: str) -> Curve:
        """What a group's calls take: redundant ones whichever answers, or as many as are needed of those at once."""
        curves = [self._part(part, owner) for part in group.parts]
        parallel = [isinstance(part, Call) and part.mode == "parallel" for part in group.parts]
        if group.at_least < len(group.parts):
            if all(parallel):
                return at_once(curves, group.at_least, self.most_miss)
            return whichever(curves, self.most_miss)
        together = [one for one, at in zip(curves, parallel, strict=True) if at]
        others = [one for one, at in zip(curves, parallel, strict=True) if not at]
        if together:
            others.append(at_once(together, len(together), self.most_miss))
        return in_sequence(others, self.most_miss)

    def _part(self, part: Call | Group, owner: str) -> Curve:
        if isinstance(part, Group):
            return self._group(part, owner)
        answered = self._known[Ask(part.service, owner)]
        if part.timeout is not None:
            answered = cut_off(answered, milliseconds(part.timeout))
        answered = repeated(answered, 1 + part.retries, self.most_miss)
        if part.mode == "parallel":
            return repeated_at_once(answered, part.calls, self.most_miss)
        return repeated(answered, part.calls, self.most_miss)


def unstated(seen: Seen, views: Views) -> bool:
    """Whether a service that is looked through says nothing about the latency of its own part."""
    claimed = views.estate.services[seen.ask.service].intrinsic.latency_target
    return seen.through and not seen.own and claimed is None


def point_of(objective: Objective) -> Point:
    """What a latency objective promises; of a larger population's requests all that miss may be ours."""
    miss = allowed_miss(objective) * dilution(objective)
    return Point(limit_ms(objective), miss, objective.address)


def limit_ms(objective: Objective) -> int:
    """The milliseconds that a latency objective promises."""
    if not isinstance(objective.target, Duration):
        raise TypeError(f"{objective.address} is no latency")
    return milliseconds(objective.target)


def milliseconds(duration: Duration) -> int:
    """A duration in milliseconds; a month counts as the longest one has."""
    return int(length_s(duration) * _MS)


def allowed_miss(objective: Objective) -> Fraction:
    """The share of requests that a latency objective allows to take longer."""
    return 1 - Fraction(objective.percentile or 0) / 100


def in_words(objective: Objective) -> str:
    """What a latency objective promises: `99% within 200ms`."""
    return _words(objective.percentile or Decimal(0), objective.target)


def _words(percentile: Decimal, target: object) -> str:
    return f"{plain(percentile)}% within {target}"
