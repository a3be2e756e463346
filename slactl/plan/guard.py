"""The guard against mass changes: a wrong glob, or a renamed folder, should not end half an estate unnoticed (octoDNS's idea)."""

from collections.abc import Iterator
from fractions import Fraction

from slactl.model.workspace import Guard
from slactl.plan.plan import Plan
from slactl.provider import Action

AT_LEAST = 10
"""Objects; below that a large share is few objects, and people read them all."""


def too_much(part: Plan, whole: Plan, guard: Guard) -> Iterator[str]:
    """What share `part` updates or destroys beyond the guard, of all objects that `whole` knows to be there.

    A replaced object counts as destroyed. Destroying everything is asked for by name and is not guarded.
    """
    there = len(whole.kept) + sum(one.before is not None and not one.importing for one in whole.changes)
    if part.mode != "normal" or there < AT_LEAST:
        return
    updated = sum(one.action is Action.UPDATE and not one.importing for one in part.changes)
    destroyed = part.count(Action.DELETE, Action.REPLACE)
    for count, allowed, verb in ((updated, guard.update, "update"), (destroyed, guard.delete, "destroy")):
        if Fraction(count, there) > allowed.share:
            share = f"{100 * count / there:.0f}%"
            yield f"It would {verb} {count} of {there} objects ({share}); the workspace's guard allows {allowed}."
