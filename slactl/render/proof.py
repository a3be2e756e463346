"""Proofs, timetables and structures as plain data, in the form that the verifier reads; numbers are exact fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from slactl.assurance.proof import ProofStep, proof_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from slactl.assurance.joint import Clause
    from slactl.assurance.jointly import JointWorst
    from slactl.assurance.schedule import Slot
    from slactl.assurance.structure import Structure
    from slactl.assurance.worst_case import WorstCase


def structure_document(structure: Structure, top: str, clauses: Iterable[Clause] = ()) -> dict[str, Any]:
    """The part of a structure below `top`, and the clauses on joint downtime that bear on it."""
    gates = {
        name: {"at_least": gate.at_least, "of": list(gate.of)}
        for name in structure.order(top)
        if (gate := structure.gates.get(name)) is not None
    }
    document: dict[str, Any] = {"structure": {"top": top, "gates": gates}}
    held = {one.name: {"together": one.together, "of": list(one.parts)} for one in clauses}
    return document | ({"clauses": held} if held else {})


def budgets_document(found: WorstCase) -> dict[str, str]:
    """The budget of every leaf and clause, as an exact share of the window, 1 at most."""
    return {name: str(min(Fraction(1), share)) for name, share in found.downtime.items()}


def steps_document(found: WorstCase, structure: Structure) -> dict[str, Any]:
    """The steps of the proof of the upper bound, and what they take as given."""
    steps = proof_steps(found, structure.order(found.top))
    given = _Given(steps)
    return {"given": given.document, "steps": [_step(step, given) for step in steps]}


def cells_document(found: JointWorst) -> dict[str, Any]:
    """The cells of a window and the limits in them, as shares of its measured time, with the weights that prove."""
    shape, names = found.shape, limit_names(found)
    limits = zip(names, shape.limits, found.weights, strict=True)
    cells = zip(shape.cells, found.cell_weights, strict=True)
    return {
        "limits": {
            name: {"of": one.item, "share": str(one.allowed_s / shape.seconds), "weight": str(weight)}
            for name, one, weight in limits
        },
        "cells": [
            {
                "share": str(Fraction(seconds, shape.seconds)),
                "open": [names[number] for number in opened],
                "weight": str(weight),
            }
            for (seconds, opened), weight in cells
        ],
    }


def limit_names(found: JointWorst) -> list[str]:
    """A name for each limit: its item's, and which of the item's it is."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for one in found.shape.limits:
        seen[one.item] = seen.get(one.item, 0) + 1
        names.append(f"{one.item} #{seen[one.item]}")
    return names


def timetable_document(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """What is down together, and for which share of the window."""
    return [{"down": sorted(slot.down), "share": str(slot.share)} for slot in slots]


class _Given:
    """Names for the sets of parts that steps take as up, each told as what it adds to a smaller one."""

    def __init__(self, steps: Iterable[ProofStep]) -> None:
        self.names: dict[frozenset[str], str] = {frozenset(): ""}
        self.document: dict[str, dict[str, Any]] = {}
        for one in sorted({step.given for step in steps}, key=lambda given: (len(given), sorted(given))):
            if one not in self.names:
                smaller = max((known for known in self.names if known <= one), key=len)
                name = f"up-{len(self.names)}"
                self.document[name] = {"up": sorted(one - smaller)}
                if smaller:
                    self.document[name]["of"] = self.names[smaller]
                self.names[one] = name


def _step(step: ProofStep, given: _Given) -> dict[str, Any]:
    document: dict[str, Any] = {"id": step.id, "node": step.node}
    if step.given:
        document["given"] = given.names[step.given]
    document["weights"] = {item: str(weight) for item, weight in step.weights.items()}
    if step.splits_on is not None:
        document["splits_on"] = sorted(step.splits_on)
    return document | {"bound": str(step.bound)}
