"""The plan: frozen, complete, and all that an apply needs; it can be printed, saved, and read back."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from slactl.base.quick_dataclass import dataclass, field
from slactl.provider import Action

Mode = Literal["normal", "destroy", "refresh-only"]
Why = Literal["", "drift", "orphan", "missing", "adopted", "requested"]


class AgreementAction(StrEnum):
    """What happens to a promise."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One backend object and what is to be done with it."""

    address: str
    provider: str
    action: Action
    before: Mapping[str, Any] | None
    """As the backend has it now."""
    after: Mapping[str, Any] | None
    """As it shall be; another object's field that is not known yet stands as `{"$ref": [address, field]}`."""
    id: str | None
    needed_by: tuple[str, ...]
    wave: int
    """Changes of one wave depend on earlier waves only."""
    why: Why = ""
    """drift: somebody changed it by hand; missing: somebody deleted it; orphan: it carries our mark, unknown to state, and
    nobody wants it; adopted: the same, and it is wanted; requested: -replace names it."""
    needs: tuple[str, ...] = ()
    """Addresses whose changes must have succeeded before this one is tried."""
    depends_on: tuple[str, ...] = ()
    """Addresses that the body refers to, known by now or not."""
    forced_by: tuple[str, ...] = ()
    """For a replacement: the attributes that cannot change in place."""
    previous: str = ""
    """The address that it had, in state or in the mark that it carries; empty where it has not moved."""
    importing: bool = False
    """True: `id` names an object of others, which is taken over."""

    @property
    def backend(self) -> str:
        """The backend's name: the address's first part."""
        return self.address.split(".", 1)[0]


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that is as it should be; `new` where state does not know it yet, or not like this."""

    address: str
    provider: str
    id: str
    body: Mapping[str, Any]
    attributes: Mapping[str, Any]
    needed_by: tuple[str, ...]
    new: bool = False
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectiveChange:
    """How one objective of an agreement changes; None on the side where it does not exist."""

    name: str
    target_before: str | None
    target_after: str | None
    allowed_before: str | None
    """Downtime allowed, in words: `43m 12s a month`."""
    allowed_after: str | None
    verdict_before: str | None
    verdict_after: str | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value of an agreement that changes."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class AgreementChange:
    """How one promise changes, and whom it touches."""

    address: str
    action: AgreementAction
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    objectives: tuple[ObjectiveChange, ...]
    fields: tuple[FieldChange, ...]
    """What changes beside the objectives' targets."""
    customers: tuple[str, ...]
    """Customers of the SLAs that it is or supports."""
    support: Mapping[str, str]
    """Verdicts by objective, as of this plan."""
    prevent_destroy: bool = False
    previous: str = ""
    """The address that it had; empty where it has not moved."""


@dataclass(frozen=True, slots=True)
class Move:
    """An agreement or object that goes by another address from now on."""

    source: str
    target: str
    document: str
    """The refactoring that states it; empty for an object that follows its agreement."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """An object that state forgets, and that stays in its backend."""

    address: str
    provider: str
    id: str
    body: Mapping[str, Any]
    needed_by: tuple[str, ...]
    removed: str
    """The address that is taken out, and whose objects stay."""


@dataclass(frozen=True, slots=True)
class SupportChange:
    """A customer's objective that was supported before and is not now, or the other way round."""

    address: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Support:
    """How one objective stands, for the plan's readers."""

    address: str
    target: str
    verdict: str
    local_verdict: str
    margin_s: str
    worst_window: str
    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """A finding of the check, as the plan shows it."""

    rule: str
    severity: str
    address: str
    message: str
    waived: bool


@dataclass(frozen=True, slots=True)
class PlanNotice:
    """Something that a backend cannot hold."""

    severity: str
    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Drift:
    """An object of ours that differs from what was applied; `after` is None where it is gone."""

    address: str
    provider: str
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What one backend carries for us, before and after, in its own terms."""

    backend: str
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that would change, and why."""

    workspace: str
    lineage: str
    serial: int
    files_digest: str
    as_of: str
    mode: Mode
    agreements: tuple[AgreementChange, ...]
    changes: tuple[ObjectChange, ...]
    """In the order in which they are made: by wave, backend and address."""
    kept: tuple[Kept, ...]
    gone: tuple[str, ...]
    """Addresses that state knows and that neither files nor backends have any more."""
    drift: tuple[Drift, ...]
    costs: tuple[Cost, ...]
    support: tuple[Support, ...]
    support_changes: tuple[SupportChange, ...]
    restated: Mapping[str, Mapping[str, str]]
    """Verdicts by objective of agreements whose promise stays while its support differs from what was recorded; recorded
    along with other changes, never a reason for an apply."""
    findings: tuple[PlanFinding, ...]
    notices: tuple[PlanNotice, ...]
    errors: tuple[str, ...]
    """Why it must not be applied; empty for a plan that may be."""
    head: str = ""
    """The hash of the history's newest entry when the plan was made."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """The variables that it was made with; None where one is sensitive."""
    sensitive: Mapping[str, str] = field(default_factory=dict)
    """Keyed digests of sensitive variables, by which a changed one is seen (`slactl.plan.keyed`)."""
    moves: tuple[Move, ...] = ()
    """Recorded before anything else: whatever becomes of the rest, state and files agree on the names."""
    forgotten: tuple[Forgotten, ...] = ()
    targets: tuple[str, ...] = ()
    """The selectors that it is limited to; empty: none."""
    excludes: tuple[str, ...] = ()
    """The selectors of what it leaves out."""
    too_much: tuple[str, ...] = ()
    """Shares of the estate that it changes beyond what the workspace's guard allows; an apply of these needs -force."""

    @property
    def is_whole(self) -> bool:
        """Whether it covers everything that differs."""
        return not (self.targets or self.excludes)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.moves and not self.has_more_than_moves

    @property
    def has_more_than_moves(self) -> bool:
        """Whether there is something to do beside giving other addresses."""
        return bool(
            self.agreements
            or self.changes
            or self.gone
            or self.forgotten
            or any(one.new for one in self.kept)
        )

    @property
    def applyable(self) -> bool:
        """Whether an apply may run it."""
        return not self.errors

    def count(self, *actions: Action) -> int:
        """How many objects are changed in these ways."""
        return sum(change.action in actions for change in self.changes)

    @property
    def to_import(self) -> int:
        """Objects of others to take over; each is changed in place or replaced, too."""
        return sum(change.importing for change in self.changes)

    @property
    def to_add(self) -> int:
        """Objects to add; a replacement adds one and destroys one."""
        return self.count(Action.CREATE, Action.REPLACE)

    @property
    def to_change(self) -> int:
        """Objects to change in place."""
        return self.count(Action.UPDATE)

    @property
    def to_destroy(self) -> int:
        """Objects to destroy."""
        return self.count(Action.DELETE, Action.REPLACE)
