"""Proposals for one promise: every kind of change by itself, together with others where it does not suffice."""

from collections.abc import Container, Iterable, Iterator
from fractions import Fraction
from itertools import combinations

from slactl.base.duration import Duration, parse_duration
from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import Ratio, parse_ratio
from slactl.check.result import ObjectiveResult
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate
from slactl.suggest.edit import override
from slactl.suggest.ladder import supported_shares, supported_times
from slactl.suggest.move import Move, cost_of, total
from slactl.suggest.new_promises import Need
from slactl.suggest.offers import level_moves
from slactl.suggest.planner import Planner
from slactl.suggest.replicas import replica_moves
from slactl.suggest.standing import Result
from slactl.suggest.targets import target_moves
from slactl.suggest.terms import hours_moves, window_moves
from slactl.suggest.trial import Trial

_MOST_SINGLES = 8
_MOST_LADDERS = 40
_MOST_MIXED = 4
_MOST_PAIRS = 10

Found = tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for moves that the engine accepts on the part of an estate that one promise rests on."""

    whole: Estate
    trial: Trial
    agreement: Agreement
    objective: Objective

    @property
    def need(self) -> Need:
        """What new promises below are for."""
        taken = (*self.whole.agreements, *(one.address for one in self.whole.services.values()))
        return Need(self.agreement, self.objective, frozenset(taken))

    def proposals(self) -> list[Found]:
        """Every set of moves found, the cheapest first; none that another one is part of."""
        rates = self.whole.workspace.rates
        unique = {frozenset(move.key for move in one): one for one in self._found()}
        kept = [one for key, one in unique.items() if not any(other < key for other in unique)]
        least = _least_effort(kept)
        kept = [one for one in kept if _is_plain(one) or total(one).effort_s < least]
        return sorted(
            kept, key=lambda one: (*_place(one), total(one).money(rates), total(one).effort_s, _names(one))
        )

    def _found(self) -> Iterator[Found]:
        planner = Planner(self.trial, self.need)
        yield from _some(planner.plan((), lambda _, __: True))
        yield from _some(planner.plan((), lambda _, move: not move.cost.contracts))
        yield from self._alone(planner)
        yield from self._terms(planner)
        yield from self._replicas()
        yield from _some(self.promise_less())

    def _alone(self, planner: Planner) -> Iterator[Found]:
        """One promise directly below tightened, and below that what it needs."""
        outcome = self.trial.outcome(())
        broken = outcome.broken if outcome is not None else ()
        for part in [part for one in broken for part in one.parts][:_MOST_SINGLES]:
            knobs = {one.knob for one in target_moves(self.trial.estate, part.address, self.need)}

            def allowed(above: str, move: Move, knobs: Container[str] = frozenset(knobs)) -> bool:
                return above != self.objective.address or move.knob in knobs

            yield from _some(planner.plan((), allowed))

    def _terms(self, planner: Planner) -> Iterator[Found]:
        """Levels, windows and hours: each alone, all of a kind, each with stricter targets, at last in pairs."""
        estate, above = self.trial.estate, self.objective
        levels = list(level_moves(estate, self.whole))
        windows, hours = list(window_moves(estate, above)), list(hours_moves(estate, above))
        helping = [one for one in (*levels, *windows, *hours) if self._helps(one)]
        enough = [one for one in helping if self.trial.accepts((one,))]
        yield from ((one,) for one in enough)
        for several in (windows, hours, [*windows, *hours]):
            yield from _some(self._needed(several))
        rest = [one for one in helping if one not in enough]
        for one in rest[:_MOST_MIXED]:
            yield from _some(planner.plan((one,), lambda _, __: True))
        pairs = [(one, other) for one, other in combinations(rest, 2) if one.knob != other.knob]
        yield from (pair for pair in pairs[:_MOST_PAIRS] if self.trial.accepts(pair))

    def _helps(self, move: Move) -> bool:
        """Whether a move by itself brings the promise nearer to being guaranteed."""
        before, after = self.trial.outcome(()), self.trial.outcome((move,))
        if before is None or after is None or before.result is None or after.result is None or after.errors:
            return False
        then, now = _left(after.result), _left(before.result)
        return then is not None and (now is None or then > now)

    def _needed(self, moves: list[Move]) -> Found | None:
        """Those of some moves that are needed, where all of them suffice."""
        if not moves or not self.trial.accepts(moves):
            return None
        for one in sorted(moves, key=lambda one: -one.cost.effort_s):
            fewer = [other for other in moves if other is not one]
            if self.trial.accepts(fewer):
                moves = fewer
        return tuple(moves)

    def _replicas(self) -> Iterator[Found]:
        """A replica with the loosest promise on joint downtime that suffices."""
        if not isinstance(self.objective.target, Ratio):  # one more changes nothing about a time
            return
        ladders = [
            one for one in replica_moves(self.trial.estate, self.objective.metric, self.need.taken) if one
        ]
        for ladder in ladders[:_MOST_LADDERS]:
            if self.trial.accepts((ladder[-1],)):
                yield next((one,) for one in ladder if self.trial.accepts((one,)))

    def promise_less(self) -> Found | None:
        """The strictest usual target that holds today."""
        outcome = self.trial.outcome(())
        if outcome is None or outcome.result is None:
            return None
        for target in supported_targets(outcome.result):
            move = self.target_move(target)
            if target != str(self.objective.target) and self.trial.accepts((move,)):
                return (move,)
        return None

    def is_stricter(self, target: str) -> bool:
        """Whether a target asks for more than the promise does."""
        now = self.objective.target
        if isinstance(now, Ratio):
            return parse_ratio(target) > now
        return isinstance(now, Duration) and parse_duration(target).milliseconds < now.milliseconds

    def target_move(self, target: str) -> Move:
        """The promise itself with another target."""
        steps = ("objectives", self.objective.name, "target")
        edit = override(self.agreement, steps, target, str(self.objective.target))
        return Move("promise-less", self.objective.address, (edit,), cost_of(), target)


def supported_targets(result: Result) -> list[str]:
    """The usual targets that what is guaranteed today supports, the strictest first."""
    if isinstance(result, ObjectiveResult):
        return [str(one) for one in supported_shares(result.guaranteed.lower)]
    if result.unit == "s" and result.supported is not None:
        return [str(one) for one in supported_times(result.supported)]
    return []


def _left(result: Result) -> Fraction | None:
    """More is better; None where nothing is guaranteed."""
    return result.guaranteed.lower if isinstance(result, ObjectiveResult) else result.margin


def _some(found: Found | None) -> Iterable[Found]:
    return () if not found else (found,)


def _place(found: Found) -> tuple[bool, bool]:
    """Promising less comes last, the only kind that a customer feels; before it what must be built: nobody prices that."""
    builds = any(edit.adds and edit.address.startswith("service.") for one in found for edit in one.edits)
    return any(one.kind == "promise-less" for one in found), builds


def _is_plain(found: Found) -> bool:
    """Whether it is of one kind; promises where there are none are needed with any other."""
    return len({one.kind for one in found} - {"new-promise"}) <= 1


def _least_effort(several: list[Found]) -> Fraction | float:
    """Of stricter targets alone: a mixture that asks for more is no alternative to them."""
    targets = (one for one in several if {move.kind for move in one} <= {"target", "new-promise"})
    return min((total(one).effort_s for one in targets), default=float("inf"))


def _names(found: Found) -> tuple[str, ...]:
    return tuple(sorted(one.key for one in found))
