"""What the history alone can tell about refactorings that stay in the files after they are applied."""

from collections.abc import Iterable, Mapping

from slactl.base.quick_dataclass import dataclass, field
from slactl.model.estate import Estate
from slactl.model.refactoring import Moved
from slactl.state.records import Entry

DONE = ": done"
_FORGET = "forget with "


@dataclass(frozen=True, slots=True)
class Past:
    """What was done before; empty where no refactoring asks."""

    results: frozenset[tuple[str, str]] = frozenset()
    """Addresses with what became of them."""
    forgotten: Mapping[str, str] = field(default_factory=dict)
    """By object: the removed address along with which it was forgotten, and left in its backend."""

    def has(self, move: Moved, document: str) -> bool:
        """Whether this document's move was recorded."""
        return (move.target, move_result(move.source, document)) in self.results


def move_result(source: str, document: str) -> str:
    """What the history says under a move's new address."""
    return f"move from {source} by {document}{DONE}"


def forget_result(removed: str) -> str:
    """What the history says of an object that stays in its backend when `removed` is taken out."""
    return f"{_FORGET}{removed}{DONE}"


def asks_the_past(estate: Estate) -> bool:
    """Whether the history has to be read: for addresses that change places, and for objects that are left alone."""
    return any(
        any(removal.keep_objects for removal in one.removed)
        or any(move.target == other.source for move in one.moved for other in one.moved)
        for one in estate.refactorings.values()
    )


def recall(entries: Iterable[Entry]) -> Past:
    """What the entries, oldest first, say about moves and about objects that were left alone."""
    results: set[tuple[str, str]] = set()
    forgotten: dict[str, str] = {}
    for entry in entries:
        for address, text in entry.results.items():
            if text.startswith("move from "):
                results.add((address, text))
            if text.startswith(_FORGET) and text.endswith(DONE):
                forgotten[address] = text.removeprefix(_FORGET).removesuffix(DONE)
    return Past(frozenset(results), forgotten)
