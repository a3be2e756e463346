"""What is not ours: never read as ours, never changed, never taken over unless an import says so."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from slactl.provider.conformance.acting import (
    attempt,
    bodies,
    creations,
    delete_all,
    expect,
    expect_same,
    make,
    read,
    standing,
)
from slactl.provider.conformance.subject import Body, Subject
from slactl.provider.resource import Action, Change, Observed, Outcome, Resource

if TYPE_CHECKING:
    from slactl.provider.protocol import Adopting


def refuses_strangers(subject: Subject) -> None:
    """A creation where somebody else's object stands fails, and leaves it as it is."""
    assert subject.stranger is not None  # noqa: S101 - the step needs it
    for change in _one_of_each_type(subject):
        with subject.stranger(change.address, change.after or {}) as there:
            before = there.look()
            expect(change.address not in read(subject), f"{change.address}: somebody else's object is read")
            outcome = _attempt(subject, change)
            expect(outcome.status == "failed", f"{change.address} over somebody else's object: {outcome}")
            expect(there.look() == before, f"{change.address}: somebody else's object was changed")
        delete_all(subject)


def imports(subject: Subject) -> None:
    """An object of others is found, read and taken over by name; without the word of an import it is refused."""
    assert subject.stranger is not None  # noqa: S101 - the step needs it
    for change in _one_of_each_type(subject):
        address, body = change.address, change.after or {}
        with subject.stranger(address, body) as there:
            if there.id is None:
                continue
            found = _adoptable(subject, address, body, there.id)
            before = there.look()
            taking = Change(Action.UPDATE, address, found.body, body, there.id)
            outcome = _attempt(subject, taking)
            expect(outcome.status == "failed", f"{there.id} without an import: {outcome}")
            expect(there.look() == before, f"{there.id} was changed without an import")
            make(subject, [replace(taking, adopts=True)])
            expect_same(bodies(read(subject)), {address: body}, f"{there.id} is taken over")
            delete_all(subject)


def _adoptable(subject: Subject, address: str, body: Body, id_: str) -> Observed:
    with subject.connect() as connection:
        adopting = cast("Adopting", connection)
        expect(adopting.read(f"{id_}-none") is None, "what is not there is read as None")
        found = adopting.read(id_)
        offered = {(one.address, one.id) for one in adopting.importable([Resource(address, body, ())])}
    expect(found is not None and found.address == "", f"{id_} is read, and nobody's: {found}")
    expect((address, id_) in offered, f"{id_} is offered for {address}: {offered}")
    return cast("Observed", found)


def lets_go_of_the_unmarked(subject: Subject) -> None:
    """An object without our mark is somebody else's: not read, not changed, not deleted, and no reason for a second one."""
    assert subject.unmarked is not None  # noqa: S101 - the step needs it
    for change in _one_of_each_type(subject):
        make(subject, [change])
        (found,) = read(subject).values()
        with subject.unmarked(found) as look:
            before = look()
            expect(read(subject) == {}, f"{found.id} lost its mark and is read as ours")
            gone = Change(Action.DELETE, found.address, found.body, None, found.id)
            asked = [gone]
            if _type(change) not in subject.nameless:
                changed = subject.updated.get(found.address, found.body)
                asked += [Change(Action.UPDATE, found.address, found.body, changed, found.id), change]
            for one in asked:
                outcome = _attempt(subject, one)
                expect(
                    one is gone or outcome.status == "failed",
                    f"{one.action} of {found.id}, which lost its mark: {outcome}",
                )
                expect(look() == before, f"{found.id} lost its mark, and a {one.action} changed it")
        delete_all(subject)


def leaves_workspaces_alone(subject: Subject) -> None:
    """Another workspace sees nothing of ours, and cannot change it even if it knows the ids."""
    assert subject.elsewhere is not None  # noqa: S101 - the step needs it
    with standing(subject) as there:
        with subject.elsewhere() as connection:
            expect([*connection.read_all()] == [], "another workspace's objects are read")
        for changes in (_changes(subject, there, Action.UPDATE), _changes(subject, there, Action.DELETE)):
            with subject.elsewhere() as connection:
                attempt(connection, changes)
            expect_same(read(subject), there, f"another workspace's {changes[0].action} does nothing")
        with subject.elsewhere() as connection:
            theirs = connection.read_all()
            attempt(
                connection, [Change(Action.DELETE, one.address, one.body, None, one.id) for one in theirs]
            )
            expect([*connection.read_all()] == [], "what another workspace made is deleted by it")


def _changes(subject: Subject, there: dict[str, Observed], action: Action) -> Sequence[Change]:
    return [
        Change(
            action,
            address,
            one.body,
            None if action is Action.DELETE else subject.updated.get(address, one.body),
            one.id,
        )
        for address, one in there.items()
    ]


def _one_of_each_type(subject: Subject) -> list[Change]:
    return [*{_type(one): one for one in reversed(creations(subject))}.values()][::-1]


def _attempt(subject: Subject, change: Change) -> Outcome:
    with subject.connect() as connection:
        return attempt(connection, [change])[change.address]


def _type(change: Change) -> str:
    return change.address.split(".", 2)[1]
