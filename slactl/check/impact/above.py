"""The part of an estate that matters to an impact: the SLAs above some services, and what those rest on."""

from collections.abc import Collection, Iterable, Iterator

from slactl.base.quick_dataclass import replace
from slactl.check.impact.subject import services_named
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate


def slas_above(estate: Estate, services: Collection[str]) -> tuple[Agreement, ...]:
    """The SLAs on services that rest on some services at any depth, in address order."""
    above = _services_above(estate, services)
    return tuple(one for one in estate.slas() if not above.isdisjoint(services_named(one)))


def estate_of(estate: Estate, slas: Iterable[Agreement]) -> Estate:
    """The estate with no SLAs but these, and no OLAs and UCs but those below them; waivers change no verdict and are left out."""
    tops = tuple(slas)
    below = _services_below(estate, tops)
    kept = {one.address for one in tops}
    kept.update(one.address for name in below for one in estate.agreements_on.get(name, ()))
    agreements = {address: one for address, one in estate.agreements.items() if address in kept}
    return replace(estate, agreements=agreements, waivers={}, digest="")


def _services_above(estate: Estate, services: Collection[str]) -> set[str]:
    """Closed under OLAs' promises on joint downtime too: what is below one of the services decides for all."""
    found, waiting = set(services), list(services)
    while waiting:
        name = waiting.pop()
        for above in (*estate.consumers_of.get(name, ()), *_siblings(estate, name)):
            if above not in found:
                found.add(above)
                waiting.append(above)
    return found


def _siblings(estate: Estate, service: str) -> Iterator[str]:
    for agreement in estate.agreements_on.get(service, ()):
        for joint in agreement.joint if agreement.kind == "OLA" else ():
            if service in joint.services:
                yield from joint.services


def _services_below(estate: Estate, tops: Iterable[Agreement]) -> set[str]:
    found: set[str] = set()
    waiting = [name for one in tops for name in services_named(one)]
    while waiting:
        name = waiting.pop()
        if name in found or name not in estate.services:
            continue
        found.add(name)
        waiting.extend(call.service for call in estate.services[name].calls())
        for agreement in estate.agreements_on.get(name, ()):
            waiting.extend(services_named(agreement))
    return found
