"""Evidence of independence names members that can be independent."""

from collections.abc import Iterator
from datetime import date

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.independence import common_footprint
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.service import Call, Group, Service


@rule(
    "SLA207",
    Severity.WARNING,
    title="Evidence of independence names members that can be independent",
    rationale="Two services that rest on one supplier fail together, whatever the evidence says; counted as independent, "
    "their joint downtime is understated a thousandfold. Evidence that has ended, or names no redundant group, counts "
    "for nothing.",
    source="SLA arithmetic: independence of a redundant group whose footprints meet is void",
    fix="Move one of the members to a supplier of its own, or withdraw the evidence; renew it when it has ended.",
)
def evidence_void(evidence: Evidence) -> Iterator[Broken]:
    """Recorded evidence that the check does not use."""
    for service in evidence.estate.services.values():
        for one in service.independence:
            shared = common_footprint(evidence.estate, one.between)
            names = sentence_list(list(one.between))
            if shared:
                thing = next(iter(shared))
                message = f"{service.address} records that {names} are independent, and they share {thing}."
            elif one.until and date.fromisoformat(one.until) < evidence.as_of:
                message = f"{service.address} records that {names} are independent, and the evidence ended on {one.until}."
            elif not _redundant(service, set(one.between)):
                message = f"{service.address} records that {names} are independent, and has no redundant group of them."
            else:
                continue
            yield Broken(service.address, message, place=one.place)


def _redundant(service: Service, names: set[str]) -> bool:
    return any(
        group.at_least < len(group.parts)
        and names <= {part.service for part in group.parts if isinstance(part, Call)}
        for group in _groups(service.depends_on)
    )


def _groups(group: Group | None) -> Iterator[Group]:
    if group is not None:
        yield group
        for part in group.parts:
            if isinstance(part, Group):
                yield from _groups(part)
