"""Orders of the leaves for decision diagrams: which one is good is only seen by trying.

Some are depth-first, so that what belongs together lies together; they differ in which part of a gate comes first.
Others are made from these by forces that draw each gate and its parts together (Aloul, Markov and Sakallah, "FORCE: a
fast and easy-to-implement variable-ordering heuristic", 2003): mostly better, and sometimes much worse.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from operator import itemgetter
from typing import TypeVar

from slactl.assurance.structure import Gate, Structure

Key = Callable[[str], float]
T = TypeVar("T")
MOST_ORDERS = 6
"""There are no more."""
_MANY = 1e100
"""Beyond so many ways from a gate to leaves it is told from others no more."""
_ROUNDS = 60
"""After so many, forces hardly move anything any more."""
_PATIENCE = 8
"""After so many rounds in which no gates came nearer together they hardly do so any more."""


def orders(gates: Mapping[str, Gate], top: str, opposite: Mapping[str, str]) -> Iterator[list[str]]:
    """Every name below `top`, parts before the gates that they are in, in several orders; the likeliest first.

    Args:
        gates: by name.
        top: one of them.
        opposite: leaves that are down where another leaf is up, each with that other leaf: they have one place.
    """
    seen: set[tuple[str, ...]] = set()
    for order in _orders(gates, top, opposite):
        leaves = tuple(dict.fromkeys(opposite.get(name, name) for name in order if name not in gates))
        if leaves not in seen:
            seen.add(leaves)
            yield order


def _orders(gates: Mapping[str, Gate], top: str, opposite: Mapping[str, str]) -> Iterator[list[str]]:
    written = Structure(gates).order(top)
    uses = Counter(part for name in written if name in gates for part in gates[name].of)
    ways = dict.fromkeys(written, 1.0)
    for name in written:
        if name in gates:
            ways[name] = min(_MANY, sum(ways[part] for part in gates[name].of))
    few_first = _depth_first(gates, top, lambda name: ways[name])
    yield few_first
    few_drawn = _drawn_together(gates, few_first, opposite)
    yield _sorted_leaves(gates, few_first, few_drawn)
    yield _depth_first(gates, top, few_drawn)
    often_first = _depth_first(gates, top, lambda name: -uses[name])
    often_drawn = _drawn_together(gates, often_first, opposite)
    yield _sorted_leaves(gates, often_first, often_drawn)
    yield _depth_first(gates, top, often_drawn)
    yield often_first


def _depth_first(gates: Mapping[str, Gate], top: str, key: Key) -> list[str]:
    sorted_gates = {
        name: Gate(gate.at_least, tuple(sorted(gate.of, key=key))) for name, gate in gates.items()
    }
    return Structure(sorted_gates).order(top)


def _sorted_leaves(gates: Mapping[str, Gate], order: Sequence[str], key: Key) -> list[str]:
    """The leaves by a key, then the gates as they were."""
    leaves = sorted((name for name in order if name not in gates), key=key)
    return [*leaves, *(name for name in order if name in gates)]


def _drawn_together(gates: Mapping[str, Gate], order: Sequence[str], opposite: Mapping[str, str]) -> Key:
    """A key, the place of each name when all have moved, again and again, to the middle of the gates that they are in or are.

    Of all rounds the one in which gates span least.
    """
    names = list(dict.fromkeys(opposite.get(name, name) for name in order))
    number = {name: index for index, name in enumerate(names)}
    groups = [
        (index, *(number[opposite.get(part, part)] for part in gates[name].of))
        for index, name in enumerate(names)
        if name in gates
    ]
    within: list[list[int]] = [[] for _ in names]
    for index, group in enumerate(groups):
        for one in group:
            within[one].append(index)
    of_group, of_name = [_picked(group) for group in groups], [_picked(those) for those in within]
    arranged = list(range(len(names)))
    places = arranged.copy()
    best, least, since = places, inf, 0
    for _ in range(_ROUNDS):
        taken = [of(places) for of in of_group]
        span = sum(map(max, taken)) - sum(map(min, taken))
        since += 1
        if span < least:
            best, least, since = places, span, 0
        elif since == _PATIENCE:
            break
        middle = [sum(those) / len(those) for those in taken]
        drawn = [sum(those) / len(those) for those in [of(middle) for of in of_name]]
        arranged.sort(key=drawn.__getitem__)
        moved = [0] * len(names)
        for place, index in enumerate(arranged):
            moved[index] = place
        if moved == places:
            break
        places = moved
    return lambda name: best[number[opposite.get(name, name)]]


def _picked(numbers: Sequence[int]) -> Callable[[Sequence[T]], tuple[T, ...]]:
    """What picks these members of a list."""
    pick = itemgetter(*numbers)
    return pick if len(numbers) > 1 else lambda those: (pick(those),)
