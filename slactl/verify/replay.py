"""Replays dated outages against the windows of every promise, in seconds of UTC."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from slactl.verify.facts import Facts, RefusedError, mapping, names, number, sequence, share, text
from slactl.verify.meaning import clauses_met, top_is_down

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,30})?Z")
_Span = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class _Outage:
    span: _Span
    down: frozenset[str]


def check_dates(facts: Facts, document: Mapping[str, Any]) -> None:
    """Check that dated outages keep every promise in each of its windows, and break the agreement in its own.

    Raises:
        RefusedError: with the promise and the window that it is not kept in.
    """
    outages = [_outage(one) for one in sequence(document, "outages")]
    for before, after in pairwise(outages):
        if after.span[0] < before.span[1]:
            raise RefusedError("The outages are not in the order of time, or overlap.")
    promised = set()
    for promise in sequence(document, "promises"):
        promised.add(text(promise, "item"))
        _check_promise(facts, promise, outages)
    budgets = mapping(document, "budgets")
    for outage in outages:
        for name in outage.down:
            if name not in promised and number(budgets.get(name), f"budget of {name}") < 1:
                raise RefusedError(f"{name} is down on dates, and its promise is not stated.")
    allowed = share(document.get("allowed"), "allowed downtime")
    _check_broken(facts, mapping(document, "window"), outages, allowed)


def _check_promise(facts: Facts, promise: Mapping[str, Any], outages: Sequence[_Outage]) -> None:
    item = text(promise, "item")
    if item in facts.clauses:
        down = [one.span for one in outages if item in clauses_met(facts, one.down)]
    else:
        down = [one.span for one in outages if item in one.down]
    counted = _counted(promise)
    spent = _common(down, counted) if counted is not None else down
    windows = [_object(window) for window in sequence(promise, "windows")]
    for window in windows:
        if "share" in window:
            _check_share(item, window, spent, counted)
            continue
        allowed = number(window.get("allowed_s"), f"budget of {item}")
        if "rolling_s" in window:
            most = _most_in_any(spent, number(window["rolling_s"], "rolling window"))
        else:
            most = _length(_common(spent, [_span(window)]))
        if most > allowed:
            where = window.get("from", "any rolling window")
            raise RefusedError(
                f"{item} is down for {most} s in its window from {where}; {allowed} s is allowed."
            )
    if not any("rolling_s" in window for window in windows):
        _check_within(item, [_span(window) for window in windows], spent)


def _check_share(
    item: str, window: Mapping[str, Any], spent: list[_Span], counted: list[_Span] | None
) -> None:
    """In a window that may begin anywhere, a share of what counts there may be down.

    Both are piecewise linear in its beginning, so that it is enough to look where an end of it meets one of theirs.
    """
    length, part = (
        number(window.get("rolling_s"), "rolling window"),
        share(window["share"], f"share of {item}"),
    )
    if counted is None:
        raise RefusedError(f"{item} may be down for a share of time that counts, and none is stated.")
    down, all_of_it = _Meter(spent), _Meter(counted)
    edges = {edge for span in (*spent, *counted) for edge in span}
    for start in sorted(edges | {edge - length for edge in edges}):
        most, allowed = down.between(start, start + length), part * all_of_it.between(start, start + length)
        if most > allowed:
            raise RefusedError(
                f"{item} is down for {most} s in a rolling window; {allowed} s of what counts there is allowed."
            )


def _check_within(item: str, windows: list[_Span], spent: list[_Span]) -> None:
    """A window that is left out is a budget that is not looked at."""
    if any(after[0] < before[1] for before, after in pairwise(windows)):
        raise RefusedError(f"The windows of {item} are not in order, or overlap.")
    if _length(_common(spent, windows)) < _length(spent):
        raise RefusedError(f"{item} is down outside of all its windows that are stated.")


def _check_broken(
    facts: Facts, window: Mapping[str, Any], outages: Sequence[_Outage], allowed_share: Fraction
) -> None:
    counted = _counted(window)
    inside = [_span(window)] if counted is None else _common(counted, [_span(window)])
    down = _common([one.span for one in outages if top_is_down(facts, one.down)], inside)
    allowed = number(window.get("allowed_s"), "downtime that is allowed")
    if allowed < allowed_share * _length(inside):
        raise RefusedError(
            f"The window allows {allowed} s, which is less than the share of it that is allowed."
        )
    if _length(down) <= allowed:
        raise RefusedError(
            f"The service is down for {_length(down)} s in its window, and {allowed} s is allowed."
        )


def _counted(data: Mapping[str, Any]) -> list[_Span] | None:
    if "counted" not in data:
        return None
    spans = [_span(one) for one in sequence(data, "counted")]
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        raise RefusedError("Times that count are not in order, or overlap.")
    return spans


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise RefusedError("A window of a promise is no object.")
    return data


def _outage(data: Any) -> _Outage:
    if not isinstance(data, dict):
        raise RefusedError("An outage is no object.")
    return _Outage(_span(data), frozenset(names(data.get("down"), "list of what is down")))


def _span(data: Any) -> _Span:
    if isinstance(data, list) and len(data) == 2:  # noqa: PLR2004 - a span has two ends
        start, end = _instant(data[0]), _instant(data[1])
    elif isinstance(data, dict):
        start, end = _instant(data.get("from")), _instant(data.get("to"))
    else:
        raise RefusedError("A span of time has no two ends.")
    if end < start:
        raise RefusedError(f"A span of time ends before it begins: {data}.")
    return start, end


def _instant(value: Any) -> Fraction:
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise RefusedError(f"This is no instant of UTC like 2026-02-01T00:00:00Z: {value!r:.60}.")
    try:
        whole = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    except ValueError:
        raise RefusedError(f"There is no such instant: {value}.") from None
    return Fraction(int(whole.timestamp())) + Fraction("0" + (match[2] or ".0"))


def _common(first: Iterable[_Span], second: Iterable[_Span]) -> list[_Span]:
    one, other = sorted(first), sorted(second)
    found: list[_Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return found


def _length(spans: Iterable[_Span]) -> Fraction:
    return sum((end - start for start, end in spans), Fraction(0))


class _Meter:
    """How much of some time, in order and without overlaps, lies between two instants."""

    def __init__(self, spans: Sequence[_Span]) -> None:
        self._spans = spans
        self._starts = [start for start, _ in spans]
        self._before = list(accumulate((end - start for start, end in spans), initial=Fraction(0)))

    def between(self, start: Fraction, end: Fraction) -> Fraction:
        return self._until(end) - self._until(start)

    def _until(self, instant: Fraction) -> Fraction:
        index = bisect_right(self._starts, instant) - 1
        if index < 0:
            return Fraction(0)
        start, end = self._spans[index]
        return self._before[index] + min(instant, end) - start


def _most_in_any(spans: Sequence[_Span], length: Fraction) -> Fraction:
    """The most downtime in any window of a length: one that begins with an outage or ends with one has it."""
    starts = [start for start, _ in spans] + [end - length for _, end in spans]
    return max((_length(_common(spans, [(start, start + length)])) for start in starts), default=Fraction(0))
