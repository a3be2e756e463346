"""A system that does not answer rightly: reads are tried again, writes never, and nothing is made twice."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise

from slactl.base.diagnostics import SlactlError
from slactl.provider.conformance.acting import (
    bodies,
    creations,
    delete_all,
    expect,
    expect_same,
    make,
    outcomes_of,
    read,
    read_over,
    settle,
    standing,
)
from slactl.provider.conformance.subject import Body, Fault, Subject, Wire
from slactl.provider.protocol import Connection
from slactl.provider.resource import Action, Change, Observed, Outcome

_FOR_EVER = 1000
_SHORTEST_PAUSE_S = 0.1
_CLOCK = 0.8
"""How much shorter than the one before a pause may look on a busy machine."""


def reads_are_patient(subject: Subject) -> None:
    """A fault that passes is not noticed; one that stays is an error in words, after pauses that grow."""
    with standing(subject) as there:
        for fault in Fault:
            with _failing(subject, fault) as (connection, _):
                expect_same(read_over(connection), there, f"a system that {fault} once is asked again")
        with _failing(subject, Fault.ERROR, times=_FOR_EVER) as (connection, wire):
            try:
                connection.read_all()
            except SlactlError as error:
                expect(bool(error.diagnostics[0].summary.strip()), "the error says something")
                _expect_pauses([later - earlier for earlier, later in pairwise(wire.arrivals)])
            else:
                expect(not wire.arrivals, f"a system that always {Fault.ERROR} was read")


def _expect_pauses(pauses_s: Sequence[float]) -> None:
    grow = all(later >= earlier * _CLOCK for earlier, later in pairwise(pauses_s))
    expect(
        bool(pauses_s) and min(pauses_s) >= _SHORTEST_PAUSE_S and grow,
        f"it is tried again, after pauses that grow: {[round(one, 2) for one in pauses_s]}",
    )


def writes_are_made_once(subject: Subject) -> None:
    """Each outcome says what became of its change, or that nobody knows; what is left is made by the next apply."""
    for action in (Action.CREATE, Action.UPDATE, Action.DELETE):
        for fault in Fault:
            try:
                _write(subject, action, fault)
            except AssertionError as error:
                raise AssertionError(f"{action} when the system {fault}: {error}") from error


def _write(subject: Subject, action: Action, fault: Fault) -> None:
    if action is not Action.CREATE:
        make(subject, creations(subject))
    before = read(subject)
    changes = _changes(subject, action, before)
    with _failing(subject, fault, writing=True) as (connection, wire):
        outcomes = outcomes_of(connection, changes)
        at_once = not any(one.status == "staged" for one in outcomes)
        told = settle(connection, outcomes)
        seen = Counter(wire.writes)
    repeated = [text for text, times in seen.items() if times > 1 and at_once]
    expect(not repeated, f"no write is sent twice: {repeated}")
    after = read(subject)
    wanted = {one.address: one.after for one in changes}
    for address, body in wanted.items():
        _expect_true(told[address], _body(before, address), body, _body(after, address))
    left = [
        one for one in _changes(subject, action, after) if _body(after, one.address) != wanted[one.address]
    ]
    if left:
        make(subject, left)
    there = {address: body for address, body in wanted.items() if body is not None}
    expect_same(bodies(read(subject)), there, "the next apply makes what is left")
    delete_all(subject)


def _changes(subject: Subject, action: Action, before: Mapping[str, Observed]) -> list[Change]:
    """The changes that lead to what is wanted, from what is there."""
    found = list[Change]()
    for one in creations(subject):
        there = before.get(one.address)
        if action is Action.DELETE:
            found.append(
                Change(action, one.address, _body(before, one.address), None, there.id if there else None)
            )
        elif there is None:
            found.append(one if action is Action.CREATE else _updated(subject, one, None))
        else:
            found.append(_updated(subject, one, there) if action is Action.UPDATE else one)
    return found


def _updated(subject: Subject, made: Change, there: Observed | None) -> Change:
    after = subject.updated.get(made.address, made.after)
    if there is None:
        return Change(Action.CREATE, made.address, None, after, None)
    return Change(Action.UPDATE, made.address, there.body, after, there.id)


def _expect_true(told: Outcome, before: Body | None, wanted: Body | None, after: Body | None) -> None:
    """An outcome tells what is the case."""
    allowed = {
        "done": (wanted,),
        "staged": (wanted,),
        "failed": (before,),
        "unknown": (before, wanted),
    }[told.status]
    expect(after in allowed, f"{told} is true; there is {after}")


def _body(there: Mapping[str, Observed], address: str) -> Body | None:
    return there[address].body if address in there else None


@contextmanager
def _failing(
    subject: Subject, fault: Fault, *, times: int = 1, writing: bool = False
) -> Iterator[tuple[Connection, Wire]]:
    """A connection that was opened in peace, and whose next requests fail."""
    wire = subject.wire
    assert wire is not None  # noqa: S101 - the steps need both
    assert subject.impatient is not None  # noqa: S101 - the same
    with subject.impatient() as connection:
        wire.calm()
        wire.fail(fault, times=times, writing=writing)
        try:
            yield connection, wire
        finally:
            wire.calm()
