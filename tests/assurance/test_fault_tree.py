from fractions import Fraction
from itertools import product
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.assurance import compiled, fault_tree, independent, large_bdd
from slactl.assurance.bdd import Diagram, TooLargeError
from slactl.assurance.fault_tree import top_event
from slactl.assurance.worst_case import worst_case
from slactl.base.fault_tree import FaultGate, FaultTree
from tests.assurance.brute_force import SHARES

TOP = "top"
RELATIVE = Fraction(1, 10**12)
BELOW_FLOATS = Fraction(1, 10**300)


def occurs(tree: FaultTree, name: str, state: dict[str, bool]) -> bool:
    gate = tree.gates.get(name)
    if gate is None:
        return state[name] if name in state else tree.house[name]
    return gate.least <= sum(occurs(tree, part, state) for part in gate.of) <= gate.most


def by_states(tree: FaultTree, top: str = TOP) -> Fraction:
    total = Fraction(0)
    for bits in product((True, False), repeat=len(tree.probabilities)):
        state = dict(zip(tree.probabilities, bits, strict=True))
        if occurs(tree, top, state):
            chance = Fraction(1)
            for name, is_on in state.items():
                chance *= tree.probabilities[name] if is_on else 1 - tree.probabilities[name]
            total += chance
    return total


@st.composite
def trees(draw: st.DrawFn, *, coherent: bool = False) -> FaultTree:
    events = [f"e{index}" for index in range(draw(st.integers(2, 7)))]
    house = {"on": True, "off": False}
    pool = [*events, *house] if draw(st.booleans()) else list(events)
    gates: dict[str, FaultGate] = {}
    for index in range(draw(st.integers(1, 7))):
        size = draw(st.integers(1, min(4, len(pool))))
        parts = draw(st.permutations(pool))[:size]
        if index and f"g{index - 1}" not in parts:
            parts[0] = f"g{index - 1}"
        least = draw(st.integers(1 if coherent else 0, size))
        gates[f"g{index}"] = FaultGate(
            least, size if coherent else draw(st.integers(least, size)), tuple(parts)
        )
        pool.append(f"g{index}")
    gates[TOP] = FaultGate(1, 1, (pool[-1],))
    return FaultTree("drawn", (TOP,), gates, {name: draw(SHARES) for name in events}, house)


def holds(tree: FaultTree, truth: Fraction) -> None:
    found = top_event(tree, TOP).probability
    assert found.lower <= truth <= found.upper
    assert found.upper - found.lower <= truth * RELATIVE + BELOW_FLOATS


@settings(max_examples=300, deadline=None)
@given(trees())
def test_any_tree_has_the_probability_of_its_states(tree: FaultTree) -> None:
    holds(tree, by_states(tree))


@settings(max_examples=200, deadline=None)
@given(trees(coherent=True))
def test_a_coherent_tree_becomes_a_structure(tree: FaultTree) -> None:
    found = top_event(tree, TOP)
    assert found.coherent is not None
    assert found.probability.lower == found.probability.upper == by_states(tree)
    worst = worst_case(found.coherent.structure, TOP, found.coherent.unavailability).bound
    assert worst.upper >= found.probability.lower


class FullDiagram(Diagram):
    """One that nothing fits into: every diagram is the library's."""

    def leaf(self, variable: int) -> int:  # noqa: ARG002 - none of them fits
        raise TooLargeError


@settings(max_examples=60, deadline=None)
@given(trees(), st.sampled_from([0, 300_000]))
def test_large_diagrams_give_the_same(tree: FaultTree, few_nodes: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "Diagram", FullDiagram)
        patch.setattr(large_bdd, "_FEW_NODES", few_nodes)
        for module in (fault_tree, independent):
            patch.setattr(module, "DECIMAL_NODES", 0)
        patch.setattr(independent, "_EXACT_NODES", 0)
        holds(tree, by_states(tree))


@settings(max_examples=60, deadline=None)
@given(trees())
def test_without_room_for_a_diagram_the_interval_holds_the_truth(tree: FaultTree) -> None:
    found = top_event(tree, TOP, node_limit=2).probability
    assert found.lower <= by_states(tree) <= found.upper


def test_negations_that_cancel_leave_a_coherent_tree() -> None:
    gates = {
        TOP: FaultGate(0, 0, ("neither",)),
        "neither": FaultGate(0, 0, ("a", "both")),
        "both": FaultGate(2, 2, ("b", "c")),
    }
    chances = {"a": Fraction(1, 10), "b": Fraction(1, 2), "c": Fraction(1, 5)}
    found = top_event(FaultTree("t", (TOP,), gates, chances, {}), TOP)
    assert found.coherent is not None
    assert found.probability.lower == found.probability.upper == Fraction(19, 100)


def test_exclusive_or_is_not_coherent() -> None:
    tree = FaultTree(
        "t", (TOP,), {TOP: FaultGate(1, 1, ("a", "b"))}, {"a": Fraction(1, 4), "b": Fraction(1, 2)}, {}
    )
    assert top_event(tree, TOP).coherent is None
    holds(tree, Fraction(1, 2))


@pytest.mark.parametrize(("least", "most", "truth"), [(0, 2, 1), (2, 2, 0)])
def test_switches_alone_make_a_constant(least: int, most: int, truth: int) -> None:
    tree = FaultTree(
        "t", (TOP,), {TOP: FaultGate(least, most, ("on", "off"))}, {}, {"on": True, "off": False}
    )
    found = top_event(tree, TOP)
    assert found.probability.lower == found.probability.upper == truth


def test_probabilities_below_the_range_of_floating_point_are_kept() -> None:
    events = {f"e{index}": Fraction(1, 10**30) for index in range(20)}
    tree = FaultTree("t", (TOP,), {TOP: FaultGate(20, 20, tuple(events))}, events, {})
    found = top_event(tree, TOP).probability
    assert found.lower <= Fraction(1, 10**600) <= found.upper
    assert found.upper - found.lower <= Fraction(1, 10**612)


def test_a_ring_of_hundreds_of_overlapping_gates_is_exact() -> None:
    count = 300
    gates = {f"g{index}": FaultGate(2, 2, (f"e{index}", f"e{(index + 1) % count}")) for index in range(count)}
    gates[TOP] = FaultGate(1, count, tuple(gates))
    share = Fraction(1, 10**7)
    tree = FaultTree("ring", (TOP,), gates, {f"e{index}": share for index in range(count)}, {})
    # no two neighbours on a ring: the count of such sets of each size (Kaplansky 1943)
    none = sum(
        (
            Fraction(count, count - size)
            * comb(count - size, size)
            * share**size
            * (1 - share) ** (count - size)
            for size in range(count // 2 + 1)
        ),
        Fraction(0),
    )
    holds(tree, 1 - none)
