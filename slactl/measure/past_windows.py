"""Past windows of an objective: how many were met, and what that alone says."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from statistics import NormalDist
from zoneinfo import ZoneInfo

from slactl.base.quick_dataclass import dataclass
from slactl.base.windows import Span
from slactl.base.zones import midnight
from slactl.measure.history import A_DAY_S, History
from slactl.model.estate import Estate

SHARE_SEEN = Fraction(9, 10)
"""A window counts where at least so many of its days with time that counts have data."""
INTERVAL = 0.9
"""What both ends of the interval enclose."""


@dataclass(frozen=True, slots=True)
class PastWindows:
    """Whole windows of the past."""

    shares: tuple[Fraction, ...] = ()
    """The good share of each, in order."""
    left_out: int = 0
    """Windows that lack data."""

    def met(self, target: Fraction) -> int:
        """How many reached a target."""
        return sum(one >= target for one in self.shares)


def past_windows(estate: Estate, history: History) -> PastWindows:
    """The windows that lie within the period of a history; those that lack data are left out and counted."""
    zone = estate.hours.zone(history.objective.hours)
    within = midnight(history.first, zone), midnight(history.until, zone)
    shares: list[Fraction] = []
    left_out = 0
    for span in _whole(history, zone, within):
        days = [day for day in history.days if span[0] <= day.start < span[1]]
        expected = len(days) + sum(span[0] <= day < span[1] for day in history.missing)
        if not expected:
            continue
        if not days or len(days) < SHARE_SEEN * expected:
            left_out += 1
        else:
            bad, counted = (
                sum(one, Fraction(0)) for one in zip(*((day.bad, day.counted) for day in days), strict=True)
            )
            shares.append(1 - bad / counted)
    return PastWindows(tuple(shares), left_out)


def _whole(history: History, zone: ZoneInfo, within: Span) -> Iterator[Span]:
    """Calendar windows; rolling ones one after the other, the last ends where the history does."""
    window, (start, end) = history.objective.window, within
    if window.rolling_s is None:
        yield from (one for one in window.spans(zone, start, end) if one[0] >= start and one[1] <= end)
        return
    length = timedelta(days=rolling_days(window.rolling_s))
    edges = [history.until]
    while edges[-1] - length >= history.first:
        edges.append(edges[-1] - length)
    edges.reverse()
    for first, last in pairwise(edges):
        yield midnight(first, zone), midnight(last, zone)


def rolling_days(seconds: int) -> int:
    """A rolling window in whole days, for histories tell days; a part of a day counts as one more."""
    return -(-seconds // A_DAY_S)


def wilson(met: int, of: int) -> tuple[float, float]:
    """Wilson's score interval for the chance that a window is met, two-sided, 90 %.

    Windows are taken as alike and independent of each other. E. B. Wilson, Journal of the American Statistical
    Association 22 (1927).
    """
    if of == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + INTERVAL) / 2)
    share = met / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def risk_left(of: int) -> float:
    """How likely to be missed a window may be, at 90 % confidence, after `of` that were all met.

    Exact (Clopper and Pearson) for no miss among `of`: what is missed with a chance p is met `of` times in a row with
    (1 - p)^of, which is 10 % here. Twelve clean months leave 17 %.
    """
    return 1.0 if of == 0 else 1 - 0.1 ** (1 / of)
