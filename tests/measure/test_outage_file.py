"""A file of outages: what it says of each objective, and how it is refused."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from slactl.base.diagnostics import InvalidFiles
from slactl.measure.outage_file import Outage, parse_outages
from slactl.measure.outages import outage_histories
from slactl.measure.service_days import Period
from slactl.model.estate import Estate
from tests.measure.baseline_worlds import estate_with

Write = Callable[..., Path]
HEADER = "objective,service,start,end\n"
PERIOD = Period(date(2026, 3, 1), date(2026, 4, 1))


@pytest.fixture
def estate(workspace: Write) -> Estate:
    return estate_with(workspace)


def test_rows_name_an_objective_or_a_service_in_any_zone(estate: Estate) -> None:
    found = parse_outages(
        HEADER
        + "sla.shop.availability,,2026-03-01T01:00:00+01:00,2026-03-01T00:30:00Z\n"
        + "\n"
        + ',"shop",2026-03-02 00:00:00.25Z,2026-03-02T00:00:01.5Z\n',
        "o.csv",
        estate,
    )
    day = 1_772_323_200
    assert found == (
        Outage("sla.shop.availability", day, day + 1800),
        Outage("service.shop", day + 86_400, day + 86_402),
    )


@pytest.mark.parametrize(
    ("row", "column", "summary"),
    [
        ("sla.shop.availability,,2026-03-01T01:00:00,2026-03-01T02:00:00Z", 24, 'start "2026-03-01T01:00:00" is no instant'),
        ("sla.shop.availability,,2026-02-30T01:00:00Z,2026-03-01T02:00:00Z", 24, 'start "2026-02-30T01:00:00Z" is no instant'),
        ("sla.shop.availability,,2026-03-01T01:00:00Z,", 45, "end is missing"),
        ("sla.shop.availability,,2026-03-01T01:00:00Z,2026-03-01T01:00:00Z", 45, "This outage ends before it begins"),
        ("sla.shop.available,,2026-03-01T01:00:00Z,2026-03-01T02:00:00Z", 1, 'There is no objective "sla.shop.available"'),
        (",shopp,2026-03-01T01:00:00Z,2026-03-01T02:00:00Z", 2, 'There is no service "shopp"'),
        (",,2026-03-01T01:00:00Z,2026-03-01T02:00:00Z", 1, "This row does not say what was down"),
        ("sla.shop.availability,shop,2026-03-01T01:00:00Z,2026-03-01T02:00:00Z", 1, "This row names both an objective and a service"),
        ("sla.shop.availability,2026-03-01T01:00:00Z,2026-03-01T02:00:00Z", 44, "This row has 3 values, and the header 4 columns"),
        ('"a,b",shop,x', 12, "This row has 3 values, and the header 4 columns"),
    ],
)  # fmt: skip
def test_a_bad_row_is_shown_with_its_line_and_column(
    estate: Estate, row: str, column: int, summary: str
) -> None:
    with pytest.raises(InvalidFiles) as refused:
        parse_outages(f"{HEADER}{row}\n", "o.csv", estate)
    (found,) = refused.value.diagnostics
    assert found.range is not None
    assert (found.range.file, found.range.start.line, found.range.start.column) == ("o.csv", 2, column)
    assert (found.summary, found.range.code) == (summary, row)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("", "The file is empty"),
        ("objective;start;end\n", 'There is no column "objective;start;end"'),
        ("objective,begin,end\n", 'There is no column "begin"'),
        ("objective,start\n", "The column end is missing"),
        ("start,end\n", "The column objective or service is missing"),
        ("service,start,start,end\n", 'The column "start" is there twice'),
    ],
)
def test_a_bad_header_is_refused(estate: Estate, text: str, summary: str) -> None:
    with pytest.raises(InvalidFiles) as refused:
        parse_outages(text, "o.csv", estate)
    assert summary in {one.summary for one in refused.value.diagnostics}


def test_everything_that_is_wrong_is_said_at_once(estate: Estate) -> None:
    with pytest.raises(InvalidFiles) as refused:
        parse_outages(HEADER + ",nope,x,y\n" + ",nope,x,y\n", "o.csv", estate)
    assert len(refused.value.diagnostics) == 6


def histories_of(estate: Estate, *rows: str) -> list[tuple[int, float, tuple[float, ...]]]:
    outages = parse_outages(HEADER + "\n".join(rows), "o.csv", estate)
    found = outage_histories(estate, [*estate.objectives()], PERIOD, outages, "o.csv")
    return [(len(one.days), float(one.bad), tuple(map(float, one.outages or ()))) for one in found]


def test_outages_that_overlap_count_once_and_one_over_midnight_is_one(estate: Estate) -> None:
    (found,) = histories_of(
        estate,
        ",shop,2026-03-01T23:50:00Z,2026-03-02T00:10:00Z",
        "sla.shop.availability,,2026-03-02T00:05:00Z,2026-03-02T00:20:00Z",
        ",shop,2026-03-20T00:00:00Z,2026-03-20T00:01:00Z",
        ",shop,2026-02-28T00:00:00Z,2026-02-28T12:00:00Z",
        ",shop,2026-03-31T23:00:00Z,2026-04-01T12:00:00Z",
    )
    assert found == (31, 1800 + 60 + 3600, (1800, 60, 3600))


def test_time_outside_service_hours_and_in_excluded_maintenance_does_not_count(workspace: Write) -> None:
    estate = estate_with(
        workspace,
        objective="hours: office",
        extra="excludes: [planned-maintenance], maintenance: {windows: [{name: patch, starts: 2026-03-02T09:00,"
        " duration: 1h, rrule: FREQ=YEARLY, timezone: UTC}]},",
    )
    (found,) = histories_of(
        estate,
        ",shop,2026-03-02T09:30:00Z,2026-03-02T10:10:00Z",  # a Monday; ten minutes after the maintenance
        ",shop,2026-03-07T09:00:00Z,2026-03-07T10:00:00Z",  # a Saturday
        ",shop,2026-03-03T17:00:00Z,2026-03-04T09:00:00Z",
    )
    assert found == (22, 600 + 7200, (600, 7200))


def test_what_the_file_never_names_has_no_history(estate: Estate) -> None:
    assert histories_of(estate) == []
