"""Shares of tickets against counting: every number of tickets, the most that may be late below, the most above."""

from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from slactl.assurance.late_tickets import Late, carries, may_be_late

SHARES = st.integers(0, 20).map(lambda number: Fraction(number, 40))
MANY = 400


def kept_for_any_number(below: list[Late], above: Late) -> bool:
    """Whether no number of tickets, all of which each step may see or not, has more late ones than allowed."""
    for tickets in range(above.minimum, MANY):
        late = sum(max(min(tickets, one.minimum - 1), floor(one.share * tickets)) for one in below)
        if late > floor(above.share * tickets):
            return False
    return True


@given(st.lists(st.builds(Late, SHARES), max_size=4), st.builds(Late, SHARES, st.integers(1, 30)))
def test_without_a_minimum_below_the_union_bound_is_exact(below: list[Late], above: Late) -> None:
    assert carries(below, above) == kept_for_any_number(below, above)


LATE = st.builds(Late, SHARES, st.integers(1, 30))


@given(st.lists(LATE, max_size=4), LATE)
def test_with_a_minimum_below_it_is_never_too_kind(below: list[Late], above: Late) -> None:
    if carries(below, above):
        assert kept_for_any_number(below, above)


def test_of_three_tickets_95_percent_means_all_three() -> None:
    within = Late(Fraction(5, 100))
    assert floor(within.share * 3) == 0
    assert carries([within], within)
    assert not carries([Late(within.share, minimum=2)], within)


def test_late_shares_add_up_to_all_of_them_at_most() -> None:
    assert may_be_late([]) == 0
    assert may_be_late([Late(Fraction(1, 4)), Late(Fraction(1, 2))]) == Fraction(3, 4)
    assert may_be_late([Late(Fraction(3, 4)), Late(Fraction(1, 2))]) == 1
