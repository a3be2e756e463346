"""Time periods as a real Icinga 2 reads them, in a zone with daylight saving: the seconds that calendars mean."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from icinga2_server import Icinga2Server, running

from slactl.base.intervals import IntervalSet
from slactl.model.calendar import Calendar, Calendars, Holidays
from slactl.model.calendar.texts import parse_hours
from slactl_icinga2.periods import Period, period_of

START = int(datetime(2026, 10, 1, tzinfo=UTC).timestamp())
END = int(datetime(2027, 6, 1, tzinfo=UTC).timestamp())
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
OFFICE = parse_hours({"mon-fri": ["08:00-12:00", "13:00-18:00"]})
CHRISTMAS = Holidays(extra=(date(2026, 12, 25), date(2026, 12, 26), date(2027, 3, 28)))

CALENDARS = {
    one.name: one
    for one in (
        Calendar("plain", timezone=BERLIN, hours=OFFICE),
        Calendar("same-clock", timezone="Europe/Paris", hours=OFFICE),
        Calendar(
            "holidays", timezone=BERLIN, hours=OFFICE, holidays=Holidays(country="DE", subdivision="BE")
        ),
        Calendar(
            "nights", timezone=BERLIN, hours=parse_hours({"fri-sun": ["22:00-06:00"]}), holidays=CHRISTMAS
        ),
        Calendar("always-but", timezone=BERLIN, holidays=CHRISTMAS),
        Calendar("far", timezone=NEW_YORK, hours=OFFICE),
        Calendar("fixed", timezone="Asia/Kolkata", hours=parse_hours({"mon": ["00:00-24:00"]})),
        Calendar("both", union=("plain", "far")),
        Calendar("less", timezone=BERLIN, hours=OFFICE, except_=("lunch",)),
        Calendar("lunch", timezone="UTC", hours=parse_hours({"wed": ["10:00-11:00"]})),
    )
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Icinga2Server]:
    with running(tmp_path_factory.mktemp("icinga2"), timezone=BERLIN) as one:
        yield one


def spans(server: Icinga2Server, name: str) -> IntervalSet:
    """What the server works out of the ranges of a period."""
    script = f'var p = get_time_period("{name}"); p.update(p, {START}, {END})'
    return IntervalSet.of((int(one["begin"]), int(one["end"])) for one in server.run(script) or []).clip(
        START, END
    )


@pytest.mark.parametrize("name", sorted(CALENDARS))
def test_the_server_reads_the_calendar_to_the_second(server: Icinga2Server, name: str) -> None:
    found = period_of(name, CALENDARS, BERLIN, START, END)
    server.create("timeperiods", name, ranges=found.ranges)
    server.create("timeperiods", f"not-{name}", ranges=found.left_out)
    wanted = Calendars(CALENDARS).in_service(name, START, END)
    assert spans(server, name) - spans(server, f"not-{name}") == wanted
    assert found.doubtful == ()


def day(text: str) -> str:
    """A step of two keeps this server from taking the next day, too."""
    return f"{text} - {text} / 2"


def test_days_that_cannot_be_left_out_are_not_left_out(server: Icinga2Server) -> None:
    """The server cuts no piece that begins with a stretch of hours and is shorter."""
    today = datetime.now(ZoneInfo(BERLIN)).date()
    start = int(datetime(today.year, 1, 1, tzinfo=UTC).timestamp())
    days_off = Holidays(extra=(today,))
    for name, hours in {"whole-days": None, "early": parse_hours({"mon-sun": ["00:00-23:59"]})}.items():
        calendar = Calendar(name, timezone=BERLIN, hours=hours, holidays=days_off)
        found = period_of(name, {name: calendar}, BERLIN, start, start + 2 * 366 * 86400)
        server.create("timeperiods", f"{name}-out", ranges=found.left_out)
        server.create("timeperiods", name, ranges=found.ranges, excludes=[f"{name}-out"])
        assert server.attrs("timeperiods", name)["is_inside"] is False
        assert found.weekly is (name == "early")


def weekly(name: str, timezone: str) -> Period:
    return period_of(name, CALENDARS, timezone, START, END)


def test_a_week_is_written_where_the_clocks_go_together() -> None:
    assert weekly("plain", BERLIN).ranges == dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-12:00,13:00-18:00"
    )
    assert weekly("same-clock", BERLIN) == weekly("plain", BERLIN)
    assert weekly("fixed", "UTC").ranges == {"sunday": "18:30-24:00", "monday": "00:00-18:30"}
    assert weekly("holidays", BERLIN).left_out[day("2026-12-25")] == "08:00-12:00,13:00-18:00"
    assert not weekly("always-but", BERLIN).weekly


def test_days_are_written_where_they_do_not() -> None:
    found = weekly("plain", "UTC")
    assert not found.weekly
    assert found.left_out == {}
    assert found.ranges[day("2027-01-04")] == "07:00-11:00,12:00-17:00"
    assert found.ranges[day("2027-04-05")] == "06:00-10:00,11:00-16:00"
    assert day("2027-01-02") not in found.ranges


def test_hours_at_a_change_of_the_clock_are_doubtful() -> None:
    night = Calendar("night", timezone=BERLIN, hours=parse_hours({"sun": ["02:30-05:00"]}))
    found = period_of("night", {"night": night}, BERLIN, START, END)
    assert found.doubtful == ("2026-10-25", "2027-03-28")
