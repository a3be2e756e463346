"""From gates to a decision diagram: several orders of the leaves are tried, with more and more room for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from slactl.assurance.bdd import Diagram, Nodes, TooLargeError
from slactl.assurance.large_bdd import LargeDiagram
from slactl.assurance.orders import orders
from slactl.assurance.structure import Gate

_SMALL = 3_000
"""Up to so many nodes a diagram is built here; beyond, by a library, whose start takes as long."""
_LARGE = (60_000, 600_000)
_MANY_ORDERS_UP_TO = 60_000
_FEW = 2
"""So many orders are tried with room for more than that: each takes a good part of a second, or seconds."""


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
    for limit, order in _attempts(node_limit, list(orders(gates, top))):
        leaves = list(dict.fromkeys(opposite.get(name, name) for name in order if name not in gates))
        diagram = Diagram(limit) if limit <= _SMALL else LargeDiagram(len(leaves), limit)
        try:
            root = _built(diagram, gates, order, leaves, opposite)
        except TooLargeError:
            continue
        return Compiled(leaves, diagram.nodes(root))
    return None


def _attempts(node_limit: int, tried: Sequence[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Room for a diagram, ever more, with each order: a good one needs little, and the best is not known before."""
    steps = [*(limit for limit in (_SMALL, *_LARGE) if limit < node_limit), node_limit]
    yield from product((limit for limit in steps if limit <= _MANY_ORDERS_UP_TO), tried)
    yield from product((limit for limit in steps if limit > _MANY_ORDERS_UP_TO), tried[:_FEW])


def _built(
    diagram: Diagram | LargeDiagram,
    gates: Mapping[str, Gate],
    order: Sequence[str],
    leaves: Sequence[str],
    negated: Mapping[str, str],
) -> int:
    variable = {leaf: index for index, leaf in enumerate(leaves)}
    functions: dict[str, int] = {}
    for name in order:
        gate = gates.get(name)
        if gate is not None:
            functions[name] = diagram.at_least(gate.down_at, [functions[part] for part in gate.of])
        elif name in negated:
            functions[name] = diagram.opposite(variable[negated[name]])
        else:
            functions[name] = diagram.leaf(variable[name])
    return functions[order[-1]]
