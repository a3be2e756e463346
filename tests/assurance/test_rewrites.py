from fractions import Fraction

import pytest
from hypothesis import example, given, settings

from slactl.assurance.bdd import DOWN, UP, Diagram, TooLargeError
from slactl.assurance.compiled import compiled
from slactl.assurance.decided import without_decided
from slactl.assurance.large_bdd import LargeDiagram
from slactl.assurance.modules import decompose, simplified
from slactl.assurance.orders import orders
from slactl.assurance.rewrites import rewritten
from slactl.assurance.structure import Gate, Structure
from tests.assurance.brute_force import TOP, graphs, states, up

INNER_GATES_THAT_BECOME_THE_SAME = Structure(
    {
        "g0": Gate.any_of(["l0", "l1"]),
        "g1": Gate.all_of(["g0", "l1"]),
        "g2": Gate.any_of(["g1", "g0"]),
        "g3": Gate.all_of(["l0", "g0", "g2"]),
        "g4": Gate.any_of(["g3", "g1"]),
        TOP: Gate.any_of(["g4"]),
    }
)


@settings(max_examples=300, deadline=None)
@given(graphs())
@example(INNER_GATES_THAT_BECOME_THE_SAME)
def test_rewriting_keeps_every_state(structure: Structure) -> None:
    root, gates = simplified(structure.gates, TOP, {})
    for rewrite in (rewritten, without_decided):
        new_root, new_gates = rewrite(gates, str(root)) if root in gates else (root, gates)
        for state, is_up in states(structure, TOP):
            assert up(Structure(new_gates), str(new_root), state) == is_up


def test_a_leaf_that_decides_a_gate_is_left_out_below_it() -> None:
    gates = {
        TOP: Gate.all_of(["x", "g"]),
        "g": Gate.any_of(["h", "i"]),
        "h": Gate.all_of(["x", "y"]),
        "i": Gate.all_of(["x", "z"]),
    }
    root, left = without_decided(gates, TOP)
    assert root == TOP
    assert left == {TOP: Gate.all_of(["x", "g"]), "g": Gate.any_of(["y", "z"])}


def test_a_gate_that_decides_another_is_left_out_below_it() -> None:
    shared = {"s": Gate(2, ("a", "b", "c"))}
    gates = {
        TOP: Gate.all_of(["s", "g"]),
        "g": Gate.any_of(["h", "y"]),
        "h": Gate.all_of(["s", "x"]),
        **shared,
    }
    root, left = without_decided(gates, TOP)
    assert root == TOP
    assert left == {TOP: Gate.all_of(["s", "g"]), "g": Gate.any_of(["x", "y"]), **shared}


def test_parts_that_share_nothing_with_the_rest_become_a_module() -> None:
    gates = {
        TOP: Gate.all_of(["g", "h", "i", "j"]),
        "g": Gate(2, ("a", "b", "c")),
        "h": Gate(2, ("b", "c", "d")),
        "i": Gate(2, ("p", "q", "r")),
        "j": Gate(2, ("q", "r", "s")),
    }
    root, left = rewritten(gates, TOP)
    tops = {
        frozenset(module.gates[module.top].of) for module in decompose(Structure(left), str(root), {}).modules
    }
    assert {frozenset({"g", "h"}), frozenset({"i", "j"})} <= tops


def test_leaves_of_one_gate_become_a_module_beside_what_is_entangled() -> None:
    gates = {
        TOP: Gate(2, ("g", "h", "i")),
        "g": Gate.all_of(["x", "y", "a"]),
        "h": Gate(2, ("a", "b", "e")),
        "i": Gate.any_of(["b", "c", "d"]),
    }
    root, left = rewritten(gates, TOP)
    tops = {
        frozenset(module.gates[module.top].of) for module in decompose(Structure(left), str(root), {}).modules
    }
    assert {frozenset({"x", "y"}), frozenset({"c", "d"})} <= tops


def test_what_inner_gates_have_in_common_is_taken_out() -> None:
    gates = {
        TOP: Gate.all_of(["g", "h"]),
        "g": Gate.any_of(["x", "y"]),
        "h": Gate.any_of(["x", "z"]),
    }
    root, left = rewritten(gates, TOP)
    assert Structure(left).read_once(str(root))
    assert Structure(left).leaves(str(root)) == ["x", "y", "z"]


def test_parts_that_occur_together_become_a_module() -> None:
    gates = {
        TOP: Gate(2, ("g", "h", "i")),
        "g": Gate.all_of(["x", "y", "a"]),
        "h": Gate.all_of(["x", "y", "b"]),
        "i": Gate.all_of(["x", "y", "c"]),
    }
    root, left = rewritten(gates, TOP)
    group = {name for name, gate in left.items() if set(gate.of) == {"x", "y"}}
    assert len(group) == 1
    assert any(
        module.top in group and module.plain for module in decompose(Structure(left), str(root), {}).modules
    )


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_every_order_and_both_kinds_of_diagram_give_the_same(structure: Structure) -> None:
    half = [Fraction(1, 2)] * len(structure.leaves(TOP))
    found = set()
    for order in orders(structure.gates, TOP, {}):
        leaves = [name for name in order if name not in structure.gates]
        assert sorted(leaves) == sorted(structure.leaves(TOP))
        for diagram in (Diagram(10_000), LargeDiagram(len(leaves), 10_000)):
            functions = {leaf: diagram.leaf(index) for index, leaf in enumerate(leaves)}
            for name in order:
                gate = structure.gates.get(name)
                if gate is not None:
                    functions[name] = diagram.at_least(gate.down_at, [functions[part] for part in gate.of])
            nodes = diagram.nodes(functions[TOP])
            chance = nodes.weigh(half, half, (Fraction(0), Fraction(1)))
            found.add((chance, len(nodes) if diagram.__class__ is Diagram else -1))
    assert len({chance for chance, _ in found}) == 1


@pytest.mark.parametrize("kind", ["own", "library"])
def test_a_diagram_has_ends_negations_and_a_limit(kind: str) -> None:
    diagram = Diagram(20) if kind == "own" else LargeDiagram(40, 20)
    first, not_first = diagram.leaf(0), diagram.opposite(0)
    assert diagram.at_least(2, [first, not_first]) == UP
    assert diagram.at_least(1, [first, not_first]) == DOWN
    assert diagram.nodes(DOWN).root == DOWN
    with pytest.raises(TooLargeError):
        diagram.at_least(20, [diagram.leaf(index) for index in range(40)])


def test_what_lies_together_is_ordered_together() -> None:
    """Ways through a grid: in the order in which they are written, or deep first, the diagram has over 100,000 nodes."""
    rows, columns = 6, 10
    gates = {
        f"c{row}-{column}": Gate.all_of([f"e{row}-{column}", f"w{row}-{column}"])
        for row in range(rows)
        for column in range(columns - 1)
    }
    for row in range(rows):
        gates[f"c{row}-{columns - 1}"] = Gate.all_of([f"e{row}-{columns - 1}", "end"])
        for column in range(columns - 1):
            gates[f"w{row}-{column}"] = Gate.any_of([f"c{one % rows}-{column + 1}" for one in (row, row + 1)])
    gates[TOP] = Gate.any_of([f"c{row}-0" for row in range(rows)])
    found = compiled(gates, TOP, 60_000)
    assert found is not None
    assert len(found.nodes) < 10_000
