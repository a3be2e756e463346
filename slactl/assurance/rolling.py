"""The worst position of a rolling SLA window.

With x the window's start, measured time, uncovered time and each overlap with a promise's window are piecewise
linear in x, so the share of downtime is monotone between the edges of all of them and the points at which an
overlap outgrows its budget. The supremum is found by looking at all these points.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from slactl.assurance.windows import Part, Promise, assignments
from slactl.base.intervals import IntervalSet
from slactl.base.windows import Span

_MOST_TILES = 24
"""Rolling promises are laid side by side under the window up to this number; beyond, one bound for all."""

Load = dict[object, tuple[Fraction | int, Fraction]]
"""For each promise's window below the SLA's: the overlap, and the budget that limits its downtime; seconds."""


def worst_rolling_share(
    length: int, measured: IntervalSet | None, horizon: Span, promises: Sequence[Promise]
) -> tuple[tuple[Span, Fraction], ...]:
    """The worst whole window of `length` seconds inside the horizon, and the share of its measured time down.

    A horizon shorter than the window is looked at as one window. Empty where nothing is measured.
    """
    start, end = horizon
    length = min(length, end - start)
    time = IntervalSet((horizon,)) if measured is None else measured.clip(start, end)
    if not time:
        return ()
    ways = [
        _Position(length, time, uncovered, parts).worst(start, end)
        for uncovered, parts in (assignments(time, promises) if promises else [(time, ())])
    ]
    found = [way for way in ways if way is not None]
    if not found:
        return ()
    x, share = min(found, key=lambda way: way[1])
    return (((int(x), int(x) + length), share),)


class _Meter:
    """How much of a set of time lies before an instant, which need not be whole."""

    def __init__(self, time: IntervalSet) -> None:
        self._starts = [span[0] for span in time]
        self._spans = time.spans
        self._before = [0]
        for start, end in time:
            self._before.append(self._before[-1] + end - start)

    def between(self, start: Fraction | int, end: Fraction | int) -> Fraction | int:
        return self._until(end) - self._until(start)

    def _until(self, instant: Fraction | int) -> Fraction | int:
        index = bisect_right(self._starts, instant) - 1
        if index < 0:
            return 0
        start, end = self._spans[index]
        return self._before[index] + min(instant, end) - start


class _Position:
    """Measured time, uncovered time and loads below a window, as functions of its start."""

    def __init__(
        self, length: int, measured: IntervalSet, uncovered: IntervalSet, parts: Sequence[Part]
    ) -> None:
        self._length = length
        self._sets = [measured, uncovered]
        self._measured, self._uncovered = _Meter(measured), _Meter(uncovered)
        self._parts = [_PartMeter(part, measured, length) for part in parts]

    def worst(self, start: int, end: int) -> tuple[Fraction | int, Fraction] | None:
        """The start with the largest share, and that share; None where no window has measured time."""
        edges = sorted(self._edges(start, end - self._length))
        points: list[Fraction | int] = [*edges, *self._kinks(edges)]
        best: tuple[Fraction | int, Fraction] | None = None
        for x in points:
            total = self._measured.between(x, x + self._length)
            if total:
                share = self._downtime(x) / total
                if best is None or share > best[1]:
                    best = (x, Fraction(share))
        return best

    def _downtime(self, x: Fraction | int) -> Fraction | int:
        limited = sum((min(pair) for part in self._parts for pair in part.loads(x).values()), Fraction(0))
        return limited + self._uncovered.between(x, x + self._length)

    def _edges(self, first: int, last: int) -> set[int]:
        edges = {edge for time in self._sets for span in time for edge in span}
        points = {first, last, *edges, *(edge - self._length for edge in edges)}
        for part in self._parts:
            points |= part.points()
        return {point for point in points if first <= point <= last}

    def _kinks(self, points: Sequence[int]) -> Iterator[Fraction]:
        """Where, between two edges, an overlap outgrows its budget."""
        for part in self._parts:
            for (x0, before), (x1, after) in pairwise((x, part.loads(x)) for x in points):
                for key in before.keys() & after.keys():
                    first, second = before[key][0] - before[key][1], after[key][0] - after[key][1]
                    if first * second < 0:
                        yield x0 + (x1 - x0) * first / (first - second)


class _PartMeter:
    """The loads that one promise's windows put below the SLA's window."""

    def __init__(self, part: Part, measured: IntervalSet, length: int) -> None:
        self._promise = part.promise
        self._length = length
        self._time = _Meter(part.time)
        start, end = measured.spans[0][0], measured.spans[-1][1]
        rolling = part.promise.window.rolling_s
        self._rolling = rolling or 0
        covered = part.promise.covered
        self._covered = None if covered is None else _Meter(covered)
        self._edges = {edge for time in (part.time, covered or ()) for span in time for edge in span}
        self._windows: tuple[Span, ...] = ()
        if rolling is None:
            self._windows = part.promise.window.spans(part.promise.zone, start, end)
            self._edges |= {edge for window in self._windows for edge in window}
        self._starts = [window[0] for window in self._windows]

    def points(self) -> set[int]:
        """The starts at which a load changes its slope."""
        shifts = {0, self._length}
        if self._rolling:
            tiles = -(-self._length // self._rolling)
            shifts |= {self._rolling * step for step in range(1, min(tiles, _MOST_TILES) + 1)}
        return {edge - shift for edge in self._edges for shift in shifts}

    def loads(self, x: Fraction | int) -> Load:
        """Overlap and budget of each of the promise's windows."""
        share, end = self._promise.unavailability, x + self._length
        if not self._rolling:
            first = max(0, bisect_left(self._starts, x) - 1)
            last = bisect_right(self._starts, end)
            return {
                window: (
                    self._time.between(max(x, window[0]), max(x, window[0], min(end, window[1]))),
                    share * self._whole(*window),
                )
                for window in self._windows[first:last]
            }
        tiles = -(-self._length // self._rolling)
        if tiles > _MOST_TILES:
            whole = (
                self._whole(x, end) + self._rolling
                if self._covered
                else tiles * self._whole(0, self._rolling)
            )
            if self._promise.absolute:
                whole = tiles + 1
            return {0: (self._time.between(x, end), share * whole)}
        return {
            step: (
                self._time.between(x + self._rolling * step, min(end, x + self._rolling * (step + 1))),
                share * self._whole(x + self._rolling * step, x + self._rolling * (step + 1)),
            )
            for step in range(tiles)
        }

    def _whole(self, start: Fraction | int, end: Fraction | int) -> Fraction | int:
        if self._promise.absolute:
            return 1
        return end - start if self._covered is None else self._covered.between(start, end)
