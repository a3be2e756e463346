"""Measured time cut into cells: in all of a cell the same budgets are open, and what has none open is free."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from slactl.assurance.budgets import Budget
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Time, not in one piece perhaps, in which nothing changes but the clock."""

    time: IntervalSet
    open: Mapping[str, tuple[int, ...]]
    """For each name the budgets, by their numbers, that are open all through the cell."""


@dataclass(frozen=True, slots=True)
class Limit:
    """In the cells in which it is open, an item is down for at most so many seconds together."""

    item: str
    """A leaf, or a clause on joint downtime."""
    allowed_s: Fraction


@dataclass(frozen=True, slots=True)
class Shape:
    """All that the worst case of a window is a function of; windows of one shape have one worst case."""

    limits: tuple[Limit, ...]
    cells: tuple[tuple[int, tuple[int, ...]], ...]
    """Of each cell its seconds, and the limits that are open there by their numbers."""

    @property
    def seconds(self) -> int:
        """The measured time of the window."""
        return sum(seconds for seconds, _ in self.cells)


def binding(budgets: Mapping[str, Sequence[Budget]]) -> dict[str, tuple[Budget, ...]]:
    """The budgets without those that allow downtime all the time: they hold nobody, and cells need no cut there."""
    return {
        name: tuple(one for one in several if one.allowed_s < one.time.seconds)
        for name, several in budgets.items()
    }


def cells_of(measured: IntervalSet, budgets: Mapping[str, Sequence[Budget]]) -> list[Cell]:
    """The measured time cut where budgets begin and end, what is alike put together; in the order of time."""
    edges: dict[int, list[tuple[str, int, bool]]] = {}
    for name, several in budgets.items():
        for index, budget in enumerate(several):
            for start, end in budget.time:
                edges.setdefault(start, []).append((name, index, True))
                edges.setdefault(end, []).append((name, index, False))
    alike: dict[frozenset[tuple[str, int]], list[tuple[int, int]]] = {}
    now: set[tuple[str, int]] = set()
    points = sorted(edges)
    before = min(points[0] if points else 0, measured.spans[0][0])
    for point in [*points, measured.spans[-1][1]]:
        for span in measured.clip(before, point):
            alike.setdefault(frozenset(now), []).append(span)
        for name, index, begins in edges.get(point, ()):
            (now.add if begins else now.discard)((name, index))
        before = max(before, point)
    return [Cell(IntervalSet.of(spans), _by_name(key)) for key, spans in alike.items()]


def shape_of(cells: Sequence[Cell], budgets: Mapping[str, Sequence[Budget]]) -> Shape:
    """What is left of cells and budgets without their dates."""
    opened = {(name, index) for cell in cells for name, several in cell.open.items() for index in several}
    numbers: dict[tuple[str, int], int] = {}
    for name, several in budgets.items():
        for index in range(len(several)):
            if (name, index) in opened:
                numbers[name, index] = len(numbers)
    limits = tuple(Limit(name, budgets[name][index].allowed_s) for name, index in numbers)
    return Shape(
        limits,
        tuple(
            (
                cell.time.seconds,
                tuple(
                    sorted(numbers[name, index] for name, several in cell.open.items() for index in several)
                ),
            )
            for cell in cells
        ),
    )


def _by_name(pairs: frozenset[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for name, index in sorted(pairs):
        found[name] = (*found.get(name, ()), index)
    return found
