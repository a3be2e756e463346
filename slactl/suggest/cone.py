"""The part of an estate that one agreement rests on: what the engine is asked about again and again is kept small."""

from collections.abc import Iterable

from slactl.base.quick_dataclass import replace
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate


def cone_of(estate: Estate, agreement: str) -> Estate:
    """The estate with one agreement, every service below it, and the OLAs and UCs on those."""
    services, agreements = _below(estate, estate.agreements[agreement])
    return replace(
        estate,
        services={name: one for name, one in estate.services.items() if name in services},
        agreements={address: one for address, one in estate.agreements.items() if address in agreements},
        digest="",
    )


def _below(estate: Estate, top: Agreement) -> tuple[set[str], set[str]]:
    """Closed under what names what: an OLA on two services brings the second one with it."""
    services: set[str] = set()
    agreements: set[str] = {top.address}
    waiting = list(_named(top))
    while waiting:
        name = waiting.pop()
        if name in services or name not in estate.services:
            continue
        services.add(name)
        waiting.extend(call.service for call in estate.services[name].calls())
        for agreement in estate.agreements_on.get(name, ()):
            agreements.add(agreement.address)
            waiting.extend(_named(agreement))
    return services, agreements


def _named(agreement: Agreement) -> Iterable[str]:
    yield from agreement.services
    for objective in agreement.objectives.values():
        yield from objective.services
    for joint in agreement.joint:
        yield from joint.services
    yield from (str(duty["service"]) for duty in agreement.duties if "service" in duty)
