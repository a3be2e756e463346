"""Parts of a gate that share nothing with the rest of the structure get a gate of their own, which is then a module.

    x or y or f(z)   with x and y nowhere else        is (x or y) or f(z)
    f(v, w) and g(w, x) and h(y) and i(y, z)          is (f and g) and (h and i)

Without that, a gate whose other parts are entangled with something is not taken apart at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_

from slactl.assurance.kinds import kind_of, of_kind, plain
from slactl.assurance.structure import Gate, Structure
from slactl.base.quick_dataclass import dataclass

Gates = Mapping[str, Gate]


@dataclass(frozen=True, slots=True)
class _Reach:
    """Sets of names as bits: for each name what is below it, itself included, and which gates use any of that."""

    bit: Mapping[str, int]
    below: Mapping[str, int]
    users: Mapping[str, int]

    @classmethod
    def of(cls, gates: Gates, order: Sequence[str]) -> "_Reach":
        bit = {name: 1 << index for index, name in enumerate(order)}
        own_users = dict.fromkeys(order, 0)
        for name in order:
            if name in gates:
                for part in gates[name].of:
                    own_users[part] |= bit[name]
        below: dict[str, int] = {}
        users: dict[str, int] = {}
        for name in order:
            parts = gates[name].of if name in gates else ()
            below[name] = reduce(or_, [below[part] for part in parts], bit[name])
            users[name] = reduce(or_, [users[part] for part in parts], own_users[name])
        return cls(bit, below, users)


def with_closed_parts(gates: Gates, top: str, names: Iterator[str]) -> Gates:
    """The gates, and new ones for closed parts, called by the next of `names`."""
    order = Structure(gates).order(top)
    reach = _Reach.of(gates, order)
    found: dict[str, Gate] = {}
    for name in order:
        gate = gates.get(name)
        if gate is not None:
            found[name] = gate
            if plain(gate):
                _group(name, gate, found, reach, names)
    return found


def _group(name: str, gate: Gate, found: dict[str, Gate], reach: _Reach, names: Iterator[str]) -> None:
    closed, entangled = _closed(name, gate, reach)
    if len(closed) == 1 and not entangled:
        return
    alone = [_joined(gate, group, found, names) for group in closed]
    if entangled and len(alone) > 1:
        alone = [_joined(gate, alone, found, names)]
    parts = [*alone, *entangled]
    if len(parts) < len(gate.of):
        found[name] = of_kind(kind_of(gate), parts)


def _joined(gate: Gate, parts: Sequence[str], found: dict[str, Gate], names: Iterator[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    new = next(names)
    found[new] = of_kind(kind_of(gate), parts)
    return new


def _closed(name: str, gate: Gate, reach: _Reach) -> tuple[list[list[str]], list[str]]:
    """Groups of parts that share nothing with anything outside of them, and the other parts."""
    groups: list[tuple[int, list[str]]] = []
    for part in gate.of:
        shared, members, apart = reach.below[part], [part], []
        for below, those in groups:
            if below & shared:
                shared, members = shared | below, [*those, *members]
            else:
                apart.append((below, those))
        groups = [*apart, (shared, members)]
    closed: list[list[str]] = []
    entangled: list[str] = []
    for below, members in groups:
        users = reduce(or_, [reach.users[part] for part in members])
        if users & ~(below | reach.bit[name]):
            entangled += members
        else:
            closed.append(members)
    return closed, entangled
