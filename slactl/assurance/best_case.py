"""The best that can happen when every leaf is down for exactly as long as it may be.

Outages fall together where that helps and apart where it does not (Frechet's bounds). Exact for each gate by itself;
over nested and shared gates it is a bound that nothing can beat, which is what the verdict `contradicted` needs.
"""

from collections.abc import Mapping
from fractions import Fraction

from slactl.assurance.structure import Structure

_ZERO, _ONE = Fraction(0), Fraction(1)


def best_case(structure: Structure, top: str, unavailability: Mapping[str, Fraction]) -> Fraction:
    """A share of time for which `top` is down at least, however outages fall."""
    least: dict[str, Fraction] = {}
    for name in structure.order(top):
        gate = structure.gates.get(name)
        if gate is None:
            least[name] = min(_ONE, unavailability[name])
        else:
            least[name] = _gate_least(gate.breaks_at, [least[part] for part in gate.of])
    return least[top]


def _gate_least(m: int, parts: list[Fraction]) -> Fraction:
    """At least m of n down at once, at the least: the j largest cannot all hide among m - 1 at a time.

    For each j >= m the j largest parts must overlap m-fold for (their sum - (m - 1)) / (j - m + 1) of the time.
    """
    ordered = sorted(parts, reverse=True)
    total = sum(ordered[: m - 1], _ZERO)
    least = _ZERO
    for j in range(m, len(ordered) + 1):
        total += ordered[j - 1]
        least = max(least, (total - (m - 1)) / (j - m + 1))
    return least
