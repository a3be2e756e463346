"""Outages held against windows that may begin anywhere: kept as they are, shortened until they keep them, or given up."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import ceil

from slactl.assurance.budgets import least_rolling_allowance
from slactl.assurance.placing import Outage
from slactl.assurance.windows import Promise
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass, replace

_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Rolling:
    """In any stretch of `length_s` seconds an item is down for at most `allowed_s` of the time that counts."""

    item: str
    length_s: int
    allowed_s: Fraction
    counted: IntervalSet


def shortened(
    outages: Sequence[Outage], held: Sequence[tuple[str, Promise]], measured: IntervalSet
) -> tuple[Outage, ...]:
    """The outages if they keep the rolling promises among `held`, or all of them shortened alike; none where that fails.

    Args:
        outages: in the order of time, inside `measured`.
        held: leaves, and the promises that hold them.
        measured: whole seconds.
    """
    rolling = [
        _rolling(item, promise, measured) for item, promise in held if promise.window.rolling_s is not None
    ]
    over = _over(outages, rolling)
    if over <= 1:
        return tuple(outages)
    short = tuple(replace(one, end_s=one.start_s + (one.end_s - one.start_s) / over) for one in outages)
    return short if _over(short, rolling) <= 1 else ()


def _rolling(item: str, promise: Promise, measured: IntervalSet) -> _Rolling:
    counted = measured if promise.covered is None else measured & promise.covered
    return _Rolling(item, promise.window.rolling_s or 0, least_rolling_allowance(promise, measured), counted)


def _over(outages: Sequence[Outage], rolling: Sequence[_Rolling]) -> Fraction:
    """The most downtime in any window as a multiple of what is allowed; above all multiples where nothing is."""
    most = _ZERO
    for one in rolling:
        down = _most_in_any(_counted(outages, one), one.length_s)
        if down:
            most = max(most, down / one.allowed_s if one.allowed_s else Fraction(1 << 64))
    return most


def _counted(outages: Sequence[Outage], one: _Rolling) -> list[tuple[Fraction, Fraction]]:
    """What of an item's downtime counts, in the order of time."""
    found: list[tuple[Fraction, Fraction]] = []
    for outage in outages:
        if one.item in outage.down:
            for low, high in one.counted.clip(int(outage.start_s), ceil(outage.end_s)):
                start, end = max(outage.start_s, Fraction(low)), min(outage.end_s, Fraction(high))
                if start < end:
                    found.append((start, end))
    return found


def _most_in_any(spans: Sequence[tuple[Fraction, Fraction]], length: int) -> Fraction:
    """The most downtime in any window of a length: one that begins with a span, or ends with one, has it."""
    begins = [start for start, _ in spans]
    before = list(accumulate((end - start for start, end in spans), initial=_ZERO))

    def until(instant: Fraction) -> Fraction:
        index = bisect_right(begins, instant) - 1
        if index < 0:
            return _ZERO
        return before[index] + min(instant, spans[index][1]) - begins[index]

    starts = [*begins, *(end - length for _, end in spans)]
    return max((until(start + length) - until(start) for start in starts), default=_ZERO)
