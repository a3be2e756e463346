"""What an agreement rests on: the services below it, each with the agreements that promise it to whoever uses it."""

from collections.abc import Iterator
from dataclasses import dataclass

from slactl.model.agreement import Agreement, Status
from slactl.model.estate import Estate
from slactl.model.service import Call, Group, Service


@dataclass(frozen=True, slots=True)
class Support:
    """One service that an agreement rests on, where the way down ends."""

    service: Service
    needed_by: str
    """The service that calls it, and how many of such a group it needs where not all: `shop, 1 of 2`."""
    agreements: tuple[Agreement, ...]
    """The OLAs and UCs in force that promise it; none: `gap` says why."""
    gap: str = ""


def supports(estate: Estate, agreement: Agreement) -> list[Support]:
    """What promises or lacks a promise below an agreement, in the order of the structure.

    Services without an agreement that rest on others are looked through, as the check does (the rules are on the language's
    page); an end-to-end promise ends the way down, one of scope own goes on below.
    """
    return [*_Walk(estate, agreement).supports()]


class _Walk:
    def __init__(self, estate: Estate, agreement: Agreement) -> None:
        self._estate = estate
        self._agreement = agreement
        self._seen: set[tuple[str, str]] = set()

    def supports(self) -> Iterator[Support]:
        for name in self._agreement.services:
            yield from self._top(self._estate.services[name])

    def _top(self, service: Service) -> Iterator[Support]:
        """An SLA of somebody else than the owner rests on what the owner promises them."""
        provider = self._agreement.provider
        if self._agreement.kind == "SLA" and provider != service.owner and self._backers(service, provider):
            yield from self._below(service, provider, self._agreement.address)
        else:
            yield from self._calls(service)

    def _calls(self, service: Service) -> Iterator[Support]:
        for call, how_many in _members(service.depends_on):
            needed_by = ", ".join(filter(None, (_shown(service), how_many)))
            yield from self._below(self._estate.services[call.service], service.owner, needed_by)

    def _below(self, service: Service, consumer: str, needed_by: str) -> Iterator[Support]:
        if (service.name, consumer) in self._seen:
            return
        self._seen.add((service.name, consumer))
        backers = self._backers(service, consumer)
        if service.owner in self._agreement.customers:
            yield Support(service, needed_by, (), "the customer's own")
        elif backers:
            yield Support(service, needed_by, backers)
            if not _end_to_end(backers):
                yield from self._calls(service)
        elif service.depends_on is not None:
            yield from self._calls(service)
        elif service.owner != consumer:
            yield Support(service, needed_by, (), "nobody promises it")
        else:
            yield Support(service, needed_by, (), "of the same owner, no agreement is needed")

    def _backers(self, service: Service, consumer: str) -> tuple[Agreement, ...]:
        return tuple(
            one
            for one in self._estate.agreements_on.get(service.name, ())
            if one.status is Status.AGREED and self._estate.may_rest_on(one, consumer)
        )


def _end_to_end(agreements: tuple[Agreement, ...]) -> bool:
    return any(objective.scope == "end-to-end" for one in agreements for objective in one.objectives.values())


def _members(group: Group | None, how_many: str = "") -> Iterator[tuple[Call, str]]:
    """The services called, each with how many of the nearest redundant group are needed."""
    if group is None:
        return
    if group.at_least < len(group.parts):
        how_many = f"{group.at_least} of {len(group.parts)}"
    for part in group.parts:
        if isinstance(part, Call):
            yield part, how_many
        else:
            yield from _members(part, how_many)


def _shown(service: Service) -> str:
    return service.display_name or service.name
