"""Escalation chains against a simulator that knows nothing but minutes: which are open, and which come next."""

from datetime import UTC, datetime
from fractions import Fraction
from time import process_time

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.assurance.escalation import Longest, Stage, Step, longest
from slactl.base.intervals import IntervalSet
from slactl.model.calendar import Calendar, Calendars, Holidays, parse_hours

MINUTE, HOUR, DAY = 60, 3600, 86_400
Minutes = npt.NDArray[np.int64]


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def chain(*stages: Stage) -> list[Step]:
    return [Step((stage,), (index - 1,) if index else ()) for index, stage in enumerate(stages)]


class OpenMinutes:
    """The minutes of some hours, one by one, counted from `start`."""

    def __init__(self, hours: IntervalSet, start: int, minutes: int) -> None:
        self.open = np.zeros(minutes, dtype=bool)
        for first, last in hours:
            self.open[max(0, (first - start) // MINUTE) : max(0, (last - start) // MINUTE)] = True
        self.at = np.flatnonzero(self.open)
        self.before = np.concatenate(([0], np.cumsum(self.open)))

    def add(self, begin: Minutes, late: npt.NDArray[np.bool_], need: int) -> tuple[Minutes, Minutes]:
        """Where work ends that begins at a minute, or where `late` just after its first instant."""
        moving = late & self.open[begin]
        position = self.before[begin] + need - 1
        return (
            np.where(moving, self.at[position + moving], self.at[position] + 1),
            moving.astype(np.int64),
        )


def simulated(
    work: list[tuple[IntervalSet, int]], clock: IntervalSet, start: int, end: int, last: int
) -> int:
    """The longest time in minutes for starts at every minute, and just after every minute."""
    minutes = (last - start) // MINUTE
    mine = OpenMinutes(clock, start, minutes)
    begins = np.flatnonzero(mine.open[: (end - start) // MINUTE])
    longest_min = 0
    for late in (False, True):
        now, after = begins.copy(), np.full(begins.shape, late)
        for hours, need in work:
            now, moved = OpenMinutes(hours, start, minutes).add(now, after.astype(bool), need)
            after = moved.astype(bool)
        longest_min = max(longest_min, int((mine.before[now] - mine.before[begins]).max()))
    return longest_min


OFFICE = parse_hours({"mon-fri": ["08:00-18:00"]})
SHORT_FRIDAY = parse_hours({"mon-thu": ["08:00-17:00"], "fri": ["08:00-15:00"]})
NIGHTS = parse_hours({"mon-sat": ["22:00-06:00"]})
SIESTA = parse_hours({"mon-fri": ["09:00-13:00", "15:30-20:00"], "sat": ["10:00-12:00"]})
CALENDARS = Calendars({
    "berlin": Calendar("berlin", timezone="Europe/Berlin", hours=OFFICE, holidays=Holidays("DE", "BE")),
    "munich": Calendar("munich", timezone="Europe/Berlin", hours=SHORT_FRIDAY, holidays=Holidays("DE", "BY")),
    "austin": Calendar("austin", timezone="America/Chicago", hours=OFFICE, holidays=Holidays("US", "TX")),
    "manila": Calendar("manila", timezone="Asia/Manila", hours=OFFICE),
    "madrid": Calendar("madrid", timezone="Europe/Madrid", hours=SIESTA),
    "night": Calendar("night", timezone="Australia/Lord_Howe", hours=NIGHTS),
})  # fmt: skip
START, END, KNOWN = at(2027, 1, 1), at(2029, 1, 1), at(2030, 1, 1)  # 2028 is a leap year


def hours(name: str | None) -> IntervalSet:
    return CALENDARS.in_service(name, START, KNOWN)


@pytest.mark.parametrize(
    ("clock", "work"),
    [
        (None, [("berlin", 240)]),
        ("berlin", [(None, 30), ("austin", 15), ("austin", 240), ("manila", 480)]),
        ("munich", [("munich", 30), ("berlin", 360), ("manila", 1200)]),
        (None, [("berlin", 15), ("austin", 60), ("manila", 45), ("madrid", 600), (None, 90)]),
        ("night", [("madrid", 75), ("night", 480), ("munich", 1)]),
        ("madrid", [("night", 30), ("madrid", 2000), ("austin", 599), ("austin", 601), ("berlin", 600)]),
    ],
)
def test_two_years_with_a_leap_year_agree_with_every_minute(
    clock: str | None, work: list[tuple[str | None, int]]
) -> None:
    found = longest(
        chain(*(Stage(hours(name), need * MINUTE) for name, need in work)), hours(clock), START, END
    )
    expected = simulated([(hours(name), need) for name, need in work], hours(clock), START, END, KNOWN)
    assert found is not None
    assert found.seconds == expected * MINUTE
    assert sum(found.spent) == found.seconds


ANY_HOURS = st.sampled_from([None, "berlin", "munich", "austin", "manila", "madrid", "night"])


@given(
    ANY_HOURS,
    st.lists(st.tuples(ANY_HOURS, st.integers(1, 3000)), min_size=1, max_size=4),
    st.sampled_from([at(2027, 3, 1), at(2027, 10, 4, 7, 30), at(2027, 12, 1), at(2028, 2, 10)]),
    st.integers(1, 56),
)
@settings(max_examples=60, deadline=None)
def test_weeks_with_holidays_and_changes_of_the_clock_agree_with_every_minute(
    clock: str | None, work: list[tuple[str | None, int]], start: int, days: int
) -> None:
    end, known = start + days * DAY, start + 200 * DAY
    known_hours = {
        name: CALENDARS.in_service(name, start, known) for name in {clock, *(name for name, _ in work)}
    }
    stages = (Stage(known_hours[name], need * MINUTE) for name, need in work)
    found = longest(chain(*stages), known_hours[clock], start, end)
    if found is None:
        assert not known_hours[clock].clip(start, end)
        return
    needs = [(known_hours[name], need) for name, need in work]
    assert found.seconds == simulated(needs, known_hours[clock], start, end, known) * MINUTE


def one_by_one(work: Step, begin: tuple[int, bool]) -> tuple[int, bool]:
    """When one step ends: minute after minute is worked where it is open, until enough are done."""
    ends: list[tuple[int, bool]] = []
    for stage in work.stages:
        minute, late = begin
        moving = late and minute in stage.hours
        left = int(stage.duration_s)
        if moving:  # all but an instant of this minute counts, and the instant is made up for later
            minute, left = minute + 1, left - 1
        while left:
            left -= minute in stage.hours
            minute += 1
        while moving and minute not in stage.hours:
            minute += 1
        ends.append((minute, moving))
    return min(ends)


def by_hand(steps: list[Step], clock: IntervalSet, start: int, end: int) -> tuple[int, tuple[int, bool]]:
    """The longest time with starts at every unit and just after it, and the first start that has it."""
    longest_s, first_start = -1, (0, False)
    for begin in range(start, end):
        for late in (False, True):
            if begin not in clock:
                continue
            ends: list[tuple[int, bool]] = []
            for step in steps:
                first = max((ends[before] for before in step.after), default=(begin, late))
                ends.append(one_by_one(step, first))
            (last, _) = max(ends)
            spent = sum(unit in clock for unit in range(begin, last))
            if spent > longest_s:
                longest_s, first_start = spent, (begin, late)
    return longest_s, first_start


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=6)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Step], IntervalSet]:
    """A small network of steps over a few sets of hours, all of which go on after a while."""
    many = [
        IntervalSet.of([*((first, first + length) for first, length in draw(SPANS)), (60, 2000)])
        for _ in range(3)
    ]
    steps: list[Step] = []
    for index in range(draw(st.integers(1, 5))):
        stages = draw(
            st.lists(st.builds(Stage, st.sampled_from(many), st.integers(1, 15)), min_size=1, max_size=2)
        )
        after = draw(st.sets(st.integers(0, index - 1), max_size=2)) if index else set[int]()
        steps.append(Step(tuple(stages), tuple(sorted(after))))
    return steps, draw(st.sampled_from(many))


@given(cases())
@settings(max_examples=300, deadline=None)
def test_any_network_of_steps_agrees_with_working_it_off(case: tuple[list[Step], IntervalSet]) -> None:
    steps, clock = case
    if not clock.clip(0, 50):
        return
    found = longest(steps, clock, 0, 50)
    assert found is not None
    seconds, start = by_hand(steps, clock, 0, 50)
    assert found.seconds == seconds
    assert (int(found.start), found.approached) == start
    assert sum(found.spent) == found.seconds


def test_the_worst_start_lies_just_after_the_last_one_that_is_done_by_closing_time() -> None:
    nine_to_five = IntervalSet.of((day * DAY + 9 * HOUR, day * DAY + 17 * HOUR) for day in range(10))
    always = IntervalSet(((0, 10 * DAY),))
    found = longest(chain(Stage(nine_to_five, 2 * HOUR)), always, 0, 5 * DAY)
    assert found == Longest(
        Fraction(18 * HOUR), Fraction(15 * HOUR), approached=True, spent=(Fraction(18 * HOUR),)
    )


def test_an_edge_of_the_second_stage_is_pulled_back_through_the_first() -> None:
    # The first team needs an hour, so that the second one's closing time at 17:00 matters at 14:00 already.
    always = IntervalSet(((0, 10 * DAY),))
    nine_to_five = IntervalSet.of((day * DAY + 9 * HOUR, day * DAY + 17 * HOUR) for day in range(10))
    found = longest(chain(Stage(always, HOUR), Stage(nine_to_five, 2 * HOUR)), always, 0, 5 * DAY)
    assert found is not None
    assert (found.start, found.approached) == (Fraction(14 * HOUR), True)
    assert found.seconds == 19 * HOUR
    assert found.spent == (Fraction(HOUR), Fraction(18 * HOUR))


def test_hours_that_end_are_never_enough() -> None:
    always, ended = IntervalSet(((0, 10 * DAY),)), IntervalSet(((0, DAY),))
    found = longest(chain(Stage(ended, 2 * HOUR)), always, 0, 5 * DAY)
    assert found is not None
    assert found.seconds is None
    assert found.start == 22 * HOUR


def test_a_clock_that_never_runs_has_no_longest_time() -> None:
    assert longest(chain(Stage(IntervalSet(((0, DAY),)), 1)), IntervalSet(((5, 6),)), 0, 5) is None


def test_no_work_takes_no_time() -> None:
    found = longest([], IntervalSet(((0, DAY),)), 0, 5)
    assert found is not None
    assert found.seconds == 0
    assert found.spent == ()


def test_parts_of_a_second_stay_exact() -> None:
    always = IntervalSet(((0, DAY),))
    found = longest(chain(Stage(always, Fraction(1, 3)), Stage(always, Fraction(1, 6))), always, 0, 5)
    assert found is not None
    assert found.seconds == Fraction(1, 2)


def test_eight_stages_in_four_zones_over_two_years_take_a_moment() -> None:
    names = ["berlin", "austin", "manila", "madrid"] * 2
    work = chain(*(Stage(hours(name), 5 * HOUR) for name in names))
    begun = process_time()
    longest(work, hours("berlin"), START, END)
    assert process_time() - begun < 2
