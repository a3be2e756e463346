"""Documents of fault trees: true, in order, and accepted by the verifier."""

import json
from fractions import Fraction

from hypothesis import given, settings

from slactl.assurance.fault_tree import top_event, whatever_depends
from slactl.base.fault_tree import FaultGate, FaultTree
from slactl.render.fault_tree import fault_tree_document
from slactl.verify import Verified, verify
from tests.assurance.test_fault_tree import TOP, by_states, trees


@settings(max_examples=200, deadline=None)
@given(trees())
def test_a_fault_trees_document_is_true_in_order_and_verified(tree: FaultTree) -> None:
    event = top_event(tree, TOP)
    found = json.loads(json.dumps(fault_tree_document("tree.xml", event, whatever_depends(event))))
    expected = {side: Fraction(share) for side, share in found["expected_unavailability"].items()}
    assert expected["lower"] <= by_states(tree) <= expected["upper"]
    if event.coherent is None:
        assert found["guaranteed"] is found["best"] is found["certificate"] is None
        assert not isinstance(verify(found), Verified)
        return
    worst, best = (
        Fraction(found["guaranteed_unavailability"]["upper"]),
        Fraction(found["best_unavailability"]),
    )
    assert worst >= expected["upper"] >= expected["lower"] >= best
    assert isinstance(verify(found), Verified)


def test_negations_that_cancel_are_gates_of_the_certificate() -> None:
    gates = {
        TOP: FaultGate(0, 0, ("neither",)),
        "neither": FaultGate(0, 0, ("a", "both")),
        "both": FaultGate(2, 2, ("a", "b")),
    }
    tree = FaultTree("t", (TOP,), gates, {"a": Fraction(1, 10), "b": Fraction(1, 5)}, {})
    event = top_event(tree, TOP)
    found = fault_tree_document("tree.xml", event, whatever_depends(event))
    assert "neither/not" in found["certificate"]["structure"]["gates"]
    assert isinstance(verify(found), Verified)


def test_the_worst_case_is_no_better_than_what_rounding_makes_of_independence() -> None:
    events = {f"e{index}": Fraction(1, 3 * 10 ** (70 + index)) for index in range(30)}
    tree = FaultTree("t", (TOP,), {TOP: FaultGate(1, 30, tuple(events))}, events, {})
    event = top_event(tree, TOP)
    found = whatever_depends(event)
    assert found is not None
    assert event.probability.upper > found.worst.bound.upper
    assert found.independent.upper == found.worst.bound.upper == sum(events.values())
