"""An outage timetable: cuts that take the service down one after another, within every leaf's budget.

Its downtime is a lower bound of the worst case, since it can happen while every promise is kept.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import nlargest
from math import lcm

from slactl.assurance.schedule import Slot, cut_to
from slactl.assurance.structure import Structure

_WORK = 100_000
"""Names visited, about, before the search takes whole steps."""
_FINE = 1 << 16
_LONGEST_SCALE = 1 << 512


def packed_timetable(
    structure: Structure, top: str, downtime: Mapping[str, Fraction], *, enough: Fraction
) -> tuple[Slot, ...]:
    """A timetable within the leaves' budgets, of at most the whole window; no search beyond `enough` downtime."""
    order = structure.order(top)
    leaves = [name for name in order if name not in structure.gates]
    scale = _scale([downtime[leaf] for leaf in leaves])
    room = {leaf: int(downtime[leaf] * scale) for leaf in leaves}
    small_steps = min(4 * len(leaves), _WORK // len(order))
    best: list[tuple[frozenset[str], int]] = []
    for halved in (0, small_steps):
        best = max(best, _pack(structure, order, dict(room), halved), key=_length)
        if Fraction(_length(best), scale) >= enough:
            break
    return cut_to([Slot(cut, Fraction(step, scale)) for cut, step in best])


def _length(steps: Sequence[tuple[frozenset[str], int]]) -> int:
    return sum(step for _, step in steps)


def _scale(shares: Sequence[Fraction]) -> int:
    """Budgets become whole numbers: exactly where that takes numbers of a bearable size, else rounded down."""
    common = lcm(*(share.denominator for share in shares))
    return (common if common < _LONGEST_SCALE else 10**40) * _FINE


def _pack(
    structure: Structure, order: Sequence[str], room: dict[str, int], halved: int
) -> list[tuple[frozenset[str], int]]:
    """Use up the room, the widest cut each time; the first `halved` steps take half of what the cut has."""
    steps: list[tuple[frozenset[str], int]] = []
    while True:
        cut, width = _widest_cut(structure, order, room)
        if width == 0:
            return steps
        step = (width + 1) // 2 if halved > 0 else width
        halved -= 1
        for leaf in cut:
            room[leaf] -= step
        steps.append((frozenset(cut), step))


def _widest_cut(structure: Structure, order: Sequence[str], room: Mapping[str, int]) -> tuple[set[str], int]:
    """A set of leaves that takes the top down together and whose least room is greatest, and that room."""
    gates = structure.gates
    width = dict(room)
    for name in order:
        if name in gates:
            gate = gates[name]
            parts = [width[part] for part in gate.of]
            if gate.at_least == 1:
                width[name] = min(parts)
            else:
                width[name] = nlargest(gate.down_at, parts)[-1]
    cut: set[str] = set()
    seen: set[str] = set()
    stack = [order[-1]]
    while stack:
        name = stack.pop()
        if name not in gates:
            cut.add(name)
        elif name not in seen:
            seen.add(name)
            stack += nlargest(gates[name].down_at, gates[name].of, key=width.__getitem__)
    return cut, width[order[-1]]
