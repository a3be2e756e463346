"""What an SLA leans on: the agreements below it, those below an OLA of them included."""

from collections.abc import Iterable, Mapping

from slactl.check.rules.rule import Evidence
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.estate import Estate

Promises = Mapping[str, tuple[Agreement, Objective]]
"""Promises by their addresses."""


def promises_below(evidence: Evidence) -> Mapping[str, Promises]:
    """By the address of each objective of an SLA all promises that it rests on, at any depth, directly or through OLAs."""
    return evidence.once(_promises_below)


def _promises_below(evidence: Evidence) -> Mapping[str, Promises]:
    known: dict[frozenset[str], Promises] = {}
    found: dict[str, Promises] = {}
    for address, supports in evidence.supports.items():
        if address.startswith("sla."):
            key = frozenset(objective.address for _, objective in supports)
            if key not in known:  # many SLAs rest on the same
                known[key] = _below(evidence, supports)
            found[address] = known[key]
    return found


def _below(evidence: Evidence, supports: Iterable[tuple[Agreement, Objective]]) -> Promises:
    found: dict[str, tuple[Agreement, Objective]] = {}
    waiting = list(supports)
    while waiting:
        agreement, objective = waiting.pop()
        if objective.address not in found:
            found[objective.address] = (agreement, objective)
            waiting.extend(evidence.supports.get(objective.address, ()))
    return found


def agreements_below(evidence: Evidence) -> dict[str, Mapping[str, Agreement]]:
    """By the address of each SLA the agreements that any objective of it rests on, at any depth, by their addresses."""
    found: dict[str, dict[str, Agreement]] = {}
    for address, promises in promises_below(evidence).items():
        own = found.setdefault(address.rsplit(".", 1)[0], {})
        own.update((agreement.address, agreement) for agreement, _ in promises.values())
    return {address: dict(sorted(below.items())) for address, below in found.items()}


def slas_above(evidence: Evidence) -> dict[str, tuple[Agreement, ...]]:
    """By the address of each agreement below the SLAs that lean on it."""
    return evidence.once(_slas_above)


def _slas_above(evidence: Evidence) -> dict[str, tuple[Agreement, ...]]:
    found: dict[str, list[Agreement]] = {}
    for sla, below in agreements_below(evidence).items():
        for address in below:
            found.setdefault(address, []).append(evidence.estate.agreements[sla])
    return {address: tuple(found[address]) for address in sorted(found)}


def contracts_under(estate: Estate, sla: Agreement) -> tuple[Agreement, ...]:
    """The agreed contracts with suppliers on anything that an SLA's services rest on, whatever they promise about it.

    What a supplier's service rests on is the supplier's own affair, and what the customer owns the customer's.
    """
    waiting, seen = list(sla.services), set(sla.services)
    found: dict[str, Agreement] = {}
    while waiting:
        name = waiting.pop()
        for one in estate.agreements_on.get(name, ()):
            if one.kind == "UC" and one.status is Status.AGREED:
                found[one.address] = one
        if not _is_outside(estate, estate.services[name].owner):
            for below in estate.directly_below[name]:
                if below not in seen and estate.services[below].owner not in sla.customers:
                    seen.add(below)
                    waiting.append(below)
    return tuple(found[address] for address in sorted(found))


def contracts_and_slas(evidence: Evidence) -> tuple[tuple[Agreement, tuple[Agreement, ...]], ...]:
    """Each agreed contract under agreed SLAs, with these, in address order."""
    return evidence.once(_contracts_and_slas)


def _contracts_and_slas(evidence: Evidence) -> tuple[tuple[Agreement, tuple[Agreement, ...]], ...]:
    estate = evidence.estate
    known: dict[object, tuple[Agreement, ...]] = {}
    above: dict[str, list[Agreement]] = {}
    for sla in estate.slas():
        if sla.status is Status.AGREED:
            key = (sla.services, sla.customers)
            if key not in known:
                known[key] = contracts_under(estate, sla)
            for contract in known[key]:
                above.setdefault(contract.address, []).append(sla)
    return tuple((estate.agreements[address], tuple(above[address])) for address in sorted(above))


def _is_outside(estate: Estate, name: str) -> bool:
    party = estate.parties.get(name)
    return party is not None and "supplier" in party.roles and not party.inside
