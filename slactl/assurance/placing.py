"""Outages on real dates: a timetable inside one window that keeps every promise in each of the promise's own windows.

The measured time is cut into cells, in each of which the same budgets are open. Inside a cell any timetable will do
that keeps the cell's shares, so the programme of the worst case is solved cell by cell with what is left of the
budgets. What comes out can happen: its downtime is a lower bound of the worst case, and equal to it where one cell
is all there is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from slactl.assurance.joint import Clause
from slactl.assurance.structure import Structure
from slactl.assurance.windows import Promise
from slactl.assurance.worst_case import worst_case
from slactl.base.intervals import IntervalSet

_ZERO, _ONE = Fraction(0), Fraction(1)
_MOST_CELLS = 1_000
_MOST_WINDOWS = 2_000


@dataclass(frozen=True, slots=True)
class Budget:
    """Downtime inside `time` is at most `allowed_s` seconds."""

    time: IntervalSet
    allowed_s: Fraction


@dataclass(frozen=True, slots=True)
class Outage:
    """From one instant to another, in UTC seconds, all of `down` are down."""

    start_s: Fraction
    end_s: Fraction
    down: frozenset[str]


def budgets_of(promise: Promise, time: IntervalSet) -> tuple[Budget, ...] | None:
    """What a promise allows within some time, window by window; None where it has too many windows there.

    Rolling windows are held by pairs of neighbours laid side by side: any window lies within a pair. That is stricter
    than the promise, so what keeps it keeps the promise.
    """
    covered = time if promise.covered is None else time & promise.covered
    if not covered:
        return ()
    start, end = covered.spans[0][0], covered.spans[-1][1]
    length = promise.window.rolling_s
    if length is None:
        windows = promise.window.spans(promise.zone, start, end)
        held = [(window, promise.unavailability * promise.whole(*window)) for window in windows]
    else:
        if end - start > _MOST_WINDOWS * length:
            return None
        tiles = range(start - length, end, length)
        held = [
            ((tile, tile + 2 * length), promise.unavailability * _least_whole(promise, tile, length))
            for tile in tiles
        ]
    if len(held) > _MOST_WINDOWS:
        return None
    return tuple(Budget(inside, allowed) for window, allowed in held if (inside := covered.clip(*window)))


def _least_whole(promise: Promise, tile: int, length: int) -> Fraction | int:
    """What a rolling budget is a share of at least, wherever the window lies in a pair of neighbours."""
    if promise.absolute or promise.covered is None:
        return promise.whole(tile, tile + length)
    edges = {edge for span in promise.covered.clip(tile, tile + 2 * length) for edge in span}
    starts = {tile, tile + length, *edges, *(edge - length for edge in edges)}
    return min(promise.whole(x, x + length) for x in starts if tile <= x <= tile + length)


def placed(
    structure: Structure,
    top: str,
    measured: IntervalSet,
    budgets: Mapping[str, Sequence[Budget]],
    clauses: Sequence[Clause] = (),
) -> tuple[Outage, ...]:
    """Outages inside the measured time of one window by which `top` is down for long, every budget kept.

    Args:
        structure: gates over leaves.
        top: what is to be down.
        measured: the time that counts; whole seconds.
        budgets: for each leaf, and each clause by its name. Time in none of a leaf's budgets is free for its outages.
        clauses: promises on being down together; their own shares are not looked at.
    """
    left = {
        (name, index): one.allowed_s for name, several in budgets.items() for index, one in enumerate(several)
    }
    found: list[Outage] = []
    for cell in _cells(measured, budgets):
        length = Fraction(cell.time.seconds)
        shares = {
            name: min((_ONE, *(left[name, index] / length for index in cell.open.get(name, ()))))
            for name in budgets
        }
        here = [replace(one, downtime=shares[one.name]) for one in clauses]
        slots = worst_case(structure, top, shares, here).timetable
        if slots is None:
            return tuple(found)
        times = [(slot.share * length, slot.down & budgets.keys()) for slot in slots]
        for spent, down in times:
            for name in [*down, *_met(structure, here, down)]:
                for index in cell.open.get(name, ()):
                    left[name, index] -= spent
        found += _laid_out(times, cell.time)
    return tuple(sorted(found, key=lambda outage: outage.start_s))


def downtime_s(outages: Sequence[Outage]) -> Fraction:
    """How long all outages are together."""
    return sum((one.end_s - one.start_s for one in outages), _ZERO)


@dataclass(frozen=True, slots=True)
class _Cell:
    time: IntervalSet
    open: Mapping[str, tuple[int, ...]]
    """For each name the budgets that are open all through the cell."""


def _cells(measured: IntervalSet, budgets: Mapping[str, Sequence[Budget]]) -> list[_Cell]:
    """The measured time cut where budgets begin and end, what is alike put together; longest first."""
    edges: dict[int, list[tuple[str, int, bool]]] = {}
    for name, several in budgets.items():
        for index, budget in enumerate(several):
            for start, end in budget.time:
                edges.setdefault(start, []).append((name, index, True))
                edges.setdefault(end, []).append((name, index, False))
    alike: dict[frozenset[tuple[str, int]], list[tuple[int, int]]] = {}
    now: set[tuple[str, int]] = set()
    points = sorted(edges)
    before = min(points[0] if points else 0, measured.spans[0][0])
    for point in [*points, measured.spans[-1][1]]:
        for span in measured.clip(before, point):
            alike.setdefault(frozenset(now), []).append(span)
        for name, index, begins in edges.get(point, ()):
            (now.add if begins else now.discard)((name, index))
        before = max(before, point)
    cells = [_Cell(IntervalSet.of(spans), _by_name(key)) for key, spans in alike.items()]
    return sorted(cells, key=lambda cell: (-cell.time.seconds, cell.time.spans[0]))[:_MOST_CELLS]


def _by_name(pairs: frozenset[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for name, index in sorted(pairs):
        found[name] = (*found.get(name, ()), index)
    return found


def _met(structure: Structure, clauses: Sequence[Clause], down: frozenset[str]) -> Iterator[str]:
    for clause in clauses:
        up: dict[str, bool] = {}
        for name in structure.order(*clause.parts):
            gate = structure.gates.get(name)
            up[name] = (
                name not in down if gate is None else sum(up[part] for part in gate.of) >= gate.at_least
            )
        if sum(not up[part] for part in clause.parts) >= clause.together:
            yield clause.name


def _laid_out(times: Sequence[tuple[Fraction, frozenset[str]]], cell: IntervalSet) -> Iterator[Outage]:
    """Outages one after another, from the beginning of the cell on."""
    spans = iter(cell)
    start, end = next(spans)
    at = Fraction(start)
    for seconds, down in times:
        left = seconds
        while left > 0:
            if at >= end:
                start, end = next(spans)
                at = Fraction(start)
            step = min(left, end - at)
            yield Outage(at, at + step, down)
            at += step
            left -= step
