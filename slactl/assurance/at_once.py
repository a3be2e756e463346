"""Several promises, each with windows and hours of its own, held at once against a window on real dates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from slactl.assurance.bdd import TooLargeError
from slactl.assurance.budgets import Budget, budgets_of, implied_budgets
from slactl.assurance.cells import Cell, Shape, binding, cells_of, shape_of
from slactl.assurance.joint import Clause
from slactl.assurance.jointly import JointWorst, Work, diagram_of, worst_jointly
from slactl.assurance.placing import Outage, downtime_s, laid_out, placed, spread
from slactl.assurance.rolling_outages import shortened
from slactl.assurance.structure import Structure
from slactl.assurance.windows import Promise
from slactl.assurance.worst_case import WorstCase
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass

if TYPE_CHECKING:
    from slactl.assurance.cuts import CutDiagram


@dataclass(frozen=True, slots=True)
class Holding:
    """A promise that holds a leaf, or a clause on joint downtime."""

    item: str
    promise: Promise
    left_out_s: Fraction = Fraction(0)
    """Downtime in each of its windows that the promise leaves out: maintenance without dates."""


class AtOnce:
    """The exact worst case of windows, as far as it can be computed with bearable work."""

    def __init__(self, structure: Structure, top: str, clauses: Sequence[Clause]) -> None:
        self._structure, self._top, self._clauses = structure, top, clauses
        self._leaves = structure.leaves(top)
        self._work = Work()
        self._known: dict[Shape, JointWorst | None] = {}
        self._diagram: CutDiagram | None = None

    def bound(self, measured: IntervalSet, held: Sequence[Holding]) -> JointWorst | None:
        """The worst case of one window; its weights hold whatever happens. None where that is too much work."""
        budgets = self._budgets(held, lambda one: implied_budgets(one.promise, measured, one.left_out_s))
        if budgets is None:
            return None
        return self._solved(shape_of(cells_of(measured, budgets), budgets))

    def outages(self, measured: IntervalSet, held: Sequence[Holding]) -> tuple[Outage, ...]:
        """Outages on dates in one window, by which the top is down for as long as can be shown, every promise kept."""
        strict = self._budgets(held, lambda one: budgets_of(one.promise, measured))
        if strict is None:
            return ()
        found = self._laid_out(measured, strict)
        rolling = {one.item for one in held if one.promise.window.rolling_s is not None}
        if not rolling or rolling & {one.name for one in self._clauses}:
            return found
        implied = self._budgets(held, lambda one: implied_budgets(one.promise, measured))
        if implied is None:
            return found
        promises = [(one.item, one.promise) for one in held]
        return max(found, shortened(self._laid_out(measured, implied), promises, measured), key=downtime_s)

    def outages_of(
        self, case: WorstCase, measured: IntervalSet, held: Sequence[Holding]
    ) -> tuple[Outage, ...]:
        """The timetable of a window's own programme, as far as it can be laid out on dates so that every promise is kept.

        All of it, most often: nothing is then to be gained by a programme over cells.
        """
        slots = case.timetable
        budgets = self._budgets(held, lambda one: budgets_of(one.promise, measured))
        if slots is None or budgets is None:
            return ()
        return spread(self._structure, slots, measured, budgets, self._clauses)

    def _laid_out(self, measured: IntervalSet, budgets: Mapping[str, Sequence[Budget]]) -> tuple[Outage, ...]:
        cells = cells_of(measured, budgets)
        found = self._solved(shape_of(cells, budgets))
        if found is None:
            return placed(self._structure, self._top, measured, budgets, self._clauses)
        return tuple(sorted(_dated(found, cells), key=lambda one: one.start_s))

    def _budgets(
        self, held: Sequence[Holding], budgets_of_one: Callable[[Holding], tuple[Budget, ...] | None]
    ) -> Mapping[str, tuple[Budget, ...]] | None:
        found: dict[str, tuple[Budget, ...]] = dict.fromkeys(self._leaves, ())
        for one in held:
            budgets = budgets_of_one(one)
            if budgets is None:
                return None
            found[one.item] = (*found.get(one.item, ()), *budgets)
        return binding(found)

    def _solved(self, shape: Shape) -> JointWorst | None:
        if shape not in self._known and self._work.left <= 0:
            return None
        if shape not in self._known:
            try:
                if self._diagram is None:
                    self._diagram = diagram_of(self._structure, self._top, self._clauses)
                self._known[shape] = worst_jointly(self._diagram, shape, self._clauses, self._work)
            except TooLargeError:
                self._known[shape] = None
                self._work.left = 0  # what is too much once is too much for the windows that follow
        return self._known[shape]


def _dated(found: JointWorst, cells: Sequence[Cell]) -> Iterator[Outage]:
    by_cell: dict[int, list[tuple[Fraction, frozenset[str]]]] = {}
    for one in found.outages:
        by_cell.setdefault(one.cell, []).append((one.seconds, one.down))
    for number, times in by_cell.items():  # alike in every cell, so that rolling windows see the same of each
        yield from laid_out(sorted(times, key=lambda one: sorted(one[1])), cells[number].time)
