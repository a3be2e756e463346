"""An outage timetable: cuts that take the service down one after another, within every leaf's budget.

Its downtime is a lower bound of the worst case, since it can happen while every promise is kept.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heappop, heappush, nlargest
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
        best = max(best, _pack(_Widths(structure, order, room), halved), key=_length)
        if Fraction(_length(best), scale) >= enough:
            break
    return cut_to([Slot(cut, Fraction(step, scale)) for cut, step in best])


def _length(steps: Sequence[tuple[frozenset[str], int]]) -> int:
    return sum(step for _, step in steps)


def _scale(shares: Sequence[Fraction]) -> int:
    """Budgets become whole numbers: exactly where that takes numbers of a bearable size, else rounded down."""
    common = lcm(*(share.denominator for share in shares))
    return (common if common < _LONGEST_SCALE else 10**40) * _FINE


def _pack(widths: "_Widths", halved: int) -> list[tuple[frozenset[str], int]]:
    """Use up the room, the widest cut each time; the first `halved` steps take half of what the cut has."""
    steps: list[tuple[frozenset[str], int]] = []
    while widths.top:
        cut, width = widths.widest_cut(), widths.top
        step = (width + 1) // 2 if halved > 0 else width
        halved -= 1
        widths.spend(cut, step)
        steps.append((frozenset(widths.names[leaf] for leaf in cut), step))
    return steps


class _Widths:
    """How wide the widest cut of each name is: the least room of its leaves. Kept up to date as room is spent."""

    def __init__(self, structure: Structure, order: Sequence[str], room: Mapping[str, int]) -> None:
        self.names = order
        number = {name: index for index, name in enumerate(order)}
        gates = [structure.gates.get(name) for name in order]
        self._parts = [[] if gate is None else [number[part] for part in gate.of] for gate in gates]
        self._down_at = [0 if gate is None else gate.down_at for gate in gates]
        self._above: list[list[int]] = [[] for _ in order]
        for index, parts in enumerate(self._parts):
            for part in dict.fromkeys(parts):
                self._above[part].append(index)
        self._width = [room.get(name, 0) for name in order]
        for index, parts in enumerate(self._parts):
            if parts:
                self._width[index] = self._of(index)

    @property
    def top(self) -> int:
        """The widest cut's width."""
        return self._width[-1]

    def widest_cut(self) -> list[int]:
        """Leaves that take the top down together and whose least room is greatest, by their numbers."""
        cut: dict[int, None] = {}
        seen = {len(self.names) - 1}
        stack = [len(self.names) - 1]
        while stack:
            index = stack.pop()
            parts, down_at = self._parts[index], self._down_at[index]
            if not parts:
                cut[index] = None
                continue
            chosen = nlargest(down_at, parts, key=self._width.__getitem__) if down_at < len(parts) else parts
            fresh = [part for part in chosen if part not in seen]
            seen.update(fresh)
            stack += fresh
        return list(cut)

    def spend(self, cut: Sequence[int], step: int) -> None:
        """Take room from leaves, and work out anew what is above them."""
        waiting: list[int] = []
        queued: set[int] = set()
        for leaf in cut:
            self._width[leaf] -= step
            self._queue(leaf, waiting, queued)
        while waiting:  # numbers rise from parts to wholes
            index = heappop(waiting)
            before = self._width[index]
            self._width[index] = self._of(index)
            if self._width[index] != before:
                self._queue(index, waiting, queued)

    def _queue(self, index: int, waiting: list[int], queued: set[int]) -> None:
        for above in self._above[index]:
            if above not in queued:
                queued.add(above)
                heappush(waiting, above)

    def _of(self, index: int) -> int:
        widths = [self._width[part] for part in self._parts[index]]
        down_at = self._down_at[index]
        if down_at == 1:
            return max(widths)
        return min(widths) if down_at == len(widths) else sorted(widths, reverse=True)[down_at - 1]
