"""Work in words and numbers: the steps that a time is made of, with the promise behind each."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from slactl.assurance.escalation import Longest, Stage, Step, longest
from slactl.assurance.late_tickets import Late
from slactl.assurance.meter import Seconds
from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.windows import Window
from slactl.check.backing import Backer
from slactl.check.handover import Answer
from slactl.model.agreement import Objective
from slactl.model.calendar import Calendars
from slactl.model.estate import Estate

_DAY_S = 86_400
_LONGEST_MONTH_S = 31 * _DAY_S
_SIGHTS_S = (92 * _DAY_S, 366 * _DAY_S, 12 * 366 * _DAY_S)
"""How far beyond the last start calendars are worked out, in turn, before an end is given up."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of the work below a promise."""

    address: str
    promise: str
    """In words: `resolution within 4h, office-berlin`."""
    place: Place | None
    stages: tuple[tuple[str | None, Seconds], ...]
    """Calendar and duration of each promise; several hold at once."""
    after: tuple[int, ...]
    backers: tuple[Backer, ...] = ()
    service: str = ""
    """The service that this is about, where the promise covers several."""


@dataclass(slots=True)
class Work:
    """All steps below a promise, and what is not known of them."""

    pieces: list[Piece] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Services that nobody promises anything about."""
    unstated: list[str] = field(default_factory=list)
    """Services whose own time is needed and not stated."""
    too_large: bool = False
    """The structure was not followed to its end."""

    def note(self, answer: Answer) -> None:
        """Note what an answer leaves open."""
        if answer.missing:
            self.missing.append(answer.ask.service)
        if answer.unstated:
            self.unstated.append(answer.ask.service)

    def add_triage(self, answer: Answer, estate: Estate, after: tuple[int, ...]) -> tuple[int, ...]:
        """The team's own claim as a step, if it states one; the steps that the next work waits for."""
        if answer.triage is None:
            return after
        service = estate.services[answer.ask.service]
        words = f"triage within {answer.triage}, claimed by its owner"
        stage = (answer.ask.hours, length_s(answer.triage))
        self.pieces.append(Piece(f"{service.address}.intrinsic", words, service.place, (stage,), after))
        return (len(self.pieces) - 1,)

    def add_promises(self, answer: Answer, after: tuple[int, ...]) -> tuple[int, ...]:
        """The promises of an answer as steps, groups at once; the steps that the next work waits for."""
        first = len(self.pieces)
        for group in answer.promises:
            nearest = min(group, key=lambda one: target_s(one.objective)).objective
            stages = tuple((one.objective.hours, target_s(one.objective)) for one in group)
            service = answer.ask.service if len(nearest.services) > 1 else ""
            words, place = in_words(nearest), nearest.place
            self.pieces.append(Piece(nearest.address, words, place, stages, after, group, service))
        return tuple(range(first, len(self.pieces))) or after

    def lateness(self, window: Window) -> list[Late]:
        """The share of tickets that each step may be late for, in windows like this one."""
        return [_most_late(piece.backers, window) for piece in self.pieces if piece.backers]


@dataclass(frozen=True, slots=True)
class Reckoner:
    """Works out the longest times of one estate; the same work on the same clock is worked out once."""

    hours: Calendars
    _known: dict[tuple[object, ...], Longest | None] = field(default_factory=dict)

    def longest(self, pieces: Sequence[Piece], clock: str | None, span: tuple[int, int]) -> Longest | None:
        """The longest time on a calendar's clock for starts within a span of UTC seconds.

        None where the clock never runs there; without seconds where some work never ends.
        """
        key = (tuple((piece.stages, piece.after) for piece in pieces), clock, span)
        if key not in self._known:
            self._known[key] = self._longest(pieces, clock, span)
        return self._known[key]

    def _longest(self, pieces: Sequence[Piece], clock: str | None, span: tuple[int, int]) -> Longest | None:
        found: Longest | None = None
        for beyond_s in _SIGHTS_S:
            names = {clock, *(name for piece in pieces for name, _ in piece.stages)}
            known = {name: self.hours.in_service(name, span[0], span[1] + beyond_s) for name in names}
            steps = [
                Step(tuple(Stage(known[name], length) for name, length in piece.stages), piece.after)
                for piece in pieces
            ]
            found = longest(steps, known[clock], *span)
            if found is None or found.seconds is not None:
                break
        return found


def target_s(objective: Objective) -> Seconds:
    """The seconds that an objective on a time promises."""
    if not isinstance(objective.target, Duration):
        raise TypeError(f"{objective.address} is no time")
    return length_s(objective.target)


def length_s(duration: Duration) -> Seconds:
    """A duration in seconds, whole where it is; a month counts as the longest one has."""
    whole, rest = divmod(duration.milliseconds, 1000)
    months_s = duration.months * _LONGEST_MONTH_S
    return months_s + whole + Fraction(rest, 1000) if rest else months_s + whole


_NOUNS: Mapping[str, str] = {
    "response-time": "response within",
    "resolution-time": "resolution within",
    "recovery-time": "recovery within",
    "recovery-point": "data lost for at most",
    "support-hours": "support in",
}


def in_words(objective: Objective) -> str:
    """What an objective promises: `resolution within 4h for 95%, office-berlin`."""
    share = f" for {objective.share}" if objective.share else ""
    timed = objective.hours is not None and objective.metric not in ("support-hours", "recovery-point")
    return f"{_NOUNS[objective.metric]} {objective.target}{share}{f', {objective.hours}' if timed else ''}"


def late_of(objective: Objective) -> Late:
    """Which tickets an objective allows to be late."""
    if objective.share is None:
        return Late()
    return Late(objective.share.complement, objective.minimum or 1)


def _most_late(backers: Sequence[Backer], window: Window) -> Late:
    """What holds for every one of some promises: the largest share, the largest minimum.

    A share of a longer window says nothing about a shorter one in it: all that are late may fall into that.
    """
    lates = [
        late_of(one.objective) if _carried_into(one.objective, window) else Late(Fraction(1))
        for one in backers
    ]
    return Late(max(late.share for late in lates), max(late.minimum for late in lates))


def _carried_into(objective: Objective, window: Window) -> bool:
    return objective.share is None or objective.window == window or objective.window.tiles(window)
