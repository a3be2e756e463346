"""Binary decision diagrams of "down", compact and without recursion."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from slactl.assurance.structure import Gate
from slactl.base.quick_dataclass import dataclass

UP, DOWN = 0, 1
"""The two ends of a diagram: the function is false (up), or true (down)."""

_LAST = 1 << 30
_STEPS_A_NODE = 10
W = TypeVar("W", float, Decimal, Fraction)


class TooLargeError(Exception):
    """The diagram would grow beyond its limit."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of one function, those that a node leads to before it; 0 and 1 are the ends, the last is the root.

    Node `i` is of `variable[i]`; `high[i]` follows where that is down, `low[i]` where it is up.
    """

    variable: Sequence[int]
    low: Sequence[int]
    high: Sequence[int]
    root: int

    def weigh(self, of: Sequence[W], not_of: Sequence[W], ends: tuple[W, W]) -> W:
        """The probability that the function is down, variables being down independently.

        Args:
            of: for each variable the probability that it is down.
            not_of: the probability that it is up.
            ends: zero and one, or one and zero for the probability that the function is up.

        Where numbers are rounded: all terms are sums of products of numbers above 0 in which a variable occurs once on
        a way. If the numbers given are off by n roundings each, the result is off by n + 2 for each variable at most;
        and if every step is rounded down (up), the result is a lower (upper) bound.
        """
        value = list(ends)
        for variable, low, high in zip(self.variable[2:], self.low[2:], self.high[2:], strict=True):
            value.append(of[variable] * value[high] + not_of[variable] * value[low])
        return value[self.root]

    def __len__(self) -> int:
        return len(self.variable) - 2


class Diagram:
    """Functions over numbered variables that share their nodes; a lower number lies nearer to the top.

    Node `i` is `variable[i]`, with the node to follow where it is down (`high`) and where it is up (`low`).
    The `limit` of nodes may be changed between gates.
    """

    __slots__ = ("_nodes", "_results", "high", "limit", "low", "variable")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.variable = [_LAST, _LAST]
        self.low = [UP, DOWN]
        self.high = [UP, DOWN]
        self._nodes: dict[tuple[int, int, int], int] = {}
        self._results: tuple[dict[tuple[int, int], int], ...] = ({}, {})

    def leaf(self, variable: int) -> int:
        """The function that is down where the variable is."""
        return self._node(variable, UP, DOWN)

    def opposite(self, variable: int) -> int:
        """The function that is down where the variable is up: a condition that may only hold while it is."""
        return self._node(variable, DOWN, UP)

    def gate(self, gate: Gate, parts: Sequence[int]) -> int:
        """The function of a gate over the functions of its parts.

        Raises:
            TooLargeError: beyond the limit of nodes.
        """
        return self.at_least(gate.down_at, parts)

    def at_least(self, count: int, parts: Sequence[int]) -> int:
        """The function that is down where at least `count` of the parts are, which is 1 or more.

        Raises:
            TooLargeError: beyond the limit of nodes.
        """
        # from the last variables upwards: what is joined next then lies mostly above what is there
        parts = sorted(parts, key=self.variable.__getitem__, reverse=True)
        if count == len(parts):
            product = DOWN
            for part in parts:
                product = self._apply(UP, part, product)
            return product
        tail = [DOWN] + [UP] * count
        for part in parts:
            for index in range(count, 0, -1):
                tail[index] = self._apply(DOWN, tail[index], self._apply(UP, tail[index - 1], part))
        return tail[count]

    def nodes(self, root: int) -> Nodes:
        """What a function consists of."""
        found: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node > DOWN and node not in found:
                found.add(node)
                stack += (self.low[node], self.high[node])
        order = [UP, DOWN, *sorted(found)]
        place = {node: index for index, node in enumerate(order)}
        return Nodes(
            [self.variable[node] for node in order],
            [place[self.low[node]] for node in order],
            [place[self.high[node]] for node in order],
            place[root],
        )

    def _node(self, variable: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (variable, low, high)
        node = self._nodes.get(key)
        if node is None:
            node = len(self.variable)
            if node > self.limit:
                raise TooLargeError
            self._nodes[key] = node
            self.variable.append(variable)
            self.low.append(low)
            self.high.append(high)
        return node

    def _apply(self, absorbing: int, first: int, second: int) -> int:
        """Join two functions: "and" has UP as its absorbing end, "or" has DOWN.

        Of two nodes x and y, x not after y, the join is plain where x is an end, as ends come first, or y is x.
        """
        results = self._results[absorbing]
        known = results.get
        variable, low, high = self.variable, self.low, self.high
        x, y = (first, second) if first < second else (second, first)
        if not DOWN < x < y:
            return x if x == absorbing else y
        pair = x, y
        stack = [pair]
        while stack:
            pair = stack[-1]
            if pair in results:  # known before, or met twice
                stack.pop()
                continue
            a, b = pair
            top, other = variable[a], variable[b]
            a_low, a_high = (low[a], high[a]) if top <= other else (a, a)
            b_low, b_high = (low[b], high[b]) if other <= top else (b, b)
            x, y = (a_low, b_low) if a_low < b_low else (b_low, a_low)
            if_up = known((x, y), -1) if DOWN < x < y else x if x == absorbing else y
            if if_up < 0:
                stack.append((x, y))
            x, y = (a_high, b_high) if a_high < b_high else (b_high, a_high)
            if_down = known((x, y), -1) if DOWN < x < y else x if x == absorbing else y
            if if_down < 0:
                stack.append((x, y))
            elif if_up >= 0:
                if len(results) > _STEPS_A_NODE * self.limit:
                    raise TooLargeError
                results[pair] = self._node(min(top, other), if_up, if_down)
                stack.pop()
        return results[pair]
