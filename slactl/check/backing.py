"""Which promise backs what: the rules at the end of the language's page, decided metric by metric.

For a service as one consumer sees it there are three answers: agreements that promise the metric, no need of one (same
owner), or none.
"""

from datetime import date

from slactl.base.quick_dataclass import dataclass
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.estate import Estate

_ENDED = (Status.EXPIRED, Status.TERMINATED)


@dataclass(frozen=True, slots=True)
class Backer:
    """One objective that promises the metric for a service."""

    agreement: Agreement
    objective: Objective


@dataclass(frozen=True, slots=True)
class Backing:
    """What backs a service for one consumer and one metric."""

    backers: tuple[Backer, ...] = ()
    """All of them hold at once."""
    weaker: tuple[Agreement, ...] = ()
    """Agreements that promise the metric but are less firm than what rests on them: they do not count."""
    same_owner: bool = False
    """No agreement is needed: the consumer's owner owns the service too."""


def backing(estate: Estate, service: str, consumer_owner: str, metric: str, firmness: int) -> Backing:
    """What backs `service` for a consumer.

    Args:
        estate: all agreements.
        service: the service consumed.
        consumer_owner: the party that owns the consumer.
        metric: an agreement without an objective of this metric counts as absent.
        firmness: how firm the promise above is (`Status.firmness`): it may rest only on what is at least as firm.
    """
    owner = estate.services[service].owner
    found: list[Backer] = []
    weaker: list[Agreement] = []
    for agreement in estate.agreements_on.get(service, ()):
        if agreement.status in _ENDED or not fits(agreement, owner, estate):
            continue
        if not estate.may_rest_on(agreement, consumer_owner):
            continue
        objectives = [
            one
            for one in agreement.objectives.values()
            if one.metric == metric and service in one.services and _condition_met(one, estate, service)
        ]
        if objectives and agreement.status.firmness < firmness:
            weaker.append(agreement)
        elif objectives:
            found.extend(
                Backer(agreement, one)
                for one in objectives
                if one.agreed or firmness < Status.AGREED.firmness
            )
    return Backing(tuple(found), tuple(weaker), same_owner=owner == consumer_owner)


def _condition_met(objective: Objective, estate: Estate, service: str) -> bool:
    """Whether the service is deployed as the promise asks; a promise whose condition is not met is void."""
    deployment = estate.services[service].deployment
    return all(deployment.get(name, 0) >= least for name, least in objective.requires.items())


def fits(agreement: Agreement, owner: str, estate: Estate) -> bool:
    """Whether it is the kind of agreement that can back a service of that owner: UCs for suppliers', OLAs for our own."""
    party = estate.parties.get(owner)
    roles = party.roles if party is not None else frozenset()
    if agreement.kind == "OLA":
        return "supplier" not in roles or (party is not None and party.inside)
    return agreement.kind != "UC" or "supplier" in roles


def ends_on(agreement: Agreement, horizon_end: date) -> date | None:
    """The last day on which an agreement is in force up to the horizon; None where it goes on beyond."""
    until = agreement.term.until
    if until is None or agreement.term.renewal is not None or until >= horizon_end:
        return None
    return until
