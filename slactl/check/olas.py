"""The promises of OLAs that rest on others, in the order in which they are judged: from the bottom up.

What an OLA promises of each of its services is judged by itself, before anything that rests on that service: one OLA may
be about two services of which one rests on the other.
"""

from collections.abc import Collection, Iterator

from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.estate import Estate

OPEN = (Status.DRAFT, Status.PROPOSED, Status.AGREED)
"""What is not over."""


def olas_bottom_up(estate: Estate, metrics: Collection[str]) -> Iterator[tuple[Agreement, Objective, str]]:
    """Every end-to-end objective of an OLA with each of its services that rests on others, what is below it before it."""
    rank = estate.bottom_up
    asked = [
        (agreement, objective, service)
        for agreement in estate.agreements.values()
        if agreement.kind == "OLA" and agreement.status in OPEN
        for objective in agreement.objectives.values()
        if objective.metric in metrics and objective.scope == "end-to-end"
        for service in judged_services(estate, objective)
    ]
    yield from sorted(asked, key=lambda one: rank[one[2]])


def judged_services(estate: Estate, objective: Objective) -> tuple[str, ...]:
    """The services of an OLA's objective that rest on others; what is promised of the rest is an axiom."""
    return tuple(name for name in objective.services if estate.services[name].depends_on is not None)


def last_judged(estate: Estate, objective: Objective) -> str:
    """The service of an OLA's objective that is judged last: then all of the objective can be."""
    rank = estate.bottom_up
    return max(judged_services(estate, objective), key=rank.__getitem__)
