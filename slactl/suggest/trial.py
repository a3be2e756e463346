"""Moves tried out: the engine judges the estate as it would be."""

from collections.abc import Iterable
from datetime import date

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass
from slactl.check.engine import check
from slactl.check.result import Assessment
from slactl.model.estate import Estate
from slactl.suggest.edit import changed
from slactl.suggest.move import Move
from slactl.suggest.standing import Result, Standing, new_errors, result_of, standing_of, worse

_MOST_CHECKS = 500
"""How often the engine is asked for the sake of one promise; what was found by then is shown."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine says about some moves."""

    estate: Estate
    assessment: Assessment
    result: Result | None
    """Of the promise that is to be mended."""
    broken: tuple[Standing, ...]
    """What is not as it should be, what rests on nothing else broken first; the promise itself is among them."""
    errors: tuple[str, ...]
    """Findings that fail and were not there before."""

    @property
    def accepted(self) -> bool:
        """Whether the promise is guaranteed now and nothing else became worse."""
        return self.result is not None and not self.broken and not self.errors


class Trial:
    """Judges moves on one estate for one promise; the same moves are judged once."""

    def __init__(self, estate: Estate, as_of: date, subject: str) -> None:
        self.estate = estate
        self.subject = subject
        self._left = _MOST_CHECKS
        self._as_of = as_of
        self._before = check(estate, as_of)
        self._known: dict[frozenset[str], Outcome | None] = {}

    def outcome(self, moves: Iterable[Move]) -> Outcome | None:
        """What the engine says; None where the changed files would not be valid, or it was asked too often."""
        made = tuple(moves)
        key = frozenset(one.key for one in made)
        if key not in self._known:
            self._known[key] = self._judged(made) if self._left else None
        return self._known[key]

    def accepts(self, moves: Iterable[Move]) -> bool:
        """Whether the promise is guaranteed with the moves, and nothing else worse."""
        found = self.outcome(moves)
        return found is not None and found.accepted

    def _judged(self, moves: tuple[Move, ...]) -> Outcome | None:
        try:
            estate = changed(self.estate, (edit for one in moves for edit in one.edits))
        except SlactlError:
            return None
        self._left -= 1
        assessment = check(estate, self._as_of) if moves else self._before
        result = result_of(assessment, self.subject)
        broken = {one.address: one for one in worse(self._before, assessment)}
        if result is not None and result.verdict != "guaranteed":
            broken[self.subject] = standing_of(result)
        errors = new_errors(self._before, assessment, broken)
        return Outcome(estate, assessment, result, _lowest_first(broken), errors)


def _lowest_first(broken: dict[str, Standing]) -> tuple[Standing, ...]:
    return tuple(
        sorted(
            broken.values(), key=lambda one: (any(part.address in broken for part in one.parts), one.address)
        )
    )
