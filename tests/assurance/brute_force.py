"""Second, plain ways to the numbers of the engine: every state, and linear programmes over cuts."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog  # type: ignore[import-untyped]  # scipy brings no types

from slactl.assurance.structure import Gate, Structure

TOP = "top"
Case = tuple[Structure, dict[str, Fraction]]
SHARES = st.sampled_from(
    [Fraction(n, 1000) for n in (0, 1, 5, 20, 50, 100, 250, 333, 500, 700, 900, 999, 1000)]
)


def up(structure: Structure, name: str, leaves_up: Mapping[str, bool]) -> bool:
    gate = structure.gates.get(name)
    if gate is None:
        return leaves_up[name]
    return sum(up(structure, part, leaves_up) for part in gate.of) >= gate.at_least


def states(structure: Structure, top: str) -> Iterator[tuple[dict[str, bool], bool]]:
    leaves = structure.leaves(top)
    for bits in product((True, False), repeat=len(leaves)):
        state = dict(zip(leaves, bits, strict=True))
        yield state, up(structure, top, state)


def independent_by_states(structure: Structure, top: str, down: Mapping[str, Fraction]) -> Fraction:
    total = Fraction(0)
    for state, is_up in states(structure, top):
        if not is_up:
            chance = Fraction(1)
            for leaf, leaf_up in state.items():
                chance *= (1 - down[leaf]) if leaf_up else down[leaf]
            total += chance
    return total


def joint_downtime(structure: Structure, top: str, down: Mapping[str, Fraction], *, worst: bool) -> float:
    """The most or least downtime over all joint behaviours in which each leaf is down for exactly its share."""
    leaves = structure.leaves(top)
    table = list(states(structure, top))
    rows = np.array(
        [[not state[leaf] for state, _ in table] for leaf in leaves] + [[True] * len(table)], dtype=float
    )
    right = np.array([float(down[leaf]) for leaf in leaves] + [1.0])
    cost = np.array([0.0 if is_up else 1.0 for _, is_up in table])
    answer = linprog(-cost if worst else cost, A_eq=rows, b_eq=right, bounds=(0, None), method="highs")
    assert answer.status == 0, answer.message
    return float(-answer.fun if worst else answer.fun)


@st.composite
def graphs(draw: st.DrawFn, most_leaves: int = 7, *, shared: bool = True) -> Structure:
    """Random gates over few leaves; shared: parts are drawn from all that was made before."""
    gates: dict[str, Gate] = {}
    pool = [f"l{index}" for index in range(draw(st.integers(2, most_leaves)))]
    number = 0
    while len(pool) > 1 if not shared else number < 5:
        size = draw(st.integers(2, min(4, len(pool))))
        picks = draw(st.permutations(pool))[:size]
        if shared and number and f"g{number - 1}" not in picks:
            picks[0] = f"g{number - 1}"
        if shared and draw(st.integers(0, 9)) == 9:
            picks = [*picks, picks[0]]
        name = f"g{number}"
        gates[name] = Gate(draw(st.integers(1, len(picks))), tuple(picks))
        pool = [part for part in pool if shared or part not in picks]
        pool.append(name)
        number += 1
    gates[TOP] = Gate.all_of([pool[-1]])
    return Structure(gates)


@st.composite
def cases(draw: st.DrawFn, *, shared: bool = True, most_leaves: int = 7) -> Case:
    structure = draw(graphs(most_leaves, shared=shared))
    return structure, {name: draw(SHARES) for name in structure.order() if name not in structure.gates}
