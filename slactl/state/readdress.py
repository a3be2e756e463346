"""Other addresses for what state knows: agreements with their promises, objects with whom they serve and refer to."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from slactl.base.quick_dataclass import dataclass, replace
from slactl.state.records import Applied, Entry, Intent, Recorded, Snapshot

T = TypeVar("T", Recorded, Applied)
_PARTS_OF_AN_AGREEMENT = 2
"""`sla.acme-shop`; what follows names an objective."""


@dataclass(frozen=True, slots=True)
class Readdressed:
    """Everything that renames change, by old address; the new address is in the record."""

    resources: Mapping[str, Recorded]
    agreements: Mapping[str, Applied]

    def told(self, entry: Entry) -> Entry:
        """The entry with the promises that go by another address from then on."""
        promises = {one.address: one.promise for one in self.agreements.values()}
        return replace(
            entry,
            agreements={**dict.fromkeys(self.agreements), **promises},
            support={one.address: one.support for one in self.agreements.values()},
        )


def readdressed(
    resources: Iterable[Recorded], agreements: Iterable[Applied], renames: Mapping[str, str]
) -> Readdressed:
    """What changes when everything at the keys goes by the values from now on, all at once, so that two may change places."""
    return Readdressed(
        {
            one.address: renamed
            for one in resources
            if (renamed := _resource(one, renames)) != one
        },
        {
            one.address: _agreement(one, renames[one.address])
            for one in agreements
            if one.address in renames
        },
    )  # fmt: skip


def moved(snapshot: Snapshot, renames: Mapping[str, str]) -> Snapshot:
    """The state as it is once the renames are recorded; an open intent of an old address concerns the new one too."""
    if not renames:
        return snapshot
    changed = readdressed(snapshot.resources.values(), snapshot.agreements.values(), renames)
    also = [Intent(renames[one.address], one.action) for one in snapshot.intents if one.address in renames]
    return replace(
        snapshot,
        resources=_with(snapshot.resources, changed.resources),
        agreements=_with(snapshot.agreements, changed.agreements),
        intents=(*snapshot.intents, *also),
    )


def _with(known: Mapping[str, T], changed: Mapping[str, T]) -> dict[str, T]:
    stay = {address: one for address, one in known.items() if address not in changed}
    return dict(sorted({**stay, **{one.address: one for one in changed.values()}}.items()))


def _resource(one: Recorded, renames: Mapping[str, str]) -> Recorded:
    return replace(
        one,
        address=renames.get(one.address, one.address),
        needed_by=tuple(sorted(_renamed_user(user, renames) for user in one.needed_by)),
        depends_on=tuple(sorted(renames.get(need, need) for need in one.depends_on)),
    )


def agreement_of(user: str) -> str:
    """The agreement that an address names, its own or that of one of its objectives."""
    return ".".join(user.split(".")[:_PARTS_OF_AN_AGREEMENT])


def _renamed_user(user: str, renames: Mapping[str, str]) -> str:
    agreement = agreement_of(user)
    return renames.get(agreement, agreement) + user.removeprefix(agreement)


def _agreement(one: Applied, address: str) -> Applied:
    promise = {**one.promise, "name": address.split(".", 1)[1]} if "name" in one.promise else one.promise
    return replace(one, address=address, promise=promise)
