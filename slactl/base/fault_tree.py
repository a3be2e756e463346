"""A fault tree: how failures of components together bring about an event on top, and how probable each is."""

from collections.abc import Mapping
from fractions import Fraction

from slactl.base.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class FaultGate:
    """Occurs while at least `least` and at most `most` of its parts occur.

    All of n parts: least = most = n; one of them: least = 1, most = n; not: least = most = 0 of one part.
    """

    least: int
    most: int
    of: tuple[str, ...]

    @property
    def coherent(self) -> bool:
        """Whether more failures never end it."""
        return self.least > 0 and self.most == len(self.of)


@dataclass(frozen=True, slots=True)
class FaultTree:
    """Gates over basic events and switches, by name; every name in a gate is in one of the three mappings.

    A `/` in a name stands between a gate and what is written inside it; names that people give have none.
    """

    name: str
    tops: tuple[str, ...]
    """The gates that are part of no other one of the same tree, in the order written."""
    gates: Mapping[str, FaultGate]
    probabilities: Mapping[str, Fraction]
    """The probability of each basic event, exactly as written."""
    house: Mapping[str, bool]
    """House events: switches that are on or off."""
