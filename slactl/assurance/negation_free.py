"""A fault tree without negated gates: negations moved down to basic events, by De Morgan's laws.

    not (at least k of n occur)  is  at least n - k + 1 of the n do not occur

A gate of the result is a gate of a `Structure`, in which an event that occurs is "down": an "and" of failures stands
as "one of the parts is enough to be up", an "or" as "all parts are needed", "at least k" of n failures as "at least
n - k + 1 of n must be up".
"""

from collections.abc import Sequence
from fractions import Fraction

from slactl.assurance.structure import Gate
from slactl.base.fault_tree import FaultTree
from slactl.base.quick_dataclass import dataclass, field

_ZERO, _ONE = Fraction(0), Fraction(1)
_Literal = tuple[str, bool]
"""A name, and whether it occurs (True) or does not."""


@dataclass(slots=True)
class NegationFree:
    """Gates over events and negated events."""

    top: str
    gates: dict[str, Gate] = field(default_factory=dict)
    probabilities: dict[str, Fraction] = field(default_factory=dict)
    """Of basic events and switches; negated ones have names of their own, beside those that they negate."""
    negated: dict[str, str] = field(default_factory=dict)
    """The negated basic events, each with the event."""


def negation_free(tree: FaultTree, top: str) -> NegationFree:
    """What `top` means, with negations of basic events only."""
    found = NegationFree(top)
    stack = [(top, True)]
    seen = set(stack)
    while stack:
        name, occurs = stack.pop()
        if name in tree.gates:
            for literal in _gate(tree, name, found, occurs=occurs):
                if literal not in seen:
                    seen.add(literal)
                    stack.append(literal)
        else:
            _event(tree, name, found, occurs=occurs)
    return found


def _event(tree: FaultTree, name: str, found: NegationFree, *, occurs: bool) -> None:
    own = _name((name, occurs))
    if name in tree.house:
        found.probabilities[own] = _ONE if tree.house[name] == occurs else _ZERO
        return
    found.probabilities[name] = tree.probabilities[name]
    if not occurs:
        found.probabilities[own] = 1 - tree.probabilities[name]
        found.negated[own] = name


def _gate(tree: FaultTree, name: str, found: NegationFree, *, occurs: bool) -> list[_Literal]:
    """Add a gate, and say what it is made of."""
    gate = tree.gates[name]
    own, count = _name((name, occurs)), len(gate.of)
    if occurs:  # as many as it takes occur, and as many as it takes do not
        needed = [(gate.least, True), (count - gate.most, False)]
    else:  # too few occur, or too many
        needed = [(count - gate.least + 1, False), (gate.most + 1, True)]
    sides = [
        (least, [(part, side) for part in gate.of])
        for least, side in needed
        if (least > 0 if occurs else least <= count)
    ]
    if not sides:
        found.probabilities[own] = _ONE if occurs else _ZERO
        return []
    if len(sides) == 1:
        found.gates[own] = _at_least(*sides[0])
    else:
        names = [f"{own}/{side}" for side in ("least", "most")]
        found.gates.update(zip(names, (_at_least(*side) for side in sides), strict=True))
        found.gates[own] = Gate.any_of(names) if occurs else Gate.all_of(names)
    return [literal for _, literals in sides for literal in literals]


def _at_least(least: int, literals: Sequence[_Literal]) -> Gate:
    return Gate(len(literals) - least + 1, tuple(_name(literal) for literal in literals))


def _name(literal: _Literal) -> str:
    name, occurs = literal
    return name if occurs else f"{name}/not"
