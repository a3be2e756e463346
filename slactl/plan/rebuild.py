"""State made anew from what the backends carry as ours; the planner's own view of what is there and what is wanted."""

from collections.abc import Mapping, Sequence

from slactl.base.quick_dataclass import dataclass
from slactl.model.estate import Estate
from slactl.plan.known import Addresses
from slactl.plan.objects import Objects
from slactl.plan.past import Past
from slactl.plan.plan import PlanNotice
from slactl.plan.references import depends_on
from slactl.provider import Compilation, Observed
from slactl.state.records import Recorded, Snapshot


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a state made anew would hold."""

    resources: tuple[Recorded, ...]
    """Objects that carry our mark and that the files want, as they are now."""
    orphans: tuple[Observed, ...]
    """Objects that carry our mark and that nothing in the files needs: the next plan destroys them."""
    absent: tuple[str, ...]
    """What the files want and no backend has: the next plan creates it."""
    notices: tuple[PlanNotice, ...]


def rebuilt(
    desired: Mapping[str, Compilation],
    observed: Mapping[str, Sequence[Observed]],
    providers: Mapping[str, str],
    estate: Estate,
    past: Past | None = None,
) -> Rebuilt:
    """Sort what was read into what is to be recorded and what nobody wants; providers by backend name.

    What `removed` leaves to others is in neither; what a move renamed since it was applied is recorded under its new address.
    """
    asked = frozenset(one.address for compilation in desired.values() for one in compilation.resources)
    addresses = Addresses(estate, asked, past or Past(), imports=False)
    objects = Objects(desired, addresses.known(Snapshot("", 0, {}, {}), observed), providers)
    resources, orphans = [], []
    for address, there in objects.current.items():
        wanted = objects.desired.get(address)
        if wanted is None:
            orphans.append(there)
            continue
        provider = providers[address.split(".", 1)[0]]
        needs = depends_on(wanted.body)
        resources.append(
            Recorded(address, provider, there.id, there.body, there.attributes, wanted.needed_by, needs)
        )
    absent = tuple(address for address in objects.desired if address not in objects.current)
    return Rebuilt(tuple(resources), tuple(orphans), absent, tuple(objects.doubled()))
