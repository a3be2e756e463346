"""Bounds against the truth of known processes: a one-sided 90 % bound lies below it in about 90 of 100 histories or more."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from slactl.measure import block_bootstrap, compound_poisson
from tests.measure.baseline_worlds import DAY_S, Lengths, by_day, incidents

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 30
TARGETS = (0.998, 0.999, 0.9995)
HISTORIES = 50
LEAST = 0.84
"""Of 50 histories 42 or more are covered with a chance of 94 % where each is with exactly 90 %."""

CONSTANT: Lengths = lambda random, count: np.full(count, 600.0)  # noqa: E731, ARG005 - one law a line
EXPONENTIAL: Lengths = lambda random, count: random.exponential(600, count)  # noqa: E731
LOGNORMAL: Lengths = lambda random, count: random.lognormal(6, 1, count)  # noqa: E731
PARETO: Lengths = lambda random, count: 300 * (1 - random.random(count)) ** -0.5  # noqa: E731
HEAVY: Lengths = lambda random, count: random.lognormal(5.7, 1.5, count)  # noqa: E731


def truth(a_day: float, lengths: Lengths, cluster: int) -> list[float]:
    windows = 20_000
    times, lasting = incidents(np.random.default_rng(7), WINDOW * windows, a_day, lengths, cluster)
    down = by_day(times / WINDOW, lasting, windows) / (WINDOW * DAY_S)
    return [float((down <= 1 - target).mean()) for target in TARGETS]


def bound(shares: "NDArray[np.float64]", target: float) -> float:
    met = np.sort((shares <= 1 - target).mean(axis=1))
    return float(met[len(met) // 10 - 1])


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the draws: the bound is as honest, and only rougher."""
    for module in (block_bootstrap, compound_poisson):
        monkeypatch.setattr(module, "DRAWS", 100)
        monkeypatch.setattr(module, "WINDOWS", 200)


@pytest.mark.parametrize(
    ("days", "a_day", "lengths", "cluster"),
    [
        (365, 0.1, CONSTANT, 1),
        (365, 0.1, EXPONENTIAL, 1),
        (180, 0.1, LOGNORMAL, 1),
        (365, 0.1, PARETO, 1),
        (365, 0.03, EXPONENTIAL, 1),
        (365, 0.1, HEAVY, 1),
        (365, 0.1, EXPONENTIAL, 4),
        (365, 0.2, LOGNORMAL, 4),
    ],
)
def test_blocks(days: int, a_day: float, lengths: Lengths, cluster: int) -> None:
    known, covered = truth(a_day, lengths, cluster), np.zeros(len(TARGETS))
    random = np.random.default_rng(1)
    for _ in range(HISTORIES):
        bad = by_day(*incidents(random, days, a_day, lengths, cluster), days)
        shares = block_bootstrap.bad_shares(bad, np.full(days, float(DAY_S)), WINDOW, random)
        covered += [bound(shares, target) <= one for target, one in zip(TARGETS, known, strict=True)]
    assert (covered >= LEAST * HISTORIES).all(), (covered / HISTORIES, known)


@pytest.mark.parametrize(
    ("days", "a_day", "lengths"),
    [
        (120, 0.1, CONSTANT),
        (120, 0.1, EXPONENTIAL),
        (90, 0.1, LOGNORMAL),
        (170, 0.05, PARETO),
        (120, 0.1, HEAVY),
    ],
)
def test_incidents(days: int, a_day: float, lengths: Lengths) -> None:
    known, covered = truth(a_day, lengths, 1), np.zeros(len(TARGETS))
    random = np.random.default_rng(1)
    judged = 0
    while judged < HISTORIES:
        _, lasting = incidents(random, days, a_day, lengths)
        if len(lasting) < 5:  # insufficient: no bound is said
            continue
        judged += 1
        shares = compound_poisson.bad_shares(lasting, days, WINDOW, WINDOW * DAY_S, random)
        covered += [bound(shares, target) <= one for target, one in zip(TARGETS, known, strict=True)]
    assert (covered >= LEAST * HISTORIES).all(), (covered / HISTORIES, known)


def test_a_bound_is_worth_something() -> None:
    """Bounds that are always 0 cover, too: ten minutes every ten days, and a budget of seven hours."""
    random = np.random.default_rng(3)
    bad = by_day(*incidents(random, 365, 0.1, EXPONENTIAL), 365)
    assert bound(block_bootstrap.bad_shares(bad, np.full(365, float(DAY_S)), WINDOW, random), 0.99) > 0.95
    shares = compound_poisson.bad_shares(np.full(12, 600.0), 120, WINDOW, WINDOW * DAY_S, random)
    assert bound(shares, 0.99) > 0.95
