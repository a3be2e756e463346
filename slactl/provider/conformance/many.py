"""Batches: one bad object among good ones, an estate twice, and a thousand objects."""

from collections.abc import Callable
from typing import TypeVar

from slactl.provider.conformance.acting import (
    attempt,
    bodies,
    creations,
    delete_all,
    expect,
    expect_same,
    put,
    read,
)
from slactl.provider.conformance.bodies import filled
from slactl.provider.conformance.subject import Subject
from slactl.provider.resource import Action, Change

T = TypeVar("T")


def one_bad_object_fails_alone(subject: Subject) -> None:
    """The others of its batch are made; a system that puts a batch in force as one makes none, and says why."""
    good = creations(subject)
    for address, body in subject.refused.items():
        half = len(good) // 2
        bad = Change(Action.CREATE, address, None, body, None)
        with subject.connect() as connection:
            outcomes = attempt(connection, [*good[:half], bad, *good[half:]])
        expect(outcomes[address].status == "failed", f"{address} is refused: {outcomes[address]}")
        made = {one.address: one.after for one in good if outcomes[one.address].status != "failed"}
        expect(
            len(made) in (0, len(good)),
            f"one bad object fails alone, or with its whole batch: {sorted(made)}",
        )
        expect_same(bodies(read(subject)), made, "what is done is there, and nothing else")
        delete_all(subject)


def an_unchanged_estate_needs_nothing(subject: Subject) -> None:
    """What was compiled, made and read is what the next compilation wants."""
    assert subject.estate is not None  # noqa: S101 - the step needs it
    wanted = {one.address: one.body for one in subject.estate()}
    put(subject, wanted)
    found = read(subject)
    known = {address: {"id": one.id, **one.attributes} for address, one in found.items()}
    again = {one.address: filled(one.body, known) for one in subject.estate()}
    expect_same(bodies(found), again, "nothing differs")
    delete_all(subject)


def a_thousand(subject: Subject) -> None:
    """Made, read and deleted within the bounds on requests."""
    made = _within(subject, "create", lambda: put(subject, subject.many))
    found = _within(subject, "read", lambda: read(subject))
    expect_same(bodies(found), made, "they are read back as they were made")
    _within(subject, "delete", lambda: delete_all(subject))


def _within(subject: Subject, what: str, work: Callable[[], T]) -> T:
    wire, most = subject.wire, subject.most_requests.get(what)
    expect(most is None or wire is not None, "bounds on requests need a wire")
    if wire is not None:
        wire.calm()
    done = work()
    if wire is not None and most is not None:
        count = len(wire.arrivals)
        expect(
            count <= most,
            f"to {what} {len(subject.many)} objects took {count} requests, at most {most} are allowed",
        )
    return done
