"""Downtime that promises allow as a share of an SLA's windows: the input of the worst case and of the expectation."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from slactl.assurance.rolling import worst_rolling_share
from slactl.assurance.windows import Promise, overlaps, worst_downtime
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import replace
from slactl.base.windows import Span, Window

_UTC = ZoneInfo("UTC")
_ZERO = Fraction(0)


@lru_cache(maxsize=65536)
def worst_share(
    sla: Window,
    sla_zone: ZoneInfo,
    measured: IntervalSet | None,
    horizon: Span,
    promises: tuple[Promise, ...],
) -> tuple[tuple[Span, Fraction], ...]:
    """The worst downtime as a share of measured time, for each window of an SLA that touches the horizon.

    Args:
        sla: the SLA's window. A rolling one gives one pair, its worst position among the whole windows inside
            the horizon; `share` is then a sound bound, exact for one promise over calendar windows.
        sla_zone: the time zone of its calendar windows.
        measured: the SLA's measured time, clipped to its term; None: always. Windows without any are left out.
        horizon: the time of interest, in UTC seconds.
        promises: what holds at once; none: all of each window may be down.
    """
    if sla.rolling_s is not None:
        return worst_rolling_share(sla.rolling_s, measured, horizon, promises)
    spans = sla.spans(sla_zone, *horizon)
    if promises and measured is None and all(tiles(promise, sla, sla_zone) for promise in promises):
        least = min(promise.unavailability for promise in promises)
        return tuple((span, least) for span in spans)
    if len(promises) == 1:
        bare = replace(promises[0], unavailability=_ZERO)
        found = overlaps(sla, sla_zone, measured, horizon, bare)
        return tuple((one.span, one.share(promises[0].unavailability)) for one in found)
    insides = ((span, IntervalSet((span,)) if measured is None else measured.clip(*span)) for span in spans)
    return tuple((span, worst_downtime(time, promises) / time.seconds) for span, time in insides if time)


def tiles(promise: Promise, sla: Window, sla_zone: ZoneInfo) -> bool:
    """Whether a promise allows the same share of every window, wherever that lies."""
    covers = promise.covered is None and not promise.absolute
    return covers and promise.zone == sla_zone and promise.window.tiles(sla)


def long_run_share(measured: IntervalSet | None, horizon: Span, promises: Sequence[Promise]) -> Fraction:
    """The share of measured time within the horizon that is down when every promise is exactly at its floor.

    At each instant the strictest promise that covers it counts; where none does, all of it is down.
    """
    strictest_first = sorted(promises, key=lambda promise: promise.unavailability)
    if measured is None and strictest_first and strictest_first[0].covered is None:
        return strictest_first[0].unavailability
    rest = IntervalSet((horizon,)) if measured is None else measured.clip(*horizon)
    if not rest:
        return _ZERO
    total, down = rest.seconds, _ZERO
    for promise in strictest_first:
        time = rest if promise.covered is None else rest & promise.covered
        down += promise.unavailability * time.seconds
        rest -= time
    return (down + rest.seconds) / total


def shares_of_cycle(
    sla: Window, promises: Sequence[Promise]
) -> tuple[tuple[Span, tuple[Fraction, ...]], ...]:
    """The shares that promises allow in each kind of window that the 400-year Gregorian cycle has.

    One pair for each kind of window: the first of its kind, and a share for each promise. A rolling window has one
    pair, for each promise the share in the position that is worst for it. All count around the clock in one time zone
    whose days have 24 hours: only the lengths of months and years matter.
    """
    if all(tiles(promise, sla, _UTC) for promise in promises):
        length = sla.rolling_s or sla.nominal_s
        return (((0, length), tuple(promise.unavailability for promise in promises)),)
    # Weeks drift against months through all 400 years. Months and years alone only know leap years, and the 40
    # around 2100, which is none, have every sequence of them.
    weekly = "calendar-week" in (sla.kind, *(promise.window.kind for promise in promises))
    horizon = _years(2000, 2400) if weekly else _years(2080, 2120)
    columns = [worst_share(sla, _UTC, None, horizon, (promise,)) for promise in promises]
    found: dict[tuple[Fraction, ...], Span] = {}
    for several in zip(*columns, strict=True):
        found.setdefault(tuple(share for _, share in several), several[0][0])
    return tuple((span, shares) for shares, span in found.items())


def _years(first: int, end: int) -> Span:
    return int(datetime(first, 1, 1, tzinfo=UTC).timestamp()), int(
        datetime(end, 1, 1, tzinfo=UTC).timestamp()
    )
