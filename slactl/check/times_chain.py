"""Response and resolution: a ticket's way through the teams, as steps that follow one another or run at once.

The team whose service it is spends its triage time; then the dependencies are asked, each in turn (the cause is not
known beforehand) or, with `escalation: parallel`, all at once. An end-to-end promise ends the way; with scope own the
team's promise takes the place of its triage time. Who has been asked on the way already is not asked again.
"""

from collections.abc import Iterator, Sequence

from slactl.base.quick_dataclass import dataclass, field
from slactl.check.handover import Answer, Ask, Handovers
from slactl.check.times_work import Work

_LIMIT = 20_000
"""Asks followed for one objective: teams that ask at once and share what they rest on can make them grow without end."""


@dataclass(slots=True)
class _Team:
    """A team at work, and those that it has still to ask."""

    asks: Iterator[Ask]
    at_once: bool
    entry: tuple[int, ...]
    """Steps that its own work ended with."""
    frontier: tuple[int, ...]
    """Steps that whatever follows this team has to wait for."""
    asked: set[tuple[object, ...]]
    """Work done before on the way here."""
    branches: list[set[tuple[object, ...]]] = field(default_factory=list)

    @classmethod
    def after(
        cls, entry: tuple[int, ...], asks: Sequence[Ask], asked: set[tuple[object, ...]], *, at_once: bool
    ) -> "_Team":
        """A team whose own work is done."""
        at_once = at_once and len(asks) > 1
        return cls(iter(asks), at_once, entry, () if at_once else entry, asked)

    @property
    def begin(self) -> tuple[int, ...]:
        """Steps that the next one asked has to wait for."""
        return self.entry if self.at_once else self.frontier

    def way(self) -> set[tuple[object, ...]]:
        """The work done before the next one asked: those asked at once do not wait for each other."""
        if not self.at_once:
            return self.asked
        self.branches.append(set(self.asked))
        return self.branches[-1]

    def take(self, ends: tuple[int, ...]) -> None:
        """One that was asked has answered."""
        self.frontier = tuple(sorted({*self.frontier, *ends})) if self.at_once else ends

    def leave(self) -> tuple[int, ...]:
        """The steps that follow from here have to wait for these."""
        for branch in self.branches:
            self.asked |= branch
        return self.frontier or self.entry


def escalation(handovers: Handovers, tops: Sequence[Ask], *, first_team_only: bool) -> Work:
    """The steps from a ticket's arrival until the last of those who could be its cause has dealt with it.

    Args:
        handovers: who answers an ask.
        tops: the services that the ticket may be about; the slowest counts.
        first_team_only: the clock stops once the first team has the ticket in hand.
    """
    work = Work()
    teams = [_Team.after((), tops, set(), at_once=True)]
    for _ in range(_LIMIT):
        ask = next(teams[-1].asks, None)
        if ask is None:
            ends = teams.pop().leave()
            if not teams:
                return work
            teams[-1].take(ends)
        else:
            _ask(handovers.of(ask), teams, work, handovers, go_on=len(teams) > 1 or not first_team_only)
    work.too_large = True
    return work


def _ask(answer: Answer, teams: list[_Team], work: Work, handovers: Handovers, *, go_on: bool) -> None:
    team = teams[-1]
    way = team.way()
    if answer.key in way:
        team.take(team.begin)
        return
    way.add(answer.key)
    work.note(answer)
    own = work.add_promises(answer, work.add_triage(answer, handovers.estate, team.begin))
    if answer.calls and go_on:
        service = handovers.estate.services[answer.ask.service]
        teams.append(_Team.after(own, answer.calls, way, at_once=service.escalation == "parallel"))
    else:
        team.take(own)
