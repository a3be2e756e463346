"""What promises allow within some time on real dates: budgets of seconds, each for the time that it counts."""

from collections.abc import Iterable
from fractions import Fraction

from slactl.assurance.windows import Promise
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass
from slactl.base.windows import Span

_MOST_WINDOWS = 2_000


@dataclass(frozen=True, slots=True)
class Budget:
    """Downtime inside `time` is at most `allowed_s` seconds."""

    time: IntervalSet
    allowed_s: Fraction


def budgets_of(promise: Promise, time: IntervalSet) -> tuple[Budget, ...] | None:
    """Budgets that keep a promise within some time, window by window; None where it has too many windows there.

    Rolling windows are held by pairs of neighbours laid side by side: any window lies within a pair. That is stricter
    than the promise, so what keeps it keeps the promise.
    """
    length = promise.window.rolling_s
    if length is None:
        return implied_budgets(promise, time)
    covered = _covered(promise, time)
    start, end = _ends(covered)
    if end - start > _MOST_WINDOWS * length:
        return None
    tiles = range(start - length, end, length)
    return _clipped(
        covered,
        (
            ((tile, tile + 2 * length), promise.unavailability * _least_whole(promise, tile, length))
            for tile in tiles
        ),
    )


def implied_budgets(
    promise: Promise, time: IntervalSet, extra_s: Fraction = Fraction(0)
) -> tuple[Budget, ...] | None:
    """Budgets that follow from a promise within some time; None where it has too many windows there.

    For calendar windows these are the promise. Of rolling ones, which are without number, those count that lie side by
    side from the first instant on, and up to the last: whatever keeps the promise keeps them.

    Args:
        promise: of one leaf.
        time: what is looked at.
        extra_s: downtime beyond it in each window that the promise leaves out: maintenance without dates.
    """
    covered = _covered(promise, time)
    start, end = _ends(covered)
    length = promise.window.rolling_s
    windows: Iterable[Span]
    if length is None:
        windows = promise.window.spans(promise.zone, start, end) if covered else ()
    elif end - start > _MOST_WINDOWS * length:
        return None
    else:
        forward = [(at, at + length) for at in range(start, end, length)]
        shift = end - forward[-1][1] if forward else 0
        windows = dict.fromkeys([*forward, *((first + shift, last + shift) for first, last in forward)])
    return _clipped(
        covered, ((window, promise.unavailability * promise.whole(*window) + extra_s) for window in windows)
    )


def least_rolling_allowance(promise: Promise, time: IntervalSet) -> Fraction:
    """What a rolling promise allows at least in any of its windows that touch some time, in seconds."""
    length = promise.window.rolling_s or 0
    start, end = _ends(time)
    return promise.unavailability * min(
        _least_whole(promise, tile, length) for tile in range(start - length, end, length)
    )


def _covered(promise: Promise, time: IntervalSet) -> IntervalSet:
    return time if promise.covered is None else time & promise.covered


def _ends(time: IntervalSet) -> Span:
    return (time.spans[0][0], time.spans[-1][1]) if time else (0, 0)


def _clipped(covered: IntervalSet, held: Iterable[tuple[Span, Fraction]]) -> tuple[Budget, ...] | None:
    found = tuple(Budget(inside, allowed) for window, allowed in held if (inside := covered.clip(*window)))
    return found if len(found) <= _MOST_WINDOWS else None


def _least_whole(promise: Promise, tile: int, length: int) -> Fraction | int:
    """What a rolling budget is a share of at least, wherever the window lies in a pair of neighbours."""
    if promise.absolute or promise.covered is None:
        return promise.whole(tile, tile + length)
    edges = {edge for span in promise.covered.clip(tile, tile + 2 * length) for edge in span}
    starts = {tile, tile + length, *edges, *(edge - length for edge in edges)}
    return min(promise.whole(x, x + length) for x in starts if tile <= x <= tile + length)
