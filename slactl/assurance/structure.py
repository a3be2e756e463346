"""What a service rests on: a directed graph of gates over leaves, whose nodes may be shared."""

from collections.abc import Iterable, Mapping

from slactl.base.quick_dataclass import dataclass, field


@dataclass(frozen=True, slots=True)
class Gate:
    """Up while at least `at_least` of its parts are up."""

    at_least: int
    of: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.at_least <= len(self.of):
            raise ValueError(
                f"at least {self.at_least} of {len(self.of)} parts is no redundancy that can be built"
            )

    @classmethod
    def all_of(cls, parts: Iterable[str]) -> "Gate":
        """All the parts are needed."""
        names = tuple(parts)
        return cls(len(names), names)

    @classmethod
    def any_of(cls, parts: Iterable[str]) -> "Gate":
        """One of the parts is enough."""
        return cls(1, tuple(parts))

    @property
    def down_at(self) -> int:
        """How many parts must be down to take it down."""
        return len(self.of) - self.at_least + 1


@dataclass(frozen=True, slots=True)
class Structure:
    """Gates by name; a name without a gate is a leaf. Gates and leaves may be parts of several gates."""

    gates: Mapping[str, Gate]
    _last: dict[tuple[object, ...], list[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The order that was asked for last, since it is asked for again and again; gates may have been added since."""

    def order(self, *tops: str) -> list[str]:
        """Every name below the tops (default: all gates) and the tops, parts before the gates that they are in.

        Depth first, parts in the order written. Linear, without recursion.

        Raises:
            ValueError: with a sentence for the user, when a gate is part of itself.
        """
        key = (*tops, len(self.gates))
        if key not in self._last:
            found = self._ordered(tops or tuple(self.gates))
            self._last.clear()
            self._last[key] = found
        return self._last[key].copy()

    def _ordered(self, tops: Iterable[str]) -> list[str]:
        done: dict[str, None] = {}
        above: dict[str, None] = {}
        for top in tops:
            stack = [top]
            while stack:
                name = stack[-1]
                gate = self.gates.get(name)
                if name in done:
                    stack.pop()
                elif gate is None or name in above:
                    above.pop(name, None)
                    done[name] = None
                    stack.pop()
                else:
                    above[name] = None
                    for part in reversed(gate.of):
                        if part in above:
                            raise ValueError(_circle(list(above), part))
                        if part not in done:
                            stack.append(part)
        return list(done)

    def leaves(self, top: str) -> list[str]:
        """The leaves below `top`, in the order in which they are first written."""
        return [name for name in self.order(top) if name not in self.gates]

    def form(self, top: str) -> tuple[object, ...]:
        """What `top` looks like: equal for structures that differ in nothing but names.

        Leaves are numbered in the order of `leaves`, gates as their parts come.
        """
        numbers: dict[str, int] = {}
        form: list[object] = []
        for number, name in enumerate(self.order(top)):
            numbers[name] = number
            gate = self.gates.get(name)
            form.append(None if gate is None else (gate.at_least, *[numbers[part] for part in gate.of]))
        return tuple(form)

    def shared(self, top: str) -> frozenset[str]:
        """The leaves that `top` reaches on more than one way."""
        return frozenset(name for name in self._manifold(top) if name not in self.gates)

    def read_once(self, top: str) -> bool:
        """Whether `top` reaches each leaf on one way only: the closed forms are then exact."""
        return not self._manifold(top)

    def read_once_everywhere(self) -> frozenset[str]:
        """Every gate that reaches each of its leaves on one way only, for all gates in one pass."""
        bits: dict[str, int] = {}
        good: set[str] = set()
        for name in self.order():
            gate = self.gates.get(name)
            if gate is None:
                bits[name] = 1 << len(bits)
                good.add(name)
                continue
            reached, disjoint = 0, all(part in good for part in gate.of)
            for part in gate.of:
                disjoint = disjoint and not reached & bits[part]
                reached |= bits[part]
            bits[name] = reached
            if disjoint:
                good.add(name)
        return frozenset(name for name in good if name in self.gates)

    def _manifold(self, top: str) -> list[str]:
        ways = {top: 1}
        for name in reversed(self.order(top)):
            gate = self.gates.get(name)
            for part in gate.of if gate is not None else ():
                ways[part] = min(2, ways.get(part, 0) + ways[name])
        return [name for name, count in ways.items() if count > 1]


def _circle(above: list[str], part: str) -> str:
    names = above[above.index(part) :]
    return f"{names[0]} rests on itself: {' -> '.join([*names, part])}."
