"""Everything brought into one objective's own measured time: its windows, and how long each promise allows an outage there.

Dates are real and computed in UTC; the days of a term begin and end at midnight UTC.
"""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from slactl.assurance.request_shares import share_of_requests, share_of_rolling_requests
from slactl.assurance.shares import long_run_share, tiles, worst_share
from slactl.assurance.windows import Promise
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass, replace
from slactl.base.ratio import Ratio
from slactl.base.windows import Span, Window
from slactl.check.clock import (
    Clock,
    clock_of,
    clock_of_joint,
    unavailability_of,
)
from slactl.check.terms import first_second
from slactl.check.undated import beyond, most_maintained_s
from slactl.model.agreement import Agreement, Joint, Objective, Term
from slactl.model.calendar import Calendars, occurrences
from slactl.model.estate import Estate

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One window of an objective, or the part of it that lies in the term."""

    name: str
    seconds: int
    """Time that counts."""
    span: Span
    """The whole window, in UTC seconds."""


Shares = tuple[tuple[Fraction, ...], Fraction]
"""How long something may be down: the share of each window of a timeline, and the share in the long run."""


class Timeline:
    """The windows of one clock, and promises seen in them."""

    def __init__(self, clock: Clock, estate: Estate) -> None:
        self._clock = clock
        self._hours = estate.hours
        self._zone = estate.hours.zone(clock.hours)
        self._horizon = (clock.start, clock.end)
        self._known: dict[tuple[tuple[tuple[Clock, Fraction], ...], bool], Shares] = {}
        self._by_name: dict[tuple[tuple[str, ...], bool], Shares] = {}
        self._constants: dict[Fraction, Shares] = {}
        self._around: dict[Window, Span] = {}

    @cached_property
    def _measured(self) -> IntervalSet | None:
        """The time that counts, or None where that is all of every window."""
        clock = self._clock
        if clock.hours is None and not clock.maintenance and self._uncut(clock.window):
            return None
        return _counted(self._hours, clock, clock.start, clock.end)

    def _uncut(self, window: Window) -> bool:
        spans = () if window.rolling_s else window.spans(self._zone, *self._horizon)
        return not spans or (spans[0][0] == self._clock.start and spans[-1][1] == self._clock.end)

    @cached_property
    def windows(self) -> tuple[Stretch, ...]:
        """Every window with time that counts; for a rolling one its worst position alone."""
        clock, measured = self._clock, self._measured
        pairs = worst_share(clock.window, self._zone, measured, self._horizon, ())
        return tuple(
            Stretch(
                f"any {clock.window.noun}" if clock.window.rolling_s else clock.window.name(span, self._zone),
                span[1] - span[0] if measured is None else measured.clip(*span).seconds,
                span,
            )
            for span, _ in pairs
        )

    def stretch(self, window: int) -> Stretch:
        """A window by its number; of a rolling one the position of that number."""
        return self._positions[window] if self.rolling else self.windows[window]

    @cached_property
    def _positions(self) -> list[Stretch]:
        """Positions of a rolling window that were asked for, the first one always."""
        return list(self.windows)

    def position(self, start: int) -> int | None:
        """The number of the rolling window that begins at an instant; None where it lies outside, or nothing counts."""
        first = self.windows[0]
        length = first.span[1] - first.span[0]
        span = start, start + length
        if not self._horizon[0] <= start <= self._horizon[1] - length:
            return None
        known = next((index for index, one in enumerate(self._positions) if one.span == span), None)
        seconds = length if self._measured is None else self._measured.clip(*span).seconds
        if known is None and seconds:
            self._positions.append(replace(first, seconds=seconds, span=span))
            return len(self._positions) - 1
        return known

    def worst_starts(self, backers: Sequence[tuple[Agreement, Objective]]) -> tuple[int, ...]:
        """Where a rolling window may begin so that it is the worst for some promises, in whole seconds.

        The worst is reached just when their first and last windows below it have room for their budgets. In the middle
        between the two there is room for those of other promises as well.
        """
        promises = self.promises(backers)
        pairs = worst_share(self._clock.window, self._zone, self._measured, self._horizon, promises)
        found: dict[int, None] = {}
        for (start, end), _ in pairs:
            for promise in promises:
                if promise.window.rolling_s is None:
                    below = promise.window.spans(promise.zone, start, end)
                    found[(below[0][1] + below[-1][0] - (end - start)) // 2] = None
            found.update(dict.fromkeys((start, start + 1)))
        return tuple(found)

    def most_seconds(self, window: int) -> int:
        """The most time that counts in a window, wherever a rolling one begins."""
        return max(self._measured_anywhere) if self.rolling else self.windows[window].seconds

    @cached_property
    def _measured_anywhere(self) -> tuple[int, ...]:
        """The time that counts in a rolling window, at all positions where it may be the least or the most."""
        (stretch,) = self.windows
        (first, end), length = self._horizon, stretch.span[1] - stretch.span[0]
        if self._measured is None:
            return (length,)
        edges = {edge for span in self._measured for edge in span}
        starts = {first, end - length, *edges, *(edge - length for edge in edges)}
        return tuple(
            self._measured.clip(start, start + length).seconds
            for start in starts
            if first <= start <= end - length
        )

    def promised(self, backers: Sequence[tuple[Agreement, Objective]], *, excused: bool = True) -> Shares:
        """How promises that hold at once look from here: in each window the least that any of them allows.

        With `excused`, our own undated maintenance is there for theirs.
        """
        name = tuple(objective.address for _, objective in backers), excused
        if name not in self._by_name:
            self._by_name[name] = self._promised(backers, self.excused_ms if excused else 0)
        return self._by_name[name]

    def undated_ms(self, agreement: Agreement, objective: Objective) -> Fraction:
        """The most undated maintenance that a promise excludes in one of our windows."""
        theirs = clock_of(agreement, objective, *self._reach(agreement.term, objective.window))
        if not theirs.allowance_ms:
            return Fraction(0)
        return 1000 * max(self._maintained(theirs, one.span) for one in self.windows)

    @property
    def excused_ms(self) -> int:
        """Undated maintenance in each of our windows that does not count."""
        return self._clock.allowance_ms

    def _promised(self, backers: Sequence[tuple[Agreement, Objective]], excused_ms: int) -> Shares:
        key = tuple(
            (clock_of(one, objective, *self._reach(one.term, objective.window)), unavailability_of(objective))
            for one, objective in backers
        )
        known = key, excused_ms > 0
        if known not in self._known:
            together = self._together(key, excused_ms)
            self._known[known] = self._least([self._seen(clocks, excused_ms) for clocks in together])
        return self._known[known]

    def counted(self, window: int) -> IntervalSet:
        """The time of one window that counts."""
        span = self.stretch(window).span
        return IntervalSet((span,)) if self._measured is None else self._measured.clip(*span)

    def promises(self, backers: Sequence[tuple[Agreement, Objective]]) -> tuple[Promise, ...]:
        """The promises as the mathematics sees them, without the undated maintenance that they exclude."""
        return tuple(
            self._promise(
                clock_of(one, objective, *self._reach(one.term, objective.window)),
                unavailability_of(objective),
            )
            for one, objective in backers
        )

    def left_out(
        self, backers: Sequence[tuple[Agreement, Objective]], *, excused: bool = True
    ) -> tuple[Fraction, ...]:
        """The downtime in each of their windows, in seconds, that promises allow for undated maintenance; 0 where ours excuses it."""
        excused_ms = self.excused_ms if excused else 0
        return tuple(
            beyond(unavailability_of(objective), Fraction(clock.allowance_ms, 1000))
            if self._leaves_out(clock, excused_ms)
            else Fraction(0)
            for clock, objective in (
                (clock_of(one, objective, *self._reach(one.term, objective.window)), objective)
                for one, objective in backers
            )
        )

    @property
    def by_request(self) -> bool:
        """Whether requests are counted and not time."""
        return self._clock.by_request

    @property
    def rolling(self) -> bool:
        """Whether our window may begin anywhere."""
        return self._clock.window.rolling_s is not None

    def column(self, window: int) -> int:
        """At which place of shares that of a window stands; a rolling one has one for all of its positions."""
        return 0 if self.rolling else window

    def own(self, share: Fraction, window: int) -> Promise:
        """A share of the time that counts in our own windows, as a promise."""
        counted = self._measured if self.rolling else self.counted(window)
        return Promise(share, self._clock.window, self._zone, counted)

    def together(self, agreement: Agreement, joint: Joint) -> tuple[tuple[Fraction, ...], Promise]:
        """How a promise on joint downtime looks from here: its share of each window, and the promise itself."""
        clock = clock_of_joint(agreement, joint, *self._reach(agreement.term, joint.window))
        promise = replace(self._promise(clock, joint.downtime.seconds), absolute=True)
        pairs = worst_share(self._clock.window, self._zone, self._measured, self._horizon, (promise,))
        return self._with_undated(pairs, (clock, Fraction(0)), 0), promise

    def aligned(self, promise: Promise) -> bool:
        """Whether a promise allows the same share of every part of every window."""
        return self._measured is None and tiles(promise, self._clock.window, self._zone)

    def claimed(self, availability: Ratio) -> Shares:
        """An owner's claim about a service itself: the same share of every window."""
        return self._constant(availability.complement)

    def constant(self, share: int) -> Shares:
        """Always up (0) or always down (1)."""
        return self._constant(Fraction(share))

    def _constant(self, share: Fraction) -> Shares:
        if share not in self._constants:
            self._constants[share] = (share,) * len(self.windows), share
        return self._constants[share]

    def _reach(self, term: Term, window: Window) -> tuple[int, int]:
        """The part of a term that matters: our time and every whole window of theirs that touches it.

        A budget is that of the whole window: downtime of all of it may fall into our part.
        """
        if window not in self._around:
            self._around[window] = self._touched_by(window)
        low, high = self._around[window]
        if term.start is not None:
            low = max(low, first_second(term.start))
        if term.until is not None and term.renewal is None:
            high = min(high, first_second(term.until + timedelta(days=1)))
        return low, max(low, high)

    def _touched_by(self, window: Window) -> Span:
        """From the start of the first whole window that may touch our time to the end of the last."""
        start, end = self._horizon
        if window.rolling_s is not None:
            return start - window.rolling_s, end + window.rolling_s
        # whole windows in any time zone: a day of slack, rounded outwards
        spans = window.spans(_UTC, start - 86_400, end + 86_400)
        return spans[0][0] - 86_400, spans[-1][1] + 86_400

    def _seen(self, theirs: tuple[tuple[Clock, Fraction], ...], excused_ms: int) -> Shares:
        promises = tuple(self._promise(clock, share) for clock, share in theirs)
        if self.by_request:
            undated = self._leaves_out(theirs[0][0], excused_ms)
            shares = self._constant(Fraction(1))[0] if undated else self._of_requests(promises)
        else:
            pairs = worst_share(self._clock.window, self._zone, self._measured, self._horizon, promises)
            shares = self._with_undated(pairs, theirs[0], excused_ms)
        at_floor = long_run_share(self._measured, self._horizon, promises)
        return shares, min(Fraction(1), at_floor + self._undated_at_floor(theirs[0], excused_ms))

    def _of_requests(self, promises: Sequence[Promise]) -> tuple[Fraction, ...]:
        """In each of our windows the least share of requests that any promise allows."""
        length = self._clock.window.rolling_s
        if length is not None:
            measured = IntervalSet((self._horizon,)) if self._measured is None else self._measured
            return (min(share_of_rolling_requests(one, length, measured) for one in promises),)
        counted = [self.counted(window) for window in range(len(self.windows))]
        return tuple(min(share_of_requests(one, time) for one in promises) for time in counted)

    def _with_undated(
        self, pairs: Sequence[tuple[Span, Fraction]], theirs: tuple[Clock, Fraction], excused_ms: int
    ) -> tuple[Fraction, ...]:
        """Shares of our windows, and what undated maintenance may add there that is not excused, at most all."""
        if not theirs[0].allowance_ms:
            return tuple(share for _, share in pairs)
        return tuple(
            min(Fraction(1), share + self._share_of(self._unexcluded(theirs, span, excused_ms), stretch))
            for (span, share), stretch in zip(pairs, self.windows, strict=True)
        )

    def _undated_at_floor(self, theirs: tuple[Clock, Fraction], excused_ms: int) -> Fraction:
        """What undated maintenance adds, as a share of our time, if all of it is used: as much as dated one does."""
        each = [self._unexcluded(theirs, one.span, excused_ms) for one in self.windows]
        if not any(each):
            return Fraction(0)
        start, end = self._horizon
        counted = end - start if self._measured is None else self._measured.clip(start, end).seconds
        added = beyond(theirs[1], self._maintained(theirs[0], self._horizon))
        long_run = added / counted if counted else Fraction(1)
        if self.rolling:
            return min(long_run, self._share_of(each[0], self.windows[0]))
        return min(long_run, sum(each, Fraction(0)) / sum(one.seconds for one in self.windows))

    def _share_of(self, seconds: Fraction, stretch: Stretch) -> Fraction:
        """The largest share of a window that so many seconds are, wherever a rolling one begins."""
        measured = min(self._measured_anywhere) if self.rolling else stretch.seconds
        if measured:
            return seconds / measured
        return Fraction(1 if seconds else 0)

    def _promise(self, theirs: Clock, unavailability: Fraction) -> Promise:
        whole = theirs.hours is None and not theirs.maintenance and self._covers_all(theirs)
        covered = None if whole else _counted(self._hours, theirs, theirs.start, theirs.end)
        return Promise(unavailability, theirs.window, self._hours.zone(theirs.hours), covered)

    def _covers_all(self, theirs: Clock) -> bool:
        return (theirs.start, theirs.end) == self._reach(Term(), theirs.window)

    def _unexcluded(self, theirs: tuple[Clock, Fraction], span: Span, excused_ms: int) -> Fraction:
        """What undated maintenance that they exclude adds in one of our windows, beyond what is excused, in seconds."""
        clock, unavailability = theirs
        if not clock.allowance_ms:
            return Fraction(0)
        added = beyond(unavailability, self._maintained(clock, span))
        return max(Fraction(0), added - Fraction(excused_ms, 1000))

    def _maintained(self, theirs: Clock, span: Span) -> Fraction:
        """The most of their undated maintenance that fits into one of our windows, in seconds."""
        return most_maintained_s(theirs, span, self._hours.zone(theirs.hours), anywhere=self.rolling)

    def _leaves_out(self, theirs: Clock, excused_ms: int) -> bool:
        return any(self._unexcluded((theirs, Fraction(0)), one.span, excused_ms) for one in self.windows)

    def _together(
        self, promises: tuple[tuple[Clock, Fraction], ...], excused_ms: int
    ) -> list[tuple[tuple[Clock, Fraction], ...]]:
        """Promises that can be held against the time at once; one that leaves out undated maintenance stands alone."""
        undated = [one for one in promises if self._leaves_out(one[0], excused_ms)]
        dated = tuple(one for one in promises if one not in undated)
        return [*([dated] if dated else []), *((one,) for one in undated)]

    def _least(self, several: list[Shares]) -> Shares:
        if len(several) == 1:
            return several[0]
        return tuple(map(min, zip(*(one[0] for one in several), strict=True))), min(one[1] for one in several)


def _counted(hours: Calendars, clock: Clock, start: int, end: int) -> IntervalSet:
    """Service hours less the maintenance that does not count."""
    time = hours.in_service(clock.hours, start, end)
    for window in clock.maintenance:
        time -= occurrences(window, start, end)
    return time
