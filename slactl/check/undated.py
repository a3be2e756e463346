"""Maintenance without dates that a promise leaves out: how much of it may fall into a window of ours, and what it adds there."""

from fractions import Fraction
from zoneinfo import ZoneInfo

from slactl.base.windows import Span
from slactl.check.clock import Clock

_UTC = ZoneInfo("UTC")
_YEAR_S = 366 * 86_400


def most_maintained_s(theirs: Clock, span: Span, zone: ZoneInfo, *, anywhere: bool) -> Fraction:
    """The most of their undated maintenance that fits into one of our windows, in seconds.

    Args:
        theirs: the clock of a promise.
        span: our window.
        zone: of their windows.
        anywhere: whether our window is a rolling one, which may begin anywhere.
    """
    allowed, length = Fraction(theirs.allowance_ms, 1000), span[1] - span[0]
    rolling = theirs.window.rolling_s
    if rolling is not None:
        return length // rolling * allowed + min(allowed, Fraction(length % rolling))
    if anywhere:
        around = theirs.window.spans(_UTC, span[0] - _YEAR_S, span[1] + _YEAR_S)
        return allowed * (length // min(end - start for start, end in around) + 2)
    windows = theirs.window.spans(zone, *span)
    return sum(
        (min(allowed, Fraction(min(end, span[1]) - max(start, span[0]))) for start, end in windows),
        Fraction(0),
    )


def beyond(unavailability: Fraction, maintained_s: Fraction) -> Fraction:
    """What maintenance adds to the downtime that a promise allows: `u (W - m) + m` is `m (1 - u)` more than `u W`.

    SLA_MATH section 2; the time that is maintained does not count, so that none of the rest is allowed for it.
    """
    return maintained_s * (1 - unavailability)
