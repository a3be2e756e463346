"""`-refresh-only`: state learns what the backends have; what differs from the files stays for the next plan."""

from collections.abc import Mapping, Sequence

from slactl.base.quick_dataclass import dataclass
from slactl.model.estate import Estate
from slactl.plan.drift import against_state
from slactl.plan.past import Past
from slactl.plan.plan import Drift, Kept
from slactl.provider import Observed
from slactl.state.records import Recorded, Snapshot


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What state is to record as it is, and to forget."""

    kept: tuple[Kept, ...]
    gone: tuple[str, ...]
    drift: tuple[Drift, ...]


def refreshed(
    snapshot: Snapshot, observed: Mapping[str, Sequence[Observed]], estate: Estate, past: Past
) -> Refreshed:
    """Every object of state as its backend has it now; what a killed apply left open is settled along with it."""
    objects = against_state(snapshot, observed, estate, past)
    drift = tuple(objects.drift())
    differing = {one.address for one in drift} | (snapshot.unsettled & snapshot.resources.keys())
    return Refreshed(
        tuple(
            _as_it_is(recorded, objects.current[address], new=address in differing)
            for address, recorded in sorted(snapshot.resources.items())
            if address in objects.current
        ),
        tuple(sorted((snapshot.resources.keys() | snapshot.unsettled) - objects.current.keys())),
        drift,
    )


def _as_it_is(recorded: Recorded, there: Observed, *, new: bool) -> Kept:
    return Kept(
        recorded.address,
        recorded.provider,
        there.id,
        there.body,
        there.attributes,
        recorded.needed_by,
        new,
        recorded.depends_on,
    )
