"""What an impact is asked about: an agreement or one objective of it, a service, or all that a party provides."""

from collections.abc import Iterable, Iterator

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass
from slactl.base.text import did_you_mean
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that promises to customers may rest on."""

    address: str
    services: frozenset[str]
    """That are down if it fails."""
    agreements: tuple[str, ...]
    """Addresses of the OLAs and UCs that are gone if it ends, in address order."""
    objective: str | None = None
    """Address of the one promise that is meant, where one is."""


def find_subject(estate: Estate, address: str) -> Subject:
    """What an address names.

    Raises:
        SlactlError: when it names nothing, or nothing that anything could rest on.
    """
    kind, _, rest = address.partition(".")
    if kind == "service" and rest in estate.services:
        on = (one.address for one in estate.agreements_on.get(rest, ()))
        return Subject(address, frozenset((rest,)), tuple(on))
    if kind == "party" and rest in estate.parties:
        return _of_party(estate, address, rest)
    if address in estate.agreements:
        agreement = _supporting(estate.agreements[address])
        return Subject(address, frozenset(services_named(agreement)), (address,))
    return _of_objective(estate, address)


def _of_party(estate: Estate, address: str, party: str) -> Subject:
    provided = [one for one in estate.agreements.values() if one.kind != "SLA" and one.provider == party]
    services = {name for name, one in estate.services.items() if one.owner == party}
    services.update(*map(services_named, provided))
    if not services:
        raise SlactlError(
            f"{party} provides nothing here",
            "It owns no service and no OLA or UC is its own; name a party that provides something.",
        )
    return Subject(address, frozenset(services), tuple(one.address for one in provided))


def _of_objective(estate: Estate, address: str) -> Subject:
    above, _, name = address.rpartition(".")
    agreement = estate.agreements.get(above)
    if agreement is None or name not in agreement.objectives:
        raise SlactlError(f"There is nothing under the address {address}", _hint(estate, address))
    objective = _supporting(agreement).objectives[name]
    return Subject(address, frozenset(objective.services), (above,), address)


def _supporting(agreement: Agreement) -> Agreement:
    if agreement.kind == "SLA":
        raise SlactlError(
            f"Nothing rests on {agreement.address}",
            "An SLA is the promise to the customer itself; name an OLA, a UC, a service or a supplier below it.",
        )
    return agreement


def services_named(agreement: Agreement) -> Iterator[str]:
    """Every service that an agreement speaks of, as often as it does."""
    yield from agreement.services
    for objective in agreement.objectives.values():
        yield from objective.services
    for joint in agreement.joint:
        yield from joint.services


def _hint(estate: Estate, address: str) -> str:
    found = did_you_mean(address, _addresses(estate)).strip()
    return (
        found
        or "Name an OLA, a UC, a service or a party: ola.checkout, uc.hosting, service.shop, party.nimbus."
    )


def _addresses(estate: Estate) -> Iterable[str]:
    for agreement in estate.agreements.values():
        if agreement.kind != "SLA":
            yield agreement.address
            yield from (one.address for one in agreement.objectives.values())
    yield from (f"service.{name}" for name in estate.services)
    yield from (f"party.{name}" for name in estate.parties)
