"""Rates against a plain count of all ways through small graphs."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slactl.assurance.throughput import calls_on, in_series, left_for, sent_down, spread

rates = st.one_of(st.none(), st.integers(0, 50).map(Fraction))


@given(st.lists(rates, min_size=1, max_size=5))
def test_a_chain_carries_the_least(several: list[Fraction | None]) -> None:
    limited = [rate for rate in several if rate is not None]
    assert in_series(several) == (min(limited) if limited else None)


@given(st.data(), st.lists(rates, min_size=1, max_size=5))
def test_members_carry_what_the_worst_choice_of_those_that_are_up_carries(
    data: st.DataObject, several: list[Fraction | None]
) -> None:
    needed = data.draw(st.integers(1, len(several)))
    sums = [
        sum((rate for rate in chosen if rate is not None), Fraction(0))
        for chosen in combinations(several, needed)
        if None not in chosen
    ]
    assert spread(needed, several) == (min(sums) if sums else None)


def test_members_that_all_are_up_carry_their_sum() -> None:
    assert spread(3, [Fraction(1), Fraction(2), Fraction(3)]) == 6


@pytest.mark.parametrize("needed", [0, 2])
def test_an_impossible_group_is_refused(needed: int) -> None:
    with pytest.raises(ValueError, match="cannot be up"):
        spread(needed, [Fraction(1)])


def test_what_others_take_is_not_left() -> None:
    assert left_for(Fraction(500), Fraction(200), Fraction(3)) == 100
    assert left_for(Fraction(500), Fraction(600), Fraction(3)) == 0


graphs = st.dictionaries(
    st.integers(0, 5), st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), max_size=3), max_size=6
)


@given(graphs, st.dictionaries(st.integers(0, 3), st.integers(0, 9).map(Fraction), max_size=3))
def test_demand_is_that_of_all_ways(
    drawn: dict[int, list[tuple[int, int]]], sources: dict[int, Fraction]
) -> None:
    calls = {node: [(node + step, Fraction(times)) for step, times in made] for node, made in drawn.items()}
    wanted: dict[int, Fraction] = {}

    def send(node: int, rate: Fraction) -> None:
        wanted[node] = wanted.get(node, Fraction(0)) + rate
        for below, times in calls.get(node, []):
            send(below, rate * times)

    for node, rate in sources.items():
        send(node, rate)
    assert sent_down(sources, lambda node: calls.get(node, [])) == wanted
    on_four = calls_on({4}, sources, lambda node: calls.get(node, []))
    assert sum(rate * on_four[node] for node, rate in sources.items()) == wanted.get(4, 0)


def test_a_deep_chain_is_followed() -> None:
    reached = sent_down({0: Fraction(1)}, lambda node: [(node + 1, Fraction(1))] if node < 5000 else [])
    assert reached[5000] == 1
