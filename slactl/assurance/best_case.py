"""The best that can happen when every leaf is down for exactly its share of time.

The most uptime is what the paths can be packed with, each leaf being up for its availability: Hailperin's
programme again, for the structure in which up and down have changed places.
"""

from collections.abc import Mapping
from fractions import Fraction

from slactl.assurance.closed_forms import Bound
from slactl.assurance.structure import Gate, Structure
from slactl.assurance.worst_case import worst_case


def best_case(structure: Structure, top: str, unavailability: Mapping[str, Fraction]) -> Bound:
    """The least share of time for which `top` must be down when each leaf is down for exactly its share.

    Serial: the largest share; one of n: what the shares leave no room to avoid. `upper` is attained by a timetable,
    `lower` cannot be beaten; they are equal where what is below is read-once.
    """
    availability = {name: 1 - unavailability[name] for name in structure.leaves(top)}
    uptime = worst_case(_mirrored(structure, top), top, availability).bound
    return Bound(1 - uptime.upper, 1 - uptime.lower)


def _mirrored(structure: Structure, top: str) -> Structure:
    gates = structure.gates
    return Structure(
        {name: Gate(gates[name].down_at, gates[name].of) for name in structure.order(top) if name in gates}
    )
