"""Histories from backends: what is asked, which days count, and several backends beside each other."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import pytest

from slactl.measure.readings import histories
from slactl.measure.service_days import Period
from slactl.model.estate import Estate
from slactl.provider import Query, Reading
from tests.estate_texts import document
from tests.measure.baseline_worlds import estate_with

Write = Callable[..., Path]
Answer = Callable[[Query], Reading | None]

BACKENDS = document("Indicator", "probe", "probe: up") + "".join(
    document("Backend", name, "provider: prometheus, config: {rulesDir: rules}") for name in ("noc", "prom")
)
WEEK = Period(date(2026, 10, 19), date(2026, 10, 26))
"""The week at whose end clocks in Berlin go back."""


class _Backend:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.calls: list[Sequence[Query]] = []
        self._answer = answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def measure(self, queries: Sequence[Query]) -> list[Reading | None]:
        self.calls.append(queries)
        return [self._answer(query) for query in queries]


@pytest.fixture
def estate(workspace: Write) -> Callable[[str], Estate]:
    def make(objective: str = "") -> Estate:
        workspace_ = lambda *texts: workspace(*texts, BACKENDS, BERLIN)  # noqa: E731 - the documents beside it
        return estate_with(workspace_, objective=f"indicator: probe, {objective}")

    return make


BERLIN = document("Calendar", "shift", 'timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}')


def read(
    estate: Estate, only: str | None = None, period: Period = WEEK, **answers: Answer
) -> tuple[list[Any], dict[str, _Backend]]:
    backends = {name: _Backend(answer) for name, answer in answers.items()}
    found = histories(estate, [*estate.objectives()], period, lambda name: backends[name], only)  # type: ignore[arg-type, return-value]  # a part of a connection is asked
    return found, backends


def good(query: Query) -> Reading:
    return Reading(query.objective.address, Fraction(1), Fraction(0))


def silent(query: Query) -> Reading:
    return Reading(query.objective.address, None, note="keeps no history")


def nothing(_: Query) -> None:
    return None


def test_each_backend_is_asked_once_for_all_days(estate: Callable[[str], Estate]) -> None:
    found, backends = read(estate(""), noc=good, prom=good)
    assert [one.source for one in found] == ["noc", "prom"]
    assert [len(call) for call in backends["prom"].calls] == [7]
    assert [len(one.days) for one in found] == [7, 7]


def test_days_of_service_hours_are_those_of_their_zone(estate: Callable[[str], Estate]) -> None:
    (found,), backends = read(estate("hours: shift"), only="prom", prom=good)
    (queries,) = backends["prom"].calls
    assert len(queries) == len(found.days) == 5
    assert all(query.measured.seconds == 10 * 3600 for query in queries)
    assert found.counted == 5 * 10 * 3600
    starts = [datetime.fromtimestamp(query.start, ZoneInfo("Europe/Berlin")) for query in queries]
    assert {(one.hour, one.minute) for one in starts} == {(0, 0)}


def test_the_term_of_the_agreement_cuts_no_history_off(workspace: Write) -> None:
    estate = estate_with(
        lambda *texts: workspace(*texts, BACKENDS),
        objective="indicator: probe",
        extra="term: {from: 2026-10-23, until: 2027-10-22},",
    )
    (found,), _ = read(estate, only="prom", prom=good)
    assert len(found.days) == 7


def test_a_day_of_which_half_was_not_seen_is_no_day(estate: Callable[[str], Estate]) -> None:
    def partly(query: Query) -> Reading:
        covered = Fraction((query.start // 86_400) % 7, 7)
        return Reading(query.objective.address, Fraction(1), Fraction(0), covered=covered)

    (found,), _ = read(estate(""), only="prom", prom=partly)
    assert (len(found.days), len(found.missing)) == (3, 4)
    assert found.counted == sum(Fraction(part, 7) * 86_400 for part in (4, 5, 6))


def test_a_backend_without_data_gives_way_to_one_that_has_some(estate: Callable[[str], Estate]) -> None:
    found, _ = read(estate(""), noc=silent, prom=good)
    assert [one.source for one in found] == ["prom"]
    alone, _ = read(estate(""), noc=silent, prom=silent)
    assert [(one.source, one.note, len(one.days), len(one.missing)) for one in alone] == [
        ("noc", "keeps no history", 0, 7)
    ]


def test_a_backend_that_measures_nothing_says_nothing(estate: Callable[[str], Estate]) -> None:
    found, _ = read(estate(""), noc=nothing, prom=good)
    assert [one.source for one in found] == ["prom"]


def test_an_objective_names_its_backends(estate: Callable[[str], Estate]) -> None:
    found, backends = read(estate("backends: [prom]"), noc=good, prom=good)
    assert [one.source for one in found] == ["prom"]
    assert backends["noc"].calls == []


def test_events_are_counted_by_events(estate: Callable[[str], Estate]) -> None:
    def requests(query: Query) -> Reading:
        return Reading(query.objective.address, Fraction(999, 1000), events=Fraction(5000))

    (found,), _ = read(estate(""), only="prom", prom=requests)
    assert (found.unit, found.counted, found.bad) == ("events", 35_000, 35)


def test_what_was_bad_is_the_bad_share_of_what_was_seen(estate: Callable[[str], Estate]) -> None:
    """So a day says what its share says, whatever else a system counts."""

    def half_seen(query: Query) -> Reading:
        return Reading(query.objective.address, Fraction(9, 10), Fraction(1), covered=Fraction(1, 2))

    (found,) = read(estate(""), only="prom", prom=half_seen)[0]
    assert found.bad == 7 * 86_400 * Fraction(1, 2) * Fraction(1, 10)
