"""What `removed` takes out of slactl's care: its objects stay in the backend, and no later plan wants them gone."""

from collections.abc import Collection, Iterator, Mapping

from slactl.base.quick_dataclass import dataclass, replace
from slactl.model.estate import Estate
from slactl.model.refactoring import is_agreement
from slactl.plan.identity import Readings
from slactl.plan.moves import names_in
from slactl.plan.past import Past
from slactl.plan.plan import Forgotten
from slactl.state.readdress import agreement_of
from slactl.state.records import Recorded, Snapshot


def kept_removals(estate: Estate) -> frozenset[str]:
    """The addresses that are given up while their objects stay."""
    return frozenset(
        removal.address
        for refactoring in estate.refactorings.values()
        for removal in refactoring.removed
        if removal.keep_objects
    )


@dataclass(frozen=True, slots=True)
class Left:
    """State and readings without what is left alone."""

    snapshot: Snapshot
    observed: Readings
    forgotten: tuple[Forgotten, ...]
    """What state still knows of it."""


def left_alone(
    snapshot: Snapshot, observed: Readings, wanted: Collection[str], removed: Collection[str], past: Past
) -> Left:
    """Take out of state and readings what belongs to `removed` addresses and is wanted by nothing."""
    if not removed:
        return Left(snapshot, observed, ())
    look = _Look(snapshot, wanted, removed, past)
    there = {one.address for seen in observed.values() for one in seen}
    stay = {
        address: cause
        for address in snapshot.resources.keys() | there
        if (cause := look.cause(address)) is not None
        and (address in there or address.split(".", 1)[0] not in observed)
    }
    return Left(
        replace(snapshot, resources=_without(snapshot.resources, stay)),
        {name: [one for one in seen if one.address not in stay] for name, seen in observed.items()},
        tuple(_forgotten(snapshot, stay)),
    )


def _without(resources: Mapping[str, Recorded], stay: Collection[str]) -> dict[str, Recorded]:
    return {address: one for address, one in resources.items() if address not in stay}


def _forgotten(snapshot: Snapshot, stay: Mapping[str, str]) -> Iterator[Forgotten]:
    for address in sorted(stay.keys() & snapshot.resources.keys()):
        one = snapshot.resources[address]
        yield Forgotten(address, one.provider, one.id, one.body, one.needed_by, stay[address])


@dataclass(frozen=True, slots=True)
class _Look:
    snapshot: Snapshot
    wanted: Collection[str]
    removed: Collection[str]
    past: Past

    def cause(self, address: str) -> str | None:
        """The removed address because of which an object is left alone."""
        if address in self.wanted:
            return None
        if address in self.removed:
            return address
        recorded = self.snapshot.resources.get(address)
        named = [*names_in(address), *(map(agreement_of, recorded.needed_by) if recorded else ())]
        found = next((one for one in named if is_agreement(one) and one in self.removed), None)
        before = self.past.forgotten.get(address)
        return found or (before if before in self.removed and recorded is None else None)
