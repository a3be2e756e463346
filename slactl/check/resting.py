"""Which promise rests on which, for the rules that hold the terms of the two beside each other."""

from collections.abc import Iterator
from typing import NamedTuple

from slactl.check.cone import Cones, View
from slactl.check.requests import request_objectives
from slactl.check.rules.rule import Evidence
from slactl.check.times_asked import asked
from slactl.model.agreement import Agreement, Objective


class Resting(NamedTuple):
    """An objective of an SLA, or of an OLA that rests on others, and one promise that it rests on."""

    agreement: Agreement
    above: Objective
    below: Objective


def resting(evidence: Evidence) -> tuple[Resting, ...]:
    """Every promise that is judged with each promise that it rests on, of every metric, each pair once.

    What rests on an OLA that is supported rests on that alone; what is below it is the OLA's own affair.
    """
    return evidence.once(_resting)


def shares_resting(evidence: Evidence) -> tuple[Resting, ...]:
    """The pairs of those promises that are shares of downtime, or of requests that fail."""
    return evidence.once(_shares_resting)


def _resting(evidence: Evidence) -> tuple[Resting, ...]:
    shares, others = shares_resting(evidence), [*_times(evidence), *_requests(evidence)]
    if not others:
        return shares  # each pair stands there once
    found = dict[tuple[str, str], Resting]()
    for pair in (*shares, *others):
        found.setdefault((pair.above.address, pair.below.address), pair)
    return tuple(found.values())


def _shares_resting(evidence: Evidence) -> tuple[Resting, ...]:
    return tuple(_shares(evidence))


def _shares(evidence: Evidence) -> Iterator[Resting]:
    for address, supports in evidence.supports.items():
        name, objective = address.rsplit(".", 1)
        agreement = evidence.estate.agreements[name]
        above = agreement.objectives[objective]
        for below in {one.address: one for _, one in supports}.values():
            yield Resting(agreement, above, below)


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
