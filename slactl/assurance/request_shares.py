"""Shares of requests: what a promise counted in requests allows of ours, wherever its requests fall.

How many of a month's requests come in one week, or in office hours, nobody promises. So a share of requests holds for
ours only where what the promise counts is made of the same time: whole windows side by side, with the same hours. Of
windows that may begin anywhere as many as are needed lie in a longer time, each instant in two of them at most.
"""

from fractions import Fraction

from slactl.assurance.windows import Promise
from slactl.base.intervals import IntervalSet
from slactl.base.windows import Span

_ONE = Fraction(1)


def share_of_requests(promise: Promise, ours: IntervalSet) -> Fraction:
    """The largest share of the requests in our window that may fail while a promise on its own requests is kept.

    Args:
        promise: a share of the requests in each of its windows, in the time that it covers.
        ours: the time of our window that counts.
    """
    start, end = ours.spans[0][0], ours.spans[-1][1]
    length = promise.window.rolling_s
    if length is not None:
        within = length <= end - start and _same(_covered(promise, (start, end)), ours)
        return min(_ONE, promise.unavailability * (1 if length == end - start else 2)) if within else _ONE
    windows = promise.window.spans(promise.zone, start, end)
    return promise.unavailability if _same(_covered(promise, (windows[0][0], windows[-1][1])), ours) else _ONE


def share_of_rolling_requests(promise: Promise, length: int, measured: IntervalSet) -> Fraction:
    """The same for our own window of a length that may begin anywhere in some time, of which `measured` counts."""
    theirs = promise.window.rolling_s
    around = measured.spans[0][0], measured.spans[-1][1]
    if theirs is None or theirs > length or not _same(_covered(promise, around), measured):
        return _ONE
    return min(_ONE, promise.unavailability * (1 if theirs == length else 2))


def _covered(promise: Promise, span: Span) -> IntervalSet:
    return IntervalSet((span,)) if promise.covered is None else promise.covered.clip(*span)


def _same(one: IntervalSet, other: IntervalSet) -> bool:
    return (one & other).seconds == one.seconds == other.seconds
