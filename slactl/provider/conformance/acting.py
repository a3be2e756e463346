"""What the steps have in common: reading, making changes in waves, and clearing away."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.provider.conformance.bodies import filled, refers_to
from slactl.provider.conformance.subject import Body, Subject
from slactl.provider.protocol import Connection
from slactl.provider.resource import Action, Change, Observed, Outcome

_SHOWN = 3


def expect(held: bool, otherwise: str) -> None:
    """Fail with a sentence unless something holds."""
    if not held:
        raise AssertionError(otherwise)


def expect_same(found: Mapping[str, Any], wanted: Mapping[str, Any], what: str) -> None:
    """Fail with the first differences unless two mappings by address are alike."""
    wrong = [
        f"{key}: {found.get(key, 'not there')} instead of {wanted.get(key, 'nothing')}"
        for key in sorted({*found, *wanted})
        if key not in found or key not in wanted or found[key] != wanted[key]
    ]
    expect(not wrong, f"{what}; wrong: {'; '.join(wrong[:_SHOWN])}")


def read(subject: Subject) -> dict[str, Observed]:
    """What is there, by address; each once."""
    with subject.connect() as connection:
        return read_over(connection)


def read_over(connection: Connection) -> dict[str, Observed]:
    """The same over a connection that is open."""
    found = connection.read_all()
    by_address = {one.address: one for one in found}
    expect(len(by_address) == len(found), "no address is read twice")
    return by_address


def bodies(found: Mapping[str, Observed]) -> dict[str, Body]:
    """Bodies alone."""
    return {address: one.body for address, one in found.items()}


def attempt(connection: Connection, changes: Sequence[Change]) -> dict[str, Outcome]:
    """Make changes that may fail."""
    return settle(connection, outcomes_of(connection, changes))


def settle(connection: Connection, outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    """Commit; what was staged, and is refused as a whole, has failed."""
    told = {one.address: one for one in outcomes}
    try:
        connection.commit()
    except SlactlError as error:
        said = error.diagnostics[0]
        why = f"{said.summary}. {said.detail}" if said.summary.strip() else ""
        told |= {
            one.address: Outcome(one.address, "failed", error=why)
            for one in outcomes
            if one.status == "staged"
        }
    for one in told.values():
        expect(
            one.status in ("done", "staged") or bool(one.error.strip()),
            f"{one.address} is {one.status} and does not say why",
        )
    return told


def outcomes_of(connection: Connection, changes: Sequence[Change]) -> Sequence[Outcome]:
    """One outcome for each change, in order."""
    outcomes = connection.execute(changes)
    expect(
        [one.address for one in outcomes] == [one.address for one in changes],
        "one outcome for each change, in order",
    )
    return outcomes


def make(
    subject: Subject, changes: Sequence[Change], *, commit: bool = True, over: Connection | None = None
) -> Sequence[Outcome]:
    """Make changes that succeed."""
    if over is None:
        with subject.connect() as connection:
            return make(subject, changes, commit=commit, over=connection)
    outcomes = outcomes_of(over, changes)
    wrong = [one for one in outcomes if one.status not in ("done", "staged")]
    expect(not wrong, f"every change succeeds: {wrong[:_SHOWN]}")
    if commit:
        over.commit()
    else:
        over.rollback()
    return outcomes


def put(
    subject: Subject,
    wanted: Mapping[str, Body],
    there: Mapping[str, Observed] | None = None,
    action: Action = Action.CREATE,
    over: Connection | None = None,
) -> dict[str, Body]:
    """Create, update or replace objects in waves, so that a `Ref` is known when it is needed; their bodies without `Ref`s."""
    before = there or {}
    known: dict[str, Mapping[str, Any]] = {
        address: {"id": one.id, **one.attributes} for address, one in before.items() if address not in wanted
    }
    made = dict[str, Body]()
    for wave in _waves(wanted, known.keys()):
        changes = [
            Change(
                action,
                address,
                before[address].body if address in before else None,
                filled(wanted[address], known),
                before[address].id if address in before else None,
            )
            for address in wave
        ]
        made |= {one.address: one.after or {} for one in changes}
        for one in make(subject, changes, over=over):
            known[one.address] = {"id": one.id, **one.attributes}
    return made


def _waves(wanted: Mapping[str, Body], known: Collection[str]) -> Iterator[list[str]]:
    left, done = dict(wanted), {*known}
    while left:
        wave = [address for address, body in left.items() if done.issuperset(refers_to(body))]
        expect(bool(wave), f"what is referred to is there: {sorted(left)[:_SHOWN]}")
        yield wave
        done.update(wave)
        left = {address: body for address, body in left.items() if address not in done}


def creations(subject: Subject) -> list[Change]:
    """A creation of each object that refers to no other."""
    return [
        Change(Action.CREATE, address, None, body, None)
        for address, body in subject.created.items()
        if not [*refers_to(body)]
    ]


def delete_all(subject: Subject) -> None:
    """Delete everything of ours by what is read alone."""
    found = read(subject)
    if found:
        make(subject, [Change(Action.DELETE, one.address, one.body, None, one.id) for one in found.values()])
    expect(read(subject) == {}, "what is deleted is gone")


@contextmanager
def standing(subject: Subject) -> Iterator[dict[str, Observed]]:
    """The objects of the subject, there for as long as a step needs them."""
    put(subject, subject.created)
    yield read(subject)
    delete_all(subject)
