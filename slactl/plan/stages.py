"""A plan as steps: the executor runs them, the explainer prints them, so the two cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from slactl.plan.plan import Kept, ObjectChange, Plan

BATCH = 500
"""Changes that are recorded and made together; large enough that recording costs little, small enough to watch."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Record objects that are as they should be and that state does not know (like this), and forget what is gone."""

    kept: tuple[Kept, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MakeChanges:
    """Record the intents of some independent changes, make them, record their outcomes."""

    backend: str
    changes: tuple[ObjectChange, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """Put what a backend has staged in force, and record it."""

    backend: str


@dataclass(frozen=True, slots=True)
class RecordPromises:
    """Record the agreements as they are in force from now on, and the history."""

    addresses: tuple[str, ...]


Stage = TakeOver | MakeChanges | Commit | RecordPromises


def stages(plan: Plan) -> Iterator[Stage]:
    """The steps of a plan, in order: wave by wave, backend by backend; none where there is nothing to do."""
    if plan.is_empty:
        return
    kept = tuple(one for one in plan.kept if one.new)
    if kept or plan.gone:
        yield TakeOver(kept, plan.gone)
    for (_, backend), group in groupby(plan.changes, key=lambda one: (one.wave, one.backend)):
        changes = list(group)
        for first in range(0, len(changes), BATCH):
            yield MakeChanges(backend, tuple(changes[first : first + BATCH]))
        yield Commit(backend)
    yield RecordPromises(tuple(one.address for one in plan.agreements))
