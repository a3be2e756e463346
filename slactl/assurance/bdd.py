"""Binary decision diagrams of "down", compact and without recursion."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from slactl.assurance.structure import Gate

UP, DOWN = 0, 1
"""The two ends of a diagram: the function is false (up), or true (down)."""

_LAST = 1 << 60
_STEPS_A_NODE = 10
N = TypeVar("N")


class TooLargeError(Exception):
    """The diagram would grow beyond its limit."""


class Diagram:
    """Functions over numbered variables that share their nodes; a lower number lies nearer to the top.

    Node `i` is `variable[i]`, with the node to follow where it is down (`high`) and where it is up (`low`).
    """

    __slots__ = ("_limit", "_nodes", "_results", "high", "low", "variable")

    def __init__(self, limit: int) -> None:
        self._limit = limit
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
        if gate.at_least == 1:
            product = DOWN
            for part in parts:
                product = self._apply(UP, product, part)
            return product
        tail = [DOWN] + [UP] * gate.down_at
        for part in parts:
            for count in range(gate.down_at, 0, -1):
                tail[count] = self._apply(DOWN, tail[count], self._apply(UP, tail[count - 1], part))
        return tail[gate.down_at]

    def probability(self, root: int, of: Sequence[N], zero: N, one: N, mix: Callable[[N, N, N], N]) -> N:
        """The probability that a function is down, variables being down independently with probabilities `of`.

        Bottom-up with `mix(p, high, low) = p high + (1 - p) low`; high is never below low, as "down" only grows.
        """
        value: dict[int, N] = {UP: zero, DOWN: one}
        for node in sorted(self._below(root)):
            value[node] = mix(of[self.variable[node]], value[self.high[node]], value[self.low[node]])
        return value[root]

    def _below(self, root: int) -> set[int]:
        found: set[int] = set()
        stack = [root]
        while stack:
            node = stack.pop()
            if node > DOWN and node not in found:
                found.add(node)
                stack += (self.low[node], self.high[node])
        return found

    def _node(self, variable: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (variable, low, high)
        node = self._nodes.get(key)
        if node is None:
            node = len(self.variable)
            if node > self._limit:
                raise TooLargeError
            self._nodes[key] = node
            self.variable.append(variable)
            self.low.append(low)
            self.high.append(high)
        return node

    def _apply(self, absorbing: int, first: int, second: int) -> int:
        """Join two functions: "and" has UP as its absorbing end, "or" has DOWN."""
        results = self._results[absorbing]
        variable, low, high = self.variable, self.low, self.high
        stack = [(first, second)]
        answer = -1
        while stack:
            a, b = stack[-1]
            answer = _known(results, absorbing, a, b)
            if answer >= 0:
                stack.pop()
                continue
            top = min(variable[a], variable[b])
            a_low, a_high = (low[a], high[a]) if variable[a] == top else (a, a)
            b_low, b_high = (low[b], high[b]) if variable[b] == top else (b, b)
            if_up = _known(results, absorbing, a_low, b_low)
            if_down = _known(results, absorbing, a_high, b_high)
            if if_up >= 0 and if_down >= 0:
                if len(results) > _STEPS_A_NODE * self._limit:
                    raise TooLargeError
                results[a, b] = results[b, a] = self._node(top, if_up, if_down)
                continue
            if if_up < 0:
                stack.append((a_low, b_low))
            if if_down < 0:
                stack.append((a_high, b_high))
        return answer


def _known(results: dict[tuple[int, int], int], absorbing: int, a: int, b: int) -> int:
    """The join of two nodes where it is plain or was worked out before, else -1."""
    if absorbing in (a, b):
        return absorbing
    if a == b or b == 1 - absorbing:
        return a
    if a == 1 - absorbing:
        return b
    return results.get((a, b), -1)
