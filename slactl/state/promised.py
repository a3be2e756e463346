"""What was promised at a moment: the history replayed up to it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from slactl.base.quick_dataclass import dataclass
from slactl.state.records import Entry


@dataclass(frozen=True, slots=True)
class Promised:
    """An agreement as it had last been applied by some moment."""

    address: str
    promise: Mapping[str, Any] | None
    """None: none was in force."""
    support: Mapping[str, str]
    """By objective: the verdict, as it was last recorded by then."""
    entry: Entry | None
    """Which apply put it in force, or ended it; None: none had named it yet."""
    next: Entry | None
    """The first apply after the moment that changed or ended it."""


def promised_before(entries: Iterable[Entry], address: str, moment: datetime) -> Promised:
    """The agreement as it was applied by the newest entry (oldest first are expected) from before a moment."""
    last: Entry | None = None
    support: Mapping[str, str] = {}
    later: Entry | None = None
    for one in entries:
        if one.at >= moment:
            later = later or (one if address in one.agreements else None)
            continue
        support = one.support.get(address, support)
        if address in one.agreements:
            last = one
    promise = None if last is None else last.agreements[address]
    return Promised(address, promise, {} if promise is None else support, last, later)


def known_addresses(entries: Iterable[Entry]) -> set[str]:
    """Every agreement that the history names."""
    return {address for one in entries for address in one.agreements}
