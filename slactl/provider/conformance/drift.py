"""Changes by hand are seen, whatever was changed, and can be put right."""

from collections.abc import Iterator

from slactl.provider.conformance.acting import (
    bodies,
    expect,
    expect_same,
    make,
    put,
    read,
    read_over,
    standing,
)
from slactl.provider.conformance.bodies import Path, at, filled, leaves, shape
from slactl.provider.conformance.subject import Subject
from slactl.provider.resource import Action, Change, Observed


def sees_what_was_changed(subject: Subject) -> None:
    """A change by hand makes the body differ."""
    with standing(subject) as there:
        found = next(iter(there.values()))
        subject.touch(found)
        _put_right(subject, found, (), Action.UPDATE)


def sees_what_was_deleted(subject: Subject) -> None:
    """What is deleted by hand is not read any more, and can be made again, with what went along and what refers to it."""
    with standing(subject) as there:
        address, found = next(iter(there.items()))
        subject.remove(found)
        left = read(subject)
        expect(address not in left, "it is read after it was deleted by hand")
        put(subject, {one: body for one, body in subject.created.items() if one not in left}, left)
        stayed = {one: body for one, body in subject.created.items() if one in left}
        put(subject, stayed, read(subject), Action.UPDATE)
        again = read(subject)
        fields = {one.address: {"id": one.id, **one.attributes} for one in again.values()}
        wanted = {one: filled(body, fields) for one, body in subject.created.items()}
        expect_same(bodies(again), wanted, "it can be made again")


def sees_each_attribute(subject: Subject) -> None:
    """Every attribute of every type of body, one after the other."""
    assert subject.by_hand is not None  # noqa: S101 - the step needs it
    with standing(subject) as there:
        tried = set[str]()
        for found, path in _attributes(there):
            name = f"{_type(found)}.{shape(path)}"
            if name in tried or name in subject.fixed:
                continue
            tried.add(name)
            subject.by_hand(found, path)
            replaces = path[0] in subject.replace_on.get(_type(found), ())
            try:
                _put_right(subject, found, path, Action.REPLACE if replaces else Action.UPDATE)
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error
    unknown = subject.fixed.keys() - {f"{_type(found)}.{shape(path)}" for found, path in _attributes(there)}
    expect(not unknown, f"what is said to be fixed is an attribute: {sorted(unknown)}")


def _attributes(there: dict[str, Observed]) -> Iterator[tuple[Observed, Path]]:
    for found in there.values():
        for path in leaves(found.body):
            yield found, path


def _put_right(subject: Subject, found: Observed, path: Path, action: Action) -> None:
    address = found.address
    with subject.connect() as connection:
        touched = read_over(connection)
        expect(address in touched, f"{address} is still ours after a change by hand")
        expect(
            at(touched[address].body, path) != at(found.body, path), f"a change of {address} by hand is seen"
        )
        make(
            subject,
            [Change(action, address, touched[address].body, found.body, touched[address].id)],
            over=connection,
        )
        expect_same(
            {address: read_over(connection)[address].body}, {address: found.body}, "it can be put right"
        )


def _type(found: Observed) -> str:
    return found.address.split(".", 2)[1]
