"""Orders of the leaves for decision diagrams: which one is good is only seen by trying.

All are depth-first, so that what belongs together lies together; they differ in which part of a gate comes first.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from slactl.assurance.structure import Gate, Structure

Key = Callable[[str], float]
_MANY = 1e100
"""Beyond so many ways from a gate to leaves it is told from others no more."""


def orders(gates: Mapping[str, Gate], top: str) -> Iterator[list[str]]:
    """Every name below `top`, parts before the gates that they are in, in several orders; the likeliest first."""
    written = Structure(gates).order(top)
    uses = Counter(part for name in written if name in gates for part in gates[name].of)
    ways = dict.fromkeys(written, 1.0)
    shared = {name: float(uses[name]) for name in written}
    for name in written:
        if name in gates:
            parts = gates[name].of
            ways[name] = min(_MANY, sum(ways[part] for part in parts))
            shared[name] = sum(shared[part] * ways[part] for part in parts) / ways[name]
    keys: list[Key] = [
        lambda name: -uses[name],
        lambda name: ways[name],
        lambda name: -shared[name],
        lambda name: -ways[name],
    ]
    seen: set[tuple[str, ...]] = set()
    for order in (
        _depth_first(gates, top, keys[0]),
        written,
        *(_depth_first(gates, top, key) for key in keys[1:]),
    ):
        leaves = tuple(name for name in order if name not in gates)
        if leaves not in seen:
            seen.add(leaves)
            yield order


def _depth_first(gates: Mapping[str, Gate], top: str, key: Key) -> list[str]:
    sorted_gates = {
        name: Gate(gate.at_least, tuple(sorted(gate.of, key=key))) for name, gate in gates.items()
    }
    return Structure(sorted_gates).order(top)
