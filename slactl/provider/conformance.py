"""What every provider must do, as a suite that any provider's tests call against its real system.

    from slactl.provider.conformance import Subject, run_conformance

    run_conformance(Subject(connect=..., created=..., updated=..., touch=..., remove=..., foreign=...))

Each step says what it expected and what it found; the first that fails raises `AssertionError`.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from slactl.provider.protocol import Connection
from slactl.provider.resource import Action, Change, Observed, Outcome


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider under test, with a real system behind it that holds nothing of ours yet."""

    connect: Callable[[], AbstractContextManager[Connection]]
    """Opens a new connection for this workspace."""
    created: Mapping[str, Mapping[str, Any]]
    """Bodies of two objects or more, by address, as `compile` makes them."""
    updated: Mapping[str, Mapping[str, Any]]
    """Other bodies for the same addresses, each a change in place."""
    touch: Callable[[Observed], None]
    """Changes an object by hand, past the provider, so that its body differs."""
    remove: Callable[[Observed], None]
    """Deletes an object by hand, past the provider."""
    foreign: Callable[[], object]
    """What of others is in the system, comparable; the suite checks that it never changes."""


def run_conformance(subject: Subject) -> None:
    """Run every step.

    Raises:
        AssertionError: at the first step that fails.
    """
    others = subject.foreign()
    for step in (
        _starts_empty,
        _staged_changes_can_be_taken_back,
        _creates_and_reads_back,
        _updates_in_place,
        _sees_what_was_changed_by_hand,
        _sees_what_was_deleted_by_hand,
        _deletes,
    ):
        step(subject)
        _expect(subject.foreign() == others, f"{step.__name__}: something of others was changed")


def _expect(held: bool, otherwise: str) -> None:
    if not held:
        raise AssertionError(otherwise)


def _read(subject: Subject) -> dict[str, Observed]:
    with subject.connect() as connection:
        return {one.address: one for one in connection.read_all()}


def _make(subject: Subject, changes: Sequence[Change], *, commit: bool = True) -> Sequence[Outcome]:
    with subject.connect() as connection:
        outcomes = connection.execute(changes)
        _expect(
            [one.address for one in outcomes] == [one.address for one in changes],
            "one outcome for each change, in order",
        )
        _expect(
            all(one.status in ("done", "staged") for one in outcomes), f"every change succeeds: {outcomes}"
        )
        if commit:
            connection.commit()
        else:
            connection.rollback()
    return outcomes


def _bodies(subject: Subject) -> dict[str, Mapping[str, Any]]:
    return {address: one.body for address, one in _read(subject).items()}


def _starts_empty(subject: Subject) -> None:
    _expect(_read(subject) == {}, "a new workspace has no objects")


def _creations(subject: Subject) -> list[Change]:
    return [Change(Action.CREATE, address, None, body, None) for address, body in subject.created.items()]


def _staged_changes_can_be_taken_back(subject: Subject) -> None:
    with subject.connect() as connection:
        staged = [one.status for one in connection.execute([])]
    _expect(staged == [], "an empty batch has no outcomes")
    outcomes = _make(subject, _creations(subject), commit=False)
    done = {one.address for one in outcomes if one.status == "done"}  # a system without stages keeps them
    _expect(_read(subject).keys() == done, "what is rolled back leaves nothing")
    if done:
        _deletes(subject)


def _creates_and_reads_back(subject: Subject) -> None:
    outcomes = {one.address: one for one in _make(subject, _creations(subject))}
    found = _read(subject)
    _expect(
        {address: one.body for address, one in found.items()} == dict(subject.created),
        "objects read back as they were made",
    )
    ids = {address: one.id for address, one in found.items()}
    _expect(
        ids == {address: one.id for address, one in outcomes.items()},
        "outcomes name the ids that are read back",
    )


def _updates_in_place(subject: Subject) -> None:
    before = _read(subject)
    changes = [
        Change(Action.UPDATE, address, before[address].body, body, before[address].id)
        for address, body in subject.updated.items()
    ]
    _make(subject, changes)
    after = _read(subject)
    _expect(
        {address: one.body for address, one in after.items()} == {**subject.created, **subject.updated},
        "updates are read back",
    )
    _expect(
        {one.id for one in after.values()} == {one.id for one in before.values()},
        "an update in place keeps the id",
    )


def _sees_what_was_changed_by_hand(subject: Subject) -> None:
    address, found = next(iter(_read(subject).items()))
    subject.touch(found)
    touched = _read(subject)
    _expect(address in touched and touched[address].body != found.body, "a change by hand is seen")
    _make(subject, [Change(Action.UPDATE, address, touched[address].body, found.body, touched[address].id)])
    _expect(_bodies(subject)[address] == found.body, "and can be put right")


def _sees_what_was_deleted_by_hand(subject: Subject) -> None:
    address, found = next(iter(_read(subject).items()))
    subject.remove(found)
    _expect(address not in _read(subject), "a deletion by hand is seen")
    _make(subject, [Change(Action.CREATE, address, None, found.body, None)])
    _expect(_bodies(subject)[address] == found.body, "and can be put right")


def _deletes(subject: Subject) -> None:
    _make(
        subject,
        [Change(Action.DELETE, one.address, one.body, None, one.id) for one in _read(subject).values()],
    )
    _expect(_read(subject) == {}, "what is deleted is gone")
