"""What a state holds, as plain frozen data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slactl.base.quick_dataclass import dataclass, field, field_values


@dataclass(frozen=True, slots=True)
class Recorded:
    """A backend object as it was applied."""

    address: str
    provider: str
    id: str
    """The backend's own name of it."""
    body: Mapping[str, Any]
    """Without `Ref`s: as the backend was told."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    needed_by: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    """Addresses that its body refers to: they are deleted after it."""

    @property
    def backend(self) -> str:
        """The backend's name: the address's first part."""
        return self.address.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Applied:
    """An agreement as it was applied: its promise, and how it was supported then."""

    address: str
    promise: Mapping[str, Any]
    support: Mapping[str, str]
    """By objective name: the verdict."""
    prevent_destroy: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that was about to be made and whose outcome is not recorded: the next read tells."""

    address: str
    action: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One apply, or another command that wrote to the state, in the history."""

    serial: int
    at: datetime
    who: str
    command: str
    as_of: str
    plan_digest: str
    commit: str | None
    results: Mapping[str, str]
    """By address of an object or agreement: what became of the change."""
    agreements: Mapping[str, Mapping[str, Any] | None]
    """Promises that changed, as they are from then on; None: ended."""
    version: str = ""
    """The release of slactl that applied; empty where it was not recorded yet."""
    mode: str = ""
    """The plan's mode; empty where there was no plan, or it was not recorded yet."""
    dirty: bool | None = None
    """Whether files differed from the commit; None where that cannot be told."""
    support: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Verdicts by objective of agreements whose promise or support changed, as they are from then on."""
    chained: str = "apply"
    """When the hash was made: with the entry, or (`migration`) later, when the state learned to chain."""
    previous: str = ""
    """The hash of the entry before."""
    hash: str = ""

    def data(self) -> dict[str, Any]:
        """The entry as JSON data."""
        return field_values(self) | {"at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a plan compares with, read at one moment."""

    lineage: str
    serial: int
    resources: Mapping[str, Recorded]
    agreements: Mapping[str, Applied]
    intents: tuple[Intent, ...] = ()
    head: str = ""
    """The hash of the newest entry of the history; empty where there is none."""

    @property
    def backends(self) -> frozenset[str]:
        """The backends that hold objects of ours, or may since an apply that did not end."""
        return frozenset(address.split(".", 1)[0] for address in self.unsettled | self.resources.keys())

    @property
    def unsettled(self) -> frozenset[str]:
        """Addresses whose last change has no recorded outcome: state alone cannot be trusted about them."""
        return frozenset(one.address for one in self.intents)


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole state, as it is moved from one store to another."""

    workspace: str
    snapshot: Snapshot
    history: tuple[Entry, ...]
    """Oldest first."""
    under_way: Entry | None = None
    """The entry of an apply that has begun and not ended, as far as it is known: it is running, or was cut off."""


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds the lock; the fields are Terraform's."""

    id: str
    """Empty: its holder has not said who it is yet."""
    operation: str
    who: str
    version: str
    created: datetime
    pid: int
    """0: held by hand; negative: nobody has told."""
    host: str
    """The machine, as far as process ids have one meaning on it."""
    info: str = ""
    path: str = ""
    """Where the state is."""

    @property
    def by_hand(self) -> bool:
        """Whether a person holds it (`state lock`), not a process: nobody can tell that it is dead."""
        return self.pid == 0
