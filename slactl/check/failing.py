"""What one supplier takes down by itself: the services whose structure does not stand without it."""

from collections.abc import Collection, Iterator

from slactl.base.quick_dataclass import dataclass
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.estate import Estate
from slactl.model.service import Call, Group


@dataclass(frozen=True, slots=True)
class SoleCause:
    """A supplier, and the services that are down whenever all of its services are."""

    supplier: str
    services: frozenset[str]


def sole_causes(estate: Estate) -> Iterator[SoleCause]:
    """Every supplier from outside that provides anything, in name order."""
    provided = _provided(estate)
    for name, party in estate.parties.items():
        if "supplier" in party.roles and not party.inside and provided.get(name):
            yield SoleCause(name, taken_down(estate, provided[name]))


def taken_down(estate: Estate, failing: Collection[str]) -> frozenset[str]:
    """The services that are down if some are: those, and all that cannot stand without them."""
    down, waiting = set(failing), list(failing)
    while waiting:
        for name in estate.consumers_of.get(waiting.pop(), ()):
            needs = estate.services[name].depends_on
            if name not in down and needs is not None and _is_down(needs, down):
                down.add(name)
                waiting.append(name)
    return frozenset(down)


def objectives_down(agreement: Agreement, services: Collection[str]) -> tuple[Objective, ...]:
    """The agreement's promises about shares of time that an outage of some services breaks or uses up."""
    return tuple(
        one
        for one in agreement.objectives.values()
        if one.agreed
        and one.metric in ("availability", "success-ratio")
        and any(name in services for name in one.services)
    )


def _provided(estate: Estate) -> dict[str, list[str]]:
    """The services of each party: those that it owns, and those that it signed a contract for."""
    found: dict[str, dict[str, None]] = {}
    for service in estate.services.values():
        found.setdefault(service.owner, {})[service.name] = None
    for agreement in estate.agreements.values():
        if agreement.kind == "UC" and agreement.status is Status.AGREED:
            found.setdefault(agreement.provider, {}).update(dict.fromkeys(agreement.services))
    return {party: list(services) for party, services in found.items()}


def _is_down(needs: Group, down: Collection[str]) -> bool:
    up = sum(
        not (part.service in down if isinstance(part, Call) else _is_down(part, down)) for part in needs.parts
    )
    return up < needs.at_least
