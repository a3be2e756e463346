"""A whole state in memory, changed step by step: for stores that keep it as one document."""

from collections.abc import Iterable, Mapping

from slactl.base.quick_dataclass import replace
from slactl.state.chain import chained
from slactl.state.readdress import readdressed
from slactl.state.records import Applied, Contents, Entry, Intent, Recorded, Snapshot
from slactl.state.under_way import cut_off, opened


class Book:
    """The state of one workspace; the steps are those of `slactl.state.store.Writer`."""

    def __init__(self, contents: Contents) -> None:
        self._take(contents)

    def _take(self, contents: Contents) -> None:
        snapshot = contents.snapshot
        self.workspace = contents.workspace
        self.lineage = snapshot.lineage
        self.serial = snapshot.serial
        self.head = snapshot.head
        self._resources = dict(snapshot.resources)
        self._agreements = dict(snapshot.agreements)
        self._intents = {one.address: one.action for one in snapshot.intents}
        self._history = [*contents.history]
        self._under_way = contents.under_way
        self._results = dict(contents.under_way.results) if contents.under_way else {}

    def contents(self) -> Contents:
        """The state as it is now."""
        snapshot = Snapshot(
            self.lineage,
            self.serial,
            dict(sorted(self._resources.items())),
            dict(sorted(self._agreements.items())),
            tuple(Intent(address, action) for address, action in sorted(self._intents.items())),
            self.head,
        )
        return Contents(self.workspace, snapshot, tuple(self._history), self._known())

    def open(self, draft: Entry | None) -> None:
        """Another apply begins; one before it that was cut off gets its entry first."""
        left = self._known()
        if left is not None:
            self.add(chained(cut_off(left), self.head, self.lineage))
        self.serial += 1
        self._under_way = draft and replace(draft, serial=self.serial)
        self._results = dict(draft.results) if draft else {}

    def _known(self) -> Entry | None:
        return self._under_way and replace(self._under_way, results=dict(self._results))

    def begin(self, intents: Iterable[tuple[str, str]]) -> None:
        """Open intents: (address, action)."""
        found = dict(intents)
        self._intents |= found
        self._tell(opened(found.items()))

    def _tell(self, results: Mapping[str, str]) -> None:
        if self._under_way is not None:
            self._results |= results

    def resolve(
        self,
        done: Iterable[Recorded],
        gone: Iterable[str],
        failed: Iterable[str],
        results: Mapping[str, str] | None = None,
    ) -> None:
        """Outcomes; what is named has no open intent any more."""
        self._tell(results or {})
        for one in done:
            self._resources[one.address] = one
            self._intents.pop(one.address, None)
        for address in gone:
            self._resources.pop(address, None)
            self._intents.pop(address, None)
        for address in failed:
            self._intents.pop(address, None)

    def finish(
        self,
        agreements: Mapping[str, Applied | None],
        restated: Mapping[str, Mapping[str, str]],
    ) -> None:
        """Agreements as they are in force now, and new verdicts of others."""
        for address, one in agreements.items():
            if one is None:
                self._agreements.pop(address, None)
            else:
                self._agreements[address] = one
        for address, support in restated.items():
            if address in self._agreements:
                self._agreements[address] = replace(self._agreements[address], support=support)

    def move(self, renames: Mapping[str, str], entry: Entry) -> Entry:
        """Other addresses for what is there; returns the entry with the promises that it tells."""
        changed = readdressed(self._resources.values(), self._agreements.values(), renames)
        for old in changed.resources:
            del self._resources[old]
        for old in changed.agreements:
            del self._agreements[old]
        self._resources |= {one.address: one for one in changed.resources.values()}
        self._agreements |= {one.address: one for one in changed.agreements.values()}
        return changed.told(entry)

    def chain(self, entry: Entry) -> Entry:
        """The entry as it would stand at the end of the history."""
        return chained(replace(entry, serial=self.serial), self.head, self.lineage)

    def add(self, entry: Entry) -> None:
        """Put a chained entry at the end of the history, unless it is there; it ends what was under way."""
        self._under_way = None
        if not self._history or self._history[-1].serial < entry.serial:
            self._history.append(entry)
            self.head = entry.hash

    def replace(self, contents: Contents) -> None:
        """Make the whole state this one; the workspace stays."""
        self._take(replace(contents, workspace=self.workspace))
