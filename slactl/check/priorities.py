"""Priorities mapped: what an agreement promises for a ticket that its consumer calls P1.

An agreement's map leads from its consumer's scale to its own; without a map the names are the same on both sides. A
priority that a map leaves out is promised nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from slactl.check.backing import Backer
from slactl.model.agreement import Agreement

Offer = tuple[tuple[Backer, ...], ...]
"""Groups that all count, each of promises that hold at once; empty: nothing is promised."""


def is_unmapped(agreement: Agreement, priority: str | None) -> bool:
    """Whether an agreement's map, or without one its scale, leaves a consumer's priority out."""
    known: Iterable[str] = agreement.priority_map or agreement.priority_scale
    return bool(priority is not None and known and priority not in known)


def own_priority(agreement: Agreement, priority: str | None) -> str | None:
    """What an agreement calls a consumer's priority; one that it does not map keeps its name."""
    return None if priority is None else agreement.priority_map.get(priority, priority)


def offer(backers: Sequence[Backer], priority: str | None) -> Offer:
    """What some agreements together promise for tickets of a priority; None: for all of them.

    A promise that names no priority holds for each. Tickets of all priorities are promised something by agreements
    that name none, or by one that names every priority of its scale: then the slowest counts.
    """
    by_agreement: dict[str, list[Backer]] = {}
    for backer in backers:
        by_agreement.setdefault(backer.agreement.address, []).append(backer)
    at_once: list[Backer] = []
    for several in by_agreement.values():
        agreement = several[0].agreement
        wanted = {None, own_priority(agreement, priority)}
        if not is_unmapped(agreement, priority):
            at_once.extend(one for one in several if one.objective.priority in wanted)
    if at_once:
        return (tuple(at_once),)
    if priority is not None:
        return ()
    return next((whole for several in by_agreement.values() if (whole := _whole_scale(several))), ())


def _whole_scale(backers: Sequence[Backer]) -> Offer:
    """One agreement's promises for every priority of its scale, or nothing where one is left out."""
    scale = backers[0].agreement.priority_scale
    groups = (tuple(one for one in backers if one.objective.priority == name) for name in scale)
    found = tuple(groups)
    return found if all(found) else ()


def order_of(scale: Sequence[str], names: Iterable[str]) -> Mapping[str, int]:
    """The rank of each name, most urgent first: by the scale where it has them all, else by name (P1 before P2)."""
    listed = list(names)
    if set(listed) <= set(scale):
        return {name: scale.index(name) for name in listed}
    return {name: rank for rank, name in enumerate(sorted(listed))}
