"""Credit functions of downtime: jumps just after their edges, and maxima that a fine grid never beats."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from slactl.assurance.credits import Peak, Steps, credit_share, exposure, highest, total

MONTH_S = 30 * 86_400
GOLD = [(Fraction(999, 1000), Fraction(1, 10)), (Fraction(99, 100), Fraction(1, 4))]


def test_a_credit_is_owed_only_beyond_what_the_step_allows() -> None:
    shares = credit_share(GOLD, MONTH_S)
    assert [shares.at(seconds) for seconds in (0, 2592, 2593, 25920, 25921)] == [
        0,
        0,
        Fraction(1, 10),
        Fraction(1, 10),
        Fraction(1, 4),
    ]
    assert [shares.beyond(2591), shares.beyond(2592)] == [0, Fraction(1, 10)]


def test_a_lower_attainment_never_costs_less() -> None:
    shares = credit_share(
        [(Fraction(99, 100), Fraction(5, 100)), (Fraction(999, 1000), Fraction(1, 10))], MONTH_S
    )
    assert shares.at(MONTH_S) == Fraction(1, 10)


def test_of_two_credits_at_one_attainment_the_larger_is_owed() -> None:
    shares = credit_share([(Fraction(1, 2), Fraction(1, 4)), (Fraction(1, 2), Fraction(1, 10))], 100)
    assert shares == Steps(((Fraction(50), Fraction(1, 4)),))


def test_an_exposure_may_rise_and_fall() -> None:
    owed = Steps(((Fraction(10), Fraction(600)), (Fraction(100), Fraction(700))))
    recovered = Steps(((Fraction(20), Fraction(400)),))
    e = exposure([owed], [recovered])
    assert [e.at(d) for d in (10, 11, 20, 21, 100, 101)] == [0, 600, 600, 200, 200, 300]
    assert highest(e, 1000) == Peak(Fraction(10), Fraction(600))
    assert highest(e, 10) == Peak(Fraction(0), Fraction(0))


def test_limits_and_time_that_does_not_count() -> None:
    owed = Steps(((Fraction(0), Fraction(5)), (Fraction(10), Fraction(9))))
    assert owed.capped(Fraction(7)).at(11) == 7
    assert owed.capped(None) is owed
    assert [owed.later(5).at(5), owed.later(5).at(6)] == [0, 5]


shares_st = st.integers(0, 20).map(lambda n: Fraction(n, 20))
functions = st.builds(
    lambda rungs, measured, fee, late: credit_share(rungs, measured).times(Fraction(fee)).later(late),
    st.lists(st.tuples(shares_st, shares_st), max_size=4),
    st.integers(1, 40),
    st.integers(0, 9),
    st.integers(0, 5),
)


@given(st.lists(functions, max_size=4), st.lists(functions, max_size=4), st.integers(1, 50))
def test_the_maximum_is_that_of_a_fine_grid(owed: list[Steps], recovered: list[Steps], until: int) -> None:
    # Edges are multiples of 1/20, so a grid of 1/40 has a point inside each piece and one on each edge.
    e = exposure(owed, recovered)
    grid = [Fraction(n, 40) for n in range(40 * until + 1)]
    by_hand = [sum(f.at(d) for f in owed) - sum(f.at(d) for f in recovered) for d in grid]
    assert [e.at(d) for d in grid] == by_hand
    peak = highest(e, until)
    assert peak.value == max(by_hand)
    if peak.value:
        assert e.beyond(peak.downtime_s) == peak.value
        assert all(value < peak.value for d, value in zip(grid, by_hand, strict=True) if d <= peak.downtime_s)


@given(st.lists(functions, max_size=5))
def test_sums_do_not_depend_on_order(parts: list[Steps]) -> None:
    assert total(parts) == total(reversed(parts))
