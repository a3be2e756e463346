"""From gates to a decision diagram: several orders of the leaves are tried, with more and more room for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from slactl.assurance.bdd import Diagram, Nodes, TooLargeError
from slactl.assurance.large_bdd import LargeDiagram
from slactl.assurance.orders import orders
from slactl.assurance.structure import Gate

_SMALL = 4_500
"""Up to so many nodes a diagram is built here; beyond, by a library, whose start takes as long."""
_ROOM = ((1_000, (0,)), (_SMALL, (1,)), (16_000, (2, 1)), (60_000, (2, 1, 3, 4, 0, 5)), (600_000, (3, 1)))
"""Room for a diagram, and the orders that are tried with it: with more room each takes a good part of a second."""
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
    for limit, order in _attempts(node_limit, orders(gates, top, opposite)):
        leaves = list(dict.fromkeys(opposite.get(name, name) for name in order if name not in gates))
        diagram = Diagram(limit) if limit <= _SMALL else LargeDiagram(len(leaves), limit)
        try:
            root = _built(diagram, gates, order, leaves, opposite)
        except TooLargeError:
            continue
        return Compiled(leaves, diagram.nodes(root))
    return None


def _attempts(node_limit: int, found: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Ever more room with each order: a good one needs little, and the best is not known before."""
    tried: list[list[str]] = []
    steps = [step for step in _ROOM if step[0] <= node_limit]
    if not steps or steps[-1][0] < node_limit:
        steps.append((node_limit, _LAST))
    for limit, which in steps:
        for index in which:
            tried.extend(islice(found, max(0, index + 1 - len(tried))))
            if index < len(tried):
                yield limit, tried[index]


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
