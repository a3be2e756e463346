"""Claim deadlines of suppliers against the days on which the SLAs' own breaches are known."""

from collections.abc import Iterator
from datetime import UTC, datetime

from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass
from slactl.base.windows import Span
from slactl.check.terms import start_of_window
from slactl.model.agreement import Objective
from slactl.model.estate import Estate

_YEAR_S = 366 * 86_400


@dataclass(frozen=True, slots=True)
class Late:
    """A breach of an SLA that is known only after a supplier's credits can no longer be claimed; times in UTC seconds."""

    deadline_s: int
    known_s: int

    @property
    def seconds(self) -> int:
        """How late it is."""
        return self.known_s - self.deadline_s


def latest(estate: Estate, above: Objective, below: Objective, within: Duration, start_s: int) -> Late | None:
    """The breach in the year after an instant that is known longest after the deadline; None where none is late.

    Downtime falls into a window of the supplier, which has until `within` after the window's end to be claimed; and into a
    window of the SLA, whose breach is known at its end. A rolling window of the supplier may end at once, one of the SLA
    with the whole of its length still to come.
    """
    late = (Late(_after(end, within), known) for end, known in _ends(estate, above, below, start_s))
    return max(
        (one for one in late if one.deadline_s < one.known_s),
        key=lambda one: (one.seconds, -one.known_s),
        default=None,
    )


def _ends(estate: Estate, above: Objective, below: Objective, start_s: int) -> Iterator[Span]:
    """Ends of windows, below and above, that share time."""
    if below.window.rolling_s is not None:
        length = above.window.rolling_s
        spans = [(start_s, start_s + length)] if length else _spans(estate, above, start_s)
        yield from spans
        return
    theirs = _spans(estate, below, start_s)
    if above.window.rolling_s is not None:
        yield from ((end, end + above.window.rolling_s) for _, end in theirs)
        return
    for begin, end in theirs:
        yield from (
            (end, last) for first, last in _spans(estate, above, start_s) if first < end and begin < last
        )


def _spans(estate: Estate, objective: Objective, start_s: int) -> tuple[Span, ...]:
    zone = estate.hours.zone(objective.hours)
    first = start_of_window(objective.window, zone, datetime.fromtimestamp(start_s, UTC).date())
    return objective.window.spans(zone, first, first + _YEAR_S)


def _after(instant_s: int, within: Duration) -> int:
    return int(within.after(datetime.fromtimestamp(instant_s, UTC)).timestamp())
