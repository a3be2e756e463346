"""Replays a witness: an outage timetable that keeps every budget and breaks the promise."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from slactl.verify.facts import (
    Facts,
    RefusedError,
    budgets_of,
    facts_of,
    names,
    sequence,
    share,
)
from slactl.verify.meaning import clauses_met, top_is_down
from slactl.verify.replay import check_dates


def check_witness(document: Mapping[str, Any]) -> Fraction:
    """Check a witness, and return the downtime that it shows as a share of the window.

    Raises:
        RefusedError: with the budget that it does not keep, or the outage that is none.
    """
    facts = facts_of(document)
    down = shown_downtime(facts, budgets_of(document, facts), sequence(document, "timetable"))
    allowed = share(document.get("allowed"), "allowed downtime")
    if down <= allowed:
        raise RefusedError(f"The timetable takes the service down for {down}, and {allowed} is allowed.")
    if "outages" in document:
        check_dates(facts, document)
    return down


def shown_downtime(facts: Facts, budgets: Mapping[str, Fraction], timetable: Sequence[Any]) -> Fraction:
    """The downtime of the top that a timetable shows, as a share of the window.

    Raises:
        RefusedError: with the budget that it does not keep, or the outage that is none.
    """
    spent: dict[str, Fraction] = {}
    total, broken = Fraction(0), Fraction(0)
    for slot in timetable:
        if not isinstance(slot, dict):
            raise RefusedError("An outage of the timetable is no object.")
        length = share(slot.get("share"), "length of an outage")
        down = frozenset(names(slot.get("down"), "list of what is down"))
        total += length
        if top_is_down(facts, down):
            broken += length
        for name in [*down, *clauses_met(facts, down)]:
            spent[name] = spent.get(name, Fraction(0)) + length
    for name, used in spent.items():
        if name not in budgets:
            raise RefusedError(f"{name} is down in the timetable, and has no budget.")
        if used > budgets[name]:
            raise RefusedError(f"{name} is down for {used}, and its budget is {budgets[name]}.")
    if total > 1:
        raise RefusedError(f"The timetable is longer than the window: {total}.")
    return broken
