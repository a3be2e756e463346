"""A promise where there is none: an objective more in the agreement that there is, or an agreement more."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import Ratio
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl.model.service import Service
from slactl.suggest.edit import Edit
from slactl.suggest.ladder import LOOSEST_NEW, NEW_SHARES, TIMES
from slactl.suggest.move import MONTH_S, Move, contract_of, cost_of_new
from slactl.suggest.terms import as_written


@dataclass(frozen=True, slots=True)
class Need:
    """What a promise that does not exist yet has to be like to serve the one above it."""

    agreement: Agreement
    """Above: as firm as this one."""
    objective: Objective
    taken: frozenset[str] = frozenset()
    """Addresses that new documents may not have."""


def new_promises(estate: Estate, service: Service, need: Need) -> tuple[Move, ...]:
    """What the owner of a service could promise about it, the loosest first; nothing where that is the customer."""
    if service.owner in need.agreement.customers:
        return ()
    agreement = next(_with_room(estate, service, need), None)
    if agreement is not None:
        return tuple(_objectives(agreement, need))
    return tuple(_agreements(estate, service, need))


def _with_room(estate: Estate, service: Service, need: Need) -> Iterator[Agreement]:
    """Agreements on the service that are firm enough and say nothing by this name yet."""
    for one in estate.agreements_on.get(service.name, ()):
        firm = one.status.firmness >= need.agreement.status.firmness
        if firm and one.provider == service.owner and need.objective.name not in one.objectives:
            yield one


def _objectives(agreement: Agreement, need: Need) -> Iterator[Move]:
    """One objective more in an agreement."""
    name = need.objective.name
    place = agreement.layers[-1].place.at("spec", "objectives", name)
    for target, saved_s in _targets(need.objective):
        promised = _promised(need, target, agreement.priority_map)
        edit = Edit(agreement.address, place, promised)
        cost = cost_of_new(saved_s, contract=contract_of(agreement))
        yield Move("new-promise", f"{agreement.address}.{name}", (edit,), cost, target)


def _agreements(estate: Estate, service: Service, need: Need) -> Iterator[Move]:
    """One agreement more, on the service alone."""
    owner = estate.parties.get(service.owner)
    kind = "OLA" if owner is None or owner.inside else "UC"
    address = f"{kind.lower()}.{service.name}"
    while address in need.taken:
        address += f"-{need.objective.metric}"
    place = Place(service.place.file, service.place.document)
    for target, saved_s in _targets(need.objective):
        document = {
            "apiVersion": "slactl/v1",
            "kind": kind,
            "metadata": {"name": address.split(".", 1)[1]},
            "spec": _spec(estate, service, need)
            | {"objectives": {need.objective.name: _promised(need, target, {})}},
        }
        edit = Edit(address, place, document, adds=True)
        cost = cost_of_new(saved_s, contract=address if kind == "UC" else "")
        yield Move("new-promise", f"{address}.{need.objective.name}", (edit,), cost, target)


def _spec(estate: Estate, service: Service, need: Need) -> dict[str, Any]:
    owner = estate.parties.get(service.owner)
    above = need.objective
    return {
        "service": service.name,
        **({} if owner is None or owner.inside else {"customer": estate.workspace.organization}),
        "status": need.agreement.status.value,
        **({"excludes": sorted(above.excludes)} if above.excludes else {}),
    }


def _targets(above: Objective) -> Iterator[tuple[str, Fraction]]:
    """Usual targets with what each saves against the loosest of them."""
    if isinstance(above.target, Ratio):
        for share in NEW_SHARES:
            yield str(share), (LOOSEST_NEW.complement - share.complement) * MONTH_S
    elif isinstance(above.target, Duration):
        for time in TIMES:
            yield str(time), TIMES[0].seconds - time.seconds


def _promised(need: Need, target: str, priorities: Mapping[str, str]) -> dict[str, Any]:
    """An objective like the one above, in the priorities of the agreement that it stands in."""
    above = need.objective
    found: dict[str, Any] = {"metric": above.metric} if above.name != above.metric else {}
    if above.priority is not None:
        found["priority"] = priorities.get(above.priority, above.priority)
    found["target"] = target
    if isinstance(above.target, Ratio):
        found["window"] = as_written(above.window)
    if above.hours is not None:
        found["hours"] = above.hours
    return found
