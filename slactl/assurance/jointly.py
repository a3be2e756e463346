"""The exact worst case where windows and hours do not lie over one another: one programme over all cells of a window.

Each cut may be down in each cell, and budgets are shared over the cells in which they are open:

    the most  sum of y over cuts C and cells c
    while     sum of y over the cells in which a budget is open, and cuts with its item   <= what the budget allows
              sum of y over the cuts in a cell                                            <= the length of the cell

That is a packing like that of a core (`packing`), of columns "C in c" that use the budgets open there and the cell
itself. Its optimum can happen on dates; its dual, a weight for each budget and each cell, proves that no more can.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from slactl.assurance.bdd import TooLargeError
from slactl.assurance.cells import Shape
from slactl.assurance.cuts import Cut, CutDiagram
from slactl.assurance.joint import Clause
from slactl.assurance.packing import packed
from slactl.assurance.structure import Structure
from slactl.base.quick_dataclass import dataclass

_ZERO, _ONE = Fraction(0), Fraction(1)
_MOST_NODES = 20_000
_MOST_ROWS = 600
_CLAUSE = "\0clause "


@dataclass(slots=True)
class Work:
    """How many nodes may still be visited; a bound on time that is the same on every machine."""

    left: int = 2_000_000

    def spend(self, visits: int) -> None:
        """Take note of some visits.

        Raises:
            TooLargeError: when there is nothing left.
        """
        self.left -= visits
        if self.left < 0:
            raise TooLargeError


@dataclass(frozen=True, slots=True)
class Down:
    """In a cell, by its number, leaves that are down together for some seconds."""

    cell: int
    down: frozenset[str]
    seconds: Fraction


@dataclass(frozen=True)
class JointWorst:
    """The worst case of a window of some shape, with the weights that prove it and outages that attain it."""

    shape: Shape
    weights: tuple[Fraction, ...]
    """One for each limit."""
    cell_weights: tuple[Fraction, ...]
    """One for each cell: what the limits lack there."""
    outages: tuple[Down, ...]
    clauses: tuple[Clause, ...]
    """The promises on joint downtime that were heeded."""
    parts: Mapping[str, Fraction]
    """What each leaf and clause adds, in seconds; together they are the downtime attained."""

    @cached_property
    def upper(self) -> Fraction:
        """At most this share of the window is down, whatever happens."""
        held = sum((w * one.allowed_s for w, one in zip(self.weights, self.shape.limits, strict=True)), _ZERO)
        cells = zip(self.cell_weights, self.shape.cells, strict=True)
        free = sum((weight * seconds for weight, (seconds, _) in cells), _ZERO)
        return min(_ONE, (held + free) / self.shape.seconds)

    @cached_property
    def lower(self) -> Fraction:
        """The outages take the top down for this share of the window."""
        return sum((one.seconds for one in self.outages), _ZERO) / self.shape.seconds


def diagram_of(structure: Structure, top: str, clauses: Sequence[Clause]) -> CutDiagram:
    """The cuts of `top`, with the clauses that each uses up.

    Raises:
        TooLargeError: when there is no diagram of bearable size.
    """
    nodes = {one.name: _CLAUSE + one.name for one in clauses}
    gates = {**structure.gates, **{nodes[one.name]: one.gate for one in clauses}}
    return CutDiagram.build(gates, top, nodes, _MOST_NODES)


def worst_jointly(diagram: CutDiagram, shape: Shape, clauses: Sequence[Clause], work: Work) -> JointWorst:
    """Solve the programme of one shape.

    Raises:
        TooLargeError: when that would take too long.
    """
    if len(shape.limits) + len(shape.cells) > _MOST_ROWS:
        raise TooLargeError
    cells = _Columns(diagram, shape, work)
    if not cells.can_be_down:
        weights = tuple(_ZERO if one.allowed_s > 0 else _ONE for one in shape.limits)
        return JointWorst(shape, weights, (_ZERO,) * len(shape.cells), (), tuple(clauses), {})
    found = packed(cells, cells.room)
    weights = cells.limit_weights(found.weights)
    cell_weights = cells.cell_weights(found.weights)
    names = {one.name for one in clauses}
    outages, parts = [], dict[str, Fraction]()
    for rows, seconds in found.timetable:
        cell, cut = cells.column(rows)
        items = frozenset(diagram.items[item] for item in cut)
        outages.append(Down(cell, items - names, seconds))
        for item, share in _charged(shape, weights, cell, items, names).items():
            parts[item] = parts.get(item, _ZERO) + share * seconds
    return JointWorst(shape, weights, cell_weights, tuple(outages), tuple(clauses), parts)


def _charged(
    shape: Shape, weights: Sequence[Fraction], cell: int, items: frozenset[str], clauses: set[str]
) -> dict[str, Fraction]:
    """Which part of an outage is due to each item: its weight there, and what is left to whatever is free there."""
    found = dict.fromkeys(sorted(items), _ZERO)
    for number in shape.cells[cell][1]:
        if shape.limits[number].item in found:
            found[shape.limits[number].item] += weights[number]
    left = _ONE - sum(found.values(), _ZERO)
    leaves = [item for item in found if item not in clauses]
    free = [item for item in leaves if not found[item]] or leaves
    for item in free:
        found[item] += left / len(free)
    return found


class _Columns:
    """A cut in a cell is a column: it uses up the rows of the limits open there, and that of the cell."""

    def __init__(self, diagram: CutDiagram, shape: Shape, work: Work) -> None:
        self._diagram, self._shape, self._work = diagram, shape, work
        self._row: dict[int, int] = {}
        for number, limit in enumerate(shape.limits):
            if limit.allowed_s > 0:
                self._row[number] = len(self._row)
        self._known: dict[Cut, tuple[int, Cut]] = {}
        found = [self._items(opened) for _, opened in shape.cells]
        self._rows_of = [rows for rows, _ in found]
        """For each cell and item the rows that it uses up."""
        self._barred = [barred for _, barred in found]
        """For each cell the items that cannot be down there."""
        self._spend(len(shape.cells))
        self._cells = [cell for cell in range(len(shape.cells)) if self._open(cell)]
        """Those in which the top can be down at all."""
        self._cell_row = {cell: len(self._row) + index for index, cell in enumerate(self._cells)}
        self.room = [
            *(shape.limits[number].allowed_s for number in self._row),
            *(Fraction(shape.cells[cell][0]) for cell in self._cells),
        ]
        """What each row allows, in seconds."""

    @property
    def can_be_down(self) -> bool:
        return bool(self._cells)

    def lightest(self, weights: Sequence[int]) -> tuple[int, Cut]:
        """The least weight of any column, and the rows of one that has it."""
        self._spend(len(self._cells))
        best: tuple[int, int, Cut] | None = None
        for cell in self._cells:
            weight, cut = self._diagram.lightest(self._weighed(cell, weights))
            weight += weights[self._cell_row[cell]]
            if best is None or weight < best[0]:
                best = weight, cell, cut
        if best is None:
            raise ValueError("no column: the top cannot be down in any cell")
        return best[0], self._rows(best[1], best[2])

    def lightest_through_each(self, weights: Sequence[int], below: int) -> set[Cut]:
        """For each cell and item the lightest column, of those that weigh less than `below`."""
        self._spend(len(self._cells))
        found: set[Cut] = set()
        for cell in self._cells:
            room = below - weights[self._cell_row[cell]]
            if room > 0:
                weighed = self._weighed(cell, weights, room)
                found |= {
                    self._rows(cell, cut)
                    for cut in self._diagram.lightest_through_each(weighed, room)
                    if not cut & self._barred[cell]
                }
        return found

    def column(self, rows: Cut) -> tuple[int, Cut]:
        """The cell and the cut of a column."""
        return self._known[rows]

    def limit_weights(self, weights: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Of each limit; one that allows nothing may weigh what it likes."""
        return tuple(
            weights[self._row[number]] if number in self._row else _ONE
            for number in range(len(self._shape.limits))
        )

    def cell_weights(self, weights: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Of each cell; one in which nothing can be down needs none."""
        return tuple(
            weights[self._cell_row[cell]] if cell in self._cell_row else _ZERO
            for cell in range(len(self._shape.cells))
        )

    def _items(self, opened: Sequence[int]) -> tuple[tuple[tuple[int, ...], ...], Cut]:
        limits: dict[str, list[int]] = {}
        for number in opened:
            limits.setdefault(self._shape.limits[number].item, []).append(number)
        numbers = [limits.get(item, []) for item in self._diagram.items]
        rows = tuple(tuple(self._row[one] for one in several if one in self._row) for several in numbers)
        barred = (
            item for item, several in enumerate(numbers) if any(one not in self._row for one in several)
        )
        return rows, frozenset(barred)

    def _open(self, cell: int) -> bool:
        barred = self._barred[cell]
        weight, _ = self._diagram.lightest([int(item in barred) for item in range(len(self._diagram.items))])
        return not weight

    def _weighed(self, cell: int, weights: Sequence[int], least: int = 0) -> list[int]:
        """The weight of each item in a cell; what cannot be down weighs more than all that can."""
        found = [sum(weights[row] for row in rows) for rows in self._rows_of[cell]]
        if self._barred[cell]:
            most = max(sum(found) + 1, least)
            for item in self._barred[cell]:
                found[item] = most
        return found

    def _rows(self, cell: int, cut: Cut) -> Cut:
        rows = frozenset({self._cell_row[cell], *(row for item in cut for row in self._rows_of[cell][item])})
        self._known.setdefault(rows, (cell, cut))
        return rows

    def _spend(self, cells: int) -> None:
        self._work.spend(cells * (len(self._diagram.variable) + len(self._diagram.items)))
