"""Checks a proof step by step: is each inequality true of the structure, and do the bounds add up?"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from slactl.verify.cells import proved_by_cells
from slactl.verify.facts import (
    Facts,
    RefusedError,
    budgets_of,
    facts_of,
    mapping,
    names,
    number,
    sequence,
    share,
    text,
)
from slactl.verify.lightest import weighs_one


@dataclass(frozen=True, slots=True)
class _Shown:
    """A step that was found true."""

    node: str
    given: frozenset[str]
    bound: Fraction


def check_proof(document: Mapping[str, Any]) -> int:
    """Check a proof for each of its windows, and return their number.

    Raises:
        RefusedError: with the step that does not hold.
    """
    facts = facts_of(document)
    windows = sequence(document, "windows")
    if not windows:
        raise RefusedError("The proof is about no window.")
    for window in windows:
        if not isinstance(window, dict):
            raise RefusedError("A window of the proof is no object.")
        if "cells" in window:
            proved = proved_by_cells(facts, window)
        else:
            proved = proved_bound(facts, budgets_of(window, facts), window)
        allowed = share(window.get("allowed"), "allowed downtime")
        if proved > allowed:
            raise RefusedError(f"The steps prove downtime of at most {proved}, and {allowed} is allowed.")
        if "bound" in window and proved > share(window["bound"], "bound"):
            raise RefusedError(
                f"The steps prove downtime of at most {proved}, and {window['bound']} is claimed."
            )
    return sum(max(1, len(names(window.get("names", []), "names of windows"))) for window in windows)


def proved_bound(facts: Facts, budgets: Mapping[str, Fraction], data: Mapping[str, Any]) -> Fraction:
    """The downtime of the top that steps prove, as a share of the window.

    Raises:
        RefusedError: with the step that does not hold.
    """
    assumptions = _assumptions(data)
    shown: dict[str, _Shown] = {}
    for step in sequence(data, "steps"):
        if not isinstance(step, dict):
            raise RefusedError("A step is no object.")
        name = text(step, "id")
        if name in shown or name in budgets or (name in facts.gates and name != text(step, "node")):
            raise RefusedError(f"The step {name} has the name of something else.")
        shown[name] = _checked(facts, budgets, shown, assumptions, step)
    return _of_top(facts, budgets, shown)


def _of_top(facts: Facts, budgets: Mapping[str, Fraction], shown: Mapping[str, _Shown]) -> Fraction:
    if facts.top not in facts.gates:
        return min(Fraction(1), budgets[facts.top])
    last = shown.get(facts.top)
    if last is None or last.given:
        return Fraction(1)
    return last.bound


def _assumptions(data: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Sets of leaves and gates that steps take as up; each is an earlier one and some more."""
    found: dict[str, frozenset[str]] = {"": frozenset()}
    for name, one in mapping(data, "given", {}).items():
        if not isinstance(one, dict) or one.get("of", "") not in found:
            raise RefusedError(f"The assumption {name} builds on one that is not known.")
        found[name] = found[one.get("of", "")].union(names(one.get("up"), f"assumption {name}"))
    return found


def _checked(
    facts: Facts,
    budgets: Mapping[str, Fraction],
    shown: Mapping[str, _Shown],
    assumptions: Mapping[str, frozenset[str]],
    step: Mapping[str, Any],
) -> _Shown:
    name, node = text(step, "id"), text(step, "node")
    if step.get("given", "") not in assumptions or node not in facts.gates:
        raise RefusedError(f"The step {name} is about a gate or an assumption that is not stated.")
    given = assumptions[step.get("given", "")]
    weights = {
        item: number(value, f"weight of {item} in {name}") for item, value in mapping(step, "weights").items()
    }
    total = Fraction(0)
    for item, weight in weights.items():
        total += weight * _bound(item, budgets, shown, facts, name)
    stops = {item: shown[item].node for item in weights if item in shown}
    if "splits_on" in step:
        taken_out = frozenset(names(step["splits_on"], f"split {name}"))
        whole = {item for item, weight in weights.items() if weight >= 1}
        if not _splits(node, given, taken_out, whole, shown):
            raise RefusedError(f"The step {name} does not account for all of the time that it splits.")
    else:
        if any(not shown[item].given <= given for item in stops):
            raise RefusedError(f"The step {name} rests on a step that assumes more.")
        if not weighs_one(facts, node, given, weights, stops):
            raise RefusedError(f"The step {name} is not true: {node} can be down with weights below 1 down.")
    claimed = share(step.get("bound"), f"bound of {name}")
    if claimed < min(Fraction(1), total):
        raise RefusedError(f"The step {name} claims at most {claimed}, and its items add up to {total}.")
    return _Shown(node, given, claimed)


def _bound(
    item: str, budgets: Mapping[str, Fraction], shown: Mapping[str, _Shown], facts: Facts, name: str
) -> Fraction:
    if item in shown:
        return shown[item].bound
    if item in budgets and item not in facts.gates:
        return budgets[item]
    raise RefusedError(f"The step {name} rests on {item}, of which nothing is known.")


def _splits(
    node: str,
    given: frozenset[str],
    taken_out: frozenset[str],
    whole: set[str],
    shown: Mapping[str, _Shown],
) -> bool:
    """Whether the time when a part is down is charged to that part, and all other to a step about the same node."""
    rest = any(
        shown[item].node == node and shown[item].given <= given | taken_out for item in whole if item in shown
    )
    return rest and all(
        part in whole and (part not in shown or (shown[part].node == part and shown[part].given <= given))
        for part in taken_out
    )
