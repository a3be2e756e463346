"""A number that is known to lie between two bounds."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Bound:
    """A share of time, between `lower` and `upper`; both are the same where it is exact."""

    lower: Fraction
    upper: Fraction

    @property
    def exact(self) -> bool:
        """Whether nothing is open."""
        return self.lower == self.upper
