"""Paths: while a few leaves are up the service is up, so their budgets, each counted once, add up to a bound."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from slactl.assurance.structure import Gate, Structure

_WORK = 4_000_000
"""Names times leaves up to which paths are looked for; beyond, the rules alone must do."""

Path = frozenset[str]


def cheapest_paths(
    structure: Structure, order: Sequence[str], downtime: Mapping[str, Fraction]
) -> dict[str, tuple[Path, Fraction]]:
    """For each gate a path that is cheap, if not always the cheapest, and the sum of its leaves' downtime.

    Chosen gate by gate, parts by what they add to those chosen before. Empty where the structure is too large.
    """
    leaves = [name for name in order if name not in structure.gates]
    if len(order) * len(leaves) > _WORK:
        return {}
    scale = lcm(*(downtime[leaf].denominator for leaf in leaves))
    cost = {leaf: int(downtime[leaf] * scale) for leaf in leaves}
    paths: dict[str, Path] = {leaf: frozenset((leaf,)) for leaf in leaves}
    for name in order:
        gate = structure.gates.get(name)
        if gate is not None:
            paths[name] = _path(gate, [paths[part] for part in gate.of], cost)
    return {
        name: (paths[name], Fraction(sum(cost[leaf] for leaf in paths[name]), scale))
        for name in order
        if name in structure.gates
    }


def _path(gate: Gate, parts: Sequence[Path], cost: Mapping[str, int]) -> Path:
    if gate.at_least == len(parts):
        return frozenset().union(*parts)
    chosen: Path = frozenset()
    left = list(parts)
    for _ in range(gate.at_least):
        sums = [sum(cost[leaf] for leaf in part if leaf not in chosen) for part in left]
        chosen |= left.pop(sums.index(min(sums)))
    return chosen
