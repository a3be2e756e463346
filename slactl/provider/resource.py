"""Backend objects as the core sees them: desired, observed, changed, and what became of a change."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from slactl.base.quick_dataclass import dataclass, field


@dataclass(frozen=True, slots=True)
class Ref:
    """A field of another resource that is known only once that resource is applied (a server-made id).

    It may stand anywhere inside a body. The core applies the other resource in an earlier wave and puts the
    value in its place before `Connection.execute` sees the change.
    """

    address: str
    field: str = "id"


@dataclass(frozen=True, slots=True)
class Resource:
    """A desired backend object.

    Its address `<backend>.<type>.<name>` comes from what it represents, so agreements that need one object
    share it. `body` is JSON data (and `Ref`s): exactly the attributes that slactl owns, in the provider's
    normal form, the same that `read_all` returns for an object that nobody has touched.
    """

    address: str
    body: Mapping[str, Any]
    needed_by: tuple[str, ...]
    """Addresses of the agreements and objectives it serves; empty: the backend itself (shared rules)."""
    replace_on: frozenset[str] = frozenset()
    """Top-level attributes of the body that the system cannot change in place."""

    @property
    def backend(self) -> str:
        """The backend's name: the address's first part."""
        return self.address.split(".", 1)[0]

    @property
    def type(self) -> str:
        """The type of object: the address's second part."""
        return self.address.split(".", 2)[1]


@dataclass(frozen=True, slots=True)
class Observed:
    """An object of ours as the backend has it now, found by our mark."""

    address: str
    id: str
    """How the backend itself names it: a server-made id, a file's name."""
    body: Mapping[str, Any]
    """In the same normal form as `Resource.body`, with server-made ids where that has `Ref`s."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Fields that a `Ref` may name, beyond `id`."""


class Action(StrEnum):
    """What a change does to one object."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One change to make; `after` has no `Ref`s left when a connection sees it."""

    action: Action
    address: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    id: str | None
    """The backend's own name of the object; None for one to be created. The mark that the object carries may name an older
    address: then it is written anew, whatever else changes."""
    needed_by: tuple[str, ...] = ()
    adopts: bool = False
    """True: the object is somebody else's, and an import of the files names it; only then may one without our mark change."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object of others that could become a wanted one."""

    address: str
    """The wanted one."""
    id: str
    """The backend's own name of what is there."""


Status = Literal["done", "staged", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change.

    done: in force. staged: in force once `commit` succeeds. failed: not made, `error` says why. unknown: the
    connection broke before an answer; the next read tells.
    """

    address: str
    status: Status
    id: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
