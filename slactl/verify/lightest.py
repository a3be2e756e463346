"""The least weight of what must be down for a node to be down: the heart of checking a proof.

The node's states are unfolded item by item into a reduced ordered decision diagram (Bryant 1986), and the lightest
way to "down" is read off it. A node that needs all its parts is down where one of them is: each is looked at by itself.
"""

import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction

from slactl.verify.facts import Facts, RefusedError, below

_MOST_NODES = 2_000_000
_Node = int
_FALSE, _TRUE = 0, 1


def weighs_one(
    facts: Facts, node: str, given: frozenset[str], weights: Mapping[str, Fraction], stops: Mapping[str, str]
) -> bool:
    """Whether the weights add up to at least 1 in every state in which `node` is down and the given ones are up.

    Args:
        facts: the structure.
        node: a gate or leaf.
        given: leaves and gates that are up.
        weights: by item.
        stops: for items that are earlier steps: the node that each is about, by the item's name.

    Raises:
        RefusedError: when it takes too long to say.
    """
    at: dict[str, Fraction] = {}
    for item, weight in weights.items():
        if item not in facts.clauses:
            name = stops.get(item, item)
            at[name] = at.get(name, Fraction(0)) + weight
    clauses = {item: weight for item, weight in weights.items() if item in facts.clauses}
    if not clauses and _enough_alone(facts, node, given, at):
        return True
    gate = facts.gates.get(node)
    if not clauses and gate is not None and node not in at and _all_differ(gate.parts, at):
        together = len(gate.parts) - gate.count + 1
        return sum(sorted(at[part] for part in gate.parts)[:together]) >= 1
    return _Unfolded(facts, given, at, clauses).lightest(node) >= 1


def _all_differ(parts: Sequence[str], at: Mapping[str, Fraction]) -> bool:
    return len(set(parts)) == len(parts) and all(part in at for part in parts)


def _enough_alone(facts: Facts, node: str, given: frozenset[str], at: Mapping[str, Fraction]) -> bool:
    """Whether the node is up as long as all items of weight 1 are: then one of them is down when it is down."""
    whole = frozenset(name for name, weight in at.items() if weight >= 1)
    return up(facts, node, given | whole, stops=given | whole)


def up(facts: Facts, node: str, leaves_up: frozenset[str], stops: frozenset[str] = frozenset()) -> bool:
    """Whether a node is up while just these leaves (and stops) are."""
    known: dict[str, bool] = {}
    for name in below(facts, node, stops=stops):
        gate = facts.gates.get(name)
        if name in stops or gate is None:
            known[name] = name in leaves_up
        else:
            known[name] = sum(known[part] for part in gate.parts) >= gate.count
    return known[node]


class _Unfolded:
    """Functions "is down" over the items, which are numbered in the order in which the structure names them."""

    def __init__(
        self,
        facts: Facts,
        given: frozenset[str],
        at: Mapping[str, Fraction],
        clauses: Mapping[str, Fraction],
    ) -> None:
        self._facts, self._given, self._at, self._clauses = facts, given, at, clauses
        self._weights: list[Fraction] = []
        self._nodes: list[tuple[int, _Node, _Node]] = [(sys.maxsize, 0, 0), (sys.maxsize, 1, 1)]
        self._unique: dict[tuple[int, _Node, _Node], _Node] = {}
        self._joins: dict[tuple[_Node, _Node, _Node], _Node] = {}

    def lightest(self, node: str) -> Fraction:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, 1_000_000))  # frames of Python code take no stack of the machine
        try:
            return self._lightest(node)
        finally:
            sys.setrecursionlimit(limit)

    def _lightest(self, node: str) -> Fraction:
        facts, stops = self._facts, self._given.union(self._at)
        parts = [part for name in self._clauses for part in facts.clauses[name].parts]
        needed = _needed(facts, node, stops)
        functions: dict[str, _Node] = {}
        for name in below(facts, *needed, *parts, stops=stops):
            if name in stops or name not in facts.gates:
                functions[name] = self._item(name)
            else:
                gate = facts.gates[name]
                together = len(gate.parts) - gate.count + 1
                functions[name] = self._at_least(together, [functions[part] for part in gate.parts])
        roots = [functions[name] for name in needed]
        for name, weight in self._clauses.items():
            clause = facts.clauses[name]
            broken = self._at_least(clause.count, [functions[part] for part in clause.parts])
            allowed = self._if(broken, self._variable(weight), _TRUE)
            roots = [self._if(root, allowed, _FALSE) for root in roots]
        return self._least(roots)

    def _item(self, name: str) -> _Node:
        if name in self._given:
            return _FALSE
        if name in self._at:
            return self._variable(self._at[name])
        # What no weight stands on may be down for nothing; with clauses it may also have to be up.
        return self._variable(Fraction(0)) if self._clauses else _TRUE

    def _variable(self, weight: Fraction) -> _Node:
        self._weights.append(weight)
        return self._node(len(self._weights) - 1, _FALSE, _TRUE)

    def _node(self, variable: int, low: _Node, high: _Node) -> _Node:
        if low == high:
            return low
        key = (variable, low, high)
        if key not in self._unique:
            if len(self._nodes) > _MOST_NODES:
                raise RefusedError("A step is too large to be checked.")
            self._unique[key] = len(self._nodes)
            self._nodes.append(key)
        return self._unique[key]

    def _at_least(self, count: int, functions: Sequence[_Node]) -> _Node:
        reached = [_TRUE, *([_FALSE] * count)]
        for function in functions:
            for index in range(count, 0, -1):
                reached[index] = self._if(function, reached[index - 1], reached[index])
        return reached[count]

    def _if(self, condition: _Node, then: _Node, otherwise: _Node) -> _Node:
        if condition in (_TRUE, _FALSE):
            return then if condition == _TRUE else otherwise
        if then == otherwise:
            return then
        key = (condition, then, otherwise)
        if key not in self._joins:
            variable = min(self._nodes[one][0] for one in key)
            low = self._if(*(self._side(one, variable, 1) for one in key))
            high = self._if(*(self._side(one, variable, 2) for one in key))
            self._joins[key] = self._node(variable, low, high)
        return self._joins[key]

    def _side(self, node: _Node, variable: int, side: int) -> _Node:
        return self._nodes[node][side] if self._nodes[node][0] == variable else node

    def _least(self, roots: Sequence[_Node]) -> Fraction:
        never = sum(self._weights, Fraction(1))
        least: dict[_Node, Fraction] = {_FALSE: never + 1, _TRUE: Fraction(0)}
        for node in range(2, max(roots) + 1):
            variable, low, high = self._nodes[node]
            least[node] = min(least[low], self._weights[variable] + least[high])
        return min(least[root] for root in roots)


def _needed(facts: Facts, node: str, stops: frozenset[str]) -> list[str]:
    """What must all be up for the node to be up, gates that need all their parts taken apart."""
    found: dict[str, None] = {}
    known, todo = {node}, [node]
    while todo:
        name = todo.pop()
        gate = facts.gates.get(name)
        if gate is None or name in stops or gate.count < len(gate.parts):
            found[name] = None
            continue
        fresh = [part for part in dict.fromkeys(gate.parts) if part not in known]
        known.update(fresh)
        todo += reversed(fresh)
    return list(found)
