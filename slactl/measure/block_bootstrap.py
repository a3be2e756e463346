"""The bad share of the next window, from blocks of seven days of history drawn again and again.

Days do not come alone: an outage lasts past midnight, a bad release makes a bad week, Sundays are quiet. Blocks of seven days
keep what lies within a week together (Kunsch, Annals of Statistics 17, 1989). How often each block will come back is not
known either: each draw weighs the blocks anew (Rubin's Bayesian bootstrap, Annals of Statistics 9, 1981), and one more
block stands for what was not seen yet (`slactl.measure.unseen`). The spread over the draws is what the bound is taken from.
"""

from typing import TYPE_CHECKING

from slactl.measure.unseen import unseen_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

BLOCK = 7
DRAWS = 400
"""How often the weights of blocks are drawn; the bound is a quantile over them."""
WINDOWS = 400
"""How many windows are put together by each."""


def bad_shares(
    bad: "Sequence[float] | NDArray[float64]",
    counted: "Sequence[float] | NDArray[float64]",
    window_days: int,
    random: "Generator",
) -> "NDArray[float64]":
    """The bad share of `WINDOWS` windows (columns) under each of `DRAWS` weightings (rows).

    Args:
        bad: what was bad on each day that has data.
        counted: what was counted on each of them; more than none.
        window_days: days with time that counts in the window.
        random: where chance comes from.
    """
    import numpy as np  # noqa: PLC0415 - commands that resample nothing do without

    lost, seen = np.asarray(bad, float), np.asarray(counted, float)
    blocks = len(lost) // BLOCK
    largest, lengths = _largest_week(lost), _lengths(window_days)
    shares = np.empty((DRAWS, WINDOWS))
    for draw in range(DRAWS):
        shift = random.integers(len(lost))
        lost_days, seen_days = (
            np.roll(one, -shift)[: blocks * BLOCK].reshape(blocks, BLOCK) for one in (lost, seen)
        )
        weights = np.cumsum(random.standard_exponential(blocks + 1))
        chosen = np.searchsorted(weights / weights[-1], random.random((WINDOWS, len(lengths))))
        lost_sum, seen_sum = np.zeros(WINDOWS), np.zeros(WINDOWS)
        for place, length in enumerate(lengths):
            short = (chosen[:, place] == blocks) & (random.random(WINDOWS) >= length / BLOCK)
            chosen[short, place] = random.integers(
                blocks, size=short.sum()
            )  # a part of a week sees less that is new
            lost_sum += np.append(lost_days[:, :length].sum(1), 0)[chosen[:, place]]
            seen_sum += np.append(seen_days[:, :length].sum(1), seen_days.mean() * length)[chosen[:, place]]
        is_unseen = chosen == blocks
        where, _ = np.nonzero(is_unseen)
        lost_sum += np.bincount(where, unseen_sizes(random, len(where), largest), WINDOWS)
        shares[draw] = np.minimum(1, lost_sum / seen_sum)
    return shares


def _lengths(days: int) -> list[int]:
    """Whole blocks, and what is left over as a part of one."""
    whole, rest = divmod(days, BLOCK)
    return [BLOCK] * whole + ([rest] if rest else [])


def _largest_week(bad: "NDArray[float64]") -> float:
    """The most that was bad on seven days in a row."""
    import numpy as np  # noqa: PLC0415 - as above

    return float(np.convolve(bad, np.ones(BLOCK))[: len(bad)].max())
