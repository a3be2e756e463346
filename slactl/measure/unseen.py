"""What a history has not seen: one more incident, of a size that it does not tell.

Resampling alone knows nothing worse than the worst so far, and calls every target safe that the worst has not broken. So one
incident more than there were is taken to be possible, as likely as each that there was, and at least as large as the largest:
`x` times as large or more with a chance of `x ** -TAIL` (a Pareto tail). That is the rule of succession for the largest of n+1
observations; the tail is heavier than that of exponential or lognormal outages of usual spread.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

TAIL = 1.25
"""Chosen by simulation: bounds cover from constant outages to lognormal ones with a sigma of 1.5."""


def unseen_sizes(random: "Generator", count: int, largest: float) -> "NDArray[float64]":
    """Sizes of incidents that are larger than any so far."""
    sizes: NDArray[float64] = largest * (1 - random.random(count)) ** (-1 / TAIL)
    return sizes
