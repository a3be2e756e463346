"""A plan as steps: the executor runs them, the explainer prints them, so the two cannot differ."""

from collections.abc import Iterator
from itertools import groupby

from slactl.base.quick_dataclass import dataclass
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


Lane = tuple[Stage, ...]
"""Steps that are made one after the other."""


def stages(plan: Plan) -> Iterator[Stage]:
    """The steps of a plan, in order: wave by wave, backend by backend; none where there is nothing to do."""
    for lanes in waves(plan):
        for lane in lanes:
            yield from lane


def waves(plan: Plan) -> Iterator[tuple[Lane, ...]]:
    """The same steps: lanes of one wave are independent, and a wave needs all of the one before."""
    if plan.moves:
        yield ((Readdress(plan.moves),),)
    if not plan.has_more_than_moves:
        return
    kept = tuple(one for one in plan.kept if one.new)
    if kept or plan.gone or plan.forgotten:
        yield ((TakeOver(kept, plan.gone, plan.forgotten),),)
    for _, wave in groupby(plan.changes, key=lambda one: one.wave):
        yield tuple(_lane(backend, tuple(group)) for backend, group in groupby(wave, lambda one: one.backend))
    yield ((RecordPromises(tuple(one.address for one in plan.agreements)),),)


def _lane(backend: str, changes: tuple[ObjectChange, ...]) -> Lane:
    batches = (changes[first : first + BATCH] for first in range(0, len(changes), BATCH))
    return (*(MakeChanges(backend, batch) for batch in batches), Commit(backend))
