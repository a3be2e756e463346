"""The exact worst case: the same number proved from above and attained from below, checked by the verifier."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]  # scipy brings no types

from slactl.assurance.best_case import best_case
from slactl.assurance.closed_forms import Bound
from slactl.assurance.cuts import CutDiagram
from slactl.assurance.independent import independent
from slactl.assurance.joint import Clause
from slactl.assurance.packing import packed
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.worst_case import WorstCase, worst_case
from slactl.render.proof import budgets_document, steps_document, structure_document, timetable_document
from slactl.verify import Refused, Verified, verify
from tests.assurance.brute_force import SHARES, TOP, cases, graphs, states, up

Held = tuple[Structure, dict[str, Fraction], list[Clause]]


def documents(
    structure: Structure, found: WorstCase, subject: str = "sla.x.availability"
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The proof of the upper bound, and the witness against anything below the lower one (None where it is 0)."""
    facts = structure_document(structure, found.top, found.clauses) | {"subject": subject}
    window = {
        "names": ["2026-02"],
        "allowed": str(found.bound.upper),
        "budgets": budgets_document(found),
        **steps_document(found, structure),
    }
    proof = {"format": "slactl-proof/1", **facts, "windows": [window]}
    if not found.bound.lower:
        return proof, None
    assert found.timetable is not None
    witness = {
        "format": "slactl-witness/1",
        **facts,
        "allowed": str(found.bound.lower * Fraction(999_999, 1_000_000)),
        "budgets": budgets_document(found),
        "timetable": timetable_document(found.timetable),
    }
    return proof, witness


@st.composite
def held(draw: st.DrawFn, most_leaves: int = 11) -> Held:
    """Random structures with shared leaves, k of n and clauses on joint downtime of any of their nodes."""
    structure = draw(graphs(most_leaves))
    nodes = [name for name in structure.order(TOP) if name != TOP]
    shares = {name: draw(SHARES) for name in structure.leaves(TOP)}
    clauses = []
    for index in range(draw(st.integers(0, 2))):
        parts = draw(st.lists(st.sampled_from(nodes), min_size=2, max_size=4, unique=True))
        together = draw(st.integers(1, len(parts)))
        clauses.append(Clause(f"clause {index}", tuple(parts), together, draw(SHARES)))
    return structure, shares, clauses


def most_downtime(structure: Structure, down: Mapping[str, Fraction], clauses: list[Clause]) -> float:
    """Hailperin's programme over all states, with one row for each leaf and clause."""
    table = list(states(structure, TOP))
    rows = [[not state[leaf] for state, _ in table] for leaf in down]
    rows += [
        [
            sum(not up(structure, part, state) for part in clause.parts) >= clause.together
            for state, _ in table
        ]
        for clause in clauses
    ]
    budgets = [*down.values(), *(clause.downtime for clause in clauses)]
    cost = np.array([0.0 if is_up else -1.0 for _, is_up in table])
    answer = linprog(
        cost,
        A_ub=np.array(rows, dtype=float),
        b_ub=np.array([float(one) for one in budgets]),
        A_eq=np.ones((1, len(table))),
        b_eq=[1.0],
        bounds=(0, None),
        method="highs",
    )
    assert answer.status == 0, answer.message
    return float(-answer.fun)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(held(8))
def test_the_worst_case_is_exact_and_both_sides_are_verified(case: Held) -> None:
    structure, down, clauses = case
    found = worst_case(structure, TOP, down, clauses)
    assert found.bound.exact
    assert float(found.bound.upper) == pytest.approx(
        most_downtime(structure, down, clauses), rel=1e-9, abs=1e-9
    )
    proof, witness = documents(structure, found)
    assert isinstance(verify(proof), Verified), verify(proof)
    assert witness is None or isinstance(verify(witness), Verified), verify(witness)


@settings(max_examples=150, deadline=None)
@given(held(11))
def test_a_larger_structure_is_proved_and_attained_alike(case: Held) -> None:
    structure, down, clauses = case
    found = worst_case(structure, TOP, down, clauses)
    assert found.bound.exact
    proof, witness = documents(structure, found)
    assert isinstance(verify(proof), Verified), verify(proof)
    assert witness is None or isinstance(verify(witness), Verified), verify(witness)


@settings(max_examples=150, deadline=None)
@given(cases(most_leaves=9))
def test_the_programme_comes_to_what_rules_paths_and_timetables_come_to(
    case: tuple[Structure, dict[str, Fraction]],
) -> None:
    structure, shares = case
    down = {name: share or Fraction(1, 7) for name, share in shares.items()}
    diagram = CutDiagram.build(structure.gates, TOP, {}, 1_000)
    found = packed(diagram, [down[item] for item in diagram.items])
    proved = sum(weight * down[item] for weight, item in zip(found.weights, diagram.items, strict=True))
    attained = sum(share for _, share in found.timetable)
    exact = worst_case(structure, TOP, down).bound
    assert min(1, proved) == exact.upper == exact.lower == min(1, attained)


def test_a_path_over_what_a_timetable_uses_up_proves_it_without_a_programme(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cheapest path part by part costs 14: `a` for the first pair, and `c` beside what `a` saves nothing of."""
    gates = {
        TOP: Gate.all_of(["p", "q", "r"]),
        "p": Gate.any_of(["a", "b"]),
        "q": Gate.any_of(["b", "c"]),
        "r": Gate.any_of(["b", "d"]),
    }
    down = {"a": Fraction(4, 1000), "b": Fraction(6, 1000), "c": Fraction(5, 1000), "d": Fraction(5, 1000)}

    def no_programme(*_given: object) -> CutDiagram:
        raise AssertionError("no programme is needed")

    monkeypatch.setattr(CutDiagram, "build", no_programme)
    found = worst_case(Structure(gates), TOP, down)
    assert found.bound == Bound(Fraction(6, 1000), Fraction(6, 1000))
    assert found.weights == {"b": 1}


@settings(max_examples=80, deadline=None)
@given(cases(most_leaves=9))
def test_without_room_for_a_diagram_the_interval_holds_and_is_verified(
    case: tuple[Structure, dict[str, Fraction]],
) -> None:
    structure, down = case
    exact = worst_case(structure, TOP, down).bound
    found = worst_case(structure, TOP, down, node_limit=4)
    assert found.bound.lower <= exact.lower <= exact.upper <= found.bound.upper
    proof, witness = documents(structure, found)
    assert isinstance(verify(proof), Verified), verify(proof)
    assert witness is None or isinstance(verify(witness), Verified), verify(witness)


@settings(max_examples=100, deadline=None)
@given(cases(most_leaves=9))
def test_worst_is_at_most_expected_and_expected_at_most_best(
    case: tuple[Structure, dict[str, Fraction]],
) -> None:
    structure, down = case
    worst, expected = worst_case(structure, TOP, down).bound, independent(structure, TOP, down)
    best = best_case(structure, TOP, down)
    assert worst.upper >= expected.upper >= expected.lower >= best.lower
    assert best.exact


@settings(max_examples=150, deadline=None)
@given(held(8), st.data())
def test_a_changed_proof_is_refused(case: Held, data: st.DataObject) -> None:
    structure, down, clauses = case
    found = worst_case(structure, TOP, down, clauses)
    proof, _ = documents(structure, found)
    window = proof["windows"][0]
    if not 0 < found.bound.upper < 1:
        return
    how = data.draw(st.sampled_from(["claim less", "weigh less", "step less", "bound less"]))
    step = data.draw(st.sampled_from(window["steps"]))
    if how == "claim less":
        window["allowed"] = str(found.bound.upper * Fraction(999, 1000))
    elif how == "weigh less":
        step["weights"] = {name: str(Fraction(weight) / 2) for name, weight in step["weights"].items()}
    elif how == "step less":
        window["steps"] = window["steps"][:-1]
    else:
        last = window["steps"][-1]
        last["bound"] = window["allowed"] = str(found.bound.upper / 2)
    assert isinstance(verify(proof), Refused) or (how == "weigh less" and not step["weights"])


@settings(max_examples=150, deadline=None)
@given(held(8), st.data())
def test_a_changed_witness_is_refused(case: Held, data: st.DataObject) -> None:
    structure, down, clauses = case
    _, witness = documents(structure, worst_case(structure, TOP, down, clauses))
    if witness is None:
        return
    how = data.draw(st.sampled_from(["longer", "less down", "less budget"]))
    slot = data.draw(st.sampled_from(witness["timetable"]))
    if how == "longer":
        witness["timetable"].append(slot | {"share": "1"})
    elif how == "less down":
        for one in witness["timetable"]:
            one["down"] = []
    else:
        witness["budgets"] = dict.fromkeys(witness["budgets"], "0")
    assert isinstance(verify(witness), Refused)


def test_a_core_of_many_leaves_is_exact_by_column_generation() -> None:
    side = 5
    gates: dict[str, Gate] = {}
    for index in range(side):
        for other in range(side):
            gates[f"pair {index} {other}"] = Gate.any_of(
                [f"row {index}", f"column {other}", f"leaf {index}{other}"]
            )
    gates["top"] = Gate.all_of(list(gates))
    structure = Structure(gates)
    down = {name: Fraction(3 + index, 10_000) for index, name in enumerate(structure.leaves("top"))}
    found = worst_case(structure, "top", down)
    assert len(down) == side * side + 2 * side
    assert found.bound.exact
    proof, witness = documents(structure, found)
    assert isinstance(verify(proof), Verified)
    assert isinstance(verify(witness), Verified)


def test_a_supplier_that_promises_little_joint_downtime_counts_for_redundancy() -> None:
    structure = Structure({"top": Gate.any_of(["zone-a", "zone-b"])})
    down = {"zone-a": Fraction(1, 1000), "zone-b": Fraction(2, 1000)}
    clause = Clause("both", ("zone-a", "zone-b"), 2, Fraction(1, 100_000))
    assert worst_case(structure, "top", down).bound.upper == Fraction(1, 1000)
    assert worst_case(structure, "top", down, [clause]).bound.upper == Fraction(1, 100_000)


def test_tiny_budgets_beside_large_ones_stay_exact() -> None:
    structure = Structure(
        {
            "top": Gate.all_of(["p", "q"]),
            "p": Gate(2, ("a", "b", "c")),
            "q": Gate(2, ("b", "c", "d")),
        }
    )
    down = {"a": Fraction(1, 10**13), "b": Fraction(3, 10), "c": Fraction(7, 10**9), "d": Fraction(1, 3)}
    found = worst_case(structure, "top", down)
    assert found.bound.exact
    # down whenever two of a, b, c or two of b, c, d are: b with a, c or d, and c with a or d
    assert found.bound.upper == Fraction(3, 10) + Fraction(7, 10**9)
