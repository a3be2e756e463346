"""An apply that has begun: what its entry of the history will be if it is cut off, which the next writer adds."""

from collections.abc import Iterable, Iterator

from slactl.base.quick_dataclass import replace
from slactl.state.records import Entry
from slactl.state.store import Store

_CUT_OFF = " (did not end)"


def told(store: Store) -> Iterator[Entry]:
    """Everything that was done, oldest first: the history, and what an apply that has not ended is known to have done."""
    yield from store.history()
    left = store.under_way()
    if left is not None:
        yield left


def opened(intents: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is said of changes that are about to be made, (address, action), until their outcomes are known."""
    return {address: f"{action}: begun, and what became of it not recorded" for address, action in intents}


def cut_off(entry: Entry) -> Entry:
    """The entry as the history keeps it: of the moment when it began, by who began it."""
    return replace(entry, command=entry.command + _CUT_OFF)
