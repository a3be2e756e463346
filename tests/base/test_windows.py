from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.base.windows import Window, parse_window
from slactl.base.zones import find_zone, instant, local_time, midnight, transitions, utc_offset

KINDS = ["calendar-day", "calendar-week", "calendar-month", "calendar-quarter", "calendar-year"]
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Manila",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Beirut",
]


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("kind", KINDS)
def test_calendar_windows_are_read_and_printed(kind: str) -> None:
    assert str(parse_window(kind)) == kind


def test_rolling_windows_are_read_and_printed() -> None:
    window = parse_window({"rolling": "30d"})
    assert window == Window("rolling", 2_592_000)
    assert str(window) == "rolling 30d"
    assert window.nominal_s == 2_592_000


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("calender-month", "calendar-month"),
        ("month", "calendar-month"),
        ({"rolling": "0d"}, "more than none"),
        ({"rolling": "-1d"}, "no duration"),
        ({"rolling": "1M"}, "rolling: 30d"),
        ({"rolling": "1ms"}, "whole seconds"),
        ({"sliding": "30d"}, "no window"),
        ({}, "no window"),
    ],
)
def test_bad_windows_are_refused_with_what_to_write(value: str | dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_window(value)


def test_nominal_lengths_are_those_of_figures_a_month() -> None:
    days = {kind: parse_window(kind).nominal_s / 86_400 for kind in KINDS}
    assert list(days.values()) == [1, 7, 30, 91.25, 365]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.sampled_from(ZONES),
    st.integers(at(2020, 1, 1), at(2029, 1, 1)),
    st.integers(1, 10**8),
)
def test_windows_tile_the_time_asked_for_and_begin_at_local_midnight(
    kind: str, zone_name: str, start: int, length: int
) -> None:
    zone = ZoneInfo(zone_name)
    spans = parse_window(kind).spans(zone, start, min(start + length, at(2030, 1, 1)))
    assert spans[0][0] <= start < spans[0][1]
    assert spans[-1][0] < start + length
    assert all(first[1] == second[0] for first, second in pairwise(spans))
    for begin, end in spans[:50]:
        day = local_time(begin, zone).date()
        assert local_time(begin - 1, zone).date() == day - timedelta(days=1)
        assert local_time(end, zone).date() > day
        if kind == "calendar-week":
            assert day.weekday() == 0
        elif kind != "calendar-day":
            assert day.day == 1


def test_days_on_which_the_clock_changes_are_an_hour_shorter_or_longer() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    day = parse_window("calendar-day")
    (short,) = day.spans(berlin, at(2026, 3, 29, 12), at(2026, 3, 29, 13))
    (long,) = day.spans(berlin, at(2026, 10, 25, 12), at(2026, 10, 25, 13))
    assert (short[1] - short[0], long[1] - long[0]) == (23 * 3600, 25 * 3600)


def test_windows_have_the_names_that_people_use() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    when = at(2026, 2, 10, 12), at(2026, 2, 10, 13)
    names = [window.name(window.spans(berlin, *when)[0], berlin) for window in map(parse_window, KINDS)]
    assert names == ["2026-02-10", "2026-W07", "2026-02", "2026-Q1", "2026"]
    rolling = parse_window({"rolling": "30d"})
    assert rolling.name((at(2026, 1, 1), at(2026, 1, 31)), ZoneInfo("UTC")) == "2026-01-01 to 2026-01-30"


def test_a_rolling_window_has_no_periods() -> None:
    with pytest.raises(ValueError, match="no calendar periods"):
        parse_window({"rolling": "7d"}).spans(ZoneInfo("UTC"), 0, 1)


def test_an_empty_stretch_has_no_windows() -> None:
    assert parse_window("calendar-month").spans(ZoneInfo("UTC"), 5, 5) == ()


def test_finer_windows_tile_coarser_ones() -> None:
    day, week, month, quarter, year = map(parse_window, KINDS)
    assert all(day.tiles(other) for other in (day, week, month, quarter, year))
    assert month.tiles(quarter)
    assert quarter.tiles(year)
    assert not week.tiles(month)
    assert not year.tiles(month)
    assert not day.tiles(parse_window({"rolling": "1d"}))


def test_a_local_time_that_is_jumped_over_moves_to_the_jump() -> None:
    berlin, jump = ZoneInfo("Europe/Berlin"), at(2026, 3, 29, 1)
    for minute in (0, 1, 30, 59):
        assert instant(datetime.fromisoformat(f"2026-03-29 02:{minute:02}"), berlin) == jump
    assert instant(datetime.fromisoformat("2026-03-29 01:59"), berlin) == jump - 60
    assert instant(datetime.fromisoformat("2026-03-29 03:00"), berlin) == jump


def test_a_local_time_that_exists_twice_is_the_first() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant(datetime.fromisoformat("2026-10-25 02:30"), berlin) == at(2026, 10, 25, 0, 30)
    assert instant(datetime.fromisoformat("2026-10-25 03:00"), berlin) == at(2026, 10, 25, 2)


def test_a_day_that_begins_in_a_jump_begins_after_it() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    start = midnight(datetime.fromisoformat("2026-04-24 00:00").date(), cairo)
    assert local_time(start, cairo) == datetime.fromisoformat("2026-04-24 01:00")


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime.fromisoformat("2000-01-01 00:00"), datetime.fromisoformat("2037-01-01 00:00")),
    st.integers(0, 400_000),
)
def test_local_times_keep_their_order(zone_name: str, local: datetime, later: int) -> None:
    zone = ZoneInfo(zone_name)
    local = local.replace(microsecond=0)
    assert instant(local, zone) <= instant(local + timedelta(seconds=later), zone)


@pytest.mark.parametrize("zone_name", ZONES)
def test_transitions_are_exact_to_the_second(zone_name: str) -> None:
    start, end = at(2024, 1, 1), at(2027, 1, 1)
    zone, found = ZoneInfo(zone_name), transitions(zone_name, start, end)
    for moment, before, after in found:
        assert (utc_offset(moment - 1, zone), utc_offset(moment, zone)) == (before, after)
    offset, changes = utc_offset(start, zone), 0
    for moment in range(start, end, 900):
        changes += utc_offset(moment, zone) != offset
        offset = utc_offset(moment, zone)
    assert len(found) == changes


def test_transitions_of_berlin_are_the_known_ones() -> None:
    assert transitions("Europe/Berlin", at(2026, 1, 1), at(2027, 1, 1)) == (
        (at(2026, 3, 29, 1), 3600, 7200),
        (at(2026, 10, 25, 1), 7200, 3600),
    )
    assert transitions("Europe/Berlin", at(2026, 3, 29, 1), at(2026, 3, 29, 1) + 1)
    assert not transitions("Europe/Berlin", at(2026, 3, 29, 1) + 1, at(2026, 10, 25, 1))


@pytest.mark.parametrize(
    "name", ["Europe/Berln", "../etc/passwd", "", "Europe", "europe/berlin", "/etc/passwd"]
)
def test_unknown_zones_are_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone; write a name such as"):
        find_zone(name)
