"""A plan as steps: the executor runs them, the explainer prints them, so the two cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from slactl.plan.plan import Forgotten, Kept, Move, ObjectChange, Plan

BATCH = 500
"""Changes that are recorded and made together; large enough that recording costs little, small enough to watch."""


@dataclass(frozen=True, slots=True)
class Readdress:
    """Record that agreements and objects go by other addresses, with an entry of its own in the history."""

    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Record objects that are as they should be and that state does not know (like this), and forget what is gone or left."""

    kept: tuple[Kept, ...]
    gone: tuple[str, ...]
    forgotten: tuple[Forgotten, ...] = ()


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


Stage = Readdress | TakeOver | MakeChanges | Commit | RecordPromises


def stages(plan: Plan) -> Iterator[Stage]:
    """The steps of a plan, in order: wave by wave, backend by backend; none where there is nothing to do."""
    if plan.moves:
        yield Readdress(plan.moves)
    if not plan.has_more_than_moves:
        return
    kept = tuple(one for one in plan.kept if one.new)
    if kept or plan.gone or plan.forgotten:
        yield TakeOver(kept, plan.gone, plan.forgotten)
    for (_, backend), group in groupby(plan.changes, key=lambda one: (one.wave, one.backend)):
        changes = list(group)
        for first in range(0, len(changes), BATCH):
            yield MakeChanges(backend, tuple(changes[first : first + BATCH]))
        yield Commit(backend)
    yield RecordPromises(tuple(one.address for one in plan.agreements))
