"""What a history says of a target: closed forms, the ladder, the check's veto, what is insufficient, windows of each kind."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from slactl.base.ratio import Ratio
from slactl.measure.baseline import ENOUGH, Baseline, Limit, baseline
from slactl.measure.history import History
from slactl.measure.past_windows import risk_left, wilson
from slactl.model.estate import Estate
from slactl.suggest.ladder import SHARES
from tests.measure.baseline_worlds import AS_OF, DAY_S, estate_with, history_of

Write = Callable[..., Path]

YEAR = 365
SPARSE = [600 if day % 20 == 10 else 0 for day in range(YEAR)]
"""Ten minutes every twenty days."""


def share(percent: str) -> Ratio:
    return Ratio(Decimal(percent))


def judged(estate: Estate, history: History, limit: Limit | None = None) -> Baseline:
    return baseline(estate, history, AS_OF, SHARES, limit)


def test_always_down_is_never_met(workspace: Write) -> None:
    estate = estate_with(workspace)
    for days in (YEAR, 120):
        found = judged(estate, history_of(estate, [DAY_S] * days))
        assert found.chance is not None
        assert found.chance.lower == 0
        assert found.chance.point < 0.05
        assert found.advice == "too-strict"
        assert (found.by_history, found.achievable) == (None, None)
        assert found.windows.met(found.target.share) == 0


def test_a_year_without_any_incident_gives_no_chance_at_all(workspace: Write) -> None:
    estate = estate_with(workspace)
    found = judged(estate, history_of(estate, [0] * YEAR))
    assert found.advice == "insufficient"
    assert found.chance is None
    assert found.by_history is None
    assert found.insufficient == "0 incidents, and 5 are needed"
    assert (found.windows.met(found.target.share), len(found.windows.shares)) == (11, 11)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_nearly_clean_year_gives_none_either(workspace: Write, count: int) -> None:
    estate = estate_with(workspace)
    bad = [60 if day % 80 == 40 and day < count * 80 else 0 for day in range(YEAR)]
    found = judged(estate, history_of(estate, bad))
    assert (found.incidents, found.advice, found.chance) == (count, "insufficient", None)


def test_a_dozen_clean_months_leave_a_large_risk() -> None:
    assert risk_left(12) == pytest.approx(1 - 0.1 ** (1 / 12))
    assert 0.17 < risk_left(12) < 0.18
    assert risk_left(0) == 1


def test_the_same_downtime_each_day_meets_what_allows_it_several_times_and_misses_what_does_not(
    workspace: Write,
) -> None:
    estate = estate_with(workspace, "99.5%")
    found = judged(estate, history_of(estate, [86] * YEAR))  # a thousandth
    assert found.incidents == 1
    assert found.method == "block-bootstrap"
    assert found.chance is not None
    assert found.chance.lower > 0.9
    stricter = judged(*_with_target(estate, [86.5] * YEAR, "99.9%"))
    assert stricter.chance is not None
    assert stricter.chance.point == 0


def _with_target(estate: Estate, bad: Sequence[float], percent: str) -> tuple[Estate, History]:
    history = history_of(estate, bad)
    return estate, replace(history, objective=replace(history.objective, target=share(percent.rstrip("%"))))


def test_the_target_of_history_is_the_largest_whose_bound_suffices(workspace: Write) -> None:
    estate = estate_with(workspace)
    chances = {}
    for one in SHARES:
        found = judged(*_with_target(estate, SPARSE, str(one)))
        assert found.chance is not None
        assert found.chance.lower <= found.chance.point
        chances[one] = found.chance.lower
    largest = max(one for one, lower in chances.items() if lower >= ENOUGH)
    assert found.by_history == largest
    assert share("99") <= largest < share("99.9")
    assert list(chances.values()) == sorted(chances.values(), reverse=True)


def test_advice_follows_the_bound_of_the_present_target(workspace: Write) -> None:
    estate = estate_with(workspace)
    best = judged(estate, history_of(estate, SPARSE)).by_history
    assert best is not None
    looser = max(one for one in SHARES if one < best)
    stricter = min(one for one in SHARES if one > best)
    said = [judged(*_with_target(estate, SPARSE, str(one))).advice for one in (looser, best, stricter)]
    assert said == ["more-possible", "about-right", "too-strict"]


def test_the_check_vetoes_what_history_alone_bears(workspace: Write) -> None:
    estate = estate_with(workspace, "95%")
    history = history_of(estate, SPARSE)
    free = judged(estate, history)
    assert free.by_history is not None
    assert free.achievable == free.by_history
    assert free.advice == "more-possible"
    bound = judged(estate, history, Limit("guaranteed", share("95")))
    assert (bound.by_history, bound.achievable, bound.advice) == (free.by_history, share("95"), "about-right")
    nothing = judged(estate, history, Limit("unsupported", None))
    assert (nothing.by_history, nothing.achievable) == (free.by_history, None)
    stricter = judged(estate, history, Limit("guaranteed", share("99.99")))
    assert stricter.achievable == free.by_history


def test_less_than_ninety_days_are_insufficient_and_less_than_half_a_year_counts_incidents(
    workspace: Write,
) -> None:
    estate = estate_with(workspace)
    bad = [300 if day % 10 == 5 else 0 for day in range(YEAR)]
    methods = {
        days: judged(estate, history_of(estate, bad[:days])).method for days in (89, 90, 179, 180, YEAR)
    }
    assert methods == {
        89: None,
        90: "compound-poisson",
        179: "compound-poisson",
        180: "block-bootstrap",
        YEAR: "block-bootstrap",
    }
    assert judged(estate, history_of(estate, bad[:89])).insufficient == "89 days with data, and 90 are needed"


def test_days_without_data_are_neither_good_days_nor_days(workspace: Write) -> None:
    estate = estate_with(workspace)
    bad = [300 if day % 10 == 5 else 0 for day in range(179)]
    blind: list[float | None] = [None] * 100
    found = judged(estate, history_of(estate, [*blind, *bad]))
    assert found.method == "compound-poisson"
    assert (len(found.history.days), len(found.history.missing)) == (179, 100)
    seen = judged(estate, history_of(estate, [*[0.0] * 100, *bad]))
    assert seen.method == "block-bootstrap"
    assert found.windows.left_out >= 3
    assert len(found.windows.shares) + found.windows.left_out == len(seen.windows.shares)


def test_events_that_trickle_are_no_incidents_and_need_half_a_year(workspace: Write) -> None:
    estate = estate_with(workspace, "99%")
    steady = [10.0] * YEAR  # of 100,000 a day
    found = judged(estate, history_of(estate, steady, "events", 100_000))
    assert (found.incidents, found.advice, found.chance) == (0, "insufficient", None)
    stormy = [5_000.0 if day % 30 == 7 else 10.0 for day in range(YEAR)]
    bad = judged(estate, history_of(estate, stormy, "events", 100_000))
    assert (bad.incidents, bad.method) == (12, "block-bootstrap")
    short = judged(estate, history_of(estate, stormy[:170], "events", 100_000))
    assert short.method is None
    assert "events need 180" in short.insufficient
    unfit = judged(*_events_with_target(estate, "99.995%"))
    assert unfit.chance is not None
    assert unfit.chance.point == 0


def _events_with_target(estate: Estate, percent: str) -> tuple[Estate, History]:
    history = history_of(estate, [10.0] * YEAR, "events", 100_000)
    return estate, replace(history, objective=replace(history.objective, target=share(percent.rstrip("%"))))


def test_outages_that_are_told_count_one_by_one(workspace: Write) -> None:
    estate = estate_with(workspace)
    bad = [1200.0 if day in (10, 60) else 0.0 for day in range(120)]
    told = history_of(estate, bad, outages=[400] * 6)
    assert (judged(estate, told).incidents, judged(estate, told).method) == (6, "compound-poisson")
    assert judged(estate, history_of(estate, bad)).insufficient == "2 incidents, and 5 are needed"


@pytest.mark.parametrize(
    ("window", "past", "a_year"),
    [
        ("calendar-day", YEAR, Fraction(365)),
        ("calendar-week", 52, Fraction(365, 7)),
        ("calendar-month", 11, Fraction(12)),
        ("calendar-quarter", 3, Fraction(4)),
        ("calendar-year", 0, Fraction(1)),
        ("{rolling: 30d}", 12, Fraction(365, 30)),
    ],
)
def test_windows_of_each_kind(workspace: Write, window: str, past: int, a_year: Fraction) -> None:
    estate = estate_with(workspace, "99.8%", f"window: {window}")
    found = judged(estate, history_of(estate, SPARSE))
    assert len(found.windows.shares) + found.windows.left_out in (past, past - 1)
    assert found.windows_a_year == a_year
    assert found.chance is not None
    assert 0 <= found.chance.lower <= found.chance.point <= 1


def test_a_window_of_parts_of_days_cannot_be_judged(workspace: Write) -> None:
    estate = estate_with(workspace, objective="window: {rolling: 36h}")
    found = judged(estate, history_of(estate, SPARSE))
    assert (found.chance, found.advice) == (None, "insufficient")
    assert "whole number of days" in found.insufficient


def test_a_longer_window_has_room_for_the_same_outages(workspace: Write) -> None:
    def lower(window: str) -> float:
        estate = estate_with(workspace, "99.5%", f"window: {window}")
        chance = judged(estate, history_of(estate, [3600 if one else 0 for one in SPARSE])).chance
        assert chance is not None
        return chance.point

    assert lower("calendar-week") < lower("calendar-quarter")


def test_a_target_without_history_says_what_the_agreement_lacks_and_when_it_is_reviewed(
    workspace: Write,
) -> None:
    bare = estate_with(workspace)
    found = judged(bare, history_of(bare, [0] * 60)).provisional
    assert found is not None
    assert (found.target, found.stated, found.credits, found.process, found.review) == (
        share("99.9"),
        False,
        False,
        None,
        None,
    )
    told = estate_with(
        workspace,
        objective="provisional: true",
        extra="reviews: {first: 2026-06-30, every: 6M, adjustment: docs/change.md}, fee: 10 EUR/month,"
        " credits: [{objective: availability, below: 99.9%, credit: 10%}],",
    )
    said = judged(told, history_of(told, [0] * 60)).provisional
    assert said is not None
    assert (said.stated, said.credits, said.process, said.review) == (
        True,
        True,
        "docs/change.md",
        date(2026, 12, 30),
    )


def test_a_provisional_target_is_one_that_past_windows_met_and_the_check_supports(workspace: Write) -> None:
    estate = estate_with(workspace)
    clean, hurt = [0.0] * 80, [0.0] * 40 + [9000.0] + [0.0] * 39

    def kept(bad: list[float], limit: Limit | None = None) -> Ratio | None:
        found = judged(estate, history_of(estate, bad), limit).provisional
        assert found is not None
        return found.target

    assert kept(clean) == share("99.9")
    assert kept(clean, Limit("unsupported", share("99.5"))) == share("99.5")
    assert kept(clean, Limit("unsupported", None)) is None
    assert kept(hurt) == share("99.5")  # 2 h 30 min of October
    assert kept([DAY_S * 0.5] * 80) is None


def test_the_same_history_says_the_same(workspace: Write) -> None:
    estate = estate_with(workspace)
    history = history_of(estate, SPARSE)
    assert judged(estate, history) == judged(estate, history)


def test_wilson_interval() -> None:
    low, high = wilson(10, 12)
    assert low == pytest.approx(
        0.600793, abs=1e-6
    )  # as scipy.stats.binomtest(10, 12).proportion_ci(0.9, "wilson") says
    assert high == pytest.approx(0.943219, abs=1e-6)
    assert wilson(0, 0) == (0, 1)
    assert wilson(12, 12)[1] == 1
    assert wilson(0, 12)[0] == pytest.approx(0)
