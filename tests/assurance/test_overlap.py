"""The chance that a window is met, against areas that can be drawn and against a count over a grid of starts."""

from fractions import Fraction

import pytest

from slactl.assurance.overlap import RedundantGroup, chance_met

F = Fraction
ONE = Fraction(1)


def pair(first: Fraction, second: Fraction, weight: Fraction = ONE) -> RedundantGroup:
    return RedundantGroup(2, (first, second), weight)


def on_a_grid(first: float, second: float, room: float, steps: int = 400) -> float:
    """The share of starts, in the middle of cells, for which two outages overlap for at most `room`."""
    met = 0
    for i in range(steps):
        start = (i + 0.5) / steps * (1 - first)
        for j in range(steps):
            other = (j + 0.5) / steps * (1 - second)
            met += min(start + first, other + second) - max(start, other) <= room
    return met / steps**2


@pytest.mark.parametrize(
    ("first", "second", "room"),
    [
        (F(1, 10), F(1, 10), F(0)),
        (F(1, 10), F(3, 10), F(1, 20)),
        (F(3, 10), F(1, 10), F(1, 20)),
        (F(3, 5), F(1, 2), F(1, 4)),
        (F(1, 200), F(1, 200), F(1, 1000)),
    ],
)
def test_a_pair_is_exact(first: Fraction, second: Fraction, room: Fraction) -> None:
    found = chance_met([pair(first, second)], room)
    assert found.exact
    assert float(found.upper) == pytest.approx(on_a_grid(float(first), float(second), float(room)), abs=5e-3)


def test_equal_outages_that_may_not_touch() -> None:
    # Both last a tenth; starts lie in nine tenths; they are apart in two triangles of side eight tenths.
    assert chance_met([pair(F(1, 10), F(1, 10))], F(0)).lower == F(64, 81)


def test_what_fits_whatever_happens_is_certain_and_what_never_fits_impossible() -> None:
    assert chance_met([pair(F(1, 10), F(1, 5))], F(1, 10)).lower == 1
    assert chance_met([pair(F(1), F(1, 5))], F(1, 10)).upper == 0
    assert chance_met([pair(F(1, 10), F(1, 5))], F(-1, 100)).upper == 0


def test_half_the_weight_leaves_twice_the_room() -> None:
    half = chance_met([pair(F(1, 5), F(1, 5), F(1, 2))], F(1, 20))
    assert half == chance_met([pair(F(1, 5), F(1, 5))], F(1, 10))


def test_several_groups_are_enclosed_and_never_called_exact() -> None:
    one = pair(F(1, 10), F(1, 10))
    found = chance_met([one, one], F(0))
    truth = F(64, 81) ** 2  # both pairs must stay apart
    assert found.lower < truth < found.upper
    assert found.upper - found.lower < F(1, 40)


def test_two_of_three_members_must_meet() -> None:
    found = chance_met([RedundantGroup(3, (F(1, 4),) * 3, F(1))], F(0))
    looser = chance_met([RedundantGroup(2, (F(1, 4),) * 3, F(1))], F(0))
    assert looser.upper < found.lower
