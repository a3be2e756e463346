"""Hailperin's linear programme over the cuts of a core, solved by making cuts as they are needed.

    the most  sum of y_C   while   sum of y_C over the cuts C with item i <= u_i for each item i
  = the least sum of u_i w_i   while   sum of w_i over C >= 1 for each cut C

The left is an outage timetable, the right a weight for each item. Small cores are solved in exact fractions by the
revised simplex method, its columns priced by the lightest path through the diagram. Larger ones go to HiGHS first,
and its last basis is solved again in fractions. Where that does not come out, its weights are rounded up and divided
by their exact lightest cut, and its timetable is rounded down: an interval that holds whatever the solver did.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Protocol

from slactl.assurance.cuts import Cut
from slactl.base.quick_dataclass import dataclass

_ZERO, _ONE = Fraction(0), Fraction(1)
_SMALL = 24
"""Items up to which fractions alone are quick."""
_MOST_STEPS = 2_000
_MOST_ROUNDS = 400
_LARGEST_BASIS = 80
_FINE = 1 << 48


class Cuts(Protocol):
    """Sets of numbered items, too many to list, of which the lightest can be told."""

    def lightest(self, weights: Sequence[int]) -> tuple[int, Cut]:
        """The least weight of any set, and a set that has it."""

    def lightest_through_each(self, weights: Sequence[int], below: int) -> set[Cut]:
        """Light sets of many kinds, the lightest among them; of those that weigh less than `below`."""


@dataclass(frozen=True, slots=True)
class Packing:
    """What is known of a core: weights that prove an upper bound, and a timetable that attains a lower one."""

    weights: tuple[Fraction, ...]
    """One for each item; over every cut they add up to at least 1."""
    timetable: tuple[tuple[Cut, Fraction], ...]
    """Cuts, and the share of time for which each is down, one after another."""


def packed(diagram: Cuts, room: Sequence[Fraction]) -> Packing:
    """Solve the programme for a core whose items are down for at most the shares in `room`, all above zero."""
    if len(room) <= _SMALL:
        simplex = _Simplex(room)
        if simplex.solve(diagram):
            return simplex.packing()
    return _with_highs(diagram, room)


class _Simplex:
    """The revised simplex method in fractions; the lexicographic rule keeps it from going in circles."""

    def __init__(self, room: Sequence[Fraction]) -> None:
        count = len(room)
        self._basis: list[Cut | None] = [None] * count
        self._rows = [
            [room[row], *(_ONE if row == column else _ZERO for column in range(count))]
            for row in range(count)
        ]
        """For each row its value, then its part of the inverse basis."""
        self._weights = [_ZERO] * count

    def solve(self, diagram: Cuts) -> bool:
        """Go on until no cut weighs less than 1; False where that takes too many steps."""
        for _ in range(_MOST_STEPS):
            column = self._entering(diagram)
            if column is None:
                return True
            cut, entries, gain = column
            self._enter(cut, entries, gain)
        return False

    def packing(self) -> Packing:
        found = [
            (cut, row[0])
            for cut, row in zip(self._basis, self._rows, strict=True)
            if cut is not None and row[0]
        ]
        return Packing(tuple(self._weights), tuple(found))

    def _entering(self, diagram: Cuts) -> tuple[Cut, list[Fraction], Fraction] | None:
        negative = min(range(len(self._weights)), key=self._weights.__getitem__)
        if self._weights[negative] < 0:
            entries = [row[1 + negative] for row in self._rows]
            return frozenset((-1 - negative,)), entries, -self._weights[negative]
        counted, scale = _whole_numbers(self._weights)
        weight, cut = diagram.lightest(counted)
        if weight >= scale:
            return None
        entries = [sum((row[1 + item] for item in cut), _ZERO) for row in self._rows]
        return cut, entries, 1 - Fraction(weight, scale)

    def _enter(self, cut: Cut, entries: list[Fraction], gain: Fraction) -> None:
        ratios = {row: self._rows[row][0] / entry for row, entry in enumerate(entries) if entry > 0}
        least = min(ratios.values())
        ties = [row for row, ratio in ratios.items() if ratio == least]
        pivot = min(ties, key=lambda row: [value / entries[row] for value in self._rows[row]])
        leaving = [value / entries[pivot] for value in self._rows[pivot]]
        for row, entry in enumerate(entries):
            if entry and row != pivot:
                self._rows[row] = [
                    value - entry * out if out else value
                    for value, out in zip(self._rows[row], leaving, strict=True)
                ]
        self._rows[pivot] = leaving
        self._weights = [
            weight + gain * out if out else weight
            for weight, out in zip(self._weights, leaving[1:], strict=True)
        ]
        only = next(iter(cut)) if len(cut) == 1 else 0
        self._basis[pivot] = None if only < 0 else cut


def _with_highs(diagram: Cuts, room: Sequence[Fraction]) -> Packing:
    solver = _Highs(room)
    for _ in range(_MOST_ROUNDS):
        counted = [max(0, int(weight * _FINE)) for weight in solver.weights()]
        new = diagram.lightest_through_each(counted, _FINE - _FINE // 10**9) - solver.cuts.keys()
        if not new:
            exact = _basis_in_fractions(solver.tight(), solver.used(), room)
            if exact is None:
                break
            counted, one = _whole_numbers(exact.weights)
            new = diagram.lightest_through_each(counted, one) - solver.cuts.keys()
            if not new:
                return exact
        solver.add(new)
    return _rounded(diagram, solver, room)


def _whole_numbers(weights: Sequence[Fraction]) -> tuple[list[int], int]:
    """The weights as whole numbers, and what 1 is among them."""
    one = lcm(*(weight.denominator for weight in weights))
    return [int(weight * one) for weight in weights], one


class _Highs:
    """The programme over the cuts made so far, in the numbers of HiGHS; each item's budget is its unit."""

    def __init__(self, room: Sequence[Fraction]) -> None:
        import highspy  # noqa: PLC0415 - only large shared cores need a solver

        self._largest = max(room)
        self._room = [float(one / self._largest) for one in room]
        self.cuts: dict[Cut, int] = {}
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor is not annotated
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._basic = highspy.HighsBasisStatus.kBasic
        for budget in self._room:
            self._solver.addRow(-1e30, budget, 0, [], [])

    def add(self, cuts: set[Cut]) -> None:
        for cut in sorted(cuts, key=sorted):
            self.cuts[cut] = len(self.cuts)
            rows = sorted(cut)
            self._solver.addCol(1.0, 0.0, 1e30, len(rows), rows, [1.0] * len(rows))
        self._solver.run()

    def weights(self) -> list[float]:
        if not self.cuts:
            return [0.0] * len(self._room)
        return [abs(dual) for dual in self._solver.getSolution().row_dual]

    def tight(self) -> list[int]:
        """The items whose budget is used up in the last basis."""
        status = self._solver.getBasis().row_status
        return [item for item, one in enumerate(status) if one != self._basic]

    def used(self) -> list[Cut]:
        """The cuts in the last basis."""
        status = self._solver.getBasis().col_status
        return [cut for cut, column in self.cuts.items() if status[column] == self._basic]

    def timetable(self) -> list[tuple[Cut, Fraction]]:
        values = self._solver.getSolution().col_value
        return [
            (cut, Fraction(values[column]) * self._largest)
            for cut, column in self.cuts.items()
            if values[column] > 0
        ]


def _basis_in_fractions(
    tight: Sequence[int], used: Sequence[Cut], room: Sequence[Fraction]
) -> Packing | None:
    """The weights and the timetable of a basis, or None where it is no basis or not feasible."""
    size = len(tight)
    if size != len(used) or size > _LARGEST_BASIS:
        return None
    inverse = _inverse([[_ONE if item in cut else _ZERO for cut in used] for item in tight])
    if inverse is None:
        return None
    times = [
        sum((inverse[row][column] * room[item] for column, item in enumerate(tight)), _ZERO)
        for row in range(size)
    ]
    weights = [_ZERO] * len(room)
    for column, item in enumerate(tight):
        weights[item] = sum((inverse[row][column] for row in range(size)), _ZERO)
    timetable = [(cut, time) for cut, time in zip(used, times, strict=True) if time]
    within = all(time >= 0 for time in times) and all(weight >= 0 for weight in weights)
    return Packing(tuple(weights), tuple(timetable)) if within and _fits(timetable, room) else None


def _inverse(matrix: list[list[Fraction]]) -> list[list[Fraction]] | None:
    size = len(matrix)
    rows = [[*row, *(_ONE if i == j else _ZERO for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        factor = rows[column][column]
        rows[column] = [value / factor if value else value for value in rows[column]]
        for row in range(size):
            entry = rows[row][column]
            if entry and row != column:
                rows[row] = [
                    value - entry * out if out else value
                    for value, out in zip(rows[row], rows[column], strict=True)
                ]
    return [row[size:] for row in rows]


def _fits(timetable: Sequence[tuple[Cut, Fraction]], room: Sequence[Fraction]) -> bool:
    return all(down <= budget for down, budget in zip(_downtimes(timetable, len(room)), room, strict=True))


def _downtimes(timetable: Sequence[tuple[Cut, Fraction]], items: int) -> list[Fraction]:
    down = [_ZERO] * items
    for cut, time in timetable:
        for item in cut:
            down[item] += time
    return down


def _rounded(diagram: Cuts, solver: _Highs, room: Sequence[Fraction]) -> Packing:
    counted = [max(0, int(weight * _FINE) + 1) for weight in solver.weights()]
    lightest, _ = diagram.lightest(counted)
    timetable = solver.timetable()
    over = max(
        (down / budget for down, budget in zip(_downtimes(timetable, len(room)), room, strict=True)),
        default=_ONE,
    )
    stretch = max(_ONE, over)
    return Packing(
        tuple(Fraction(weight, lightest) for weight in counted),
        tuple((cut, time / stretch) for cut, time in timetable),
    )
