"""The worst that can happen while every promise below is kept, with nothing assumed about joint behaviour.

SLA_MATH section 1: for a structure in which each leaf stands once the closed forms are exact. For any other, the
single points of failure are taken out (exactly), and the rest is bounded from both sides:

- from above by the same rules ignoring what is shared (too strict at worst, never unsafe), and by the cheapest way
  to stay up (a path: while these few are up, the whole is up, so their budgets add up to a bound);
- from below by an outage that every promise allows: the single points one after another, then one cut at once.
"""

from collections.abc import Mapping
from fractions import Fraction

from slactl.assurance.bounds import Bound
from slactl.assurance.structure import Gate, Structure, without_constants

_ZERO, _ONE = Fraction(0), Fraction(1)


def worst_case(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> Bound:
    """The largest share of the window for which `top` can be down.

    Args:
        structure: what `top` rests on.
        top: the name in question.
        downtime: for each leaf the largest share of the window for which it may be down.
    """
    if not structure.shared(top):
        exact = bottom_up(structure, top, downtime)
        return Bound(exact, exact)
    return _with_sharing(structure, top, downtime)


def bottom_up(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> Fraction:
    """The closed forms from the leaves to `top`: exact where nothing is shared, sound everywhere."""
    worst: dict[str, Fraction] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        worst[name] = (
            min(_ONE, downtime[name]) if gate is None else gate_worst(gate, [worst[part] for part in gate.of])
        )
    return worst[top]


def gate_worst(gate: Gate, parts: list[Fraction]) -> Fraction:
    """The worst downtime of one gate over parts that fail as they like.

    Serial: the sum. One of n: the least. k of n, with m = n - k + 1 down at once: the least over j < m of the sum of
    the n - j smallest, divided by m - j (Rueger 1978); serial and one of n are its ends.
    """
    ordered = sorted(parts)
    total = sum(ordered, _ZERO)
    m = gate.breaks_at
    best = total / m
    for j in range(1, m):
        total -= ordered[len(ordered) - j]
        best = min(best, total / (m - j))
    return min(_ONE, best)


def _with_sharing(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> Bound:
    alone = structure.single_points(top)
    spent = sum((downtime[leaf] for leaf in alone), _ZERO)
    rest, state = without_constants(structure, top, alone, frozenset())
    if state is not None:  # nothing but single points
        exact = min(_ONE, spent)
        return Bound(exact, exact)
    above = bottom_up(rest, top, downtime)
    if not rest.shared(top):
        exact = min(_ONE, spent + above)
        return Bound(exact, exact)
    upper = min(_ONE, spent + min(above, cheapest_path(rest, top, downtime)))
    lower = min(_ONE, spent + widest_cut(rest, top, downtime))
    return Bound(min(lower, upper), upper)


def cheapest_path(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> Fraction:
    """The summed downtime of some set of leaves that keeps `top` up, each leaf counted once."""
    path: dict[str, frozenset[str]] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        if gate is None:
            path[name] = frozenset((name,))
        else:
            cheapest = sorted(gate.of, key=lambda part: (_cost(path[part], downtime), part))
            path[name] = frozenset().union(*(path[part] for part in cheapest[: gate.at_least]))
    return _cost(path[top], downtime)


def _cost(leaves: frozenset[str], downtime: Mapping[str, Fraction]) -> Fraction:
    return sum((downtime[leaf] for leaf in leaves), _ZERO)


def widest_cut(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> Fraction:
    """The longest outage of one cut at once: every member of it is down for as long as the shortest budget allows."""
    wide: dict[str, Fraction] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        if gate is None:
            wide[name] = min(_ONE, downtime[name])
        else:
            wide[name] = sorted((wide[part] for part in gate.of), reverse=True)[gate.breaks_at - 1]
    return wide[top]


def contributions(structure: Structure, top: str, downtime: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """What each leaf adds to the bottom-up bound; leaves that add nothing are left out.

    A redundant group is charged to its least member, k of n to the members of the bounding sum.
    """
    worst: dict[str, Fraction] = {}
    order = structure.order(top)
    for name in order:
        gate = structure.gates.get(name)
        worst[name] = (
            min(_ONE, downtime[name]) if gate is None else gate_worst(gate, [worst[part] for part in gate.of])
        )
    share: dict[str, Fraction] = {top: _ONE}
    for name in reversed(order):
        gate = structure.gates.get(name)
        if gate is not None and share.get(name):
            members, divisor = _bounding(gate, worst)
            for part in members:
                share[part] = share.get(part, _ZERO) + share[name] / divisor
    return {
        name: share[name] * worst[name]
        for name in order
        if name not in structure.gates and share.get(name) and worst[name]
    }


def _bounding(gate: Gate, worst: Mapping[str, Fraction]) -> tuple[list[str], int]:
    """The parts whose sum, divided by the number, is the gate's worst downtime."""
    ordered = sorted(gate.of, key=lambda part: (worst[part], part))
    m = gate.breaks_at
    choices = [
        (sum((worst[part] for part in ordered[: len(ordered) - j]), _ZERO) / (m - j), j) for j in range(m)
    ]
    j = min(choices)[1]
    return ordered[: len(ordered) - j], m - j
