"""Promises on being down together: "at most five minutes a month with two of the three zones down"."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from slactl.assurance.modules import Decomposition, decompose
from slactl.assurance.structure import Gate, Structure
from slactl.base.quick_dataclass import dataclass

_TOP = "\0together"
_EMPTY = "\0empty"


@dataclass(frozen=True, slots=True)
class Clause:
    """At least `together` of the parts are down at once for at most `downtime`, a share of the window."""

    name: str
    parts: tuple[str, ...]
    together: int
    downtime: Fraction

    @property
    def gate(self) -> Gate:
        """Down while at least `together` of the parts are."""
        return Gate(len(self.parts) - self.together + 1, self.parts)


@dataclass(frozen=True, slots=True)
class Entangled:
    """A structure taken apart around the clauses that bear on it; the root module holds it and them side by side."""

    clauses: tuple[Clause, ...]
    decomposition: Decomposition

    @property
    def top(self) -> str:
        """What the structure's top has become inside the root module: a gate there, or an item."""
        return self._held[0]

    @property
    def nodes(self) -> dict[str, str]:
        """For each clause, by its name, what its parts have become inside the root module."""
        return {clause.name: node for clause, node in zip(self.clauses, self._held[1:], strict=False)}

    @property
    def gates(self) -> dict[str, Gate]:
        """The gates of the root module, without the one that holds all together."""
        gates = self.decomposition.modules[-1].gates
        return {name: gate for name, gate in gates.items() if name != _TOP}

    @property
    def _held(self) -> tuple[str, ...]:
        return self.decomposition.modules[-1].gates[_TOP].of


def entangled(
    structure: Structure, top: str, fixed: Mapping[str, bool], clauses: Sequence[Clause]
) -> Entangled | None:
    """The structure below `top` with the clauses that can bind there, or None where none can.

    Parts of a clause that are not below `top` are left out of it: fewer parts are down together no longer than all.
    A clause that constants decide says nothing, nor does one that shares nothing with what the top depends on.
    """
    if not clauses or not _open(structure, top, fixed):
        return None
    below = set(structure.order(top))
    kept = [held for one in clauses if _binding(structure, held := _within(one, below), fixed)]
    while kept:
        found = Entangled(tuple(kept), _around(structure, top, fixed, kept))
        kept = [one for one in kept if one.name != found.nodes[one.name] or one.name in found.gates]
        if len(kept) == len(found.clauses):
            return found
    return None


def _within(clause: Clause, below: set[str]) -> Clause:
    parts = tuple(part for part in clause.parts if part in below)
    return Clause(clause.name, parts, clause.together, clause.downtime)


def _binding(structure: Structure, clause: Clause, fixed: Mapping[str, bool]) -> bool:
    if len(clause.parts) < clause.together or clause.downtime >= 1:
        return False
    return _open(Structure({**structure.gates, clause.name: clause.gate}), clause.name, fixed)


def _open(structure: Structure, top: str, fixed: Mapping[str, bool]) -> bool:
    """Whether it depends on leaves that are neither always up nor always down."""
    return _state(structure, top, fixed, others=True) and not _state(structure, top, fixed, others=False)


def _state(structure: Structure, top: str, fixed: Mapping[str, bool], *, others: bool) -> bool:
    up: dict[str, bool] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        if gate is None:
            up[name] = fixed.get(name, others)
        else:
            up[name] = sum(up[part] for part in gate.of) >= gate.at_least
    return up[top]


def _around(
    structure: Structure, top: str, fixed: Mapping[str, bool], clauses: Sequence[Clause]
) -> Decomposition:
    """Modules that no clause looks into, and one around them of the top and the clauses.

    The gate that holds the top and the clauses has so many empty places that no leaf alone decides it: nothing is
    taken out of it.
    """
    empty = tuple(f"{_EMPTY}{index}" for index in range(len(clauses) + 2))
    gates = {**structure.gates, **{one.name: one.gate for one in clauses}}
    gates[_TOP] = Gate(len(clauses) + 2, (top, *(one.name for one in clauses), *empty))
    return decompose(Structure(gates), _TOP, fixed)
