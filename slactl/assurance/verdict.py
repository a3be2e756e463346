"""What a target is worth against the three numbers."""

from fractions import Fraction
from typing import Literal

from slactl.assurance.closed_forms import Bound

Verdict = Literal["guaranteed", "only-if-independent", "unsupported", "contradicted", "undecided"]


def verdict(target: Fraction, worst: Bound, expected: Bound, best: Bound) -> Verdict:
    """The verdict on a promised availability, given bounds of the downtime below it.

    `undecided` where the target lies inside an interval that decides; nothing may rest on it.
    """
    allowed = 1 - target
    if worst.upper <= allowed:
        return "guaranteed"
    if worst.lower <= allowed:
        return "undecided"
    if expected.upper <= allowed:
        return "only-if-independent"
    if expected.lower <= allowed:
        return "undecided"
    return "contradicted" if allowed < best.lower else "unsupported"
