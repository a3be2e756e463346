"""From gates to a decision diagram: several orders of the leaves are tried, with more and more room for each.

Some orders race over a little room first, and the one that gets farthest goes on: which one is good is only seen then.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from slactl.assurance.bdd import Diagram, Nodes, TooLargeError
from slactl.assurance.large_bdd import LargeDiagram
from slactl.assurance.orders import orders
from slactl.assurance.structure import Gate
from slactl.base.quick_dataclass import dataclass

_RACE = 1_000
"""Most diagrams are smaller, whatever the order."""
_RACING = 3
"""So many orders race where the first one's is not."""
_SMALL = 10_000
"""Up to so many nodes a diagram is built here; beyond, by a library, whose start takes as long."""
_ROOM = ((16_000, (2, 1)), (60_000, (2, 1, 3, 4, 0, 5)), (600_000, (3, 1)))
"""Room for a larger diagram, and the orders that are tried with it: with more room each takes a good part of a second."""
_LAST = (3, 0)
"""The orders that are tried with all the room that there may be."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A diagram, and the leaves that its variables stand for."""

    leaves: Sequence[str]
    nodes: Nodes


def compiled(
    gates: Mapping[str, Gate], top: str, node_limit: int, negated: Mapping[str, str] | None = None
) -> Compiled | None:
    """The diagram of `top`, or None where it takes more than `node_limit` nodes.

    Args:
        gates: by name.
        top: one of them.
        node_limit: for all nodes that are needed on the way.
        negated: leaves that are down where another leaf is up, each with that other leaf.
    """
    opposite = negated or {}
    tried = _Orders(orders(gates, top, opposite))
    small = _small(gates, opposite, tried, node_limit)
    if small is not None or node_limit <= _SMALL:
        return small
    for limit, order in _attempts(node_limit, tried):
        building = _Building(gates, opposite, order, limit)
        if building.fits(limit):
            return building.compiled()
    return None


class _Orders:
    """Orders by number, each found when it is first asked for."""

    def __init__(self, source: Iterator[list[str]]) -> None:
        self._source = source
        self._found: list[list[str]] = []

    def get(self, index: int) -> list[str] | None:
        """An order; None where there are not so many different ones."""
        self._found.extend(islice(self._source, max(0, index + 1 - len(self._found))))
        return self._found[index] if index < len(self._found) else None


def _small(
    gates: Mapping[str, Gate], opposite: Mapping[str, str], tried: _Orders, node_limit: int
) -> Compiled | None:
    """A diagram of a few thousand nodes, or None."""
    race: list[_Building] = []
    for index in range(_RACING):
        order = tried.get(index)
        if order is None:
            break
        building = _Building(gates, opposite, order, 0)
        if building.fits(min(_RACE, node_limit)):
            return building.compiled()
        race.append(building)
    # of orders that are equally far those by forces are mostly better, and they come second
    farthest = max(race[1:] + race[:1], key=lambda one: one.gates_done)
    return farthest.compiled() if farthest.fits(min(_SMALL, node_limit)) else None


def _attempts(node_limit: int, tried: _Orders) -> Iterator[tuple[int, list[str]]]:
    """Ever more room with each order: a good one needs little, and the best is not known before."""
    steps = [step for step in _ROOM if step[0] <= node_limit]
    if not steps or steps[-1][0] < node_limit:
        steps.append((node_limit, _LAST))
    for limit, which in steps:
        for index in which:
            order = tried.get(index)
            if order is not None:
                yield limit, order


class _Building:
    """A diagram in the making, gate by gate in one order; a small one can go on with more room where it stopped."""

    def __init__(
        self, gates: Mapping[str, Gate], opposite: Mapping[str, str], order: Sequence[str], limit: int
    ) -> None:
        """`limit` is that of a large diagram, which cannot be changed afterwards."""
        self._gates, self._opposite, self._order = gates, opposite, order
        self._leaves = list(dict.fromkeys(opposite.get(name, name) for name in order if name not in gates))
        self._variable = {leaf: index for index, leaf in enumerate(self._leaves)}
        self._diagram = LargeDiagram(len(self._leaves), limit) if limit > _SMALL else Diagram(limit)
        self._functions: dict[str, int] = {}

    @property
    def gates_done(self) -> int:
        """So many gates have their functions; some orders begin with all the leaves."""
        return len(self._functions.keys() & self._gates.keys())

    def fits(self, limit: int) -> bool:
        """Whether the rest fits into the room for so many nodes; what was done stays."""
        if isinstance(self._diagram, Diagram):
            self._diagram.limit = limit
        try:
            for name in self._order[len(self._functions) :]:
                self._functions[name] = self._function(name)
        except TooLargeError:
            return False
        return True

    def _function(self, name: str) -> int:
        gate = self._gates.get(name)
        if gate is not None:
            return self._diagram.at_least(gate.down_at, [self._functions[part] for part in gate.of])
        if name in self._opposite:
            return self._diagram.opposite(self._variable[self._opposite[name]])
        return self._diagram.leaf(self._variable[name])

    def compiled(self) -> Compiled:
        """The diagram, when everything fitted."""
        return Compiled(self._leaves, self._diagram.nodes(self._functions[self._order[-1]]))
