"""Every priority used above means something below, and a more urgent one nothing less urgent."""

from collections.abc import Iterator
from itertools import pairwise

from slactl.base.diagnostics import Severity
from slactl.check.priorities import is_unmapped, order_of
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.times_asked import asked
from slactl.model.agreement import Agreement
from slactl.model.merge import origin


@rule(
    "SLA601",
    Severity.ERROR,
    title="Priorities are mapped, all of them and in order",
    rationale="A ticket that the customer calls P1 is worked on below in the order that its own priority there says. One that "
    "maps to nothing is promised nothing, and one that maps below a less urgent one waits behind it.",
    source="ITIL, incident prioritisation; a total, monotone map between scales",
    fix="Name the priority in priorities.map, and map more urgent ones to priorities at least as urgent.",
)
def priorities_mapped(evidence: Evidence) -> Iterator[Broken]:
    """Priorities that a backing agreement leaves out, and maps that turn the order round."""
    found = dict[tuple[str, str], Broken]()
    for one in asked(evidence):
        priority = one.answer.ask.priority
        for agreement in (backer.agreement for backer in one.answer.considered):
            if priority is not None and is_unmapped(agreement, priority):
                message = f"{agreement.address} has no priority for {priority}, and {one.objective.address} rests on it."
                backed = Severity.WARNING if one.answer.promises else None
                found[agreement.address, priority] = _at_map(agreement, message, backed)
    yield from found.values()
    for agreement in evidence.estate.agreements.values():
        if agreement.priority_map:
            yield from _disorder(agreement, evidence.estate.workspace.priorities)


def _disorder(agreement: Agreement, consumers: tuple[str, ...]) -> Iterator[Broken]:
    own = agreement.priority_scale
    beyond = sorted(set(agreement.priority_map.values()) - set(own)) if own else []
    for name in beyond:
        yield _at_map(agreement, f"{agreement.address} maps to {name}, which its scale does not have.")
    if beyond:
        return
    theirs, ours = (
        order_of(consumers, agreement.priority_map),
        order_of(own, {*agreement.priority_map.values()}),
    )
    for first, then in pairwise(sorted(agreement.priority_map, key=theirs.__getitem__)):
        above, below = agreement.priority_map[first], agreement.priority_map[then]
        if ours[above] > ours[below]:
            yield _at_map(
                agreement,
                f"{agreement.address} maps {first} to {above} and {then} to {below}: what is more urgent above is less "
                "urgent below.",
            )


def _at_map(agreement: Agreement, message: str, severity: Severity | None = None) -> Broken:
    place = origin(agreement.layers, ("priorities", "map"))[1]
    return Broken(agreement.address, message, place=place, severity=severity)
