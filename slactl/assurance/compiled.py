"""From gates to a decision diagram: several orders of the leaves are tried, with more and more room for each.

Some orders race over a little room first, and the one that gets farthest goes on: which one is good is only seen then.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from slactl.assurance.bdd import Diagram, Nodes, TooLargeError
from slactl.assurance.large_bdd import LargeDiagram
from slactl.assurance.orders import MOST_ORDERS, orders
from slactl.assurance.structure import Gate
from slactl.base.quick_dataclass import dataclass

_RACE = (1_000, 4_000, 4_000)
"""Room for the first order, which costs nothing, and for others that race where it does not do: most diagrams fit."""
_SMALL = 10_000
"""Up to so many nodes a diagram is built here; beyond, by a library, whose start takes as long."""
_ROOM = ((16_000, 2), (60_000, 6), (600_000, 2))
"""Room for a larger diagram, and how many orders are tried with it: with more room each takes a good part of a second."""
_LAST = 2
"""So many orders are tried with all the room that there may be."""


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
    race = _Race(gates, top, negated or {})
    small = race.small(node_limit)
    if small is not None or node_limit <= _SMALL:
        return small
    for room, most in _rooms(node_limit):
        large = race.large(room, most)
        if large is not None:
            return large
    return None


def _rooms(node_limit: int) -> list[tuple[int, int]]:
    """Ever more room, and how many orders are tried with it."""
    rooms = [one for one in _ROOM if one[0] <= node_limit]
    return rooms if rooms and rooms[-1][0] == node_limit else [*rooms, (node_limit, _LAST)]


class _Race:
    """Orders of one structure, and how far each has come: with more room those that came farthest go first."""

    def __init__(self, gates: Mapping[str, Gate], top: str, opposite: Mapping[str, str]) -> None:
        self._gates, self._opposite = gates, opposite
        self._source = orders(gates, top, opposite)
        self._found: list[list[str]] = []
        self._done: dict[int, int] = {}
        """By the number of an order: how many gates had their functions when the room was full."""

    def small(self, node_limit: int) -> Compiled | None:
        """A diagram of a few thousand nodes, or None."""
        race: dict[int, _Building] = {}
        for index, room in enumerate(_RACE):
            order = self._order(index)
            if order is None:
                break
            building = _Building(self._gates, self._opposite, order, 0)
            if building.fits(min(room, node_limit)):
                return building.compiled()
            race[index] = building
            self._done[index] = building.gates_done
        farthest = race[self._farthest_first()[0]]
        return farthest.compiled() if farthest.fits(min(_SMALL, node_limit)) else None

    def large(self, limit: int, most: int) -> Compiled | None:
        """A diagram with more room in one of so many orders, or None."""
        for index in self._farthest_first()[:most]:
            order = self._order(index)
            if order is not None:
                building = _Building(self._gates, self._opposite, order, limit)
                if building.fits(limit):
                    return building.compiled()
                self._done[index] = building.gates_done
        return None

    def _order(self, index: int) -> list[str] | None:
        """An order, found when it is first asked for; None where there are not so many different ones."""
        self._found.extend(islice(self._source, max(0, index + 1 - len(self._found))))
        return self._found[index] if index < len(self._found) else None

    def _farthest_first(self) -> list[int]:
        """The numbers of the orders; of those that are equally far the ones by forces are mostly better, and they come later."""
        return sorted(
            range(MOST_ORDERS), key=lambda index: (self._done.get(index, -1), index > 0), reverse=True
        )


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
