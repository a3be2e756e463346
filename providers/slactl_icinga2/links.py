"""Dependencies from the structure of services: only where all parts are needed, for Icinga knows nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from slactl.model.service import Call, Group, Service
from slactl_icinga2.checks import Check

Watched = Mapping[str, Sequence[Check]]
"""By service of the estate: the checks that stand for it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One check that cannot be well while another is not."""

    child: Check
    parent: Check


@dataclass(frozen=True, slots=True)
class Links:
    """What the structure gives, and what of it Icinga cannot say."""

    links: tuple[Link, ...]
    unsaid: Mapping[str, str]
    """By service: why a part of its structure became no dependency."""


def links_of(services: Mapping[str, Service], watched: Watched) -> Links:
    """The dependencies between watched services, in name order; unwatched ones between them are passed through."""
    found: dict[tuple[str, str], Link] = {}
    unsaid: dict[str, str] = {}
    for name in sorted(watched):
        for parent in dict.fromkeys(_needed(name, services, watched, unsaid)):
            _link(name, parent, watched, found, unsaid)
    if _is_circle(found):
        return Links(
            (), {**unsaid, "*": "The checks that services share would depend on each other in a circle."}
        )
    return Links(tuple(found[key] for key in sorted(found)), unsaid)


def _link(
    name: str, parent: str, watched: Watched, found: dict[tuple[str, str], Link], unsaid: dict[str, str]
) -> None:
    """One dependency for each check of the child, where one check alone stands for the parent."""
    if len(watched[parent]) > 1:
        checks = ", ".join(check.name for check in watched[parent])
        unsaid[name] = (
            f"{parent} is watched by several checks ({checks}), and one of them alone does not say that it is down"
        )
        return
    (above,) = watched[parent]
    for check in watched[name]:
        if check.service is None and above.service is not None and check.host == above.host:
            unsaid[name] = (
                f"{above.name} is a service of the host {check.host} that would depend on it, and Icinga holds back what it says of "
                "services while their host is down: with both down nobody would be told"
            )
        elif check.name != above.name:
            found[check.name, above.name] = Link(check, above)


def _needed(
    name: str, services: Mapping[str, Service], watched: Watched, unsaid: dict[str, str]
) -> Iterator[str]:
    left, seen = [name], set[str]()
    while left:
        at = left.pop()
        group = None if at in seen else services[at].depends_on
        seen.add(at)
        for call in _always(group, at, unsaid) if group is not None else ():
            if call.service in watched:
                yield call.service
            else:
                left.append(call.service)


def _always(group: Group, name: str, unsaid: dict[str, str]) -> Iterator[Call]:
    """The calls without any of which the service fails."""
    if group.at_least < len(group.parts):
        unsaid[name] = (
            f"it needs {group.at_least} of {len(group.parts)} parts, and a dependency means all of them"
        )
        return
    for part in group.parts:
        if isinstance(part, Call):
            yield part
        else:
            yield from _always(part, name, unsaid)


def _is_circle(found: Mapping[tuple[str, str], Link]) -> bool:
    """Icinga has every service depend on its host by itself, which closes circles, too."""
    above: dict[str, set[str]] = {}
    for link in found.values():
        above.setdefault(link.child.name, set()).add(link.parent.name)
        for check in (link.child, link.parent):
            if check.service is not None:
                above.setdefault(check.name, set()).add(check.host)
    try:
        TopologicalSorter(above).prepare()
    except CycleError:
        return True
    return False
