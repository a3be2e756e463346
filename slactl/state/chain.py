"""The history as a chain: each entry's hash covers the entry and the hash of the one before it.

Whoever changes, removes or moves an entry breaks the chain there. Whoever writes the whole chain anew changes its head, which
every apply prints: a head that was noted elsewhere tells.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence

from slactl.base.quick_dataclass import dataclass, replace
from slactl.state.records import Entry

FORM = 1
"""The canonical form's number: entries of an older form keep theirs."""


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold."""

    serial: int | None
    """The entry concerned; None for the history's end."""
    what: str


def genesis(lineage: str) -> str:
    """What the first entry of a state follows: a hash of its lineage, so that entries of another state do not fit."""
    return hashlib.sha256(f"slactl-history-{FORM} {lineage}".encode()).hexdigest()


def hash_of(entry: Entry) -> str:
    """SHA-256 of the canonical form: JSON, sorted keys, no spaces, UTF-8, every field but the hash itself."""
    data = {**entry.data(), "form": FORM}
    del data["hash"]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def chained(entry: Entry, head: str, lineage: str) -> Entry:
    """The entry behind `head` (empty: it is the first one), with its hash."""
    linked = replace(entry, previous=head or genesis(lineage), hash="")
    return replace(linked, hash=hash_of(linked))


def breaks(entries: Sequence[Entry], head: str, lineage: str) -> Iterator[Break]:
    """Every place where the chain does not hold, oldest first; `head` is the newest hash as the state has it."""
    start = genesis(lineage)
    known = {start, *(one.hash for one in entries)}
    before = start
    for one in entries:
        what = _what_is_wrong(one, before, known)
        if what:
            yield Break(one.serial, what)
        before = one.hash
    if before != (head or start):
        yield Break(None, f"the newest entry was removed or replaced: the state's head is {head or start}")


def _what_is_wrong(entry: Entry, before: str, known: set[str]) -> str:
    intact = entry.hash == hash_of(entry)
    if entry.previous == before:
        return "" if intact else "it was changed after it was written"
    if entry.previous in known:
        return "it does not stand where it was written: the order was changed"
    return "the entry before it was removed or replaced" if intact else "it was changed after it was written"
