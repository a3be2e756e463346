"""Paths: while a few leaves are up the service is up, so their budgets, each counted once, add up to a bound."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from slactl.assurance.modules import in_at_least
from slactl.assurance.schedule import Slot
from slactl.assurance.structure import Gate, Structure

_WORK = 4_000_000
"""Names times leaves up to which paths are looked for; beyond, the rules alone must do."""

_PRUNING = 200_000
"""Leaves of a path times names up to which each leaf is tried for whether it is needed."""

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
    cost, scale = _whole(leaves, downtime)
    paths = _paths(structure, order, cost)
    return {
        name: (paths[name], Fraction(sum(cost[leaf] for leaf in paths[name]), scale))
        for name in order
        if name in structure.gates
    }


def path_used_up(
    structure: Structure, order: Sequence[str], downtime: Mapping[str, Fraction], slots: Sequence[Slot]
) -> tuple[Path, Fraction]:
    """A path to the last name of `order` over leaves whose downtime a timetable uses up, as far as there is one, and its sum.

    If the timetable is the worst, the bound that proves it rests on such leaves alone (complementary slackness).
    """
    leaves = [name for name in order if name not in structure.gates]
    cost, scale = _whole(leaves, downtime)
    left = dict(downtime)
    for slot in slots:
        for leaf in slot.down:
            left[leaf] -= slot.share
    detour = sum(cost.values()) + 1
    dear = {leaf: share + detour * (left[leaf] > 0) for leaf, share in cost.items()}
    path = _paths(structure, order, dear)[order[-1]]
    if len(path) * len(order) <= _PRUNING:
        path = _pruned(structure, order, path, cost)
    return path, Fraction(sum(cost[leaf] for leaf in path), scale)


def _pruned(structure: Structure, order: Sequence[str], path: Path, cost: Mapping[str, int]) -> Path:
    """The path without leaves that it does not need, the dearest left out first."""
    while spare := _spare(structure, order, path):
        path -= {max(spare, key=lambda leaf: (cost[leaf], leaf))}
    return path


def _spare(structure: Structure, order: Sequence[str], path: Path) -> list[str]:
    """Leaves of a path without which, each by itself, the others are a path still.

    Bit by bit, each for one leaf that is down: which names are up while the others of the path are.
    """
    leaves = sorted(path)
    everywhere = (1 << len(leaves)) - 1
    up = {leaf: everywhere ^ (1 << index) for index, leaf in enumerate(leaves)}
    for name in order:
        gate = structure.gates.get(name)
        if gate is not None:
            up[name] = in_at_least(gate.at_least, [up[part] for part in gate.of])
        else:
            up.setdefault(name, 0)
    return [leaf for index, leaf in enumerate(leaves) if up[order[-1]] >> index & 1]


def _whole(leaves: Sequence[str], downtime: Mapping[str, Fraction]) -> tuple[dict[str, int], int]:
    """The downtimes as whole numbers, and what 1 is among them."""
    scale = lcm(*(downtime[leaf].denominator for leaf in leaves))
    return {leaf: int(downtime[leaf] * scale) for leaf in leaves}, scale


def _paths(structure: Structure, order: Sequence[str], cost: Mapping[str, int]) -> dict[str, Path]:
    paths: dict[str, Path] = {leaf: frozenset((leaf,)) for leaf in cost}
    for name in order:
        gate = structure.gates.get(name)
        if gate is not None:
            paths[name] = _path(gate, [paths[part] for part in gate.of], cost)
    return paths


def _path(gate: Gate, parts: Sequence[Path], cost: Mapping[str, int]) -> Path:
    if gate.at_least == len(parts):
        return frozenset().union(*parts)
    chosen: Path = frozenset()
    left = list(parts)
    for _ in range(gate.at_least):
        sums = [sum(cost[leaf] for leaf in part if leaf not in chosen) for part in left]
        chosen |= left.pop(sums.index(min(sums)))
    return chosen
