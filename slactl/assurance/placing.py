"""Outages on real dates: a timetable inside one window that keeps every promise in each of the promise's own windows.

The way for windows whose programme over all cells (`jointly`) is too large: the programme of the worst case is solved
cell by cell, the longest first, with what is left of the budgets. What comes out can happen: its downtime is a lower
bound of the worst case, and equal to it where one cell is all there is.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from slactl.assurance.budgets import Budget
from slactl.assurance.cells import cells_of
from slactl.assurance.joint import Clause
from slactl.assurance.schedule import Slot
from slactl.assurance.structure import Structure
from slactl.assurance.worst_case import worst_case
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass, replace

_ZERO, _ONE = Fraction(0), Fraction(1)
_MOST_CELLS = 1_000


@dataclass(frozen=True, slots=True)
class Outage:
    """From one instant to another, in UTC seconds, all of `down` are down."""

    start_s: Fraction
    end_s: Fraction
    down: frozenset[str]


def placed(
    structure: Structure,
    top: str,
    measured: IntervalSet,
    budgets: Mapping[str, Sequence[Budget]],
    clauses: Sequence[Clause] = (),
) -> tuple[Outage, ...]:
    """Outages inside the measured time of one window by which `top` is down for long, every budget kept.

    Args:
        structure: gates over leaves.
        top: what is to be down.
        measured: the time that counts; whole seconds.
        budgets: for each leaf, and each clause by its name. Time in none of a leaf's budgets is free for its outages.
        clauses: promises on being down together; their own shares are not looked at.
    """
    left = {
        (name, index): one.allowed_s for name, several in budgets.items() for index, one in enumerate(several)
    }
    found: list[Outage] = []
    cells = sorted(cells_of(measured, budgets), key=lambda cell: (-cell.time.seconds, cell.time.spans[0]))
    for cell in cells[:_MOST_CELLS]:
        length = Fraction(cell.time.seconds)
        shares = {
            name: min((_ONE, *(left[name, index] / length for index in cell.open.get(name, ()))))
            for name in budgets
        }
        here = [replace(one, downtime=shares[one.name]) for one in clauses]
        slots = worst_case(structure, top, shares, here).timetable
        if slots is None:
            return tuple(found)
        times = [(slot.share * length, slot.down & budgets.keys()) for slot in slots]
        for spent, down in times:
            for name in [*down, *_met(structure, here, down)]:
                for index in cell.open.get(name, ()):
                    left[name, index] -= spent
        found += laid_out(times, cell.time)
    return tuple(sorted(found, key=lambda outage: outage.start_s))


def spread(
    structure: Structure,
    slots: Sequence[Slot],
    measured: IntervalSet,
    budgets: Mapping[str, Sequence[Budget]],
    clauses: Sequence[Clause] = (),
) -> tuple[Outage, ...]:
    """The outages of a timetable, each put into whatever cells have room for it; what finds no room is left out."""
    left = {
        (name, index): one.allowed_s for name, several in budgets.items() for index, one in enumerate(several)
    }
    cells = cells_of(measured, budgets)
    room = [Fraction(cell.time.seconds) for cell in cells]
    times: list[list[tuple[Fraction, frozenset[str]]]] = [[] for _ in cells]
    for slot in slots:
        down, wanted = slot.down & budgets.keys(), slot.share * measured.seconds
        items = [*down, *_met(structure, clauses, down)]
        for number, cell in enumerate(cells):
            keys = [(name, index) for name in items for index in cell.open.get(name, ())]
            step = min(wanted, room[number], *(left[key] for key in keys))
            if step > 0:
                for key in keys:
                    left[key] -= step
                room[number] -= step
                wanted -= step
                times[number].append((step, down))
    found = [one for several, cell in zip(times, cells, strict=True) for one in laid_out(several, cell.time)]
    return tuple(sorted(found, key=lambda outage: outage.start_s))


def downtime_s(outages: Sequence[Outage]) -> Fraction:
    """How long all outages are together."""
    return sum((one.end_s - one.start_s for one in outages), _ZERO)


def _met(structure: Structure, clauses: Sequence[Clause], down: frozenset[str]) -> Iterator[str]:
    for clause in clauses:
        up: dict[str, bool] = {}
        for name in structure.order(*clause.parts):
            gate = structure.gates.get(name)
            up[name] = (
                name not in down if gate is None else sum(up[part] for part in gate.of) >= gate.at_least
            )
        if sum(not up[part] for part in clause.parts) >= clause.together:
            yield clause.name


def laid_out(times: Sequence[tuple[Fraction, frozenset[str]]], cell: IntervalSet) -> Iterator[Outage]:
    """Outages one after another, from the beginning of the cell on."""
    spans = iter(cell)
    start, end = next(spans)
    at = Fraction(start)
    for seconds, down in times:
        left = seconds
        while left > 0:
            if at >= end:
                start, end = next(spans)
                at = Fraction(start)
            step = min(left, end - at)
            yield Outage(at, at + step, down)
            at += step
            left -= step
