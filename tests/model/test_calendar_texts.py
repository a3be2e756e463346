from datetime import datetime

import pytest

from slactl.model.calendar import check_country, check_rrule, check_timezone, parse_hours

STARTS = datetime.fromisoformat("2026-01-04 02:00")


def test_ranges_of_days_and_hours_are_read() -> None:
    hours = parse_hours({"mon-fri": ["08:00-12:00", "13:00-18:00"], "sat": "09:00-24:00"})
    assert hours[0] == hours[4] == ((480, 720), (780, 1080))
    assert hours[5] == ((540, 1440),)
    assert hours[6] == ()


def test_ranges_of_days_wrap_around_the_week() -> None:
    hours = parse_hours({"fri-mon": ["08:00-10:00"]})
    assert [bool(day) for day in hours] == [True, False, False, False, True, True, True]
    assert all(parse_hours({"mon-sun": ["00:00-24:00"]}))


def test_a_range_that_ends_before_it_begins_runs_past_midnight() -> None:
    assert parse_hours({"mon": ["22:00-06:00"]})[0] == ((1320, 1800),)


def test_a_day_named_twice_has_the_hours_of_both() -> None:
    assert parse_hours({"mon-tue": ["08:00-10:00"], "mon": ["12:00-13:00"]})[0] == ((480, 600), (720, 780))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"monday": ["08:00-18:00"]}, 'Did you mean "mon"'),
        ({"mon-fry": ["08:00-18:00"]}, 'Did you mean "fri"'),
        ({"mon-wed-fri": ["08:00-18:00"]}, "more than two ends"),
        ({"mon": ["8-18"]}, "like 08:00-18:00"),
        ({"mon": ["08:00-25:00"]}, "a time that no day has"),
        ({"mon": ["08:60-09:00"]}, "a time that no day has"),
        ({"mon": ["24:00-02:00"]}, "a time that no day has"),
        ({"mon": ["08:00-24:30"]}, "a time that no day has"),
        ({"mon": ["08:00-08:00"]}, "00:00-24:00 for a whole day"),
        ({}, "leave them out for 24x7"),
        ({"mon": []}, "leave them out for 24x7"),
    ],
)
def test_bad_hours_are_refused_with_what_to_write(hours: dict[str, list[str]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_hours(hours)


def test_time_zones_are_checked() -> None:
    assert check_timezone("Europe/Berlin") == "Europe/Berlin"
    with pytest.raises(ValueError, match='Did you mean "Europe/Berlin"'):
        check_timezone("Europe/Berln")


def test_countries_and_subdivisions_are_checked() -> None:
    assert check_country("DE", "BE") == "DE"
    with pytest.raises(ValueError, match="No holidays are known for the country"):
        check_country("XX")
    with pytest.raises(ValueError, match='for "XX" in DE; known there: BB, BE'):
        check_country("DE", "XX")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=1SU",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU",
        "freq=daily;count=3",
        "FREQ=YEARLY;UNTIL=20301231T000000",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ],
)
def test_good_rules_pass(rule: str) -> None:
    assert check_rrule(rule, STARTS) == rule


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "no part of a recurrence rule"),
        ("BYDAY=1SU", "how often"),
        ("FREQ=MONTLY", "how often"),
        ("FREQ=SECONDLY", "how often"),
        ("FREQ=MONTHLY;BYDAI=1SU", 'Did you mean "BYDAY"'),
        ("FREQ=MONTHLY;BYDAY=1XX", "no recurrence rule"),
        ("FREQ=MONTHLY;BYMONTH=13", "never occurs"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a whole number above zero"),
        ("FREQ=DAILY;COUNT=-1", "COUNT is a whole number above zero"),
        ("FREQ=DAILY;UNTIL=20261231T000000Z", "write UNTIL=20261231T000000"),
        ("FREQ=DAILY;UNTIL=20250101T000000", "never occurs"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
        ("DTSTART:20260101T000000\nRRULE:FREQ=DAILY", "no part of a recurrence rule"),
    ],
)
def test_bad_rules_are_refused_with_what_to_write(rule: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_rrule(rule, STARTS)
