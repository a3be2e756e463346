"""Which promises below to tighten, and by how much, so that one above them is guaranteed.

What a promise lacks, and what each part adds to its worst case, is read from the check's result; the cheapest choice of
stricter targets that makes up for it is tried out, and the rest is planned again from what the engine says then. An OLA
that is tightened beyond what is below it asks for more there: that is part of its price.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from fractions import Fraction

from slactl.base.duration import parse_duration
from slactl.base.ratio import parse_ratio
from slactl.model.agreement import Objective
from slactl.suggest.choice import Option, cheapest
from slactl.suggest.claims import claim_of, unstated_claims
from slactl.suggest.move import Move
from slactl.suggest.new_promises import Need
from slactl.suggest.standing import Part, Standing, result_of, standing_of
from slactl.suggest.targets import target_moves
from slactl.suggest.terms import hours_moves, window_moves
from slactl.suggest.trial import Outcome, Trial

_ROUNDS = 12
_MOST_PARTS = 16
"""Parts of a promise that are looked at, largest first."""
_MOST_DEPTH = 12
_MOST_STEPS = 16
"""More than any ladder has."""
Allowed = Callable[[str, Move], bool]
"""Whether a move may be made for the sake of the objective of this address."""


class Planner:
    """Plans stricter targets for one promise."""

    def __init__(self, trial: Trial, need: Need) -> None:
        self._trial = trial
        self._need = need
        self._terms: dict[str, list[Move]] = {}
        for move in (*hours_moves(trial.estate, need.objective), *window_moves(trial.estate, need.objective)):
            self._terms.setdefault(move.knob.rsplit(" ", 1)[0], []).append(move)
        self._ladders: dict[str, tuple[Move, ...]] = {}

    def plan(self, base: Iterable[Move], allowed: Allowed) -> tuple[Move, ...] | None:
        """Moves that the engine accepts, `base` among them, or None; nothing that is not needed is among the others."""
        kept = tuple(base)
        moves = {one.knob: one for one in kept}
        for _ in range(_ROUNDS):
            outcome = self._trial.outcome(moves.values())
            if outcome is None or outcome.result is None:
                return None
            if not outcome.broken:
                return self._trimmed(moves, kept) if outcome.accepted else None
            step = self._mend(outcome, outcome.broken[0], allowed)
            if not _take(moves, step) and not _take(
                moves, self._other_terms(outcome.broken[0], moves, allowed)
            ):
                return None
        return None

    def strictest(self) -> Outcome | None:
        """The engine's word on everything at its strictest, in the hours and windows of the promise: what nothing mends."""
        moves: dict[str, Move] = {}
        for _ in range(_ROUNDS):
            outcome = self._trial.outcome(moves.values())
            if outcome is None or not outcome.broken:
                return outcome
            ends = [ladder[-1] for one in outcome.broken for ladder in self._ladders_of(one) if ladder]
            terms = [move for several in self._terms.values() for move in several]
            if not _take(moves, [*ends, *terms, *self._claims(outcome)]):
                return outcome
        return outcome

    def _ladders_of(self, standing: Standing) -> Iterator[tuple[Move, ...]]:
        return (self._ladder(part.address) for part in standing.parts)

    def _ladder(self, address: str) -> tuple[Move, ...]:
        if address not in self._ladders:
            ladder = target_moves(self._trial.estate, address, self._need)
            self._ladders[address] = ladder
            for move in ladder[:1]:  # a promise that a move makes is found by its own address later
                self._ladders[move.knob] = ladder
        return self._ladders[address]

    def _mend(self, outcome: Outcome, standing: Standing, allowed: Allowed) -> Iterable[Move]:
        """The cheapest moves that should make up for what a promise lacks, by the engine's own sums."""
        if (
            standing.short_s is None
        ):  # somebody below promises nothing: all of them at their strictest, loosened later
            ladders = [one for one in self._ladders_of(standing) if one and one[0].kind == "new-promise"]
            return [one[-1] for one in ladders if allowed(standing.address, one[-1])]
        if standing.short_s <= 0:  # the numbers suffice, but own failures have no budget
            return self._claims(outcome)
        found = self._cheapest(outcome, standing, standing.short_s, allowed, _MOST_DEPTH)
        return () if found is None else found.moves

    def _other_terms(self, standing: Standing, moves: Container[str], allowed: Allowed) -> tuple[Move, ...]:
        """Where no stricter target suffices: hours or windows of the largest part that has others than it needs."""
        for part in sorted(standing.parts, key=lambda one: -one.amount_s):
            for move in self._terms.get(part.address, ()):
                if move.knob not in moves and allowed(standing.address, move):
                    return (move,)
        return ()

    def _claims(self, outcome: Outcome) -> tuple[Move, ...]:
        """Claims at their strictest: a loose one would ask for more elsewhere than its owner needs; loosened later."""
        named = [part.address for one in outcome.broken for part in one.parts]
        needed = unstated_claims(outcome.estate, self._need.objective, named)
        return tuple(self._ladder(one)[-1] for one in needed if self._ladder(one))

    def _cheapest(
        self, outcome: Outcome, standing: Standing, short_s: Fraction, allowed: Allowed, depth: int
    ) -> Option | None:
        parts = sorted(standing.parts, key=lambda one: -one.amount_s)[:_MOST_PARTS]
        items = [
            self._options(outcome, part, standing, allowed, depth) for part in parts if part.amount_s > 0
        ]
        return cheapest(items, short_s)

    def _options(
        self, outcome: Outcome, part: Part, standing: Standing, allowed: Allowed, depth: int
    ) -> list[Option]:
        """What each stricter value of a part would gain, with what it asks for below."""
        found: list[Option] = []
        ladder = [one for one in self._ladder(part.address) if allowed(standing.address, one)]
        now = _level_now(outcome, part.address, self._need.objective)
        for move in ladder:
            left = _left(now, move.at)
            if left is None or left >= 1:
                continue
            below = self._asked_below(outcome, part.address, left, allowed, depth)
            if below is not None:
                effort = move.cost.effort_s + below.effort_s
                found.append(Option(part.amount_s * (1 - left), effort, (move, *below.moves)))
        return found

    def _asked_below(
        self, outcome: Outcome, address: str, left: Fraction, allowed: Allowed, depth: int
    ) -> Option | None:
        """What an OLA that rests on others needs there, once it allows only `left` of what it does now."""
        nothing = Option(Fraction(0), Fraction(0), ())
        result = result_of(outcome.assessment, address)
        if result is None:
            return nothing
        standing = standing_of(result)
        if standing.short_s is None or depth == 0:
            return None
        short = standing.short_s + _allowed_now(outcome, standing, self._need.objective) * (1 - left)
        return nothing if short <= 0 else self._cheapest(outcome, standing, short, allowed, depth - 1)

    def _trimmed(self, moves: dict[str, Move], kept: tuple[Move, ...]) -> tuple[Move, ...]:
        """Without what is not needed, the dearest first; then each as loose as the engine accepts."""
        given = {one.knob for one in kept}
        for knob in sorted(moves, key=lambda one: (-moves[one].cost.effort_s, one)):
            without = {key: move for key, move in moves.items() if key != knob}
            if knob not in given and self._trial.accepts(without.values()):
                moves = without
        return tuple(self._loosened(moves, given).values())

    def _loosened(self, moves: dict[str, Move], given: Container[str]) -> dict[str, Move]:
        """All as many steps at once as the engine accepts, then one step for each in turn."""
        waiting = sorted(moves, key=lambda one: (-moves[one].cost.effort_s, one))
        waiting = [
            one for one in waiting if one not in given and self._looser(moves[one], 1) is not moves[one]
        ]
        moves = self._loosened_together(moves, waiting)
        while waiting:
            for knob in list(waiting):
                looser = self._looser(moves[knob], 1)
                if looser is not moves[knob] and self._trial.accepts({**moves, knob: looser}.values()):
                    moves = {**moves, knob: looser}
                else:
                    waiting.remove(knob)
        return moves

    def _loosened_together(self, moves: dict[str, Move], knobs: list[str]) -> dict[str, Move]:
        """By halving: looser targets below never make the promise above hold that did not before."""
        accepted, refused = 0, _MOST_STEPS
        while knobs and refused - accepted > 1:
            steps = (accepted + refused) // 2
            looser = {knob: self._looser(moves[knob], steps) for knob in knobs}
            if self._trial.accepts({**moves, **looser}.values()):
                accepted = steps
            else:
                refused = steps
        return {**moves, **{knob: self._looser(moves[knob], accepted) for knob in knobs}}

    def _looser(self, move: Move, steps: int) -> Move:
        """So many steps down its ladder, or as many as there are."""
        looser = [one for one in self._ladders.get(move.knob, ()) if one.cost.effort_s < move.cost.effort_s]
        return looser[max(0, len(looser) - steps)] if looser and steps else move


def _take(moves: dict[str, Move], step: Iterable[Move]) -> bool:
    """Put moves beside those made; False where that changes nothing."""
    before = {knob: one.key for knob, one in moves.items()}
    for one in step:
        known = moves.get(one.knob)
        if known is None or known.cost.effort_s < one.cost.effort_s:
            moves[one.knob] = one
    return {knob: one.key for knob, one in moves.items()} != before


def _level_now(outcome: Outcome, address: str, above: Objective) -> str | None:
    """What a part promises in the estate as it is tried; None where nothing is promised."""
    parts = address.split(" ", maxsplit=1)[0].split(".")
    if parts[0] == "service":
        claim = claim_of(outcome.estate.services[parts[1]], above)
        return str(claim) if parts[2:] == ["intrinsic"] and claim is not None else None
    agreement = outcome.estate.agreements.get(".".join(parts[:2]))
    objective = agreement.objectives.get(parts[2]) if agreement is not None else None
    return None if objective is None else str(objective.target)


def _left(now: str | None, then: str) -> Fraction | None:
    """How much of what is allowed now is allowed then; None where nothing can be said."""
    if then.endswith("%"):
        before = parse_ratio(now).complement if now is not None else Fraction(1)
        return parse_ratio(then).complement / before if before else None
    if now is None or not parse_duration(now).milliseconds:
        return None
    return Fraction(parse_duration(then).milliseconds, parse_duration(now).milliseconds)


def _allowed_now(outcome: Outcome, standing: Standing, above: Objective) -> Fraction:
    """What a promise allows in its own worst window, in seconds."""
    level = _level_now(outcome, standing.address, above)
    if level is None:
        return Fraction(0)
    return (
        parse_ratio(level).complement * standing.window_s
        if level.endswith("%")
        else parse_duration(level).seconds
    )
