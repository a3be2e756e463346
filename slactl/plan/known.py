"""State and readings as the planner compares them: refactorings applied, everything under the address that it has now."""

from collections.abc import Collection, Mapping

from slactl.base.diagnostics import Diagnostics
from slactl.base.quick_dataclass import dataclass, field
from slactl.model.estate import Estate
from slactl.model.refactoring import is_agreement
from slactl.plan.identity import Readings, identified
from slactl.plan.imports import Adoption, Foreign, all_imports
from slactl.plan.left import kept_removals, left_alone
from slactl.plan.moves import Moves, Resolved, derived, stated_moves
from slactl.plan.past import Past
from slactl.plan.plan import Forgotten, Move
from slactl.provider import Observed
from slactl.state.readdress import moved
from slactl.state.records import Snapshot


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared with what is wanted."""

    snapshot: Snapshot
    observed: Readings
    moves: tuple[Move, ...] = ()
    """What state calls otherwise from now on."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """By address: the older one that the object carries in its backend."""
    adopted: Mapping[str, Observed] = field(default_factory=dict)
    """By address: objects of others that are taken over."""
    forgotten: tuple[Forgotten, ...] = ()

    @property
    def previous(self) -> Mapping[str, str]:
        """By address: the one that it had."""
        return {**self.marks, **{one.target: one.source for one in self.moves}}


@dataclass(frozen=True, slots=True)
class Addresses:
    """What the files say about addresses, and what else is needed to carry it out."""

    estate: Estate
    wanted: Collection[str]
    """The addresses of all desired objects."""
    past: Past = field(default_factory=Past)
    foreign: Foreign = field(default_factory=dict)
    moves: bool = True
    """False: whatever is there goes, under the name that it has."""
    imports: bool = True

    def known(self, snapshot: Snapshot, observed: Readings) -> Known:
        """State and readings with the moves, removals and imports applied.

        Raises:
            InvalidFiles: with every refactoring that state or backends contradict.
        """
        problems = Diagnostics()
        resolved = self._moves(snapshot, observed, problems) if self.moves else Resolved()
        now = moved(snapshot, resolved.recorded)
        seen = identified(observed, now.resources, self.wanted, resolved.of_marks())
        left = left_alone(now, seen.observed, self.wanted, kept_removals(self.estate), self.past)
        adoption = Adoption(left.snapshot, left.observed, self.foreign, self.wanted, problems)
        adopted = adoption.adopted(all_imports(self.estate)) if self.imports else {}
        _check_removals(self.estate, self.wanted, problems)
        problems.raise_errors()
        moves = (Move(old, new, resolved.by.get(new, "")) for old, new in sorted(resolved.recorded.items()))
        return Known(left.snapshot, left.observed, tuple(moves), seen.marks, adopted, left.forgotten)

    def _moves(self, snapshot: Snapshot, observed: Readings, problems: Diagnostics) -> Resolved:
        """Moves of agreements, of the objects whose addresses follow theirs, and of objects by themselves."""
        stated = stated_moves(self.estate)
        if not stated:
            return Resolved()
        of_agreements = {source: one for source, one in stated.items() if is_agreement(source)}
        of_objects = {source: one for source, one in stated.items() if source not in of_agreements}
        agreements = Moves(of_agreements, snapshot.agreements, self.estate.agreements, self.past, problems)
        objects = Moves(of_objects, snapshot.resources, self.wanted, self.past, problems)
        return _together(agreements.resolved(), objects.resolved(), snapshot, observed, self.wanted)


def _together(
    agreements: Resolved, objects: Resolved, snapshot: Snapshot, observed: Readings, wanted: Collection[str]
) -> Resolved:
    there = snapshot.resources.keys() | {one.address for seen in observed.values() for one in seen}
    follow = derived(agreements.of_marks(), there, wanted)
    found = Resolved(dict(agreements.recorded), dict(agreements.unrecorded), {**agreements.by, **objects.by})
    for old, new in follow.items():
        (found.recorded if old in snapshot.resources else found.unrecorded)[old] = new
    found.recorded |= objects.recorded
    found.unrecorded |= objects.unrecorded
    _drop_collisions(found.recorded, snapshot)
    return found


def _drop_collisions(renames: dict[str, str], snapshot: Snapshot) -> None:
    """An object that would follow its agreement to where another one stays keeps its address: nothing needs it there."""
    while True:
        stays = snapshot.resources.keys() - renames.keys()
        taken = [old for old, new in renames.items() if new in stays and old in snapshot.resources]
        if not taken:
            return
        for old in taken:
            del renames[old]


def _check_removals(estate: Estate, wanted: Collection[str], problems: Diagnostics) -> None:
    for refactoring in estate.refactorings.values():
        for removal in refactoring.removed:
            if removal.address in wanted:
                problems.error(
                    f"{removal.address} is said to be removed, and the files still ask for it",
                    "Take out what it is made from, or take this removal out.",
                    removal.place.at("address"),
                )
