from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from slactl.base.intervals import IntervalSet

Spans = list[tuple[int, int]]
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def members(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {instant for start, end in spans for instant in range(start, end)}


def regular(time: IntervalSet) -> bool:
    edges = [edge for span in time for edge in span]
    return edges == sorted(set(edges))


@given(SPANS, SPANS)
def test_the_algebra_is_that_of_sets(first: Spans, second: Spans) -> None:
    a, b = IntervalSet.of(first), IntervalSet.of(second)
    for result, expected in (
        (a, members(first)),
        (a | b, members(first) | members(second)),
        (a & b, members(first) & members(second)),
        (a - b, members(first) - members(second)),
    ):
        assert members(result) == expected
        assert regular(result)
        assert result.seconds == len(expected)
        assert bool(result) == bool(expected)


@given(SPANS, st.integers(-5, 65), st.integers(-5, 65))
def test_clipping_keeps_what_is_inside(spans: Spans, start: int, end: int) -> None:
    clipped = IntervalSet.of(spans).clip(start, end)
    assert members(clipped) == {instant for instant in members(spans) if start <= instant < end}
    assert regular(clipped)


@given(SPANS, st.integers(-5, 65))
def test_membership_is_half_open(spans: Spans, instant: int) -> None:
    assert (instant in IntervalSet.of(spans)) == (instant in members(spans))
