"""What is more urgent is dealt with at least as fast."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from slactl.base.diagnostics import Severity
from slactl.check.priorities import order_of
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.times_work import target_s
from slactl.model.agreement import Agreement, Objective

_METRICS = ("response-time", "resolution-time")


@rule(
    "SLA608",
    Severity.WARNING,
    title="A more urgent priority is promised at least as short a time",
    rationale="Where P1 may take longer than P2, somebody gains by calling an outage less urgent than it is.",
    source="ITIL, incident prioritisation",
    fix="Promise times that grow with the priority's number, in the order of the scale.",
)
def urgent_is_slower(evidence: Evidence) -> Iterator[Broken]:
    """Times in one agreement that are longer for a more urgent priority, in the same hours and for the same share."""
    for agreement in evidence.estate.agreements.values():
        alike = dict[tuple[object, ...], list[Objective]]()
        for one in agreement.objectives.values():
            if one.metric in _METRICS and one.priority is not None:
                alike.setdefault((one.metric, one.services, one.hours, one.share), []).append(one)
        for several in alike.values():
            yield from _slower(agreement, several, evidence.estate.workspace.priorities)


def _slower(agreement: Agreement, several: Sequence[Objective], scale: tuple[str, ...]) -> Iterator[Broken]:
    rank = order_of(agreement.priority_scale or scale, {one.priority or "" for one in several})
    for urgent, less in pairwise(sorted(several, key=lambda one: rank[one.priority or ""])):
        if target_s(urgent) > target_s(less):
            yield Broken(
                urgent.address,
                f"{urgent.address} promises {urgent.target} for {urgent.priority}, and {less.address} {less.target} for "
                f"{less.priority}, which is less urgent.",
                place=urgent.place,
            )
