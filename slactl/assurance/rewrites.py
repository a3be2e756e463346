"""Rewriting a structure so that less of it is shared; each rewrite is an identity of the structure function.

    x or (y or z)                    is x or y or z: nested gates of one kind become one
    x or f(x, ...)                   is x or f(up, ...): below a gate that x decides, x is left out
    (x and y) or (x and z)           is x and (y or z)
    parts that occur together only   become a gate, which is then one part, and often a module
    parts that share with nothing    become a gate, which is a module

"And" and "or" may change places in each. What results falls apart into more modules, and has smaller diagrams.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from slactl.assurance.closed_parts import with_closed_parts
from slactl.assurance.decided import without_decided
from slactl.assurance.kinds import kind_of, of_kind, plain
from slactl.assurance.modules import INNER, simplified
from slactl.assurance.structure import Gate, Structure

_ROUNDS = 6
_SEVERAL = 2
Gates = Mapping[str, Gate]


def rewritten(gates: Gates, top: str) -> tuple[str | bool, Gates]:
    """What `top` has become (a gate, a leaf, or a constant, True: up), and the gates below it with less sharing.

    New gates have names that no document holds.
    """
    names = (f"{top}{INNER}{number}" for number in count())
    for _ in range(_ROUNDS):
        root, less = _plainer(gates, top)
        if not isinstance(root, str) or root not in less:
            return root, less
        top, gates = root, _grouped(_Factoring(less, root, names).factor(), names)
        if gates == less:
            break
    return top, with_closed_parts(gates, top, names)


def _plainer(gates: Gates, top: str) -> tuple[str | bool, Gates]:
    """What is left when nested gates are joined and leaves without effect are out."""
    root, flat = _flattened(gates, top)
    if not isinstance(root, str) or root not in flat:
        return root, flat
    root, less = without_decided(flat, root)
    return _flattened(less, root) if isinstance(root, str) and less is not flat else (root, less)


def _flattened(gates: Gates, top: str) -> tuple[str | bool, Gates]:
    """Nested gates of one kind as one where the inner one is used once, and equal gates as one."""
    uses = _uses(gates, top)
    done: dict[str, Gate] = {}
    first: dict[tuple[int, frozenset[str]], str] = {}
    same: dict[str, str] = {}
    for name in Structure(gates).order(top):
        gate = gates.get(name)
        if gate is None:
            continue
        gate = Gate(gate.at_least, tuple(same.get(part, part) for part in gate.of))
        if plain(gate):
            gate = _joined(gate, done, uses)
            twin = first.setdefault((kind_of(gate), frozenset(gate.of)), name)
            if name not in (twin, top):
                same[name] = twin
                continue
        done[name] = gate
    return simplified(done, top, {})


def _joined(gate: Gate, done: Gates, uses: Mapping[str, int]) -> Gate:
    parts: dict[str, None] = {}
    for part in gate.of:
        inner = done.get(part)
        if inner is not None and uses[part] == 1 and plain(inner) and kind_of(inner) == kind_of(gate):
            parts.update(dict.fromkeys(inner.of))
        else:
            parts[part] = None
    return of_kind(kind_of(gate), list(parts))


class _Factoring:
    """What several inner gates have in common, taken out of them: `(x and y) or (x and z)` is `x and (y or z)`."""

    def __init__(self, gates: Gates, top: str, names: Iterator[str]) -> None:
        self._uses = _uses(gates, top)
        self._names = names
        self.gates = dict(gates)

    def factor(self) -> Gates:
        for name in list(self.gates):
            while name in self.gates and plain(self.gates[name]):
                part, inner = self._common(self.gates[name])
                if len(inner) < _SEVERAL:
                    break
                self._take_out(name, part, inner)
        return self.gates

    def _common(self, gate: Gate) -> tuple[str, list[str]]:
        """The part that most of a gate's own inner gates of the other kind share, and these."""
        holding = defaultdict(list)
        for one in gate.of:
            inner = self.gates.get(one)
            if (
                inner is not None
                and self._uses[one] == 1
                and plain(inner)
                and kind_of(inner) != kind_of(gate)
            ):
                for part in inner.of:
                    holding[part].append(one)
        return max(holding.items(), key=lambda item: len(item[1]), default=("", []))

    def _take_out(self, name: str, common: str, inner: Sequence[str]) -> None:
        gate = self.gates[name]
        kind, other = kind_of(gate), kind_of(self.gates[inner[0]])
        rests = list(dict.fromkeys(self._without(one, common, other) for one in inner))
        united, joined = next(self._names), next(self._names)
        if len(rests) == 1:  # of inner gates that have become the same
            united = rests[0]
        else:
            self.gates[united] = of_kind(kind, rests)
            self._uses[united] = 1
        self._uses[common] -= len(inner) - 1
        left = [part for part in gate.of if part not in inner]
        if left:
            self.gates[joined] = of_kind(other, [common, united])
            self._uses[joined] = 1
            self.gates[name] = of_kind(kind, [*left, joined])
        else:
            self.gates[name] = of_kind(other, [common, united])

    def _without(self, name: str, common: str, kind: int) -> str:
        parts = [part for part in self.gates.pop(name).of if part != common]
        if len(parts) == 1:
            return parts[0]
        self.gates[name] = of_kind(kind, parts)
        return name


def _grouped(gates: Gates, names: Iterator[str]) -> Gates:
    """Parts that occur in the same gates of one kind, and only there, as one gate."""
    within: dict[str, list[str]] = defaultdict(list)
    for name, gate in gates.items():
        for part in gate.of:
            within[part].append(name)
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for part, places in within.items():
        kinds = {kind_of(gates[name]) if plain(gates[name]) else 0 for name in places}
        if len(kinds) == 1 and 0 not in kinds and _SEVERAL <= len(places) == len(set(places)):
            together[tuple(sorted(places))].append(part)
    found = dict(gates)
    for within_these, group in together.items():
        if len(group) >= _SEVERAL:
            kind, new = kind_of(gates[within_these[0]]), next(names)
            found[new] = of_kind(kind, group)
            for name in within_these:
                left = [part for part in found[name].of if part not in group]
                found[name] = of_kind(kind, [*left, new])
    return found


def _uses(gates: Gates, top: str) -> Counter[str]:
    below = Structure(gates).order(top)
    return Counter(part for name in below if name in gates for part in gates[name].of)
