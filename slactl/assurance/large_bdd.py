"""Decision diagrams of hundreds of thousands of nodes, by OxiDD."""

from __future__ import annotations

from array import array
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from slactl.assurance.bdd import DOWN, UP, Nodes, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oxidd.bdd import BDDFunction

_LAST = 1 << 30
_ENDS = 2
_FEW_NODES = 300_000
"""Up to so many nodes a loop takes less time than numpy takes to load."""
_NODE_BYTES = 20
"""Of a line of a file, about."""


class LargeDiagram:
    """Functions over numbered variables, as `slactl.assurance.bdd.Diagram` has them."""

    def __init__(self, variables: int, limit: int) -> None:
        from oxidd.bdd import BDDManager  # noqa: PLC0415 - a diagram of usual size does without

        self._manager = BDDManager(limit, limit, 1)
        self._manager.add_vars(variables)
        self._variables = variables
        self._functions: list[BDDFunction] = [self._manager.false(), self._manager.true()]
        self._levels = [_LAST, _LAST]

    def leaf(self, variable: int) -> int:
        """The function that is down where the variable is.

        Raises:
            TooLargeError: beyond the limit of nodes.
        """
        return self._made(lambda: self._manager.var(variable))

    def opposite(self, variable: int) -> int:
        """The function that is down where the variable is up.

        Raises:
            TooLargeError: beyond the limit of nodes.
        """
        return self._made(lambda: self._manager.not_var(variable))

    def at_least(self, count: int, parts: Sequence[int]) -> int:
        """The function that is down where at least `count` of the parts are, which is 1 or more.

        Raises:
            TooLargeError: beyond the limit of nodes, those that were needed on the way among them.
        """
        upwards = sorted(parts, key=self._levels.__getitem__, reverse=True)
        functions = [self._functions[part] for part in upwards]
        return self._made(lambda: self._joined(count, functions))

    def nodes(self, root: int) -> Nodes:
        """What a function consists of."""
        if root in (UP, DOWN):
            return Nodes((_LAST, _LAST), (UP, DOWN), (UP, DOWN), root)
        import tempfile  # noqa: PLC0415 - the same

        with tempfile.TemporaryDirectory(prefix="slactl-") as folder:
            file = Path(folder) / "diagram"
            self._manager.export_dddmp(file, [self._functions[root]], ascii=True)
            return _read(file)

    def _joined(self, count: int, functions: Sequence[BDDFunction]) -> BDDFunction:
        true, false = self._manager.true(), self._manager.false()
        if count == len(functions):
            product = true
            for function in functions:
                product = function & product
            return product
        tail = [true] + [false] * count
        for function in functions:
            for index in range(count, 0, -1):
                tail[index] = tail[index] | (tail[index - 1] & function)
        return tail[count]

    def _made(self, make: Callable[[], BDDFunction]) -> int:
        try:
            function = make()
        except MemoryError:
            raise TooLargeError from None
        level = function.node_level()
        if level is None:
            return DOWN if function.valid() else UP
        self._functions.append(function)
        self._levels.append(level)
        return len(self._functions) - 1


def weigh(nodes: Nodes, of: Sequence[float], not_of: Sequence[float], ends: tuple[float, float]) -> float:
    """What `Nodes.weigh` does, in binary floating point; of many nodes, all of a variable at once."""
    if len(nodes) <= _FEW_NODES:
        return nodes.weigh(of, not_of, ends)
    import numpy as np  # noqa: PLC0415 - a diagram of usual size does without

    variable, low, high = (
        np.asarray(column, dtype=np.intc) for column in (nodes.variable, nodes.low, nodes.high)
    )
    value = np.empty(len(variable))
    value[:_ENDS] = ends
    starts = np.flatnonzero(np.diff(variable, prepend=-1))
    for start, stop in pairwise([*starts[starts >= _ENDS].tolist(), len(variable)]):
        index = variable[start]
        up, down = value[low[start:stop]], value[high[start:stop]]
        value[start:stop] = of[index] * down + not_of[index] * up
    return float(value[nodes.root])


def _read(file: Path) -> Nodes:
    """The nodes of a file in the text form of DDDMP: `number, variable, node if down, node if up`, ends first.

    A line stands after those of the nodes that it leads to, numbers count from 1, and variables count those in use.
    """
    with file.open("rb") as lines:
        used = [int(word) for word in next(line for line in lines if line.startswith(b".ids")).split()[1:]]
        next(line for line in lines if line.startswith(b".nodes"))
        swapped = next(lines).split()[1] == b"T"  # nodes 1 and 2 are the ends
        next(lines)
        text = lines.read().removesuffix(b".end\n")
    read = _read_few if len(text) <= _FEW_NODES * _NODE_BYTES else _read_many
    return read(text, used, int(swapped))


def _read_few(text: bytes, used: Sequence[int], swapped: int) -> Nodes:
    """A table of few nodes, in less time than it takes to load a library."""
    numbers = [*map(int, text.split())]
    highs, lows = (
        [index - 1 if index > _ENDS else (index - 1) ^ swapped for index in numbers[start::4]]
        for start in (2, 3)
    )
    variables = [used[index] for index in numbers[1::4]]
    return Nodes(
        array("i", [_LAST, _LAST, *variables]),
        array("i", [UP, DOWN, *lows]),
        array("i", [UP, DOWN, *highs]),
        len(variables) + 1,
    )


def _read_many(text: bytes, used: Sequence[int], swapped: int) -> Nodes:
    import numpy as np  # noqa: PLC0415 - a diagram of usual size does without

    table = np.fromstring(text, dtype=np.intc, sep=" ").reshape(-1, 4)
    leads_to = table[:, 2:] - 1
    leads_to[leads_to < _ENDS] ^= swapped
    leaves = np.array(used, dtype=np.intc)
    return Nodes(
        _column(_LAST, _LAST, leaves[table[:, 1]].tobytes()),
        _column(UP, DOWN, leads_to[:, 1].tobytes()),
        _column(UP, DOWN, leads_to[:, 0].tobytes()),
        len(table) + 1,
    )


def _column(up: int, down: int, numbers: bytes) -> array[int]:
    column = array("i", [up, down])
    column.frombytes(numbers)
    return column
