"""Latency curves against requests one by one: no behaviour that keeps every promise below breaks what is guaranteed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slactl.assurance.latency import (
    INSTANT,
    Curve,
    Point,
    at_once,
    curve,
    cut_off,
    either,
    in_sequence,
    repeated,
    repeated_at_once,
    shares,
    whichever,
)

REQUESTS = 60
NEVER = 10**9


def percentiles(*points: tuple[int, int]) -> Curve:
    """A curve of limits, and of misses in sixtieths."""
    return curve(Point(limit, Fraction(miss, REQUESTS), f"p{limit}") for limit, miss in points)


def steps(one: Curve) -> list[tuple[int, Fraction]]:
    return [(point.limit_ms, point.miss) for point in one.points]


points = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12)), min_size=1, max_size=3)
curves = points.map(lambda several: percentiles(*several))


@dataclass(frozen=True)
class Node:
    """A structure of calls: what it is, and what it is made of."""

    kind: str
    parts: tuple["Node", ...] = ()
    number: int = 0
    own: Curve = INSTANT


def nodes(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    quorum = several.flatmap(
        lambda of: st.integers(1, len(of)).map(lambda needed: Node("at once", of, needed))
    )
    return st.one_of(
        several.map(lambda of: Node("in sequence", of)),
        several.map(lambda of: Node("whichever", of)),
        quorum,
        st.tuples(parts, st.integers(1, 3)).map(lambda pair: Node("repeated", (pair[0],), pair[1])),
        st.tuples(parts, st.integers(1, 3)).map(lambda pair: Node("repeated at once", (pair[0],), pair[1])),
        st.tuples(parts, st.integers(0, 30)).map(lambda pair: Node("cut off", (pair[0],), pair[1])),
    )


structures = st.recursive(curves.map(lambda one: Node("leaf", own=one)), nodes, max_leaves=6)


def guaranteed(node: Node, most_miss: Fraction = Fraction(1)) -> Curve:
    below = [guaranteed(one, most_miss) for one in node.parts]
    made: dict[str, Callable[[], Curve]] = {
        "leaf": lambda: node.own,
        "in sequence": lambda: in_sequence(below, most_miss),
        "whichever": lambda: whichever(below, most_miss),
        "at once": lambda: at_once(below, node.number, most_miss),
        "repeated": lambda: repeated(below[0], node.number, most_miss),
        "repeated at once": lambda: repeated_at_once(below[0], node.number, most_miss),
        "cut off": lambda: cut_off(below[0], node.number),
    }
    return made[node.kind]()


Latencies = Mapping[int, int]


def behaviour(node: Node, requests: Sequence[int], random: Random) -> Latencies:
    """How long each request takes, in a world that keeps every promise at the leaves as badly as it can."""
    match node.kind:
        case "leaf":
            return leaf_behaviour(node.own, requests, random)
        case "whichever":
            chosen = {one: random.randrange(len(node.parts)) for one in requests}
            served = [[one for one in requests if chosen[one] == index] for index in range(len(node.parts))]
            worlds = [behaviour(part, mine, random) for part, mine in zip(node.parts, served, strict=True)]
            return {one: world[one] for world in worlds for one in world}
        case "repeated" | "repeated at once":
            worlds = [behaviour(node.parts[0], requests, random) for _ in range(node.number)]
            needed = node.number
        case _:
            worlds = [behaviour(part, requests, random) for part in node.parts]
            needed = node.number
    if node.kind in ("in sequence", "repeated"):
        return {one: sum(world[one] for world in worlds) for one in requests}
    if node.kind == "cut off":
        return {one: spent if spent <= node.number else NEVER for one, spent in worlds[0].items()}
    return {one: sorted(world[one] for world in worlds)[needed - 1] for one in requests}


def leaf_behaviour(own: Curve, requests: Sequence[int], random: Random) -> Latencies:
    """As slow as promised: in one world the late ones are the same everywhere, in another they meet nowhere."""
    order = sorted(requests)
    turn = random.choice([0, random.randrange(len(order) + 1)])
    order = order[turn:] + order[:turn]
    if random.random() < 0.3:
        random.shuffle(order)
    late = [(int(point.miss * len(order)), point.limit_ms) for point in own.points]
    return {
        one: next((limit for allowed, limit in late if rank >= allowed), NEVER)
        for rank, one in enumerate(order)
    }


@settings(max_examples=400, deadline=None)
@given(structures, st.randoms(use_true_random=False))
def test_no_world_that_keeps_every_promise_breaks_what_is_guaranteed(node: Node, random: Random) -> None:
    found = guaranteed(node)
    for _ in range(5):
        spent = behaviour(node, range(REQUESTS), random)
        for point in found.points:
            late = sum(one > point.limit_ms for one in spent.values())
            assert late <= point.miss * REQUESTS


@given(structures)
def test_a_curve_falls(node: Node) -> None:
    found = guaranteed(node).points
    assert [one.limit_ms for one in found] == sorted({one.limit_ms for one in found})
    assert [one.miss for one in found] == sorted({one.miss for one in found}, reverse=True)
    assert all(0 <= one.miss < 1 for one in found)


@given(structures, st.integers(0, REQUESTS))
def test_leaving_out_what_misses_too_much_changes_nothing_else(node: Node, allowed: int) -> None:
    most = Fraction(allowed, REQUESTS)
    wanted = [step for step in steps(guaranteed(node)) if step[1] <= most]
    assert [step for step in steps(guaranteed(node, most)) if step[1] <= most] == wanted


@given(st.lists(curves, min_size=1, max_size=4), st.integers(0, REQUESTS - 1))
def test_the_split_is_as_good_as_the_best_of_all(several: list[Curve], allowed: int) -> None:
    miss = Fraction(allowed, REQUESTS)
    splits = list(product(*(one.points for one in several)))
    fits = [sum(one.limit_ms for one in split) for split in splits if sum(one.miss for one in split) <= miss]
    found = in_sequence(several, miss).quickest(miss)
    assert (found and found.limit_ms) == min(fits, default=None)
    limit_ms = sum(one.points[0].limit_ms for one in several) + allowed
    misses = [sum(p.miss for p in split) for split in splits if sum(p.limit_ms for p in split) <= limit_ms]
    best = in_sequence(several).within(limit_ms)
    assert (best.miss if best else 1) == min(*misses, Fraction(1), Fraction(1))


@given(curves, st.integers(1, 5))
def test_repetition_is_a_sequence_of_the_same(one: Curve, times: int) -> None:
    assert steps(repeated(one, times)) == steps(in_sequence([one] * times))
    assert steps(repeated_at_once(one, times)) == steps(at_once([one] * times, times))


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 12)), min_size=1, max_size=5))
def test_the_union_bound_is_reached_where_late_requests_never_meet(promises: list[tuple[int, int]]) -> None:
    late, worst, first = sum(miss for _, miss in promises), [0] * REQUESTS, 0
    for limit, miss in promises:
        for request in range(REQUESTS):
            turn = (request - first) % REQUESTS
            worst[request] += NEVER if turn < miss else limit
        first += miss
    point = in_sequence([percentiles(one) for one in promises]).within(NEVER - 1)
    broken = sum(one >= NEVER for one in worst)
    assert broken == min(late, REQUESTS)
    assert (point.miss * REQUESTS if point else REQUESTS) == broken


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 12)), min_size=1, max_size=4))
def test_the_first_answer_is_no_better_than_the_best_where_all_are_late_together(
    promises: list[tuple[int, int]],
) -> None:
    found = at_once([percentiles(one) for one in promises], 1)
    together = [
        min(NEVER if request < miss else limit for limit, miss in promises) for request in range(REQUESTS)
    ]
    for point in found.points:
        slower = [limit for limit, _ in promises if limit > point.limit_ms]
        late = sum(one > point.limit_ms for one in together) if not slower else None
        assert late is None or late == point.miss * REQUESTS


@given(structures)
def test_shares_add_up_to_the_limit(node: Node) -> None:
    for point in guaranteed(node).points:
        found = shares(point)
        assert sum(milliseconds for _, milliseconds in found.values()) == point.limit_ms
        assert all(name == f"p{spent // times}" for name, (times, spent) in found.items() if times)


def test_a_thousand_calls_cost_as_much_as_ten_steps() -> None:
    found = repeated(percentiles((5, 1)), 1000, Fraction(1000))
    assert found.points == ()
    (point,) = repeated(curve([Point(5, Fraction(1, 10**6))]), 1000).points
    assert (point.limit_ms, point.miss) == (5000, Fraction(1, 1000))


def test_a_curve_with_too_many_points_is_thinned_and_says_so() -> None:
    rough = curve(Point(2**index, Fraction(1, 10**6) * (2000 - index)) for index in range(2000))
    assert not rough.exact
    assert len(rough.points) <= 513
    assert rough.points[-1].miss == Fraction(1, 10**6)
    assert not either([INSTANT, rough]).exact
    assert not in_sequence([rough, percentiles((1, 1))]).exact
    assert not at_once([rough, rough], 1).exact


def test_impossible_structures_are_refused() -> None:
    for needed in (0, 3):
        with pytest.raises(ValueError, match="cannot answer"):
            at_once([INSTANT, INSTANT], needed)
    with pytest.raises(ValueError, match="0 times"):
        repeated(INSTANT, 0)
