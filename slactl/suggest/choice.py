"""The cheapest choice of one option for each of several items whose gains together suffice."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from slactl.base.quick_dataclass import dataclass
from slactl.suggest.move import Move

_MOST = 400
"""Partial choices kept from item to item: beyond it the dearest are dropped, and the choice is a good one, not the best."""


@dataclass(frozen=True, slots=True)
class Option:
    """Moves that go together: what they gain in seconds, and their effort."""

    gain_s: Fraction
    effort_s: Fraction
    moves: tuple[Move, ...]


_NOTHING = Option(Fraction(0), Fraction(0), ())


def cheapest(items: Iterable[Sequence[Option]], needed_s: Fraction) -> Option | None:
    """The option with the least effort that gains what is needed, or None where all together do not.

    Exact as a multiple-choice knapsack by its frontier of gain against effort, unless that grows too long.
    """
    frontier = [_NOTHING]
    for options in items:
        grown = list(frontier)
        for kept in frontier:
            if kept.gain_s < needed_s:
                grown += [_joined(kept, one) for one in options]
        frontier = _undominated(grown, needed_s)
    return next((one for one in frontier if one.gain_s >= needed_s), None)


def _joined(one: Option, other: Option) -> Option:
    moves = {move.knob: move for move in one.moves}
    for move in other.moves:  # a promise that two options tighten is tightened once, by the stricter of them
        known = moves.get(move.knob)
        if known is None or known.cost.effort_s < move.cost.effort_s:
            moves[move.knob] = move
    return Option(one.gain_s + other.gain_s, one.effort_s + other.effort_s, tuple(moves.values()))


def _undominated(options: list[Option], needed_s: Fraction) -> list[Option]:
    """Cheapest first, each gaining more than all before it; more than is needed is worth nothing."""
    kept: list[Option] = []
    for one in sorted(options, key=lambda one: (one.effort_s, -min(one.gain_s, needed_s), len(one.moves))):
        if not kept or one.gain_s > kept[-1].gain_s:
            kept.append(one)
        if one.gain_s >= needed_s:
            break
    return (
        kept[:_MOST] if len(kept) <= _MOST or kept[-1].gain_s < needed_s else [*kept[: _MOST - 1], kept[-1]]
    )
