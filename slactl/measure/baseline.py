"""What target is a good base number: reasonable and achievable, as measured history says.

Two methods, chosen by how much history there is (`Method`):

- from 180 days on, and 5 incidents: a bootstrap of 7-day blocks of daily downtime or bad events. It assumes nothing about how
  incidents come, and keeps what happens within a week together; it needs many weeks.
- from 90 days on, and 5 incidents: compound Poisson, for what is counted by time. Fewer days suffice, for it takes the
  incidents as independent of each other; bad events that trickle in are no such incidents.
- below: no probability at all. Months alone never suffice, for a dozen clean ones still allow a risk of 17 % a month
  (`risk_left`), and a resampled history without incidents would say that none ever comes. So a long history with 0 to 4
  incidents is insufficient, too: its target is provisional.

Sums of time are exact fractions; floats begin where chance does. The seed comes from the objective's address and the source.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal
from zlib import crc32

from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import Ratio
from slactl.base.text import plural
from slactl.base.windows import Window
from slactl.base.zones import local_date, midnight
from slactl.check.due.meetings import next_review
from slactl.measure.block_bootstrap import bad_shares as shares_of_blocks
from slactl.measure.compound_poisson import bad_shares as shares_of_incidents
from slactl.measure.history import A_DAY_S, History
from slactl.measure.past_windows import PastWindows, past_windows, rolling_days
from slactl.measure.service_days import Period, service_days
from slactl.model.estate import Estate

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy import float64
    from numpy.typing import NDArray

FEWEST_INCIDENTS = 5
DAYS_FOR_INCIDENTS = 90
DAYS_FOR_BLOCKS = 180
ENOUGH = 0.95
"""A target is achievable where the lower bound of its chance to be met is at least this."""
DOUBT = 0.1
"""The bound is one-sided: the chance lies below it with so much."""
_TOLERANCE = 1e-12
"""Floats that add up to a budget do not break it."""
_A_YEAR = {"calendar-month": Fraction(12), "calendar-quarter": Fraction(4), "calendar-year": Fraction(1)}
_YEAR_DAYS = 365

Method = Literal["block-bootstrap", "compound-poisson"]
Advice = Literal["too-strict", "insufficient", "about-right", "more-possible"]


@dataclass(frozen=True, slots=True)
class Limit:
    """What the check says of an objective."""

    verdict: str
    """Of the target that it has: `guaranteed`, `unsupported`, ..."""
    strictest: Ratio | None
    """The strictest standard target that would be guaranteed; None: none is."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely the next window is to meet a target."""

    point: float
    lower: float
    """One-sided: the chance is at least this, with 90 % confidence."""


@dataclass(frozen=True, slots=True)
class Provisional:
    """What a target without enough history needs, and what the agreement says of it."""

    target: Ratio | None
    """The present one where every past window met it; else the largest standard one that every past window met. No stricter
    than the check supports. None: not even the loosest."""
    stated: bool
    """Whether the agreement calls its target provisional already."""
    credits: bool
    """Whether it owes credits for it all the same."""
    process: str | None
    """By which process targets are adjusted."""
    review: date | None
    """When the next review is, in which the target is confirmed or adjusted."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What one source's history says about one objective's target."""

    history: History
    target: Ratio
    """The good share that is promised: of a latency percentile, the percentile."""
    windows: PastWindows
    advice: Advice
    limit: Limit | None
    """None: the check judges nothing about it, for it rests on nothing."""
    method: Method | None = None
    chance: Chance | None = None
    """Of the target that is promised; None: history is insufficient."""
    by_history: Ratio | None = None
    """The largest standard target that history alone bears; None: none, or insufficient."""
    achievable: Ratio | None = None
    """The largest standard target that history bears and the check supports."""
    insufficient: str = ""
    """What history lacks, in words."""
    provisional: Provisional | None = None
    """Where history is insufficient."""

    @property
    def incidents(self) -> int:
        """As `History.incidents` counts them."""
        return self.history.incidents(self.target.complement)

    @property
    def windows_a_year(self) -> Fraction:
        """How many windows end in a year."""
        window = self.history.objective.window
        return _A_YEAR.get(window.kind) or Fraction(_YEAR_DAYS * A_DAY_S, window.nominal_s)


def baseline(
    estate: Estate, history: History, as_of: date, ladder: Sequence[Ratio], limit: Limit | None
) -> Baseline:
    """Judge a target by a history.

    Args:
        estate: as the files say.
        history: what one source knows.
        as_of: the day to look from; the next window begins then or later.
        ladder: the standard targets, from loose to strict.
        limit: what the check says of the objective.
    """
    target = target_of(history)
    windows = past_windows(estate, history)
    method, why = _method(history, target)
    if method is None:
        loose = _provisional(history, _kept(target, windows, ladder, limit), as_of)
        return Baseline(history, target, windows, "insufficient", limit, insufficient=why, provisional=loose)
    shares = _simulated(estate, history, target, as_of, method)
    chance = _chance(shares, target)
    by_history = next((one for one in reversed(ladder) if _chance(shares, one).lower >= ENOUGH), None)
    achievable = _both(by_history, limit)
    advice = _advice(target, chance, achievable)
    return Baseline(history, target, windows, advice, limit, method, chance, by_history, achievable)


def target_of(history: History) -> Ratio:
    """The good share that an objective promises, as people write it."""
    target = history.objective.target
    if isinstance(target, Ratio):
        return target
    return Ratio(history.objective.percentile or Decimal(0))


def _method(history: History, target: Ratio) -> tuple[Method | None, str]:
    days, known = len(history.days), len(history.pieces(target.complement))
    if (history.objective.window.rolling_s or 0) % A_DAY_S:
        return None, "its window is no whole number of days, and history tells days"
    lacking: list[str] = []
    if not days:
        return None, "no data"
    if days < DAYS_FOR_INCIDENTS:
        lacking.append(f"{plural(days, 'day')} with data, and {DAYS_FOR_INCIDENTS} are needed")
    elif days < DAYS_FOR_BLOCKS and history.unit == "events":
        lacking.append(f"{plural(days, 'day')} with data, and events need {DAYS_FOR_BLOCKS}")
    if known < FEWEST_INCIDENTS:
        lacking.append(f"{plural(known, 'incident')}, and {FEWEST_INCIDENTS} are needed")
    if lacking:
        return None, "; ".join(lacking)
    return "block-bootstrap" if days >= DAYS_FOR_BLOCKS else "compound-poisson", ""


def _simulated(
    estate: Estate, history: History, target: Ratio, as_of: date, method: Method
) -> "NDArray[float64]":
    from numpy.random import default_rng  # noqa: PLC0415 - commands that resample nothing do without

    random = default_rng(crc32(f"{history.objective.address} {history.source}".encode()))
    days, seconds = _next_window(estate, history, as_of)
    if method == "block-bootstrap":
        bad, counted = [float(day.bad) for day in history.days], [float(day.counted) for day in history.days]
        return shares_of_blocks(bad, counted, days, random)
    lengths = [float(one) for one in history.pieces(target.complement)]
    return shares_of_incidents(lengths, len(history.days), days, seconds, random)


def _next_window(estate: Estate, history: History, as_of: date) -> tuple[int, int]:
    """Days and seconds that count in the next whole window that has any."""
    window, zone = history.objective.window, estate.hours.zone(history.objective.hours)
    first = as_of
    while True:
        period = _window_from(window, first, zone)
        days = [*service_days(estate, history.agreement, history.objective, period)]
        if days:
            return len(days), sum(counted.seconds for _, counted in days)
        first = period.until


def _window_from(window: Window, first: date, zone: "ZoneInfo") -> Period:
    if window.rolling_s is not None:
        return Period(first, first + timedelta(days=rolling_days(window.rolling_s)))
    start = midnight(first, zone)
    (begin, end), *_ = window.spans(zone, start, start + 1)
    if begin < start:
        (begin, end), *_ = window.spans(zone, end, end + 1)
    return Period(local_date(begin, zone), local_date(end, zone))


def _chance(shares: "NDArray[float64]", target: Ratio) -> Chance:
    """The mean over draws, and the quantile below which a tenth of them lie.

    So many windows a draw show a chance of n/(n+1) at most: all of them met is no certainty.
    """
    windows = shares.shape[1]
    met = (shares <= float(target.complement) + _TOLERANCE).sum(axis=1)
    met.sort()
    point = float(met.mean()) / windows
    return Chance(point, min(point, int(met[int(DOUBT * len(met)) - 1]) / (windows + 1)))


def _both(by_history: Ratio | None, limit: Limit | None) -> Ratio | None:
    """The stricter of two limits is no target: the looser one is."""
    if by_history is None or limit is None:
        return by_history
    return None if limit.strictest is None else min(by_history, limit.strictest)


def _advice(target: Ratio, chance: Chance, achievable: Ratio | None) -> Advice:
    if chance.lower < ENOUGH:
        return "too-strict"
    return "more-possible" if achievable is not None and achievable > target else "about-right"


def _provisional(history: History, kept: Ratio | None, as_of: date) -> Provisional:
    agreement, objective = history.agreement, history.objective
    steps = () if agreement.credits is None else agreement.credits.steps
    return Provisional(
        target=kept,
        stated=objective.provisional,
        credits=any(one.objective == objective.name for one in steps),
        process=agreement.reviews.adjustment,
        review=next_review(agreement, as_of),
    )


def _kept(target: Ratio, windows: PastWindows, ladder: Sequence[Ratio], limit: Limit | None) -> Ratio | None:
    worst = min(windows.shares, default=Fraction(1))
    by_windows = (
        target
        if worst >= target.share
        else next((one for one in reversed(ladder) if one.share <= worst), None)
    )
    supported = limit is None or (limit.verdict == "guaranteed" and by_windows == target)
    return by_windows if supported else _both(by_windows, limit)
