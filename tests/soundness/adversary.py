"""The most downtime that an adversary can arrange who keeps each supplier's contract and each owner's claim, and no more.

He knows no OLA: what an OLA promises counts only as far as what is below it keeps it. Time is cut where anything begins
or ends, and one linear programme over all minimal ways to fail says how long each may last in each cut.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from random import Random

import numpy as np
from scipy.optimize import linprog  # type: ignore[import-untyped]  # scipy brings no types
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # the same

from tests.soundness.calendars import Span, common, length
from tests.soundness.rich_estates import FIRMNESS, Agreed, Rich

Cut = frozenset[str]


@dataclass
class Budget:
    """What fails by some cuts lasts for at most so many seconds of some time."""

    concerns: Callable[[Cut], bool]
    time: list[Span]
    allowed_s: float


def worst_share(made: Rich, promise: Agreed, measured: list[Span]) -> float:
    """The share of one window's measured time for which the promise's service can be down."""
    cuts = _minimal_cuts(made, promise.service)
    budgets = list(_budgets(made, promise, measured, set().union(*cuts)))
    cells = _cells(measured, budgets)
    entries, row = [], len(cells)
    columns = [(cell, cut) for cell in range(len(cells)) for cut in cuts]
    for column, (cell, cut) in enumerate(columns):
        entries.append((cell, column))
        entries += [(row + number, column) for number in cells[cell][1] if budgets[number].concerns(cut)]
    rows, places = zip(*entries, strict=True)
    matrix = csr_matrix((np.ones(len(entries)), (rows, places)), (row + len(budgets), len(columns)))
    room = [float(seconds) for seconds, _ in cells] + [one.allowed_s for one in budgets]
    found = linprog(-np.ones(len(columns)), A_ub=matrix, b_ub=room, bounds=(0, None), method="highs")
    assert found.status == 0
    most = -float(found.fun) - promise.allowance_s  # our own maintenance without dates excuses some of it
    return max(0.0, most) / length(measured)


def measured_windows(made: Rich, promise: Agreed, looked_at: Span, seed: int) -> Iterator[list[Span]]:
    """The measured time of each window that touches a time; of a rolling one that of some positions at edges."""
    time = promise.counted()
    if not promise.rolling_s:
        for window in promise.windows(*looked_at):
            inside = common(time, [window])
            if inside:
                yield inside
        return
    start, end = max(looked_at[0], time[0][0]), min(looked_at[1], time[-1][1])
    span = min(promise.rolling_s, end - start)
    edges = {start, end - span}
    for one in (*made.agreed, promise):
        ends = [edge for each in common(one.counted(), [(start, end)]) for edge in each]
        if not one.rolling_s:
            ends += [edge for each in one.windows(start, end) for edge in each]
        edges |= {*ends, *(edge - span for edge in ends)}
    inside_edges = sorted(edge for edge in edges if start <= edge <= end - span)
    dice = Random(seed)  # noqa: S311 - the same positions each time
    for edge in {inside_edges[0], inside_edges[-1], *dice.sample(inside_edges, min(10, len(inside_edges)))}:
        inside = common(time, [(edge, edge + span)])
        if inside:
            yield inside


def _minimal_cuts(made: Rich, top: str) -> list[Cut]:
    leaves, waiting = set[str](), [top]
    while waiting:
        name = waiting.pop()
        if name in made.gates:
            leaves.add(f"own {name}")
            waiting += made.gates[name][1]
        else:
            leaves.add(name)
    found: list[Cut] = []
    for size in range(1, len(leaves) + 1):
        for several in combinations(sorted(leaves), size):
            cut = frozenset(several)
            if not any(one <= cut for one in found) and made.down(top, cut):
                found.append(cut)
    return found


def _budgets(made: Rich, promise: Agreed, measured: list[Span], leaves: set[str]) -> Iterator[Budget]:
    firmness = FIRMNESS[promise.status]
    kept = [one for one in made.agreed if FIRMNESS[one.status] >= max(1, firmness)]
    for one in kept:
        leaf = one.service if one.kind == "UC" else f"own {one.service}"
        if leaf in leaves and (one.kind == "UC" or one.scope == "own"):
            yield from _of_promise(one, leaf, measured)
        if one.joint:
            yield from _of_joint(one, measured)
    owned = {one.service for one in kept if one.kind == "OLA" and one.scope == "own"}
    for leaf in sorted(one for one in leaves if one.startswith("own ")):
        name = leaf.removeprefix("own ")
        if name in owned and name != promise.service:
            continue
        share = made.gates[name][2]
        concerns = _with(leaf)
        yield Budget(concerns, measured, float(share * length(measured)))
        for looking in (made.sla, *(one for one in kept if one.kind == "OLA" and one.scope != "own")):
            if not looking.rolling_s:  # a claim is about every window of whoever looks
                for window in looking.windows(measured[0][0], measured[-1][1]):
                    counted = common(looking.counted(), [window])
                    yield Budget(concerns, common(counted, measured), float(share * length(counted)))


def _with(leaf: str) -> Callable[[Cut], bool]:
    return lambda cut: leaf in cut


def _of_promise(one: Agreed, leaf: str, measured: list[Span]) -> Iterator[Budget]:
    share = min(Fraction(1), one.share * one.dilution)
    for time, counted_s in _windows(one, measured):
        maintained = min(one.allowance_s, counted_s)
        yield Budget(_with(leaf), time, float(share * (counted_s - maintained) + maintained))


def _of_joint(one: Agreed, measured: list[Span]) -> Iterator[Budget]:
    assert one.joint is not None
    services, count, seconds = one.joint
    for window in Agreed("UC", "", "", one.share, "calendar-month", one.office).windows(
        measured[0][0], measured[-1][1]
    ):
        time = common(common(one.counted(), measured), [window])
        yield Budget(
            lambda cut: sum(name in cut for name in services) >= count, time, float(seconds + one.allowance_s)
        )


def _windows(one: Agreed, measured: list[Span]) -> Iterator[tuple[list[Span], int]]:
    """Of each window the time below ours, and how much of it counts; any rolling one lies within one of those here."""
    counted = one.counted()
    inside = common(counted, measured)
    if not inside:
        return
    low, high = inside[0][0], inside[-1][1]
    span = one.rolling_s
    if not span:
        for window in one.windows(low, high):
            yield common(inside, [window]), length(common(counted, [window]))
        return
    step = max(3600, span // 4)
    for start in range((low - span) // step * step, high, step):
        time = common(inside, [(start, start + span + step)])
        if time:
            around = common(counted, [(start, start + span + step)])
            edges = {edge for each in around for edge in each}
            starts = {start, start + step, *edges, *(edge - span for edge in edges)}
            yield (
                time,
                min(length(common(around, [(x, x + span)])) for x in starts if start <= x <= start + step),
            )


def _cells(measured: list[Span], budgets: list[Budget]) -> list[tuple[int, frozenset[int]]]:
    """Seconds of measured time by the budgets that are open there."""
    changes: dict[int, list[tuple[int, bool]]] = {edge: [] for span in measured for edge in span}
    for number, budget in enumerate(budgets):
        for start, end in budget.time:
            changes.setdefault(start, []).append((number, True))
            changes.setdefault(end, []).append((number, False))
    opened, seconds = set[int](), dict[frozenset[int], int]()
    for low, high in pairwise(sorted(changes)):
        for number, begins in changes[low]:
            (opened.add if begins else opened.discard)(number)
        inside = length(common(measured, [(low, high)]))
        if inside:
            seconds[frozenset(opened)] = seconds.get(frozenset(opened), 0) + inside
    return [(total, numbers) for numbers, total in seconds.items()]
