"""Which object of state an object of a backend is, where the mark that it carries names an older address."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from slactl.base.quick_dataclass import dataclass, replace
from slactl.provider import Observed
from slactl.state.records import Recorded

Readings = Mapping[str, Sequence[Observed]]
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Identified:
    """What was read, under the addresses that state and files use."""

    observed: Readings
    marks: Mapping[str, str]
    """By address: the older one that the object still carries in its backend; it is written anew."""


def identified(
    observed: Readings,
    recorded: Mapping[str, Recorded],
    wanted: Collection[str],
    renames: Mapping[str, str] | None = None,
) -> Identified:
    """Match by the backend's own id first, which a move leaves as it is, then by the moves of the files."""
    look = _Look(recorded, wanted, renames or {})
    marks: dict[str, str] = {}
    found: dict[str, Sequence[Observed]] = {}
    for name, seen in observed.items():
        found[name] = seen if all(map(look.is_plain, seen)) else [*look.under_one_name(seen, marks)]
    return Identified(found, marks)


class _Look:
    def __init__(
        self, recorded: Mapping[str, Recorded], wanted: Collection[str], renames: Mapping[str, str]
    ) -> None:
        self._recorded = recorded
        self._wanted = wanted
        self._renames = renames
        self._by_id: dict[_Key, str] | None = None

    def is_plain(self, one: Observed) -> bool:
        """Whether state knows it by its mark and id, or it is wanted as it is and no move concerns it."""
        known = self._recorded.get(one.address)
        if known is None:
            return one.address in self._wanted and one.address not in self._renames
        return known.id == one.id

    def under_one_name(self, seen: Sequence[Observed], marks: dict[str, str]) -> Iterator[Observed]:
        """What was read, each under its address in state; one whose new address is taken keeps the old one."""
        goes = [self._address(one) for one in seen]
        taken = {address for one, address in zip(seen, goes, strict=True) if one.address == address}
        for one, address in zip(seen, goes, strict=True):
            if address == one.address or address in taken:
                yield one
                continue
            taken.add(address)
            marks[address] = one.address
            yield replace(one, address=address)

    def _address(self, one: Observed) -> str:
        if self.is_plain(one):
            return one.address
        of_id = self._known_by_id().get(_key(one.address, one.id))
        if of_id is not None and (one.address in self._recorded or one.address not in self._wanted):
            return of_id
        if one.address in self._recorded:
            return one.address
        return self._renames.get(one.address, one.address)

    def _known_by_id(self) -> Mapping[_Key, str]:
        """Addresses by what the backend calls them; ids that two share tell nothing."""
        if self._by_id is None:
            self._by_id = {}
            doubled = set()
            for address, one in self._recorded.items():
                key = _key(address, one.id)
                if self._by_id.setdefault(key, address) != address:
                    doubled.add(key)
            for key in doubled:
                del self._by_id[key]
        return self._by_id


def _key(address: str, name: str) -> _Key:
    backend, kind, _ = address.split(".", 2)
    return backend, kind, name
