"""Outages that are too short to count below, and whether they may join up with others into one that counts above.

Each promise below may allow any number of outages of less than `countsAfter`. Where one after another takes the service
down, with the outages of others between them, the service has one long outage that nobody below counts: no bound holds.
It cannot happen where the service is up as long as one leaf is: each of its outages then lies within an outage of that
leaf, which is no shorter and counts.
"""

from collections.abc import Mapping
from fractions import Fraction

from slactl.assurance.structure import Structure
from slactl.check.cone import Leaf, threshold_ms


def late_promises(leaf: Leaf) -> tuple[str, ...]:
    """The promises of a leaf that count outages only after a while."""
    return tuple(one.objective.address for one in leaf.backers if threshold_ms(one.objective))


def may_join(
    structure: Structure,
    top: str,
    leaves: Mapping[str, Leaf],
    worst: Mapping[str, Fraction],
    allowed: Fraction,
) -> tuple[str, ...]:
    """The promises whose short outages may add up to one that counts, all that are below `top`; empty where none can.

    Args:
        structure: gates over leaves.
        top: what is promised.
        leaves: by name.
        worst: the largest share of any window for which each leaf below `top` may be down.
        allowed: the share that is allowed of the top.
    """
    late = {address for name in worst for address in late_promises(leaves[name])}
    if not late:
        return ()
    failing = {name for name, share in worst.items() if share or late_promises(leaves[name])}
    if len(failing) == 1 or any(
        worst[name] <= allowed and _up(structure, top, failing - {name}) for name in failing
    ):
        return ()
    return tuple(sorted(late))


def _up(structure: Structure, top: str, down: set[str]) -> bool:
    """Whether the top is up while these leaves are down."""
    up: dict[str, bool] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        up[name] = name not in down if gate is None else sum(up[part] for part in gate.of) >= gate.at_least
    return up[top]
