"""Three numbers and a target to a verdict (SLA_MATH section 1)."""

from fractions import Fraction
from typing import Literal

from slactl.assurance.bounds import Bound

Verdict = Literal["guaranteed", "only-if-independent", "unsupported", "contradicted", "undecided"]


def verdict(allowed: Fraction, worst: Bound, expected: Bound, best: Fraction) -> Verdict:
    """The verdict on a target that allows a share of downtime.

    Args:
        allowed: 1 - target.
        worst: the worst downtime.
        expected: the downtime to expect under independence.
        best: the least downtime that can be had.
    """
    if worst.upper <= allowed:
        return "guaranteed"
    if worst.lower <= allowed:
        return "undecided"
    if expected.upper <= allowed:
        return "only-if-independent"
    return "contradicted" if best > allowed else "unsupported"
