"""Spans that are no periods of an SLA object, as days of a monthly one: counted from the history of its services' states.

Zabbix's SLI is there by whole periods alone. It is computed from changes of state, which `service.get` tells as a timeline;
what is not OK is down, as in the SLI.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from slactl.base.intervals import IntervalSet
from slactl.base.text import plural
from slactl.provider import Query, Reading
from slactl_zabbix.api import Api

_OK = -1
_DAY_S = 86_400
_LENGTHS = {0: (1, 1), 1: (7, 7), 2: (28, 31), 3: (90, 92), 4: (365, 366)}
"""By Zabbix's number of a reporting period: the fewest and the most days that it has."""
_CLOCKS_S = 2 * 3600
"""By so much a change of clocks makes a period shorter or longer at most."""


def is_period(number: str, query: Query) -> bool:
    """Whether a span is as long as a reporting period."""
    least, most = _LENGTHS[int(number)]
    return least * _DAY_S - _CLOCKS_S <= query.end - query.start <= most * _DAY_S + _CLOCKS_S


def counted(api: Api, asked: Sequence[tuple[str, Query]]) -> list[Reading]:
    """A reading for each query, of the SLA object with that number; one call an SLA object, many in a request.

    Raises:
        SlactlError: when the server does not answer, or refuses.
    """
    spans: dict[str, tuple[int, int]] = {}
    for number, query in asked:
        first, last = spans.get(number, (query.start, query.end))
        spans[number] = min(first, query.start), max(last, query.end)
    calls = [
        {
            "output": ["serviceid", "created_at"],
            "slaids": [number],
            "selectStatusTimeline": [{"period_from": first, "period_to": last - 1}],
        }
        for number, (first, last) in spans.items()
    ]
    found = dict(zip(spans, api.read_each("service.get", calls), strict=True))
    lives = {number: [_Life(row, spans[number]) for row in rows] for number, rows in found.items()}
    return [_reading(query, lives[number]) for number, query in asked]


class _Life:
    """What became of one service."""

    def __init__(self, row: Mapping[str, Any], span: tuple[int, int]) -> None:
        self.known = IntervalSet.of([(max(span[0], int(row["created_at"])), span[1])])
        self.down = IntervalSet.of(_down(row["status_timeline"][0], span))


def _down(timeline: Mapping[str, Any], span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    since, value = span[0], int(timeline["start_value"])
    for alarm in timeline["alarms"]:
        if value != _OK:
            yield since, int(alarm["clock"])
        since, value = int(alarm["clock"]), int(alarm["value"])
    if value != _OK:
        yield since, span[1]


def _reading(query: Query, services: Sequence[_Life]) -> Reading:
    address = query.objective.address
    figures = [
        (Fraction((query.measured & one.known & one.down).seconds, time), time)
        for one in services
        if (time := (query.measured & one.known).seconds)
    ]
    if not figures:
        return Reading(address, None, note="Zabbix has counted no time in this window")
    bad, time = max(figures, key=lambda one: one[0])
    note = f"the worst of {plural(len(services), 'service')}" if len(services) > 1 else ""
    return Reading(address, 1 - bad, bad * time, covered=Fraction(time, query.measured.seconds), note=note)
