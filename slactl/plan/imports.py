"""Imports: objects of others that are taken over, and those whose import is done or cannot be."""

from collections.abc import Collection, Mapping

from slactl.base.diagnostics import Diagnostics
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean
from slactl.model.estate import Estate
from slactl.model.refactoring import Import
from slactl.plan.identity import Readings
from slactl.provider import Observed
from slactl.state.records import Snapshot

Foreign = Mapping[str, Observed | None]
"""By the address that is to take it over: the object that an import names, as its backend has it; None: there is none."""


def all_imports(estate: Estate) -> list[Import]:
    """Every import of the files."""
    return [one for refactoring in estate.refactorings.values() for one in refactoring.imports]


def is_done(wanted: Import, observed: Readings) -> bool:
    """Whether the backend has the address as ours under that id already, so that nothing has to be read.

    That state knows it says less: the object may have lost its mark since.
    """
    seen = [one.id for one in observed.get(_backend(wanted.target), ()) if one.address == wanted.target]
    return wanted.id in seen


@dataclass(frozen=True, slots=True)
class Adoption:
    """Decides what becomes of each import."""

    snapshot: Snapshot
    observed: Readings
    foreign: Foreign
    wanted: Collection[str]
    problems: Diagnostics

    def adopted(self, imports: list[Import]) -> dict[str, Observed]:
        """By address: the objects to take over; what cannot be meant is reported."""
        owners = self._owners()
        there = self.snapshot.resources.keys() | {
            one.address for seen in self.observed.values() for one in seen
        }
        found = {}
        for one in imports:
            known = self._is_wanted(one) and self._is_free(one, owners)
            if known and not is_done(one, self.observed):
                object_ = self._object(one, there)
                if object_ is not None:
                    found[one.target] = object_
        return found

    def _owners(self) -> dict[tuple[str, str, str], str]:
        """Addresses by backend, type and id."""
        known = [(one.address, one.id) for one in self.snapshot.resources.values()]
        seen = [(one.address, one.id) for readings in self.observed.values() for one in readings]
        return {(*address.split(".", 2)[:2], name): address for address, name in [*known, *seen]}  # type: ignore[misc]

    def _is_wanted(self, one: Import) -> bool:
        if one.target not in self.wanted:
            self.problems.error(
                f"{one.target} is to be imported, and nothing in the files asks for it",
                "Write what it is made from, or take the import out." + did_you_mean(one.target, self.wanted),
                one.place.at("to"),
            )
        return one.target in self.wanted

    def _is_free(self, one: Import, owners: Mapping[tuple[str, str, str], str]) -> bool:
        owner = owners.get((_backend(one.target), one.target.split(".", 2)[1], one.id), one.target)
        return self._insist_on_owner(one, owner)

    def _insist_on_owner(self, one: Import, owner: str) -> bool:
        if owner != one.target:
            self.problems.error(
                f"{one.id} cannot be imported as {one.target}: it is {owner} already",
                "To give it another address, write a move (moved: [{from, to}]) instead.",
                one.place.at("id"),
            )
        return owner == one.target

    def _object(self, one: Import, there: Collection[str]) -> Observed | None:
        found = self.foreign.get(one.target)
        if found is None:
            if one.target not in there:
                self.problems.error(
                    f"The backend {_backend(one.target)} has no object {one.id}",
                    f"It is to become {one.target}. Look the id up in the backend; `slactl import` lists what it has to offer.",
                    one.place.at("id"),
                )
            return None
        if found.address:
            self._insist_on_owner(one, found.address)
            return None
        known = self.snapshot.resources.get(one.target)
        again = one.target in self.snapshot.unsettled or (known is not None and known.id == found.id)
        if one.target in there and not again:  # else it was cut off, or the object has lost its mark
            self.problems.error(
                f"{one.id} cannot be imported as {one.target}: there is one already",
                "What slactl manages under that address is another object. Take the import out, or remove one of the two.",
                one.place.at("to"),
            )
            return None
        return Observed(one.target, found.id, found.body, found.attributes)


def _backend(address: str) -> str:
    return address.split(".", 1)[0]
