"""Drift: what a plan would change back if the files were what was applied. The comparison is the planner's own."""

from collections.abc import Mapping, Sequence

from slactl.base.quick_dataclass import dataclass
from slactl.model.estate import Estate
from slactl.plan.identity import identified
from slactl.plan.ignored import Ignored
from slactl.plan.known import Known
from slactl.plan.left import kept_removals, left_alone
from slactl.plan.objects import Objects
from slactl.plan.past import Past
from slactl.plan.plan import ObjectChange, PlanNotice
from slactl.provider import Compilation, Observed, Resource
from slactl.state.records import Snapshot


@dataclass(frozen=True, slots=True)
class DriftReport:
    """How the backends differ from what was applied."""

    lineage: str
    serial: int
    changes: tuple[ObjectChange, ...]
    """What would bring back what was applied; `before` is what is there now, `why` says how it came about: drift, missing, orphan."""
    unsettled: tuple[str, ...]
    """Addresses that an apply of ours left without an outcome: no drift, the next apply settles them."""
    notices: tuple[PlanNotice, ...]

    @property
    def found(self) -> bool:
        """Whether anything differs."""
        return bool(self.changes)


def drift_of(
    snapshot: Snapshot,
    observed: Mapping[str, Sequence[Observed]],
    estate: Estate | None = None,
    past: Past | None = None,
) -> DriftReport:
    """Compare what every backend has with what was applied; pending changes of the files play no part.

    From the estate comes only what is left to others: attributes by `lifecycle.ignoreChanges`, objects by `removed`.
    """
    objects = against_state(snapshot, observed, estate, past)
    changes = [one for one in objects.changes() if one.address not in snapshot.unsettled]
    return DriftReport(
        snapshot.lineage,
        snapshot.serial,
        tuple(sorted(changes, key=lambda one: one.address)),
        tuple(sorted(snapshot.unsettled)),
        tuple(objects.doubled()),
    )


def against_state(
    snapshot: Snapshot,
    observed: Mapping[str, Sequence[Observed]],
    estate: Estate | None = None,
    past: Past | None = None,
) -> Objects:
    """What was applied, in the place of what the files want, against what is there."""
    mine = identified(observed, snapshot.resources, snapshot.resources).observed
    removed = kept_removals(estate) if estate else ()
    left = left_alone(snapshot, mine, snapshot.resources, removed, past or Past())
    return Objects(_as_applied(snapshot), Known(snapshot, left.observed), {}, Ignored(estate))


def _as_applied(snapshot: Snapshot) -> dict[str, Compilation]:
    """What state has, in the form in which a provider says what is wanted."""
    resources = [Resource(one.address, one.body, one.needed_by) for one in snapshot.resources.values()]
    return {"": Compilation(resources)}
