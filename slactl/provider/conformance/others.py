"""What is not ours: never read as ours, never changed, never taken over unless an import says so."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from slactl.base.quick_dataclass import replace
from slactl.provider.conformance.acting import (
    attempt,
    delete_all,
    expect,
    expect_same,
    make,
    put,
    read,
    standing,
)
from slactl.provider.conformance.bodies import filled, refers_to
from slactl.provider.conformance.subject import Subject
from slactl.provider.resource import Action, Change, Observed, Outcome, Resource

if TYPE_CHECKING:
    from slactl.provider.protocol import Adopting


def refuses_strangers(subject: Subject) -> None:
    """A creation where somebody else's object stands fails, and leaves it as it is."""
    assert subject.stranger is not None  # noqa: S101 - the step needs it
    for address in _one_of_each_type(subject):
        if _type(address) in subject.nameless:
            continue
        with _wanted(subject, address) as change, subject.stranger(address, change.after or {}) as there:
            before = there.look()
            expect(address not in read(subject), f"{address}: somebody else's object is read")
            outcome = _attempt(subject, change)
            expect(outcome.status == "failed", f"{address} over somebody else's object: {outcome}")
            expect(there.look() == before, f"{address}: somebody else's object was changed")


def imports(subject: Subject) -> None:
    """An object of others is found, read and taken over by name; without the word of an import it is refused."""
    assert subject.stranger is not None  # noqa: S101 - the step needs it
    for address in _one_of_each_type(subject):
        with _wanted(subject, address) as change, subject.stranger(address, change.after or {}) as there:
            if there.id is None:
                continue
            found = _adoptable(subject, change, there.id)
            before = there.look()
            taking = Change(Action.UPDATE, address, found.body, change.after, found.id)
            outcome = _attempt(subject, taking)
            expect(outcome.status == "failed", f"{there.id} without an import: {outcome}")
            expect(there.look() == before, f"{there.id} was changed without an import")
            make(subject, [replace(taking, adopts=True)])
            ours = read(subject)[address]
            expect_same({address: ours.body}, {address: change.after}, f"{there.id} is taken over")
            make(subject, [Change(Action.DELETE, address, ours.body, None, ours.id)])


def _adoptable(subject: Subject, change: Change, id_: str) -> Observed:
    with subject.connect() as connection:
        adopting = cast("Adopting", connection)
        expect(adopting.read(f"{id_}-none") is None, "what is not there is read as None")
        found = adopting.read(id_)
        wanted = Resource(change.address, change.after or {}, ())
        offered = {(one.address, one.id) for one in adopting.importable([wanted])}
    expect(found is not None and found.address == "", f"{id_} is read, and nobody's: {found}")
    expect((change.address, id_) in offered, f"{id_} is offered for {change.address}: {offered}")
    return cast("Observed", found)


def lets_go_of_the_unmarked(subject: Subject) -> None:
    """An object without our mark is somebody else's: not read, not changed, not deleted, and no reason for a second one."""
    assert subject.unmarked is not None  # noqa: S101 - the step needs it
    for address in _one_of_each_type(subject):
        with _wanted(subject, address) as change:
            make(subject, [change])
            found = read(subject)[address]
            with subject.unmarked(found) as look:
                before = look()
                expect(address not in read(subject), f"{found.id} lost its mark and is read as ours")
                for one in _attempts(subject, change, found):
                    outcome = _attempt(subject, one)
                    expect(
                        one.action is Action.DELETE or outcome.status == "failed",
                        f"{one.action} of {found.id}, which lost its mark: {outcome}",
                    )
                    expect(look() == before, f"{found.id} lost its mark, and a {one.action} changed it")


def _attempts(subject: Subject, creation: Change, found: Observed) -> Sequence[Change]:
    """What a plan that was made before the mark was lost, or after, would do."""
    deletion = Change(Action.DELETE, found.address, found.body, None, found.id)
    if _type(found.address) in subject.nameless:
        return [deletion]
    return [deletion, Change(Action.UPDATE, found.address, found.body, creation.after, found.id), creation]


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


def _one_of_each_type(subject: Subject) -> list[str]:
    return [*{_type(one): one for one in reversed([*subject.created])}.values()][::-1]


@contextmanager
def _wanted(subject: Subject, address: str) -> Iterator[Change]:
    """The creation of one object, while what it refers to is there."""
    below = _below(subject, address)
    put(subject, {one: subject.created[one] for one in subject.created if one in below})
    known = {one.address: {"id": one.id, **one.attributes} for one in read(subject).values()}
    yield Change(Action.CREATE, address, None, filled(subject.created[address], known), None)
    delete_all(subject)


def _below(subject: Subject, address: str) -> set[str]:
    direct = {*refers_to(subject.created[address])}
    return direct.union(*(_below(subject, one) for one in direct))


def _attempt(subject: Subject, change: Change) -> Outcome:
    with subject.connect() as connection:
        return attempt(connection, [change])[change.address]


def _type(address: str) -> str:
    return address.split(".", 2)[1]
