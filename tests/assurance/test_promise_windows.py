from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from time import process_time
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]  # scipy brings no types

from slactl.assurance.shares import long_run_share, shares_of_cycle, worst_share
from slactl.assurance.windows import Promise, worst_downtime
from slactl.base.intervals import IntervalSet
from slactl.base.windows import Window, parse_window

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
MONTH, YEAR, DAY = parse_window("calendar-month"), parse_window("calendar-year"), parse_window("calendar-day")
ROLLING_30D = parse_window({"rolling": "30d"})
HOUR_S, DAY_S = 3600, 86_400
GRID_HOURS = 96


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def year(number: int) -> tuple[int, int]:
    return at(number, 1, 1), at(number + 1, 1, 1)


def hours(bits: int) -> IntervalSet:
    return IntervalSet.of(
        (hour * HOUR_S, (hour + 1) * HOUR_S) for hour in range(GRID_HOURS) if bits >> hour & 1
    )


def adversary(measured: IntervalSet, promises: list[tuple[Promise, list[tuple[int, int]]]]) -> float:
    """The most seconds down within measured time by a programme over hours, under every window's budget."""
    rows, budgets = [], []
    for promise, windows in promises:
        covered = (
            promise.covered
            if promise.covered is not None
            else IntervalSet(((-GRID_HOURS * HOUR_S, 2 * GRID_HOURS * HOUR_S),))
        )
        for window in windows:
            inside = covered.clip(*window)
            rows.append(
                [float(hour * HOUR_S in inside and (hour * HOUR_S) in measured) for hour in range(GRID_HOURS)]
            )
            budgets.append(float(promise.unavailability * inside.seconds))
    gain = [-1.0 if hour * HOUR_S in measured else 0.0 for hour in range(GRID_HOURS)]
    answer = linprog(gain, A_ub=np.array(rows), b_ub=budgets, bounds=(0, HOUR_S), method="highs")
    assert answer.status == 0
    return -float(answer.fun)


SETS = st.integers(0, 2**GRID_HOURS - 1).map(lambda bits: bits | 1 << 5).map(hours)
OFFICE = st.tuples(st.integers(0, 12), st.integers(1, 11)).map(
    lambda pair: IntervalSet.of(
        (day * DAY_S + pair[0] * HOUR_S, day * DAY_S + (pair[0] + pair[1]) * HOUR_S) for day in range(4)
    )
)
SHARES = st.sampled_from([Fraction(n, 100) for n in (0, 1, 5, 20, 50, 100)])


@settings(max_examples=60, deadline=None)
@given(SETS | OFFICE, SETS | OFFICE | st.none(), SHARES)
def test_downtime_under_calendar_windows_is_the_adversarys_best(
    measured: IntervalSet, covered: IntervalSet | None, share: Fraction
) -> None:
    promise = Promise(share, DAY, UTC_ZONE, covered)
    days = [(day * DAY_S, (day + 1) * DAY_S) for day in range(4)]
    assert float(worst_downtime(measured, [promise])) == pytest.approx(
        adversary(measured, [(promise, days)]), abs=0.01
    )


@settings(max_examples=40, deadline=None)
@given(SETS | OFFICE, SETS | OFFICE | st.none(), SHARES, st.integers(1, 40))
def test_downtime_under_rolling_windows_is_never_below_the_adversarys_best(
    measured: IntervalSet, covered: IntervalSet | None, share: Fraction, length_h: int
) -> None:
    promise = Promise(share, Window("rolling", length_h * HOUR_S), UTC_ZONE, covered)
    windows = [(hour * HOUR_S, (hour + length_h) * HOUR_S) for hour in range(-length_h, GRID_HOURS)]
    assert float(worst_downtime(measured, [promise])) >= adversary(measured, [(promise, windows)]) - 0.01


@settings(max_examples=40, deadline=None)
@given(SHARES, st.integers(1, 40), st.integers(1, GRID_HOURS))
def test_a_rolling_promise_around_the_clock_is_exact(share: Fraction, length_h: int, measured_h: int) -> None:
    measured = IntervalSet(((0, measured_h * HOUR_S),))
    promise = Promise(share, Window("rolling", length_h * HOUR_S), UTC_ZONE)
    count, rest = divmod(measured_h, length_h)
    assert worst_downtime(measured, [promise]) == HOUR_S * (
        count * share * length_h + min(share * length_h, Fraction(rest))
    )


@settings(max_examples=40, deadline=None)
@given(SETS, st.lists(st.tuples(SETS | st.none(), SHARES), min_size=2, max_size=3))
def test_several_promises_bound_what_an_adversary_under_all_of_them_can_do(
    measured: IntervalSet, given_promises: list[tuple[IntervalSet | None, Fraction]]
) -> None:
    promises = [Promise(share, DAY, UTC_ZONE, covered) for covered, share in given_promises]
    days = [(day * DAY_S, (day + 1) * DAY_S) for day in range(4)]
    bound = worst_downtime(measured, promises)
    assert float(bound) >= adversary(measured, [(promise, days) for promise in promises]) - 0.01
    assert bound == min(bound, *(worst_downtime(measured, [promise]) for promise in promises))


@settings(max_examples=40, deadline=None)
@given(SETS | OFFICE | st.none(), SETS | OFFICE | st.none(), SHARES, st.integers(2, 60))
def test_a_rolling_sla_window_is_at_its_worst_position(
    measured: IntervalSet | None, covered: IntervalSet | None, share: Fraction, length_h: int
) -> None:
    promise = Promise(share, DAY, UTC_ZONE, covered)
    horizon, length = (0, GRID_HOURS * HOUR_S), length_h * HOUR_S
    everything = measured if measured is not None else IntervalSet((horizon,))
    worst = Fraction(0)
    for start in range(0, horizon[1] - length + 1, HOUR_S // 4):
        time = everything.clip(start, start + length)
        if time:
            worst = max(worst, worst_downtime(time, [promise]) / time.seconds)
    ((start, end), found) = worst_share(Window("rolling", length), UTC_ZONE, measured, horizon, (promise,))[0]
    assert end - start == length
    assert worst <= found
    # budgets are whole seconds here, so the worst position is too, and must attain what is claimed
    time = everything.clip(start, end)
    assert found == worst_downtime(time, [promise]) / time.seconds


@settings(max_examples=20, deadline=None)
@given(SETS | OFFICE, SETS | OFFICE | st.none(), SHARES, st.integers(2, 60), st.sampled_from([1, 7, 24, 60]))
def test_a_rolling_promise_under_a_rolling_sla_window_is_never_too_optimistic(
    measured: IntervalSet, covered: IntervalSet | None, share: Fraction, length_h: int, promised_h: int
) -> None:
    promise = Promise(share, Window("rolling", promised_h * HOUR_S), UTC_ZONE, covered)
    windows = [(hour * HOUR_S, (hour + promised_h) * HOUR_S) for hour in range(-promised_h, GRID_HOURS)]
    horizon, length = (0, GRID_HOURS * HOUR_S), length_h * HOUR_S
    ((_, found),) = worst_share(Window("rolling", length), UTC_ZONE, measured, horizon, (promise,))
    for start in range(0, horizon[1] - length + 1, 9 * HOUR_S):
        time = measured.clip(start, start + length)
        if time:
            assert adversary(time, [(promise, windows)]) <= float(found * time.seconds) + 0.01


def test_successive_promises_cover_the_window_in_which_they_change_hands() -> None:
    change, (start, end) = at(2026, 3, 15), (at(2026, 3, 1), at(2026, 4, 1))
    before = Promise(Fraction(1, 1000), MONTH, UTC_ZONE, IntervalSet(((at(2025, 1, 1), change),)))
    after = Promise(Fraction(2, 1000), MONTH, UTC_ZONE, IntervalSet(((change, at(2027, 1, 1)),)))
    down = worst_downtime(IntervalSet(((start, end),)), [before, after])
    assert down == Fraction(14 * DAY_S, 1000) + Fraction(2 * 17 * DAY_S, 1000)


def test_no_promise_leaves_all_measured_time_free_for_outages() -> None:
    assert worst_downtime(IntervalSet(((0, 50),)), []) == 50
    assert worst_share(MONTH, UTC_ZONE, None, year(2026), ())[0][1] == 1
    assert long_run_share(None, year(2026), ()) == 1


def test_a_month_backs_a_year_and_never_the_reverse() -> None:
    share = Fraction(1, 1000)
    monthly, yearly = Promise(share, MONTH, BERLIN), Promise(share, YEAR, BERLIN)
    assert worst_share(YEAR, BERLIN, None, (at(2026, 3, 1), at(2026, 4, 1)), (monthly,))[0][1] == share
    months = worst_share(MONTH, BERLIN, None, (at(2026, 1, 1), at(2026, 12, 31)), (yearly,))
    february = dict(
        zip([MONTH.name(span, BERLIN) for span, _ in months], [s for _, s in months], strict=True)
    )["2026-02"]
    assert february == share * 365 / 28


def test_the_fast_way_and_the_long_way_agree() -> None:
    share, horizon = Fraction(1, 1000), (at(2026, 1, 1), at(2027, 12, 31))
    around = IntervalSet(((at(2025, 1, 1), at(2029, 1, 1)),))
    for sla, promised in ((MONTH, MONTH), (YEAR, MONTH), (MONTH, DAY)):
        quick = worst_share(sla, BERLIN, None, horizon, (Promise(share, promised, BERLIN),))
        assert quick == worst_share(sla, BERLIN, around, horizon, (Promise(share, promised, BERLIN, around),))


def test_months_of_another_zone_do_not_line_up() -> None:
    share = Fraction(1, 100_000)
    shares = worst_share(MONTH, BERLIN, None, year(2026), (Promise(share, MONTH, UTC_ZONE),))
    assert max(value for _, value in shares) > share


def test_office_hours_leave_the_nights_of_a_24x7_sla_unprotected() -> None:
    office = IntervalSet.of((at(2026, 2, day, 8), at(2026, 2, day, 18)) for day in range(2, 28))
    horizon = (at(2026, 2, 2), at(2026, 2, 3))
    ((_, share),) = worst_share(
        MONTH, UTC_ZONE, None, horizon, (Promise(Fraction(1, 100), MONTH, UTC_ZONE, office),)
    )
    covered = 26 * 10 * HOUR_S
    assert share == (28 * DAY_S - covered + Fraction(covered, 100)) / (28 * DAY_S)


def test_all_downtime_of_a_24x7_promise_may_fall_into_office_hours() -> None:
    office = IntervalSet.of((at(2026, 2, day, 8), at(2026, 2, day, 18)) for day in range(2, 28))
    horizon = (at(2026, 2, 2), at(2026, 2, 3))
    ((_, share),) = worst_share(
        MONTH, UTC_ZONE, office, horizon, (Promise(Fraction(1, 100), MONTH, UTC_ZONE),)
    )
    assert share == Fraction(28 * DAY_S, 100) / (26 * 10 * HOUR_S)


def test_three_calendar_months_may_touch_thirty_days() -> None:
    share = Fraction(1, 1000)
    horizon = (at(2026, 1, 1), at(2026, 12, 31))
    (((start, end), worst),) = worst_share(
        ROLLING_30D, UTC_ZONE, None, horizon, (Promise(share, MONTH, UTC_ZONE),)
    )
    assert end - start == 30 * DAY_S
    assert worst == share * (31 + 28 + 31) / 30


def test_the_same_rolling_window_backs_itself() -> None:
    promise = Promise(Fraction(1, 1000), ROLLING_30D, UTC_ZONE)
    ((_, share),) = worst_share(ROLLING_30D, BERLIN, None, year(2026), (promise,))
    assert share == Fraction(1, 1000)
    hourly = Promise(Fraction(1, 1000), parse_window({"rolling": "1h"}), UTC_ZONE)
    ((_, share),) = worst_share(ROLLING_30D, BERLIN, None, year(2026), (hourly,))
    assert share == Fraction(1, 1000)


def worst_of_cycle(sla: Window, promised: Window, share: Fraction) -> Fraction:
    columns = shares_of_cycle(sla, [Promise(share, promised, ZoneInfo("UTC"))])
    return max(shares[0] for _, shares in columns)


def test_the_worst_window_of_the_cycle_decides_without_dates() -> None:
    share = Fraction(1, 1000)
    assert worst_of_cycle(MONTH, MONTH, share) == share
    assert worst_of_cycle(MONTH, YEAR, share) == share * 365 / 28
    assert worst_of_cycle(YEAR, MONTH, share) == share
    assert worst_of_cycle(ROLLING_30D, MONTH, share) == share * (31 + 29 + 31) / 30
    week = parse_window("calendar-week")
    assert worst_of_cycle(MONTH, week, share) == share * 42 / 30
    assert worst_of_cycle(week, MONTH, share) == share * 62 / 7


def test_the_long_run_counts_uncovered_time_as_down() -> None:
    office = IntervalSet.of((at(2026, 2, day, 8), at(2026, 2, day, 18)) for day in range(1, 29))
    horizon = (at(2026, 2, 1), at(2026, 3, 1))
    share = Fraction(1, 100)
    assert (
        long_run_share(None, horizon, (Promise(share, MONTH, UTC_ZONE, office),)) == (280 * share + 392) / 672
    )
    assert long_run_share(office, horizon, (Promise(share, MONTH, UTC_ZONE),)) == share
    both = (Promise(Fraction(1, 10), MONTH, UTC_ZONE), Promise(share, MONTH, UTC_ZONE, office))
    assert long_run_share(None, horizon, both) == (280 * share + Fraction(392, 10)) / 672


def test_ten_thousand_objectives_with_the_same_windows_cost_little() -> None:
    office = IntervalSet.of(
        (day * DAY_S + 8 * HOUR_S, day * DAY_S + 18 * HOUR_S) for day in range(20_000, 21_000)
    )
    horizon = (20_000 * DAY_S, 20_700 * DAY_S)
    promises = [Promise(Fraction(number, 1000), YEAR, BERLIN, office) for number in range(1, 11)]
    for promise in promises:
        worst_share(MONTH, BERLIN, None, horizon, (promise,))
    began = process_time()
    for number in range(10_000):
        worst_share(MONTH, BERLIN, None, horizon, (promises[number % 10],))
    assert process_time() - began < 5


def test_windows_follow_each_other_without_gap() -> None:
    shares = worst_share(MONTH, BERLIN, None, year(2026), (Promise(Fraction(1, 1000), YEAR, BERLIN),))
    assert all(first[0][1] == second[0][0] for first, second in pairwise(shares))
