"""How long requests take whose parts keep promises of percentiles, whatever the parts do together.

A promise "99% within 200ms" is a point: a limit, and the share of requests that may miss it. Several of them about one thing
are a curve. A request is in time when each of its parts is, so that shares that miss add up (the union bound, SLA_MATH
section 3): percentiles do not add, two p99 hops in sequence give p98 at the sum of their limits. Of curves the best
split of the time is found exactly, by carrying every point along that no other beats in both limit and miss.

Limits are whole milliseconds and misses fractions: nothing is rounded. Dropping points is always sound.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from math import floor, lcm

from slactl.assurance.closed_forms import worst_gate
from slactl.assurance.structure import Gate
from slactl.base.quick_dataclass import dataclass, field

_ALL = Fraction(1)
_ROOM = 512
"""The most points that a curve keeps; one with more is thinned, and no longer exact."""


@dataclass(frozen=True, slots=True)
class Point:
    """All requests but a share `miss` take at most `limit_ms`."""

    limit_ms: int
    miss: Fraction
    source: str = ""
    """Whose promise it is; empty where it is made of others."""
    parts: tuple[tuple[int, "Point"], ...] = field(default=(), compare=False, repr=False)
    """What the limit is the sum of: how often, and which point."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points with rising limits and falling misses; without any point nothing is promised."""

    points: tuple[Point, ...] = ()
    exact: bool = True
    """False: points were left out, so that a better split than is found here may exist."""

    def within(self, limit_ms: int) -> Point | None:
        """The point with the least miss among those with at most this limit."""
        return next((one for one in reversed(self.points) if one.limit_ms <= limit_ms), None)

    def quickest(self, miss: Fraction) -> Point | None:
        """The point with the least limit among those that miss at most this share."""
        return next((one for one in self.points if one.miss <= miss), None)


INSTANT = Curve((Point(0, Fraction(0)),))
"""What takes no time."""


def curve(points: Iterable[Point], most_miss: Fraction = _ALL, *, exact: bool = True) -> Curve:
    """The curve of promises that hold at once.

    Args:
        points: in any order.
        most_miss: points that miss more are left out; they can be of no use in a request that may miss this much.
        exact: whether no point was left out before.
    """
    kept: list[Point] = []
    for one in sorted(points, key=lambda point: (point.limit_ms, point.miss)):
        if one.miss <= most_miss and one.miss < _ALL and (not kept or one.miss < kept[-1].miss):
            kept.append(one)
    return _thinned(kept, exact=exact)


def _thinned(kept: list[Point], *, exact: bool) -> Curve:
    """The curve of some points, or of some of them where they are too many."""
    if len(kept) > _ROOM:
        every = -(-len(kept) // _ROOM)
        return Curve((*kept[:-1:every], kept[-1]), exact=False)
    return Curve(tuple(kept), exact)


def either(curves: Sequence[Curve], most_miss: Fraction = _ALL) -> Curve:
    """Curves about the same thing that all hold."""
    if len(curves) == 1:
        return curves[0]
    return curve((point for one in curves for point in one.points), most_miss, exact=_exact(curves))


def in_sequence(curves: Sequence[Curve], most_miss: Fraction = _ALL) -> Curve:
    """One after another: limits and misses add up, for every choice of a point of each."""
    return reduce(lambda first, then: _after(first, then, most_miss), curves, INSTANT)


def _after(first: Curve, then: Curve, most_miss: Fraction) -> Curve:
    if first is INSTANT or then is INSTANT:
        return then if first is INSTANT else first
    unit = lcm(*(point.miss.denominator for point in (*first.points, *then.points)))
    ones, twos = _in_units(first, unit), _in_units(then, unit)
    most = floor(most_miss * unit)
    sums = sorted(
        (limit + more, miss + also, one, two)
        for limit, miss, one in ones
        for more, also, two in twos
        if miss + also <= most
    )
    best, kept = unit, list[Point]()
    for limit, miss, one, two in sums:
        if miss < best:
            best = miss
            parts = ((1, first.points[one]), (1, then.points[two]))
            kept.append(Point(limit, Fraction(miss, unit), parts=parts))
    return _thinned(kept, exact=first.exact and then.exact)


def _in_units(one: Curve, unit: int) -> list[tuple[int, int, int]]:
    """The limits and misses of a curve in whole numbers, which add up much faster than fractions."""
    return [
        (point.limit_ms, point.miss.numerator * (unit // point.miss.denominator), index)
        for index, point in enumerate(one.points)
    ]


def repeated(one: Curve, times: int, most_miss: Fraction = _ALL) -> Curve:
    """The same thing several times, one after another; each time may be promised by another of its points.

    Raises:
        ValueError: for no times at all.
    """
    if times < 1:
        raise ValueError(f"something cannot be done {times} times")
    if times == 1:
        return one
    if len(one.points) == 1:
        (point,) = one.points
        made = Point(times * point.limit_ms, times * point.miss, parts=((times, point),))
        return curve((made,), most_miss, exact=one.exact)
    half = repeated(one, times // 2, most_miss)
    rest = [one] if times % 2 else []
    return in_sequence([half, half, *rest], most_miss)


def repeated_at_once(one: Curve, times: int, most_miss: Fraction = _ALL) -> Curve:
    """The same thing several times at once, all of which are waited for: the limit once, the miss each time."""
    if times == 1:
        return one
    made = (Point(point.limit_ms, times * point.miss, parts=((1, point),)) for point in one.points)
    return curve(made, most_miss, exact=one.exact)


def at_once(curves: Sequence[Curve], needed: int, most_miss: Fraction = _ALL) -> Curve:
    """All asked at once, until `needed` of them have answered: all of them, the first, or a quorum.

    It is late at a limit when too many are, an event of a gate: its worst case is exact for each limit.

    Raises:
        ValueError: when fewer than one or more than all are needed.
    """
    if not 1 <= needed <= len(curves):
        raise ValueError(f"{needed} of {len(curves)} cannot answer")
    gate = Gate(needed, tuple(str(index) for index in range(len(curves))))
    made = (
        Point(slowest.limit_ms, worst_gate(gate, [_miss(one) for one in reached]), parts=((1, slowest),))
        for slowest, reached in _by_limit(curves)
    )
    return curve(made, most_miss, exact=_exact(curves))


def whichever(curves: Sequence[Curve], most_miss: Fraction = _ALL) -> Curve:
    """Each request is answered by one of them, and nobody says by which: as late as the worst of them."""
    made = (
        Point(slowest.limit_ms, max(_miss(one) for one in reached), parts=((1, slowest),))
        for slowest, reached in _by_limit(curves)
    )
    return curve(made, most_miss, exact=_exact(curves))


def cut_off(one: Curve, timeout_ms: int) -> Curve:
    """What is left of a promise where nobody waits longer than a timeout: an answer after it is none."""
    return Curve(tuple(point for point in one.points if point.limit_ms <= timeout_ms), one.exact)


def shares(point: Point) -> dict[str, tuple[int, int]]:
    """By source how often it counts in a point's limit, and how many milliseconds that is."""
    found: dict[str, tuple[int, int]] = {}
    times = {id(point): 1}
    for one in reversed(_parts_first(point)):
        often = times[id(one)]
        for count, part in one.parts:
            times[id(part)] = times.get(id(part), 0) + often * count
        if one.source:
            before, before_ms = found.get(one.source, (0, 0))
            found[one.source] = before + often, before_ms + often * one.limit_ms
    return found


def _parts_first(top: Point) -> list[Point]:
    """A point and all that it is made of, each once and after its parts."""
    order: list[Point] = []
    waiting, seen = [(top, False)], set[int]()
    while waiting:
        point, done = waiting.pop()
        if done:
            order.append(point)
        elif id(point) not in seen:
            seen.add(id(point))
            waiting.append((point, True))
            waiting.extend((part, False) for _, part in point.parts)
    return order


def _by_limit(curves: Sequence[Curve]) -> Iterator[tuple[Point, list[Point | None]]]:
    """For each limit the point that it is of, and what each curve promises by then."""
    steps = ((point.limit_ms, index, point) for index, one in enumerate(curves) for point in one.points)
    reached: list[Point | None] = [None] * len(curves)
    ordered = sorted(steps, key=lambda step: step[:2])
    for at, (limit_ms, index, point) in enumerate(ordered):
        reached[index] = point
        if at + 1 == len(ordered) or ordered[at + 1][0] > limit_ms:
            yield point, reached


def _miss(point: Point | None) -> Fraction:
    return _ALL if point is None else point.miss


def _exact(curves: Iterable[Curve]) -> bool:
    return all(one.exact for one in curves)
