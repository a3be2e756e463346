"""The bad share of the next window, from incidents: how often they come, and how long they last.

Incidents come independently of each other at a rate (Poisson), each as long as one of those seen. The rate has the posterior
of Jeffreys' prior, Gamma(n + 1/2) over the days seen; how often each length comes back is weighed anew by each draw (Rubin's
Bayesian bootstrap, Annals of Statistics 9, 1981), and one more length stands for what was not seen yet
(`slactl.measure.unseen`). Simulated, not convolved: one pass gives every target, at the same cost for any unit of time.
"""

from typing import TYPE_CHECKING

from slactl.measure.block_bootstrap import DRAWS, WINDOWS
from slactl.measure.unseen import unseen_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray


def bad_shares(
    lengths_s: "Sequence[float] | NDArray[float64]",
    days: int,
    window_days: int,
    window_s: float,
    random: "Generator",
) -> "NDArray[float64]":
    """The bad share of `WINDOWS` windows (columns) under each of `DRAWS` posterior draws (rows).

    Args:
        lengths_s: the downtime of each incident in seconds.
        days: days with time that counts and data, in which they happened.
        window_days: days with time that counts in the window.
        window_s: seconds that count in the window.
        random: where chance comes from.
    """
    import numpy as np  # noqa: PLC0415 - commands that resample nothing do without

    known = len(lengths_s)
    lengths = np.append(np.asarray(lengths_s, float), 0)
    rates = random.gamma(known + 0.5, size=DRAWS) / days * window_days
    shares = np.empty((DRAWS, WINDOWS))
    for draw in range(DRAWS):
        weights = np.cumsum(random.standard_exponential(known + 1))
        counts = random.poisson(rates[draw], WINDOWS)
        chosen = np.searchsorted(weights / weights[-1], random.random(counts.sum()))
        lasting = lengths[chosen]
        is_unseen = chosen == known
        lasting[is_unseen] = unseen_sizes(random, int(is_unseen.sum()), float(lengths.max()))
        down = np.bincount(np.repeat(np.arange(WINDOWS), counts), lasting, WINDOWS)
        shares[draw] = np.minimum(1, down / window_s)
    return shares
