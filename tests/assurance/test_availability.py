from decimal import Decimal, localcontext
from fractions import Fraction
from time import process_time

import pytest
from hypothesis import given, settings

from slactl.assurance.best_case import best_case
from slactl.assurance.closed_forms import Bound
from slactl.assurance.independent import independent
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.verdict import verdict
from slactl.assurance.worst_case import worst_case, worst_case_all
from tests.assurance.brute_force import TOP, Case, cases, independent_by_states, joint_downtime

TOLERANCE = 1e-7


def of(text: str) -> Fraction:
    return Fraction(text)


@settings(max_examples=150, deadline=None)
@given(cases(shared=False))
def test_worst_case_of_read_once_trees_is_the_programmes_optimum(case: Case) -> None:
    structure, down = case
    bound = worst_case(structure, TOP, down).bound
    assert bound.exact
    assert float(bound.upper) == pytest.approx(
        joint_downtime(structure, TOP, down, worst=True), abs=TOLERANCE
    )


@settings(max_examples=200, deadline=None)
@given(cases())
def test_worst_case_of_shared_graphs_encloses_the_optimum(case: Case) -> None:
    structure, down = case
    optimum = joint_downtime(structure, TOP, down, worst=True)
    bound = worst_case(structure, TOP, down).bound
    assert bound.lower <= bound.upper
    assert float(bound.lower) <= optimum + TOLERANCE
    assert float(bound.upper) >= optimum - TOLERANCE
    assert float(worst_case_all(structure, down)[TOP]) >= optimum - TOLERANCE
    assert bound.upper <= worst_case_all(structure, down)[TOP]


@settings(max_examples=150, deadline=None)
@given(cases(most_leaves=8))
def test_independent_equals_the_sum_over_all_states(case: Case) -> None:
    structure, down = case
    bound = independent(structure, TOP, down)
    assert bound == Bound(*[independent_by_states(structure, TOP, down)] * 2)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_independent_without_room_for_a_diagram_still_encloses_the_truth(case: Case) -> None:
    structure, down = case
    bound = independent(structure, TOP, down, node_limit=3)
    assert bound.lower <= independent_by_states(structure, TOP, down) <= bound.upper


@settings(max_examples=150, deadline=None)
@given(cases())
def test_best_case_encloses_the_least_downtime_and_is_exact_for_trees(case: Case) -> None:
    structure, down = case
    least = joint_downtime(structure, TOP, down, worst=False)
    bound = best_case(structure, TOP, down)
    assert float(bound.lower) - TOLERANCE <= least <= float(bound.upper) + TOLERANCE
    if structure.read_once(TOP):
        assert bound.exact


@settings(max_examples=150, deadline=None)
@given(cases())
def test_worst_is_never_above_expected_and_expected_never_above_best(case: Case) -> None:
    structure, down = case
    expected = independent(structure, TOP, down)
    assert worst_case(structure, TOP, down).bound.upper >= expected.upper
    assert best_case(structure, TOP, down).lower <= expected.lower


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_weakest_links_add_up_to_the_worst_case(case: Case) -> None:
    structure, down = case
    links = worst_case(structure, TOP, down).links
    assert sum((share for _, share in links), Fraction(0)) == worst_case(structure, TOP, down).bound.upper
    assert [share for _, share in links] == sorted((share for _, share in links), reverse=True)
    assert {name for name, _ in links} <= set(structure.leaves(TOP))


def test_two_serial_suppliers_add_their_downtime() -> None:
    structure = Structure({TOP: Gate.all_of(["a", "b"])})
    down = {"a": of("0.001"), "b": of("0.002")}
    assert worst_case(structure, TOP, down).bound == Bound(of("0.003"), of("0.003"))
    assert independent(structure, TOP, down) == Bound(*[1 - of("0.999") * of("0.998")] * 2)
    assert best_case(structure, TOP, down) == Bound(of("0.002"), of("0.002"))
    assert worst_case(structure, TOP, down).links == [("b", of("0.002")), ("a", of("0.001"))]


def test_redundancy_guarantees_no_more_than_its_best_member() -> None:
    structure = Structure({TOP: Gate.any_of(["a", "b"])})
    down = {"a": of("0.001"), "b": of("0.002")}
    assert worst_case(structure, TOP, down).bound.upper == of("0.001")
    assert independent(structure, TOP, down).upper == of("0.000002")
    assert best_case(structure, TOP, down).upper == 0
    assert worst_case(structure, TOP, down).links == [("a", of("0.001"))]


def test_k_of_n_takes_the_best_of_ruegers_sums() -> None:
    structure = Structure({TOP: Gate(2, ("a", "b", "c"))})
    down = {"a": of("0.9"), "b": of("0.1"), "c": of("0.1")}
    assert worst_case(structure, TOP, down).bound.upper == of("0.2")
    even = dict.fromkeys("abc", of("0.1"))
    assert worst_case(structure, TOP, even).bound.upper == of("0.15")


def test_a_supplier_below_both_branches_is_a_single_point_of_failure() -> None:
    gates = {TOP: Gate.any_of(["x", "y"]), "x": Gate.all_of(["a", "s"]), "y": Gate.all_of(["b", "s"])}
    down = {"a": of("0.01"), "b": of("0.02"), "s": of("0.001")}
    structure = Structure(gates)
    assert worst_case(structure, TOP, down).bound == Bound(of("0.011"), of("0.011"))
    assert independent(structure, TOP, down).upper == 1 - of("0.999") * (1 - of("0.0002"))


def test_the_bridge_is_bounded_by_its_shortest_path() -> None:
    gates = {
        TOP: Gate.any_of(["ab", "cd", "aed", "ceb"]),
        "ab": Gate.all_of(["a", "b"]),
        "cd": Gate.all_of(["c", "d"]),
        "aed": Gate.all_of(["a", "e", "d"]),
        "ceb": Gate.all_of(["c", "e", "b"]),
    }
    down = {"a": of("0.1"), "b": of("0.01"), "c": of("0.01"), "d": of("0.1"), "e": of("0.02")}
    bound = worst_case(Structure(gates), TOP, down).bound
    assert bound.upper == of("0.04")
    assert float(bound.lower) <= joint_downtime(Structure(gates), TOP, down, worst=True) + TOLERANCE


def test_each_supplier_counts_once_on_a_path() -> None:
    gates = {
        TOP: Gate(2, ("x", "y", "z")),
        "x": Gate.all_of(["s", "a"]),
        "y": Gate.all_of(["s", "b"]),
        "z": Gate.all_of(["t", "c"]),
    }
    down = {"s": of("0.05"), "a": of("0.001"), "b": of("0.001"), "t": of("0.3"), "c": of("0.3")}
    assert worst_case(Structure(gates), TOP, down).bound == Bound(of("0.052"), of("0.052"))


def test_perfect_and_dead_leaves_are_constants() -> None:
    structure = Structure({TOP: Gate.all_of(["a", "g"]), "g": Gate.any_of(["b", "c"])})
    down = {"a": Fraction(0), "b": Fraction(1), "c": of("0.01")}
    assert worst_case(structure, TOP, down).bound.upper == of("0.01")
    assert independent(structure, TOP, down) == Bound(of("0.01"), of("0.01"))
    assert worst_case(structure, TOP, down | {"a": Fraction(1)}).bound.upper == 1
    assert worst_case(structure, TOP, down | {"c": Fraction(0)}).links == []


def test_tiny_probabilities_keep_their_digits() -> None:
    names = [f"r{index}" for index in range(12)]
    serial = [f"s{index}" for index in range(300)]
    gates = {TOP: Gate.all_of(["r", *serial]), "r": Gate.any_of(names)}
    share = Fraction(7, 10**6)
    down = dict.fromkeys(names, share) | dict.fromkeys(serial, Fraction(1, 10**70))
    bound = independent(Structure(gates), TOP, down)
    with localcontext(prec=500):
        truth = 1 - (1 - Decimal(7).scaleb(-6) ** 12) * (1 - Decimal(1).scaleb(-70)) ** 300
    assert bound.lower <= Fraction(truth) <= bound.upper
    assert (bound.upper - bound.lower) / bound.upper < Fraction(1, 10**50)


def test_chains_ten_thousand_deep_are_no_trouble() -> None:
    depth = 10_000
    gates = {f"n{index}": Gate.all_of([f"n{index + 1}", f"x{index}"]) for index in range(depth)}
    structure = Structure(gates)
    down = {leaf: Fraction(1, 10**8) for leaf in structure.leaves("n0")}
    assert worst_case(structure, "n0", down).bound.upper == Fraction(depth + 1, 10**8)
    assert worst_case_all(structure, down)["n0"] == Fraction(depth + 1, 10**8)
    expected = independent(structure, "n0", down)
    assert Fraction(9999, 10**8) < expected.lower <= expected.upper < Fraction(10_001, 10**8)
    assert best_case(structure, "n0", down).upper == Fraction(1, 10**8)


def test_deep_ladders_with_sharing_are_no_trouble() -> None:
    depth = 1_000
    gates = {
        f"n{index}": Gate.any_of([f"a{index}", f"b{index}"]) for index in range(depth)
    } | {
        name + str(index): Gate.all_of([f"n{index + 1}", f"{name}x{index}"]) for index in range(depth) for name in "ab"
    }  # fmt: skip
    structure = Structure(gates)
    down = {leaf: Fraction(1, 10**6) for leaf in structure.leaves("n0")}
    bound = worst_case(structure, "n0", down).bound
    assert bound == Bound(Fraction(depth + 1, 10**6), Fraction(depth + 1, 10**6))
    expected = independent(structure, "n0", down)
    truth = 1 - (1 - 1e-6) * (1 - 1e-12) ** depth
    assert float(expected.upper) == pytest.approx(truth, rel=1e-6)
    assert (expected.upper - expected.lower) < expected.upper / 10**40


def test_all_services_of_an_estate_take_one_quick_pass() -> None:
    count = 10_000
    gates = {
        f"s{index}": Gate.all_of([f"s{3 * index + step}" for step in (1, 2, 3)]) for index in range(count)
    }
    structure = Structure(gates)
    down = dict.fromkeys((f"s{index}" for index in range(count, 3 * count + 1)), Fraction(1, 10**6))
    began = process_time()
    shares = worst_case_all(structure, down)
    assert process_time() - began < 2
    assert shares["s0"] == Fraction(2 * count + 1, 10**6)
    assert len(structure.read_once_everywhere()) == count


def test_a_cycle_is_named() -> None:
    structure = Structure({"a": Gate.all_of(["b"]), "b": Gate.any_of(["c", "a"])})
    with pytest.raises(ValueError, match="a rests on itself: a -> b -> a"):
        structure.order("a")


def test_a_gate_that_cannot_be_built_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3 of 2"):
        Gate(3, ("a", "b"))


def test_sharing_is_told_from_trees() -> None:
    shared = Structure(
        {TOP: Gate.any_of(["x", "y"]), "x": Gate.all_of(["a", "s"]), "y": Gate.all_of(["b", "s"])}
    )
    assert shared.shared(TOP) == {"s"}
    assert not shared.read_once(TOP)
    assert shared.read_once_everywhere() == {"x", "y"}
    assert shared.leaves(TOP) == ["a", "s", "b"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("0.99", "guaranteed"),
        ("0.995", "only-if-independent"),
        ("0.9995", "unsupported"),
        ("0.99999", "contradicted"),
    ],
)
def test_verdicts_follow_the_three_numbers(target: str, expected: str) -> None:
    worst, middle, best = (Bound(of(x), of(x)) for x in ("0.01", "0.001", "0.0001"))
    assert verdict(of(target), worst, middle, best) == expected


def test_a_target_inside_the_interval_of_the_worst_case_is_undecided() -> None:
    some = Bound(Fraction(0), Fraction(0))
    assert verdict(of("0.99"), Bound(of("0.005"), of("0.02")), some, some) == "undecided"
    assert verdict(of("0.98"), Bound(of("0.005"), of("0.02")), some, some) == "guaranteed"
