"""Which promise rests on which, for the rules that hold the terms of the two beside each other."""

from collections.abc import Iterator

from slactl.base.quick_dataclass import dataclass
from slactl.check.cone import Cones, View
from slactl.check.requests import request_objectives
from slactl.check.rules.rule import Evidence
from slactl.check.times_asked import asked
from slactl.model.agreement import Agreement, Objective


@dataclass(frozen=True, slots=True)
class Resting:
    """An objective of an SLA, or of an OLA that rests on others, and one promise that it rests on."""

    agreement: Agreement
    above: Objective
    below: Objective


def resting(evidence: Evidence) -> Iterator[Resting]:
    """Every promise that is judged with each promise that it rests on, of every metric, each pair once.

    What rests on an OLA that is supported rests on that alone; what is below it is the OLA's own affair.
    """
    seen = set[tuple[str, str]]()
    for several in (shares_resting(evidence), _times(evidence), _requests(evidence)):
        for pair in several:
            key = (pair.above.address, pair.below.address)
            if key not in seen:
                seen.add(key)
                yield pair


def shares_resting(evidence: Evidence) -> Iterator[Resting]:
    """The pairs of those promises that are shares of downtime, or of requests that fail."""
    for address, supports in evidence.supports.items():
        name, objective = address.rsplit(".", 1)
        agreement = evidence.estate.agreements[name]
        for below in {one.address: one for _, one in supports}.values():
            yield Resting(agreement, agreement.objectives[objective], below)


def _times(evidence: Evidence) -> Iterator[Resting]:
    for one in asked(evidence):
        for backer in (backer for group in one.answer.promises for backer in group):
            yield Resting(one.agreement, one.objective, backer.objective)


def _requests(evidence: Evidence) -> Iterator[Resting]:
    estate = evidence.estate
    owners = {service.owner for service in estate.services.values()}
    cones = Cones(estate)
    for agreement, objective, _ in request_objectives(estate):
        if objective.address not in evidence.amounts:  # its term is over
            continue
        customers = agreement.customers if agreement.kind == "SLA" else ()
        duties = tuple(customer for customer in customers if customer in owners)
        view = View(objective.metric, agreement.status.firmness, duties)
        top = cones.of_agreement(agreement, objective, view)
        for leaf in (cones.leaves[name] for name in cones.structure.leaves(top)):
            for backer in leaf.backers:
                yield Resting(agreement, objective, backer.objective)
