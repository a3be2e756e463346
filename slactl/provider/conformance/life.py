"""The life of objects: created, read back, updated, replaced, deleted."""

from slactl.provider.conformance.acting import (
    attempt,
    bodies,
    creations,
    delete_all,
    expect,
    expect_same,
    make,
    put,
    read,
    standing,
)
from slactl.provider.conformance.subject import Subject
from slactl.provider.resource import Action, Change


def starts_empty(subject: Subject) -> None:
    """The system holds nothing of ours."""
    expect(read(subject) == {}, "there are objects of this workspace already")


def can_be_taken_back(subject: Subject) -> None:
    """What is rolled back leaves nothing; what a system without stages did at once is there."""
    with subject.connect() as connection:
        expect([*connection.execute([])] == [], "an empty batch has no outcomes")
    outcomes = make(subject, creations(subject), commit=False)
    done = {one.address for one in outcomes if one.status == "done"}
    expect(read(subject).keys() == done, "what is rolled back leaves nothing")
    delete_all(subject)


def creates_and_reads_back(subject: Subject) -> None:
    """Bodies come back as they were made, and once more: nothing in them changes by itself."""
    made = put(subject, subject.created)
    found = read(subject)
    expect_same(bodies(found), made, "objects read back as they were made")
    expect_same(read(subject), found, "a second reading finds the same")
    delete_all(subject)


def updates_in_place(subject: Subject) -> None:
    """An update keeps the id."""
    with standing(subject) as before:
        made = put(subject, subject.updated, before, Action.UPDATE)
        after = read(subject)
        expect_same(bodies(after), {**bodies(before), **made}, "updates are read back")
        expect(
            {one.id for one in after.values()} == {one.id for one in before.values()},
            "an update in place keeps the id",
        )


def replaces(subject: Subject) -> None:
    """Every object can be made anew (`-replace` asks for that), and other bodies come of it."""
    wanted = {**subject.created, **subject.replaced}
    with standing(subject) as before:
        staying = {address: one for address, one in before.items() if _type(address) in subject.irreplaceable}
        for address, one in staying.items():
            with subject.connect() as connection:
                attempt(connection, [Change(Action.REPLACE, address, one.body, one.body, one.id)])
            expect_same(read(subject), before, f"{address}, which stays, is as it was")
        anew = {address: body for address, body in wanted.items() if address not in staying}
        made = put(subject, anew, before, Action.REPLACE)
        expect_same(bodies(read(subject)), {**bodies(staying), **made}, "replacements are read back")


def deletes_orphans(subject: Subject) -> None:
    """What an apply made that never recorded it is found by its mark, and can go."""
    put(subject, subject.created)
    expect(read(subject).keys() == subject.created.keys(), "marks tell what is ours")
    delete_all(subject)


def _type(address: str) -> str:
    return address.split(".", 2)[1]
