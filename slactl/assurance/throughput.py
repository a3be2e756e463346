"""How many requests a second a structure carries, and how many its callers send down (SLA_MATH, section 3).

A chain carries as much as its narrowest part. Members that share the load carry their sum; where only some of them must
be up, the sum of the smallest of these. What several callers share must carry all that they send together, each
request multiplied by the calls and attempts that it makes.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from fractions import Fraction
from heapq import nsmallest
from typing import TypeVar

N = TypeVar("N")
Number = TypeVar("Number", int, Fraction)
Carried = Fraction | None
"""Requests a second; None: it does not limit them."""


def in_series(rates: Iterable[Carried]) -> Carried:
    """Every request passes all of them: the least."""
    return min((rate for rate in rates if rate is not None), default=None)


def spread(needed: int, rates: Sequence[Carried]) -> Carried:
    """Requests are spread over members of which only `needed` must be up: the sum of the smallest.

    With all of them needed that is the sum of all.

    Raises:
        ValueError: when fewer than one or more than all are needed.
    """
    if not 1 <= needed <= len(rates):
        raise ValueError(f"{needed} of {len(rates)} cannot be up")
    limited = [rate for rate in rates if rate is not None]
    if len(limited) < needed:
        return None
    return sum(nsmallest(needed, limited), Fraction(0))


def left_for(capacity: Fraction, taken: Fraction, calls: Fraction) -> Fraction:
    """The requests a second that a shared dependency still carries for one caller.

    Args:
        capacity: calls a second that it carries.
        taken: calls a second that all others send.
        calls: calls that one request of the caller makes, above 0.
    """
    return max(Fraction(0), capacity - taken) / calls


def sent_down(
    sources: Mapping[N, Number], calls: Callable[[N], Iterable[tuple[N, Number]]]
) -> dict[N, Number]:
    """The calls a second that reach each node below some sources.

    Args:
        sources: requests a second that arrive from outside.
        calls: what a node calls, and how often for each request; the graph has no cycle.
    """
    reached: dict[N, Number] = dict(sources)
    for node in _callers_first(sources, calls):
        for below, times in calls(node):
            sent = reached[node] * times
            reached[below] = reached[below] + sent if below in reached else sent
    return reached


def calls_on(
    targets: Container[N], sources: Iterable[N], calls: Callable[[N], Iterable[tuple[N, Fraction]]]
) -> dict[N, Fraction]:
    """For each node below some sources, how many calls on the targets one request there makes, itself included."""
    found: dict[N, Fraction] = {}
    for node in reversed(_callers_first(sources, calls)):
        made = sum((times * found[below] for below, times in calls(node)), Fraction(0))
        found[node] = made + (1 if node in targets else 0)
    return found


def _callers_first(sources: Iterable[N], calls: Callable[[N], Iterable[tuple[N, Number]]]) -> list[N]:
    """All nodes below some sources, each after everything that calls it."""
    order: list[N] = []
    seen: set[N] = set()
    waiting = [(source, False) for source in sources]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((below, False) for below, _ in calls(node))
    return order[::-1]
