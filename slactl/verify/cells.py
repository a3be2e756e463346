"""Checks a proof over cells: windows of several promises that do not lie over one another, held at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from slactl.verify.facts import Facts, RefusedError, below, mapping, names, number, sequence, share
from slactl.verify.lightest import weighs_one


@dataclass(frozen=True, slots=True)
class _Limit:
    """An item is down for at most this share of the window, in the cells in which the limit is open."""

    item: str
    share: Fraction
    weight: Fraction


def proved_by_cells(facts: Facts, data: Mapping[str, Any]) -> Fraction:
    """The downtime of the top that weights of limits and cells prove, as a share of the window.

    Raises:
        RefusedError: with the cell in which the weights are too light.
    """
    if "steps" in data:
        raise RefusedError("A window is proved by steps or by cells, not by both.")
    limits = _limits(facts, data)
    total = sum((one.weight * one.share for one in limits.values()), Fraction(0))
    whole = Fraction(0)
    enough: dict[tuple[tuple[str, Fraction], ...], bool] = {}
    for position, cell in enumerate(sequence(data, "cells"), start=1):
        what = f"cell {position}"
        if not isinstance(cell, dict):
            raise RefusedError(f"The {what} is no object.")
        length = share(cell.get("share"), f"share of {what}")
        lacking = number(cell.get("weight", "0"), f"weight of {what}")
        whole += length
        total += lacking * length
        weights = _open(limits, names(cell.get("open"), f"list of limits of {what}"), what)
        if lacking >= 1:
            continue
        scaled = {item: weight / (1 - lacking) for item, weight in sorted(weights.items())}
        key = tuple(scaled.items())
        if key not in enough:
            enough[key] = weighs_one(facts, facts.top, frozenset(), scaled, {})
        if not enough[key]:
            raise RefusedError(f"In {what} the top can be down with weights below 1 down.")
    if whole != 1:
        raise RefusedError(f"The cells are {whole} of the window together, and not all of it.")
    return min(Fraction(1), total)


def _limits(facts: Facts, data: Mapping[str, Any]) -> dict[str, _Limit]:
    leaves = {name for name in below(facts, facts.top) if name not in facts.gates}
    found: dict[str, _Limit] = {}
    for name, one in mapping(data, "limits").items():
        if not isinstance(one, dict) or one.get("of") not in leaves | set(facts.clauses):
            raise RefusedError(f"The limit {name} is of no leaf below the top, and of no clause.")
        found[name] = _Limit(
            one["of"],
            share(one.get("share"), f"share of {name}"),
            number(one.get("weight", "0"), f"weight of {name}"),
        )
    return found


def _open(limits: Mapping[str, _Limit], opened: list[str], what: str) -> dict[str, Fraction]:
    """What each item weighs in a cell: all of its limits that are open there."""
    if len(set(opened)) < len(opened):
        raise RefusedError(f"The {what} names a limit twice.")
    found: dict[str, Fraction] = {}
    for name in opened:
        if name not in limits:
            raise RefusedError(f"The {what} names the limit {name}, which is not stated.")
        limit = limits[name]
        found[limit.item] = found.get(limit.item, Fraction(0)) + limit.weight
    return found
