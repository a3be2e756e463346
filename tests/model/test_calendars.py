from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from slactl.base.intervals import IntervalSet
from slactl.base.zones import instant
from slactl.model.calendar import (
    Calendar,
    Calendars,
    Holidays,
    Hours,
    MaintenanceWindow,
    occurrences,
    parse_hours,
)

OFFICE = parse_hours({"mon-fri": ["08:00-18:00"]})
SHIFTS = parse_hours(
    {"mon-fri": ["01:30-02:30", "22:00-03:15"], "sat": "00:00-24:00", "sun": ["01:00-05:00"]}
)
DST_WEEKS = [
    ("Europe/Berlin", (2026, 3, 26)),
    ("Europe/Berlin", (2026, 10, 22)),
    ("America/New_York", (2026, 3, 5)),
    ("America/New_York", (2026, 10, 29)),
    ("Australia/Lord_Howe", (2026, 4, 2)),
    ("Australia/Lord_Howe", (2026, 10, 1)),
    ("Asia/Manila", (2026, 3, 26)),
]


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def first_instants(zone: ZoneInfo, start: int, end: int) -> dict[datetime, int]:
    """The first instant of every local minute that exists."""
    found: dict[datetime, int] = {}
    for moment in range(start, end, 60):
        found.setdefault(datetime.fromtimestamp(moment, zone).replace(tzinfo=None, fold=0), moment)
    return found


def minute_by_minute(hours: Hours, zone: ZoneInfo, start: int, end: int) -> set[int]:
    """Every minute in service, from a table of the local minutes that exist."""
    table = first_instants(zone, start - 3 * 86_400, end + 3 * 86_400)

    def begins(local: datetime) -> int:
        while local not in table:
            local += timedelta(minutes=1)
        return table[local]

    served: set[int] = set()
    day = datetime.fromtimestamp(start, zone).replace(tzinfo=None, hour=0, minute=0, second=0) - timedelta(
        days=1
    )
    while day.timestamp() < end + 86_400:
        for first, last in hours[day.weekday()]:
            span = begins(day + timedelta(minutes=first)), begins(day + timedelta(minutes=last))
            served.update(range(*span, 60))
        day += timedelta(days=1)
    return {minute for minute in served if start <= minute < end}


def minutes(time: IntervalSet) -> set[int]:
    return {minute for span in time for minute in range(*span, 60)}


@pytest.mark.parametrize(("zone", "day"), DST_WEEKS)
@pytest.mark.parametrize("hours", [OFFICE, SHIFTS])
def test_hours_are_exact_over_weeks_in_which_the_clock_changes(
    zone: str, day: tuple[int, int, int], hours: Hours
) -> None:
    start = at(*day)
    calendars = Calendars({"c": Calendar("c", timezone=zone, hours=hours)})
    served = calendars.in_service("c", start, start + 6 * 86_400)
    assert minutes(served) == minute_by_minute(hours, ZoneInfo(zone), start, start + 6 * 86_400)


def test_office_hours_keep_their_wall_time_in_summer() -> None:
    calendars = Calendars({"c": Calendar("c", timezone="Europe/Berlin", hours=OFFICE)})
    assert calendars.in_service("c", at(2026, 1, 5), at(2026, 1, 6)).spans == (
        (at(2026, 1, 5, 7), at(2026, 1, 5, 17)),
    )
    assert calendars.in_service("c", at(2026, 7, 6), at(2026, 7, 7)).spans == (
        (at(2026, 7, 6, 6), at(2026, 7, 6, 16)),
    )


def test_no_calendar_is_in_service_all_the_time() -> None:
    assert Calendars({}).in_service(None, 5, 9).spans == ((5, 9),)
    assert Calendars({}).zone(None).key == "UTC"
    assert not Calendars({}).in_service(None, 9, 5)


def test_a_calendar_without_hours_is_in_service_all_the_time_but_for_its_holidays() -> None:
    plain = Calendar("plain", timezone="Europe/Berlin")
    closed = Calendar("closed", timezone="Europe/Berlin", holidays=Holidays(extra=(date(2026, 3, 29),)))
    calendars = Calendars({"plain": plain, "closed": closed})
    week = at(2026, 3, 26), at(2026, 4, 1)
    assert calendars.in_service("plain", *week).spans == (week,)
    off = calendars.in_service("plain", *week) - calendars.in_service("closed", *week)
    assert off.spans == ((at(2026, 3, 28, 23), at(2026, 3, 29, 22)),)


def test_public_holidays_of_a_subdivision_are_out_of_service() -> None:
    berlin = Calendar(
        "b", timezone="Europe/Berlin", hours=OFFICE, holidays=Holidays("DE", "BE", (date(2027, 3, 9),))
    )
    hamburg = Calendar("h", timezone="Europe/Berlin", hours=OFFICE, holidays=Holidays("DE", "HH"))
    calendars = Calendars({"b": berlin, "h": hamburg})
    womens_day, next_day = (at(2027, 3, 8), at(2027, 3, 9)), (at(2027, 3, 9), at(2027, 3, 10))
    assert not calendars.in_service("b", *womens_day)
    assert calendars.in_service("h", *womens_day).seconds == 36_000
    assert not calendars.in_service("b", *next_day)
    assert not calendars.in_service("h", at(2026, 12, 25), at(2026, 12, 26))


def test_a_holiday_takes_out_its_local_day_from_midnight_to_midnight() -> None:
    nights = Calendar(
        "n",
        timezone="UTC",
        hours=parse_hours({"mon-sun": ["22:00-06:00"]}),
        holidays=Holidays(extra=(date(2026, 1, 7),)),
    )
    served = Calendars({"n": nights}).in_service("n", at(2026, 1, 6, 12), at(2026, 1, 8, 12))
    assert served.spans == (
        (at(2026, 1, 6, 22), at(2026, 1, 7)),
        (at(2026, 1, 8), at(2026, 1, 8, 6)),
    )


def test_calendars_compose() -> None:
    calendars = Calendars(
        {
            "berlin": Calendar("berlin", timezone="Europe/Berlin", hours=OFFICE),
            "manila": Calendar("manila", timezone="Asia/Manila", hours=OFFICE),
            "sun": Calendar("sun", union=("berlin", "manila")),
            "rest": Calendar("rest", except_=("sun",)),
            "both": Calendar("both", union=("sun",), except_=("berlin",)),
        }
    )
    week = at(2026, 2, 2), at(2026, 2, 9)
    berlin, manila = (calendars.in_service(name, *week) for name in ("berlin", "manila"))
    assert calendars.in_service("sun", *week) == berlin | manila
    assert calendars.in_service("rest", *week) == IntervalSet((week,)) - (berlin | manila)
    assert calendars.in_service("both", *week) == manila - berlin
    assert calendars.zone("sun").key == "Europe/Berlin"
    assert calendars.zone("both").key == "Europe/Berlin"
    assert calendars.zone("rest").key == "UTC"


def test_a_circle_of_calendars_is_refused() -> None:
    calendars = Calendars({"a": Calendar("a", union=("b",)), "b": Calendar("b", except_=("a",))})
    with pytest.raises(ValueError, match="a -> b -> a are composed in a circle"):
        calendars.in_service("a", 0, 10)


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    def fresh() -> Calendars:
        office = Calendar("o", timezone="America/New_York", hours=OFFICE, holidays=Holidays("US"))
        return Calendars({"o": office, "u": Calendar("u", union=("o",))})

    asked = fresh()
    stretches = [
        (at(2026, 5, 3), at(2026, 5, 20)),
        (at(2024, 12, 30), at(2027, 1, 2)),
        (at(2026, 12, 31, 20), at(2027, 1, 2)),
    ]
    for stretch in stretches:
        for name in ("o", "u"):
            assert asked.in_service(name, *stretch) == fresh().in_service(name, *stretch)


def test_ten_thousand_agreements_that_share_a_calendar_cost_little() -> None:
    calendars = Calendars(
        {"o": Calendar("o", timezone="Europe/Berlin", hours=OFFICE, holidays=Holidays("DE"))}
    )
    began = process_time()
    for _ in range(10_000):
        calendars.in_service("o", at(2026, 1, 1), at(2028, 1, 1))
    assert process_time() - began < 3


def test_maintenance_keeps_its_wall_time_and_its_length() -> None:
    window = MaintenanceWindow(
        "p", datetime.fromisoformat("2026-01-04 02:00"), 7200, "FREQ=MONTHLY;BYDAY=1SU", "Europe/Berlin"
    )
    found = occurrences(window, at(2026, 1, 1), at(2027, 1, 1))
    assert len(found.spans) == 12
    assert found.spans[0] == (at(2026, 1, 4, 1), at(2026, 1, 4, 3))
    assert found.spans[6] == (at(2026, 7, 5, 0), at(2026, 7, 5, 2))


def test_maintenance_in_the_hour_that_is_jumped_over_begins_after_the_jump() -> None:
    window = MaintenanceWindow(
        "p", datetime.fromisoformat("2026-03-28 02:30"), 3600, "FREQ=DAILY", "Europe/Berlin"
    )
    assert occurrences(window, at(2026, 3, 29), at(2026, 3, 29, 12)).spans == (
        (at(2026, 3, 29, 1), at(2026, 3, 29, 2)),
    )


def test_maintenance_is_clipped_to_what_is_asked_for_and_seen_when_it_began_before() -> None:
    once = MaintenanceWindow("p", datetime.fromisoformat("2026-01-04 02:00"), 7200)
    assert occurrences(once, at(2026, 1, 4, 3), at(2026, 2, 1)).spans == (
        (at(2026, 1, 4, 3), at(2026, 1, 4, 4)),
    )
    long = MaintenanceWindow("p", datetime.fromisoformat("2026-01-01 00:00"), 20 * 86_400, "FREQ=YEARLY")
    assert occurrences(long, at(2026, 1, 15), at(2026, 1, 16)).seconds == 86_400
    assert not occurrences(once, at(2026, 2, 1), at(2026, 1, 1))


def test_local_times_agree_with_the_table_of_local_minutes() -> None:
    zone = ZoneInfo("Australia/Lord_Howe")
    table = first_instants(zone, at(2026, 4, 4), at(2026, 4, 6))
    assert all(instant(local, zone) == moment for local, moment in table.items())
