"""Support hours: the time in which a customer is promised help, and somebody below is not there to give it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from zoneinfo import ZoneInfo

from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass
from slactl.base.windows import Window, parse_window
from slactl.check.backing import Backer
from slactl.check.handover import Answer
from slactl.check.result import AmountLink
from slactl.check.times_work import in_words
from slactl.model.agreement import Objective
from slactl.model.building.agreement import calendar_name
from slactl.model.calendar import Calendars

_MONTH = parse_window("calendar-month")


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The promised hours in which some promises that hold at once offer none."""

    backers: tuple[Backer, ...]
    time: IntervalSet

    @property
    def objective(self) -> Objective:
        """One of the promises, the first by name."""
        return min((one.objective for one in self.backers), key=lambda one: one.address)


def support_calendar(objective: Objective) -> str | None:
    """The calendar that a support-hours objective promises; None is 24x7."""
    return calendar_name(str(objective.target))


def uncovered(
    hours: Calendars, objective: Objective, answers: Sequence[Answer], span: tuple[int, int]
) -> Iterator[Uncovered]:
    """For each answer below a support-hours objective what its promises leave uncovered, in UTC seconds."""
    promised = hours.in_service(support_calendar(objective), *span)
    for answer in answers:
        for group in answer.promises:
            offered = IntervalSet()
            for one in group:
                offered |= hours.in_service(support_calendar(one.objective), *span)
            yield Uncovered(group, promised - offered)


def worst_window(window: Window, zone: ZoneInfo, time: IntervalSet, span: tuple[int, int]) -> tuple[int, int]:
    """The first window with the most of some time in it; for a rolling one the worst month stands."""
    named = _MONTH if window.rolling_s else window
    return max(named.spans(zone, *span), key=lambda one: (time.clip(*one).seconds, -one[0]))


def links(gaps: Sequence[Uncovered], window: tuple[int, int]) -> Iterator[AmountLink]:
    """What each promise leaves uncovered in a window, in seconds, most first."""
    found = {
        AmountLink(
            gap.objective.address,
            in_words(gap.objective),
            Fraction(gap.time.clip(*window).seconds),
            gap.objective.place,
        )
        for gap in gaps
    }
    yield from sorted(found, key=lambda link: (-link.amount, link.address))
