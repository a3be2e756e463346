"""Recorded evidence of independence: where it may be used, and what it makes of a promise.

Evidence counts for redundancy only, inside the group that it names, and only where the footprints of the members do
not meet: two services on one supplier fail together, whatever was signed. Each member is taken at its worst, the
group's members as independent, and all else at its worst again. That is sound where the members share nothing with
each other or with what is around the group, so that no cut mixes part of one member with part of another.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from slactl.assurance.closed_forms import Bound, independent_gate
from slactl.assurance.overlap import RedundantGroup, chance_met
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.worst_case import worst_case
from slactl.base.quick_dataclass import dataclass
from slactl.check.cone import Cones, Redundancy
from slactl.check.result import Independence, Interval

if TYPE_CHECKING:
    from slactl.model.estate import Estate

_ZERO, _ONE = Fraction(0), Fraction(1)


def common_footprint(estate: "Estate", services: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What services have in common: services below, suppliers and risk groups, each with those that share it."""
    below: dict[str, list[str]] = {}
    for service in services:
        for thing in _footprint(estate, service):
            below.setdefault(thing, []).append(service)
    return {thing: tuple(sharing) for thing, sharing in below.items() if len(sharing) > 1}


def in_force(redundancy: Redundancy, as_of: date) -> bool:
    """Whether evidence still counts on a day."""
    return redundancy.evidence.until == "" or date.fromisoformat(redundancy.evidence.until) >= as_of


def assumed(cones: Cones, top: str, expected: Bound, confidence: Fraction) -> Independence:
    """What the workspace's own assumption of independence is worth: the expected value, with no probability shown.

    It is void where promises in different branches of a redundant group are about services whose footprints meet.
    """
    shared = _shared_by_branches(cones, top)
    worth = f"does not hold: {shared}" if shared else "with no evidence"
    return Independence(
        evidence=(f"the workspace assumes independence (check.assume), {worth}",),
        guaranteed=Interval(1 - expected.upper, 1 - expected.lower),
        met=Interval(_ZERO, _ONE),
        confidence=confidence,
        suffices=not shared,
    )


def _shared_by_branches(cones: Cones, top: str) -> str:
    """What two promises share that stand in different branches of a redundant group, in words; empty: nothing."""
    structure = cones.structure
    for name in structure.order(top):
        gate = structure.gates.get(name)
        if gate is None or gate.at_least == len(gate.of):
            continue
        before: dict[str, set[str]] = {}
        for part in gate.of:
            here: dict[str, set[str]] = {}
            for leaf in structure.leaves(part):
                for thing in _footprint_of_leaf(cones, leaf):
                    here.setdefault(thing, set()).add(leaf)
            for thing, leaves in here.items():
                others = before.setdefault(thing, set())
                if (
                    others and len(others | leaves) > 1
                ):  # a leaf that both branches have counts once by itself
                    return f"{' and '.join(sorted(others | leaves))} share {thing}"
                others |= leaves
    return ""


def _footprint_of_leaf(cones: Cones, name: str) -> list[str]:
    """What fails with a promise: all that its service rests on, or the service alone where the rest counts beside it."""
    leaf = cones.leaves[name]
    whole = leaf.kind == "promise" and leaf.backers[0].objective.scope == "end-to-end"
    return sorted(_footprint(cones.estate, leaf.service, below=whole))


def with_evidence(  # noqa: PLR0917 - the parts of one question
    cones: Cones,
    top: str,
    downtime: Mapping[str, Fraction],
    allowed: Fraction,
    as_of: date,
    confidence: Fraction,
) -> Independence | None:
    """What a promise is worth with all evidence that may be used; None where there is none.

    Args:
        cones: structures and evidence.
        top: the node judged.
        downtime: of each leaf, as a share of the worst window.
        allowed: the share that the target allows.
        as_of: the day.
        confidence: the probability asked for that a window is met.
    """
    usable = [one for one in _usable(cones, top, as_of) if _apart(cones.structure, top, one)]
    if not usable:
        return None
    groups, replaced = _strongest(cones.structure, usable, downtime)
    gates = {name: gate for name, gate in cones.gates.items() if name not in replaced}
    found = worst_case(
        Structure(gates), top, {**downtime, **{name: share for name, (share, _) in replaced.items()}}
    )
    weights = found.weights
    spent = sum(
        (weight * found.downtime[name] for name, weight in weights.items() if name not in replaced), _ZERO
    )
    random = [
        RedundantGroup(one.gate_of(cones).down_at, replaced[one.gate][1], weights[one.gate])
        for one in groups
        if weights.get(one.gate)
    ]
    met = chance_met(random, allowed - spent)
    bound = found.bound
    return Independence(
        evidence=tuple(one.words for one in groups),
        guaranteed=Interval(1 - bound.upper, 1 - bound.lower),
        met=Interval(met.lower, met.upper),
        confidence=confidence,
        suffices=bound.upper <= allowed and met.lower >= confidence,
    )


@dataclass(frozen=True, slots=True)
class _Group:
    gate: str
    redundancy: Redundancy

    def gate_of(self, cones: Cones) -> Gate:
        """The gate over the members that the evidence names: one of them is enough, or as many as the group needs."""
        gate = cones.gates[self.gate]
        members = tuple(self.redundancy.members.values())
        return Gate(1 if gate.at_least == 1 else gate.at_least, members)

    @property
    def words(self) -> str:
        evidence = self.redundancy.evidence
        until = f", until {evidence.until}" if evidence.until else ""
        return f"{' and '.join(evidence.between)}: {evidence.evidence}, signed by {evidence.signed_by}{until}"


def _strongest(
    structure: Structure, usable: Iterable[_Group], downtime: Mapping[str, Fraction]
) -> tuple[list[_Group], dict[str, tuple[Fraction, tuple[Fraction, ...]]]]:
    """For each redundant group the evidence that leaves it down least, and its downtime: pairs are not mutual."""
    found: dict[str, tuple[_Group, tuple[Fraction, tuple[Fraction, ...]]]] = {}
    for one in usable:
        worth = _group_downtime(structure, one, downtime)
        if one.gate not in found or worth[0] < found[one.gate][1][0]:
            found[one.gate] = one, worth
    return [one for one, _ in found.values()], {gate: worth for gate, (_, worth) in found.items()}


def _usable(cones: Cones, top: str, as_of: date) -> Iterator[_Group]:
    """Groups below a node whose evidence is in force and names enough, and whose members' footprints do not meet."""
    for name in cones.structure.order(top):
        for found in cones.redundant.get(name, ()):
            gate = cones.gates[name]
            enough = gate.at_least == 1 or set(found.members.values()) == set(gate.of)
            if in_force(found, as_of) and enough and not common_footprint(cones.estate, found.members):
                yield _Group(name, found)


def _apart(structure: Structure, top: str, group: _Group) -> bool:
    """Whether the members share nothing with each other or with what is around the group."""
    inside = [set(structure.leaves(member)) for member in group.redundancy.members.values()]
    together = set().union(*inside)
    if sum(map(len, inside)) > len(together):
        return False
    around = {name: gate for name, gate in structure.gates.items() if name != group.gate}
    return not together & set(Structure(around).leaves(top))


def _group_downtime(
    structure: Structure, group: _Group, downtime: Mapping[str, Fraction]
) -> tuple[Fraction, tuple[Fraction, ...]]:
    """The expected joint downtime of a group whose members are each at their worst, and theirs."""
    members = group.redundancy.members.values()
    shares = tuple(worst_case(structure, member, downtime).bound.upper for member in members)
    gate = structure.gates[group.gate]
    named = Gate(gate.at_least, tuple(members))
    share = independent_gate(named, shares, _ZERO, _ONE)
    return min(share, worst_case(structure, group.gate, downtime).bound.upper), shares


def _footprint(estate: "Estate", service: str, *, below: bool = True) -> set[str]:
    """A service with its risk groups and its supplier, and those of all services below it."""
    found: set[str] = set()
    stack = [service]
    while stack:
        one = estate.services[stack.pop()]
        if one.address in found:
            continue
        found.add(one.address)
        found.update(f"risk group {name}" for name in one.risk_groups)
        owner = estate.parties.get(one.owner)
        if owner is not None and "supplier" in owner.roles:
            found.add(f"party.{one.owner}")
        if below:
            stack.extend(call.service for call in one.calls())
    return found
