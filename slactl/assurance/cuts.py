"""The cuts of a core: sets of leaves that are down together while the service is down, by a diagram of "down".

What needs all its parts is down where one of them is: the parts at the top of a core have a root each, which share
their nodes and are never joined, since that is what would make the diagram large.

A clause on joint downtime is one more variable below all leaves, which must be down whenever so many of its parts
are: a cut then says which clauses it uses up, and a programme over cuts holds the clauses as it holds the leaves.
"""

from collections.abc import Mapping, Sequence

from slactl.assurance.bdd import DOWN, UP, Diagram
from slactl.assurance.structure import Gate, Structure
from slactl.base.quick_dataclass import dataclass

Cut = frozenset[int]
_END_UP, _END_DOWN = -1, -2
"""Positions of the ends, which lists of values for all positions hold last."""
_EARLY = 24
"""The part of its nodes that a diagram may have from the start."""


@dataclass(frozen=True, slots=True)
class CutDiagram:
    """The states in which a core is down, as paths from a root to the end `DOWN`.

    Items are numbered: leaves in the order of the walk, then clauses.
    """

    items: tuple[str, ...]
    variable: tuple[int, ...]
    low: tuple[int, ...]
    """Where to go while the variable is up: a position further on, or -1 (the core is up) or -2 (it is down)."""
    high: tuple[int, ...]
    roots: tuple[int, ...]

    @classmethod
    def build(
        cls, gates: Mapping[str, Gate], top: str, clauses: Mapping[str, str], node_limit: int
    ) -> "CutDiagram":
        """The diagram of `top`; what a clause is about is down only where the clause's own item is.

        Args:
            gates: of the core.
            top: a gate of the core, or a leaf.
            clauses: for each clause's item the node that it is about.
            node_limit: of the diagram.

        Raises:
            TooLargeError: beyond the limit of nodes.
        """
        diagram = Diagram(node_limit)
        needed = _needed(gates, top)
        order = Structure(gates).order(*needed, *clauses.values())
        leaves = [name for name in order if name not in gates]
        functions = {leaf: diagram.leaf(index) for index, leaf in enumerate(leaves)}
        flipped = {leaf: diagram.opposite(index) for index, leaf in enumerate(leaves)}
        inner = len(order) - len(leaves)
        for done, name in enumerate((name for name in order if name in gates), start=1):
            gate = gates[name]
            # one that grows large while few of its gates are in would outgrow any limit
            diagram.limit = max(node_limit // _EARLY, node_limit * done**3 // inner**3)
            functions[name] = diagram.gate(gate, [functions[part] for part in gate.of])
            if clauses:  # not down: at least `at_least` parts are up
                up_gate = Gate(gate.down_at, gate.of)
                flipped[name] = diagram.gate(up_gate, [flipped[part] for part in gate.of])
        roots = [functions[name] for name in needed]
        both = Gate(1, ("", ""))
        either = Gate(2, ("", ""))
        for index, node in enumerate(clauses.values(), start=len(leaves)):
            allowed = diagram.gate(either, [diagram.leaf(index), flipped[node]])
            roots = [diagram.gate(both, [root, allowed]) for root in roots]
        return cls._of(diagram, roots, (*leaves, *clauses))

    @classmethod
    def _of(cls, diagram: Diagram, roots: Sequence[int], items: tuple[str, ...]) -> "CutDiagram":
        below: set[int] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node not in (UP, DOWN) and node not in below:
                below.add(node)
                stack += (diagram.low[node], diagram.high[node])
        order = sorted(below, key=lambda node: (diagram.variable[node], node))
        position = {node: index for index, node in enumerate(order)} | {UP: _END_UP, DOWN: _END_DOWN}
        return cls(
            items,
            tuple(diagram.variable[node] for node in order),
            tuple(position[diagram.low[node]] for node in order),
            tuple(position[diagram.high[node]] for node in order),
            tuple(position[root] for root in roots if root != UP),
        )

    def lightest(self, weights: Sequence[int]) -> tuple[int, Cut]:
        """The least weight of any cut, and a cut that has it, of few items."""
        counted = self._counted(weights)
        to_end = self._to_end(counted)
        root = min(self.roots, key=to_end.__getitem__)
        cut = frozenset(self._follow(root, to_end, counted))
        return sum(weights[item] for item in cut), cut

    def lightest_through_each(self, weights: Sequence[int], below: int) -> set[Cut]:
        """For each item the lightest cut that it is in, of those that weigh less than `below`."""
        counted = self._counted(weights)
        to_end = self._to_end(counted)
        from_root, came = self._from_root(counted)
        best: dict[int, tuple[int, int]] = {}
        for node, (item, high) in enumerate(zip(self.variable, self.high, strict=True)):
            whole = from_root[node] + counted[item] + to_end[high]
            if item not in best or whole < best[item][0]:
                best[item] = (whole, node)
        limit = below * self._fine
        return {
            frozenset({*self._back(node, came), item, *self._follow(self.high[node], to_end, counted)})
            for item, (whole, node) in best.items()
            if whole < limit
        }

    @property
    def _fine(self) -> int:
        return len(self.items) + 1

    def _counted(self, weights: Sequence[int]) -> list[int]:
        """Weights in a finer unit, and one such unit an item: of equal weights the smaller cut is lighter."""
        return [weight * self._fine + 1 for weight in weights]

    def _to_end(self, counted: Sequence[int]) -> list[int]:
        """The least weight from each node to the end.

        Positions of the ends count from the list's end: nothing is left to pay in `DOWN`, more than any way in `UP`.
        """
        variable, low, high = self.variable, self.low, self.high
        values = [0] * len(variable) + [0, sum(counted) + 1]
        for node in range(len(variable) - 1, -1, -1):
            up = values[low[node]]
            down = counted[variable[node]] + values[high[node]]
            values[node] = up if up < down else down  # noqa: FURB136 - a call would cost more than the rest
        return values

    def _from_root(self, counted: Sequence[int]) -> tuple[list[int], list[tuple[int, bool]]]:
        """The least weight from a root to each node, and by which node and branch; none to a root."""
        values = [sum(counted) + 1] * (len(self.variable) + 2)  # the ends are reached too, and nobody asks
        came = [(-1, False)] * len(values)
        for root in self.roots:
            values[root] = 0
        for node, (item, low, high) in enumerate(zip(self.variable, self.low, self.high, strict=True)):
            here = values[node]
            if here < values[low]:
                values[low] = here
                came[low] = (node, False)
            here += counted[item]
            if here < values[high]:
                values[high] = here
                came[high] = (node, True)
        return values, came

    def _follow(self, node: int, to_end: Sequence[int], counted: Sequence[int]) -> list[int]:
        found: list[int] = []
        while node >= 0:
            if to_end[self.low[node]] <= counted[self.variable[node]] + to_end[self.high[node]]:
                node = self.low[node]
            else:
                found.append(self.variable[node])
                node = self.high[node]
        return found

    def _back(self, node: int, came: Sequence[tuple[int, bool]]) -> list[int]:
        found: list[int] = []
        while (step := came[node])[0] >= 0:
            node, down = step
            if down:
                found.append(self.variable[node])
        return found


def _needed(gates: Mapping[str, Gate], top: str) -> list[str]:
    """The parts without each of which the top is down, gates that need all their parts taken apart."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    stack = [top]
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        gate = gates.get(name)
        if gate is not None and gate.at_least == len(gate.of):
            stack.extend(reversed(gate.of))
        else:
            found[name] = None
    return list(found)
