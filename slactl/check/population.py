"""Promises about all of a supplier's requests, of which ours are only some."""

from fractions import Fraction

from slactl.check.capacity import per_second
from slactl.model.agreement import Objective


def dilution(objective: Objective) -> Fraction:
    """How many requests a promise counts for each of ours: all that fail may be ours (SLA_MATH, section 2).

    A promise about all N requests, kept with a share p, guarantees our n of them only 1 - (1 - p) N / n.
    """
    people = objective.population
    if people is None:
        return Fraction(1)
    return max(Fraction(1), per_second(people.all) / per_second(people.ours))
