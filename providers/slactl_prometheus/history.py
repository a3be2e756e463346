"""Attainment from the server's history: sums of what the base rules recorded, one query for all objectives of a window."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from slactl.base.duration import parse_duration
from slactl.provider import Query, Reading
from slactl_prometheus.names import BASE, STEP, STEP_S
from slactl_prometheus.promql import quoted
from slactl_prometheus.server import Server

_OBJECTIVES_A_QUERY = 200
Parts = Mapping[str, Fraction]


def measure(server: Server, queries: Sequence[Query], delay_s: int = 0) -> list[Reading]:
    """One reading for each query, in order; `delay_s` is how far sums lag behind what they are sums of.

    The recorded series are 0 outside service hours and in excluded maintenance, so a sum over the window is a sum over its
    measured time.
    """
    found: dict[tuple[str, int, int], Parts] = {}
    for (start, end), members in _by_window(queries).items():
        for first in range(0, len(members), _OBJECTIVES_A_QUERY):
            for address, parts in _sums(
                server, members[first : first + _OBJECTIVES_A_QUERY], start, end, delay_s
            ).items():
                found[address, start, end] = parts
    return [
        _reading(query, found.get((query.objective.address, query.start, query.end))) for query in queries
    ]


def _by_window(queries: Sequence[Query]) -> dict[tuple[int, int], list[str]]:
    windows: dict[tuple[int, int], list[str]] = {}
    for query in queries:
        windows.setdefault((query.start, query.end), []).append(query.objective.address)
    return windows


def _sums(server: Server, objectives: Sequence[str], start: int, end: int, delay_s: int) -> dict[str, Parts]:
    """By objective: the sum of each part, the number of five-minute steps that there are, and the rule's interval."""
    names = quoted("|".join(one.replace(".", "\\.") for one in objectives))
    span = f"[{end - start}s]"
    answers: dict[str, dict[str, Fraction]] = {}
    for row in server.query(f"sum_over_time({STEP}{{objective=~{names}}}{span})", end + delay_s):
        answers.setdefault(row["metric"]["objective"], {})[row["metric"]["part"]] = _number(row)
    for row in server.query(
        f'count_over_time({STEP}{{objective=~{names},part="total"}}{span})', end + delay_s
    ):
        found = answers.setdefault(row["metric"]["objective"], {})
        found["steps"] = _number(row)
        found["timed"] = Fraction(row["metric"].get("unit") == "time")
    for row in server.query(
        f'last_over_time({BASE}{{objective=~{names},part="budget"}}{span})', end + delay_s
    ):
        every = parse_duration(row["metric"].get("every", "1m")).seconds
        answers.setdefault(row["metric"]["objective"], {})["every_s"] = every
    return {address: parts for address, parts in answers.items() if "total" in parts}


def _number(row: Mapping[str, Sequence[str]]) -> Fraction:
    text = row["value"][1]
    return Fraction(0) if text in ("NaN", "+Inf", "-Inf") else Fraction(text)


def _reading(query: Query, parts: Parts | None) -> Reading:
    address = query.objective.address
    if parts is None:
        return Reading(address, None, note="nothing is recorded for this window")
    total, bad = parts["total"], parts.get("bad", Fraction(0))
    every = parts.get("every_s", Fraction(60))
    if total <= 0:
        return Reading(address, None, note="no events, and no service time, in this window")
    covered = min(Fraction(1), parts.get("steps", Fraction(0)) * STEP_S / (query.end - query.start))
    timed = parts.get("timed") == 1
    return Reading(
        objective=address,
        good=1 - bad / total,
        bad_s=bad * every if timed else None,
        events=None if timed else total * every,
        covered=covered,
        note="; ".join(_notes(parts, covered)),
    )


def _notes(parts: Parts, covered: Fraction) -> Iterator[str]:
    missing = parts.get("nodata", Fraction(0))
    if missing:
        yield (
            f"no data for {float(missing / parts['total']):.1%} of the time that counts"
            if missing <= parts["total"]
            else "data is missing at times"
        )
    if covered < Fraction(99, 100):
        yield f"recorded for {float(covered):.1%} of the window only"
