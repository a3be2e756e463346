"""Measurement points: which lies outside which, and where the way from one to another is nobody's promise.

A promise that is measured further in than what rests on it says nothing of the way between the two points. That way is a
component of its own (SLA_MATH, section 2): without a promise, unless another promise reaches as far out and is needed
whatever happens, so that it covers the way as well.
"""

from collections.abc import Mapping, Sequence

from slactl.assurance.structure import Structure
from slactl.base.quick_dataclass import dataclass
from slactl.model.agreement import Objective


def further_in(below: Objective, point: str | None, points: Sequence[str]) -> bool:
    """Whether a promise is measured further in than a point; not, where it is not known which lies outside which.

    Args:
        below: the promise.
        point: of what rests on it; None: it is not said.
        points: what the workspace lists, the outermost first.
    """
    inner = below.measure.point
    if inner is None or point is None or inner not in points or point not in points:
        return False
    return points.index(inner) > points.index(point)


@dataclass(frozen=True, slots=True)
class Outside:
    """Where a promise is measured that rests on some measured further in."""

    point: str
    covered: bool
    """Whether another promise reaches as far out, without which the service is down: it covers the way inwards."""


def outside(
    structure: Structure,
    top: str,
    promises: Mapping[str, Sequence[Objective]],
    point: str,
    points: Sequence[str],
) -> Outside | None:
    """How what is promised below a node lies to the point of the promise above; None where nothing is further in.

    Args:
        structure: gates over leaves.
        top: the node.
        promises: for each leaf below it what is promised of it, all at once.
        point: where the promise above is measured.
        points: what the workspace lists, the outermost first.
    """
    inside = {
        name: [one for one in several if further_in(one, point, points)] for name, several in promises.items()
    }
    if not any(inside.values()):
        return None
    reaching = (
        name
        for name, several in promises.items()
        if any(one.measure.point in points and one not in inside[name] for one in several)
    )
    return Outside(point, any(_needed(structure, top, name) for name in reaching))


def _needed(structure: Structure, top: str, leaf: str) -> bool:
    """Whether the top is down whenever the leaf is."""
    up: dict[str, bool] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        up[name] = name != leaf if gate is None else sum(up[part] for part in gate.of) >= gate.at_least
    return not up[top]
