"""The programme over all cells of a window, against a plain one over every state in every cell."""

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]  # scipy brings no types

from slactl.assurance.bdd import TooLargeError
from slactl.assurance.budgets import Budget, budgets_of, implied_budgets
from slactl.assurance.cells import Limit, Shape, binding, cells_of, shape_of
from slactl.assurance.joint import Clause
from slactl.assurance.jointly import JointWorst, Work, diagram_of, worst_jointly
from slactl.assurance.placing import downtime_s, placed
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.windows import Promise, worst_downtime
from slactl.assurance.worst_case import worst_case
from slactl.base.intervals import IntervalSet
from slactl.base.windows import Window, parse_window
from tests.assurance.brute_force import TOP, graphs, up

UTC_ZONE, TOKYO, APIA = ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Apia")
HOUR_S, DAY_S = 3600, 86_400
GRID_HOURS = 96
DAY, MONTH = parse_window("calendar-day"), parse_window("calendar-month")


def at(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())


def plain(structure: Structure, shape: Shape, clauses: Sequence[Clause] = ()) -> float:
    """The most downtime over all joint behaviours in each cell, in seconds, by a linear programme of HiGHS."""
    leaves = structure.leaves(TOP)
    bad = []
    for bits in product((True, False), repeat=len(leaves)):
        state = dict(zip(leaves, bits, strict=True))
        if not up(structure, TOP, state):
            met = {
                one.name
                for one in clauses
                if sum(not up(structure, part, state) for part in one.parts) >= one.together
            }
            bad.append({name for name, is_up in state.items() if not is_up} | met)
    columns = [(cell, down) for cell in range(len(shape.cells)) for down in bad]
    rows = [
        [float(number in shape.cells[cell][1] and limit.item in down) for cell, down in columns]
        for number, limit in enumerate(shape.limits)
    ]
    rows += [[float(cell == one) for cell, _ in columns] for one in range(len(shape.cells))]
    room = [float(one.allowed_s) for one in shape.limits] + [float(seconds) for seconds, _ in shape.cells]
    answer = linprog([-1.0] * len(columns), A_ub=np.array(rows), b_ub=room, bounds=(0, None), method="highs")
    assert answer.status == 0
    return -float(answer.fun)


def solve(structure: Structure, shape: Shape, clauses: Sequence[Clause] = ()) -> JointWorst:
    return worst_jointly(diagram_of(structure, TOP, clauses), shape, clauses, Work())


def assert_kept(structure: Structure, found: JointWorst) -> None:
    """The outages keep every limit and every cell's length, and all of them take the top down."""
    spent = [Fraction(0)] * len(found.shape.limits)
    used = [Fraction(0)] * len(found.shape.cells)
    for one in found.outages:
        state = {leaf: leaf not in one.down for leaf in structure.leaves(TOP)}
        assert not up(structure, TOP, state)
        met = {
            clause.name
            for clause in found.clauses
            if sum(not up(structure, part, state) for part in clause.parts) >= clause.together
        }
        used[one.cell] += one.seconds
        for number in found.shape.cells[one.cell][1]:
            if found.shape.limits[number].item in one.down | met:
                spent[number] += one.seconds
    assert all(
        most >= down for most, down in zip([one.allowed_s for one in found.shape.limits], spent, strict=True)
    )
    assert all(seconds >= down for (seconds, _), down in zip(found.shape.cells, used, strict=True))


@st.composite
def shapes(draw: st.DrawFn, items: list[str], most_limits: int = 8) -> Shape:
    limits = tuple(
        Limit(draw(st.sampled_from(items)), Fraction(draw(st.sampled_from([0, 1, 5, 7, 20, 60, 90, 1000]))))
        for _ in range(draw(st.integers(1, most_limits)))
    )
    cells = tuple(
        (
            draw(st.integers(1, 100)),
            tuple(number for number in range(len(limits)) if draw(st.booleans())),
        )
        for _ in range(draw(st.integers(1, 5)))
    )
    return Shape(limits, cells)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_it_is_the_plain_programmes_optimum_and_both_sides_prove_it(data: st.DataObject) -> None:
    structure = data.draw(graphs(5))
    shape = data.draw(shapes(structure.leaves(TOP)))
    found = solve(structure, shape)
    assert float(found.upper * shape.seconds) == pytest.approx(plain(structure, shape), rel=1e-9, abs=1e-9)
    assert found.lower == found.upper
    assert sum(found.parts.values()) == found.lower * shape.seconds
    assert_kept(structure, found)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_promises_on_joint_downtime_are_heeded_in_every_cell(data: st.DataObject) -> None:
    structure = data.draw(graphs(5))
    leaves = structure.leaves(TOP)
    if len(leaves) < 2:
        return
    clause = Clause("both", tuple(data.draw(st.permutations(leaves))[:2]), 2, Fraction(1))
    shape = data.draw(shapes([*leaves, "both", "both"]))
    found = solve(structure, shape, [clause])
    assert float(found.upper * shape.seconds) == pytest.approx(
        plain(structure, shape, [clause]), rel=1e-9, abs=1e-9
    )
    assert found.lower == found.upper
    assert_kept(structure, found)


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_a_programme_for_the_solver_is_enclosed_as_tightly(data: st.DataObject) -> None:
    structure = data.draw(graphs(6))
    limits = tuple(
        Limit(leaf, Fraction(7 + 3 * day + len(leaf))) for leaf in structure.leaves(TOP) for day in range(6)
    )
    days = len(limits)
    shape = Shape(
        limits, tuple((50 + day, tuple(n for n in range(days) if n % 6 == day % 6)) for day in range(7))
    )
    found = solve(structure, shape)
    assert float(found.upper * shape.seconds) == pytest.approx(plain(structure, shape), rel=1e-9)
    assert found.lower == pytest.approx(found.upper, rel=1e-9)
    assert found.lower <= found.upper
    assert_kept(structure, found)


def hours(bits: int) -> IntervalSet:
    return IntervalSet.of(
        (hour * HOUR_S, (hour + 1) * HOUR_S) for hour in range(GRID_HOURS) if bits >> hour & 1
    )


OFFICE = st.tuples(st.integers(0, 12), st.integers(1, 11)).map(
    lambda pair: IntervalSet.of(
        (day * DAY_S + pair[0] * HOUR_S, day * DAY_S + (pair[0] + pair[1]) * HOUR_S) for day in range(4)
    )
)
PROMISES = st.builds(
    Promise,
    st.sampled_from([Fraction(n, 100) for n in (0, 1, 5, 20, 50)]),
    st.sampled_from([DAY, DAY, MONTH, Window("rolling", 30 * HOUR_S)]),
    st.sampled_from([UTC_ZONE, TOKYO, APIA]),
    OFFICE | st.none() | st.integers(0, 2**GRID_HOURS - 1).map(hours),
)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_it_lies_between_what_was_laid_out_before_and_the_sum_of_the_single_worst(
    data: st.DataObject,
) -> None:
    structure = data.draw(graphs(4))
    measured = data.draw(OFFICE | st.just(IntervalSet(((0, GRID_HOURS * HOUR_S),))))
    promises = {leaf: data.draw(PROMISES) for leaf in structure.leaves(TOP)}
    shares = {leaf: worst_downtime(measured, [one]) / measured.seconds for leaf, one in promises.items()}
    before = worst_case(structure, TOP, shares).bound.upper
    implied = binding({leaf: implied_budgets(one, measured) or () for leaf, one in promises.items()})
    strict = {leaf: budgets_of(one, measured) or () for leaf, one in promises.items()}
    found = solve(structure, shape_of(cells_of(measured, implied), implied))
    shown = downtime_s(placed(structure, TOP, measured, strict)) / measured.seconds
    assert shown <= found.upper
    assert found.upper <= before
    if all(one.window.rolling_s is None for one in promises.values()):
        assert found.lower == found.upper


def test_budgets_that_never_meet_cost_redundancy_nothing() -> None:
    """Two suppliers, of whom one is enough: one is uncovered on the first day, the other on the second."""
    days = [(0, DAY_S), (DAY_S, 2 * DAY_S)]
    budgets = {
        "a": (Budget(IntervalSet((days[1],)), Fraction(60)),),
        "b": (Budget(IntervalSet((days[0],)), Fraction(60)),),
    }
    measured = IntervalSet(((0, 2 * DAY_S),))
    structure = Structure({TOP: Gate.any_of(["a", "b"])})
    found = solve(structure, shape_of(cells_of(measured, budgets), budgets))
    assert found.upper == found.lower == Fraction(120, 2 * DAY_S)
    singly = Fraction(DAY_S + 60, 2 * DAY_S)  # each by itself, on the day when it is free
    assert worst_case(structure, TOP, {"a": singly, "b": singly}).bound.upper == singly


def test_a_time_that_is_too_short_for_all_budgets_bounds_them() -> None:
    """Serial suppliers of one office each: more budget than there is time in the hours that they share."""
    office, night = IntervalSet(((0, 100),)), IntervalSet(((200, 300),))
    measured = office | night
    budgets = {name: (Budget(office, Fraction(80)), Budget(night, Fraction(0))) for name in "ab"}
    found = solve(Structure({TOP: Gate.all_of(["a", "b"])}), shape_of(cells_of(measured, budgets), budgets))
    assert found.upper == found.lower == Fraction(1, 2)


def test_what_nothing_can_take_down_is_never_down() -> None:
    budgets = {"a": (Budget(IntervalSet(((0, 100),)), Fraction(0)),), "b": ()}
    shape = shape_of(cells_of(IntervalSet(((0, 100),)), budgets), budgets)
    assert solve(Structure({TOP: Gate.any_of(["a", "b"])}), shape).upper == 0


def test_work_without_end_is_given_up() -> None:
    names = [f"l{index}" for index in range(30)]
    structure = Structure({TOP: Gate(15, tuple(names))})
    shape = Shape(
        tuple(Limit(name, Fraction(index + 1)) for index, name in enumerate(names)),
        ((500, tuple(range(30))),),
    )
    with pytest.raises(TooLargeError):
        worst_jointly(diagram_of(structure, TOP, ()), shape, (), Work(1000))
