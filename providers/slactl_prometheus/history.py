"""Attainment from the server's history: sums of what the base rules recorded, one query for all objectives of a row of windows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slactl.base.duration import parse_duration
from slactl.provider import Query, Reading
from slactl_prometheus.names import BASE, STEP, STEP_S
from slactl_prometheus.promql import quoted
from slactl_prometheus.server import Server

_OBJECTIVES_A_QUERY = 200
_WIDEST_GAP = 32
"""So many lengths may lie between two windows of one row; what is between them is computed in vain."""
Parts = Mapping[str, Fraction]


def measure(server: Server, queries: Sequence[Query], delay_s: int = 0) -> list[Reading]:
    """One reading for each query, in order; `delay_s` is how far sums lag behind what they are sums of.

    The recorded series are 0 outside service hours and in excluded maintenance, so a sum over the window is a sum over its
    measured time. Windows of one length that follow each other, as the days of a year do, are asked for together.
    """
    found: dict[tuple[str, int, int], Parts] = {}
    for row in _rows(queries):
        for first in range(0, len(row.objectives), _OBJECTIVES_A_QUERY):
            some = row.objectives[first : first + _OBJECTIVES_A_QUERY]
            for (address, end), parts in _sums(server, some, row, delay_s).items():
                found[address, end - row.length_s, end] = parts
    return [
        _reading(query, found.get((query.objective.address, query.start, query.end))) for query in queries
    ]


@dataclass(frozen=True, slots=True)
class _Row:
    """Windows of one length whose ends lie whole lengths apart, the first and the last of them, and who asks about any."""

    length_s: int
    first_end: int
    last_end: int
    objectives: tuple[str, ...]


def _rows(queries: Iterable[Query]) -> Iterator[_Row]:
    """Days of 24 hours make two rows a year where clocks change; weekends without service do not part a row."""
    alike: dict[tuple[int, int], dict[int, list[str]]] = {}
    for query in queries:
        length_s = query.end - query.start
        ends = alike.setdefault((length_s, query.end % length_s), {})
        ends.setdefault(query.end, []).append(query.objective.address)
    for (length_s, _), ends in alike.items():
        for run in _runs(sorted(ends), _WIDEST_GAP * length_s):
            asking = dict.fromkeys(address for end in run for address in ends[end])
            yield _Row(length_s, run[0], run[-1], tuple(asking))


def _runs(ends: Sequence[int], gap: int) -> Iterator[list[int]]:
    run: list[int] = []
    for end in ends:
        if run and end - run[-1] > gap:
            yield run
            run = []
        run.append(end)
    yield run


def _sums(server: Server, objectives: Sequence[str], row: _Row, delay_s: int) -> dict[tuple[str, int], Parts]:
    """By objective and end: the sum of each part, the number of five-minute steps that there are, and the rule's interval."""
    names = quoted("|".join(one.replace(".", "\\.") for one in objectives))
    span = f"[{row.length_s * 1000 - 1}ms]"  # Prometheus 2 counts a sample at either end, and days follow each other
    answers: dict[tuple[str, int], dict[str, Fraction]] = {}

    def each(expression: str) -> Iterator[tuple[Mapping[str, str], dict[str, Fraction], Fraction]]:
        for labels, end, value in _values(server, expression, row, delay_s):
            yield labels, answers.setdefault((labels["objective"], end), {}), value

    for labels, parts, value in each(f"sum_over_time({STEP}{{objective=~{names}}}{span})"):
        parts[labels["part"]] = value
    for labels, parts, value in each(f'count_over_time({STEP}{{objective=~{names},part="total"}}{span})'):
        parts["steps"] = value
        parts["timed"] = Fraction(labels.get("unit") == "time")
    for labels, parts, _ in each(f'last_over_time({BASE}{{objective=~{names},part="budget"}}{span})'):
        parts["every_s"] = parse_duration(labels.get("every", "1m")).seconds
    return {key: parts for key, parts in answers.items() if "total" in parts}


def _values(
    server: Server, expression: str, row: _Row, delay_s: int
) -> Iterator[tuple[Mapping[str, str], int, Fraction]]:
    """Labels, the window's end and the value, of each series in each window."""
    first, last = row.first_end + delay_s, row.last_end + delay_s
    if first == last:
        for one in server.query(expression, last):
            yield one["metric"], row.last_end, _number(one["value"][1])
        return
    for one in server.query_steps(expression, first, last, row.length_s):
        for instant, text in one["values"]:
            yield one["metric"], round(instant) - delay_s, _number(text)


def _number(text: str) -> Fraction:
    return Fraction(0) if text in ("NaN", "+Inf", "-Inf") else Fraction(text)


def _reading(query: Query, parts: Parts | None) -> Reading:
    address = query.objective.address
    if parts is None:
        return Reading(address, None, note="nothing is recorded for this window")
    total, bad = parts["total"], parts.get("bad", Fraction(0))
    every = parts.get("every_s", Fraction(60))
    if total <= 0:
        return Reading(address, None, note="no events, and no service time, in this window")
    recorded = min(Fraction(1), parts.get("steps", Fraction(0)) * STEP_S / (query.end - query.start))
    timed = parts.get("timed") == 1
    unseen = min(Fraction(1), parts.get("nodata", Fraction(0)) / total) if timed else Fraction(0)
    return Reading(
        objective=address,
        good=1 - bad / total,
        bad_s=bad * every if timed else None,
        events=None if timed else total * every,
        covered=recorded * (1 - unseen),
        note="; ".join(_notes(parts, recorded)),
    )


def _notes(parts: Parts, recorded: Fraction) -> Iterator[str]:
    missing = parts.get("nodata", Fraction(0))
    if missing:
        yield (
            f"no data for {float(missing / parts['total']):.1%} of the time that counts"
            if missing <= parts["total"]
            else "data is missing at times"
        )
    if recorded < Fraction(99, 100):
        yield f"recorded for {float(recorded):.1%} of the window only"
