"""From a promise over its own windows to the worst downtime inside an SLA's windows, on real dates.

A promise allows downtime of a share u of each of its windows B. Inside the SLA's measured time T it may be down
while the promise covers nothing, and otherwise in every B for as long as the budget and the overlap allow:

    d = |T without C| + sum over B of min(|T n B n C|, u |B n C|)         C: the time that the promise covers

All of it may fall into one SLA window, which is why a coarse window never backs a finer one.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass
from slactl.base.windows import Span, Window

Cell = tuple[int, int, int]
"""(overlap, whole, count): so many stretches whose overlap is down for at most a share u of the whole; seconds."""

_MOST_TILES = 2_000
"""Rolling windows laid side by side up to this number; beyond, one bound for all of them."""


@dataclass(frozen=True, slots=True)
class Promise:
    """At most this share of each window is down, counted in the covered time alone."""

    unavailability: Fraction
    window: Window
    zone: ZoneInfo
    covered: IntervalSet | None = None
    """The time that counts, clipped to the term; None: always."""
    absolute: bool = False
    """Whether `unavailability` is a number of seconds in each window, however long that is, and no share."""

    def whole(self, start: Fraction | int, end: Fraction | int) -> Fraction | int:
        """What `unavailability` is a share of in the window from start to end: the seconds covered, or 1."""
        if self.absolute:
            return 1
        if self.covered is None:
            return end - start
        return self.covered.clip(int(start), int(end)).seconds


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of measured time that one promise is held against, all of it covered by that promise."""

    time: IntervalSet
    promise: Promise


@dataclass(frozen=True, slots=True)
class Overlap:
    """How a promise's windows lie over the measured time of one SLA window, whatever the promised share."""

    span: Span
    measured_s: int
    free_s: int
    """Measured time that the promise does not cover."""
    readings: tuple[tuple[Cell, ...], ...]
    """Ways to count the budgets, each of them sound: the least holds."""

    def share(self, unavailability: Fraction) -> Fraction:
        """The worst downtime as a share of the measured time."""
        return (self.free_s + least_reading(self.readings, unavailability)) / self.measured_s


def worst_downtime(measured: IntervalSet, promises: Sequence[Promise]) -> Fraction:
    """The most seconds of `measured`, an SLA window's measured time, that can be down while all promises are kept.

    The least that any promise allows by itself, or all of them one after another, each for the time that those
    before it leave uncovered. Time that none covers is free for outages.
    """
    if not promises:
        return Fraction(measured.seconds)
    return min(_downtime(uncovered, parts) for uncovered, parts in assignments(measured, promises))


def _downtime(uncovered: IntervalSet, parts: Iterable[Part]) -> Fraction:
    total = Fraction(uncovered.seconds)
    for part in parts:
        total += least_reading(_readings(part.time, part.promise), part.promise.unavailability)
    return total


def assignments(
    measured: IntervalSet, promises: Sequence[Promise]
) -> list[tuple[IntervalSet, tuple[Part, ...]]]:
    """The ways to hold promises against measured time, each a sound bound: the time left free, and the parts."""
    ways = [_in_turn(measured, [promise]) for promise in promises]
    if len(promises) > 1:
        ways.append(_in_turn(measured, sorted(promises, key=lambda promise: promise.unavailability)))
    return ways


def _in_turn(measured: IntervalSet, promises: Iterable[Promise]) -> tuple[IntervalSet, tuple[Part, ...]]:
    parts: list[Part] = []
    for promise in promises:
        time = measured if promise.covered is None else measured & promise.covered
        if time:
            parts.append(Part(time, promise))
            measured -= time
    return measured, tuple(parts)


def least_reading(readings: Iterable[Iterable[Cell]], unavailability: Fraction) -> Fraction:
    """The most downtime in seconds that the tightest reading allows."""
    return min(_most_down(cells, unavailability) for cells in readings)


def _most_down(cells: Iterable[Cell], unavailability: Fraction) -> Fraction:
    total = Fraction(0)
    for overlap, whole, count in cells:
        total += count * min(Fraction(overlap), unavailability * whole)
    return total


def _readings(time: IntervalSet, promise: Promise) -> tuple[tuple[Cell, ...], ...]:
    """Cells of the covered, measured `time` under the promise's windows."""
    if promise.window.rolling_s is not None:
        return _rolling_readings(time, promise, promise.window.rolling_s)
    start, end = time.spans[0][0], time.spans[-1][1]
    return (_cells(time, promise, promise.window.spans(promise.zone, start, end)),)


def _cells(time: IntervalSet, promise: Promise, windows: Iterable[Span]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for window in windows:
        overlap = time.clip(*window).seconds
        if overlap:
            cells.append((overlap, int(promise.whole(*window)), 1))
    return tuple(cells)


def _rolling_readings(time: IntervalSet, promise: Promise, length: int) -> tuple[tuple[Cell, ...], ...]:
    """Windows of the rolling length laid side by side, from the first instant on or up to the last."""
    start, end = time.spans[0][0], time.spans[-1][1]
    count, rest = divmod(end - start, length)
    if promise.covered is None and len(time.spans) == 1:
        whole = int(promise.whole(0, length))
        return (((length, whole, count), (rest, whole, 1)),)
    if count > _MOST_TILES:
        whole = int(promise.whole(start, end))
        return (((time.seconds, count + 1 if promise.absolute else whole + length, 1),),)
    forward = [(start + length * step, start + length * (step + 1)) for step in range(count + (rest > 0))]
    shift = end - forward[-1][1]
    backward = [(first + shift, last + shift) for first, last in forward]
    return (_cells(time, promise, forward), _cells(time, promise, backward))


@lru_cache(maxsize=8192)
def overlaps(
    sla: Window, sla_zone: ZoneInfo, measured: IntervalSet | None, horizon: Span, promise: Promise
) -> tuple[Overlap, ...]:
    """How a promise lies over each calendar window of an SLA that touches the horizon and has measured time.

    Depends on the promise's windows and times only: ask with an unavailability of 0 to share the answer.
    """
    found: list[Overlap] = []
    for span in sla.spans(sla_zone, *horizon):
        inside = IntervalSet((span,)) if measured is None else measured.clip(*span)
        if inside:
            uncovered, parts = _in_turn(inside, [promise])
            readings = _readings(parts[0].time, promise) if parts else ((),)
            found.append(Overlap(span, inside.seconds, uncovered.seconds, readings))
    return tuple(found)
