"""Moves: which address of state becomes which, so that what was applied and what the files say are compared as one thing."""

from collections.abc import Collection, Iterator, Mapping

from slactl.base.diagnostics import Diagnostics
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.text import did_you_mean
from slactl.model.estate import Estate
from slactl.model.refactoring import Moved, chain_of, is_agreement
from slactl.plan.past import Past


@dataclass(frozen=True, slots=True)
class Stated:
    """A move of the files, and the document that states it."""

    move: Moved
    document: str


@dataclass(slots=True)
class Resolved:
    """Where moves lead."""

    recorded: dict[str, str] = field(default_factory=dict)
    """Renames of addresses that state knows."""
    unrecorded: dict[str, str] = field(default_factory=dict)
    """What an address that state does not know would be called: a mark in a backend may still carry it."""
    by: dict[str, str] = field(default_factory=dict)
    """By new address: the document that moved it there."""

    def of_marks(self) -> dict[str, str]:
        """Both, for addresses in marks."""
        return {**self.unrecorded, **self.recorded}


def stated_moves(estate: Estate) -> dict[str, Stated]:
    """Every move of the files, by where it begins."""
    return {
        move.source: Stated(move, name)
        for name, refactoring in estate.refactorings.items()
        for move in refactoring.moved
    }


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of one layer, agreements or objects, against what state knows and what is wanted."""

    stated: Mapping[str, Stated]
    there: Collection[str]
    wanted: Collection[str]
    past: Past
    problems: Diagnostics

    def resolved(self) -> Resolved:
        """Follow every chain; what leads nowhere, or where something else is, is reported."""
        found = Resolved()
        targets = {source: one.move.target for source, one in self.stated.items()}
        heads = self.stated.keys() - set(targets.values())
        for head in sorted(heads):
            self._chain(chain_of(head, targets), found)
        for source in sorted(targets):
            if targets.get(targets[source]) == source:
                self._swap(source, found)
        return found

    def _chain(self, path: list[str], found: Resolved) -> None:
        """Everything that is not wanted where it is goes on to the next free place, in order."""
        waiting: list[str] = []
        for address in path:
            if address in self.there and (waiting or address not in self.wanted):
                waiting.append(address)
            if waiting and address in self.wanted:
                self._put(waiting.pop(0), address, found)
        for left in waiting:
            self._complain(left, path, found)
        for index, address in enumerate(path):
            place = next((one for one in path[index + 1 :] if one in self.wanted), None)
            if address not in self.there and address not in self.wanted and place is not None:
                found.unrecorded[address] = place

    def _swap(self, source: str, found: Resolved) -> None:
        """Two that change places do so once: only the history tells whether they have."""
        one = self.stated[source]
        if source in self.there and not self.past.has(one.move, one.document):
            self._put(source, one.move.target, found)

    def _put(self, source: str, target: str, found: Resolved) -> None:
        if source != target:
            found.recorded[source] = target
            found.by[target] = self.stated[source].document

    def _complain(self, left: str, path: list[str], found: Resolved) -> None:
        if left == path[-1] and not found.by.keys() & set(path):
            return  # it has arrived, and is not wanted any more: it ends
        last = path[-1]
        if not found.by.keys() & set(path):
            self.problems.error(
                f"{left} is said to have moved to {last}, and nothing in the files is called that",
                "What was applied under the old address would end." + did_you_mean(last, self.wanted),
                self.stated[left].move.place.at("to"),
            )
            return
        came = next(old for old, new in found.recorded.items() if new in path)
        self.problems.error(
            f"{came} cannot move to {found.recorded[came]}: state has {left} as something else",
            f"The files have no place for both. Forget {left} first (slactl state rm {left}), apply its end before the move, "
            "or take the move out.",
            self.stated[came].move.place,
        )


def derived(renames: Mapping[str, str], objects: Collection[str], wanted: Collection[str]) -> dict[str, str]:
    """New addresses of objects whose addresses name an agreement that moved, where something wants the new one."""
    parts = {tuple(old.split(".")): new.split(".") for old, new in renames.items()}
    found = {address: _renamed(address.split("."), parts) for address in sorted(objects)} if parts else {}
    return {old: new for old, new in found.items() if new != old and new in wanted}


def followers(old: str, new: str, objects: Collection[str]) -> dict[str, str]:
    """New addresses of the objects that are named after one agreement, where nothing else has them."""
    parts = {tuple(old.split(".")): new.split(".")}
    found = {address: _renamed(address.split("."), parts) for address in sorted(objects)}
    return {was: is_ for was, is_ in found.items() if is_ != was and is_ not in found}


def _renamed(steps: list[str], parts: Mapping[tuple[str, ...], list[str]]) -> str:
    """The address with every `KIND.NAME` behind the backend's name replaced."""
    made = [*steps]
    for index in range(1, len(steps) - 1):
        new = parts.get((steps[index], steps[index + 1]))
        if new is not None:
            made[index : index + 2] = new
    return ".".join(made)


def names_in(address: str) -> Iterator[str]:
    """Every agreement that an object's address may name."""
    steps = address.split(".")
    for index in range(1, len(steps) - 1):
        pair = f"{steps[index]}.{steps[index + 1]}"
        if is_agreement(pair):
            yield pair
