"""Orders of the leaves for decision diagrams: which one is good is only seen by trying.

Some are depth-first, so that what belongs together lies together; they differ in which part of a gate comes first.
Others are made from these by forces that draw each gate and its parts together (Aloul, Markov and Sakallah, "FORCE: a
fast and easy-to-implement variable-ordering heuristic", 2003): mostly better, and sometimes much worse.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from slactl.assurance.structure import Gate, Structure

Key = Callable[[str], float]
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
    often_first = _depth_first(gates, top, lambda name: -uses[name])
    yield often_first
    drawn = _drawn_together(gates, often_first, opposite)
    yield _sorted_leaves(gates, often_first, drawn)
    yield _depth_first(gates, top, drawn)
    few_first = _depth_first(gates, top, lambda name: ways[name])
    drawn = _drawn_together(gates, few_first, opposite)
    yield _depth_first(gates, top, drawn)
    yield _sorted_leaves(gates, few_first, drawn)
    yield written


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
    places = {name: place for place, name in enumerate(names)}
    groups = [
        (name, *(opposite.get(part, part) for part in gates[name].of)) for name in names if name in gates
    ]
    within: dict[str, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        for name in group:
            within[name].append(index)
    best, least, since = places, _span(groups, places), 0
    for _ in range(_ROUNDS):
        middle = [sum(map(places.__getitem__, group)) / len(group) for group in groups]
        drawn = {name: sum(map(middle.__getitem__, those)) / len(those) for name, those in within.items()}
        names.sort(key=drawn.__getitem__)
        moved = {name: place for place, name in enumerate(names)}
        if moved == places:
            break
        places = moved
        span = _span(groups, places)
        since += 1
        if span < least:
            best, least, since = places, span, 0
        elif since == _PATIENCE:
            break
    return lambda name: best[opposite.get(name, name)]


def _span(groups: Sequence[Sequence[str]], places: Mapping[str, int]) -> int:
    found = 0
    for group in groups:
        taken = [places[name] for name in group]
        found += max(taken) - min(taken)
    return found
