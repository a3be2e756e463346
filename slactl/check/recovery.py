"""Recovery after a loss of everything: how long until a service is back, and how much of its data is lost.

Dependencies are restored first, each from the outage on, then the service itself: own time after the longest path. One
team of ours restores its services one after another; a supplier keeps each of its contracts by itself. Data is as old
as in the worst store.
"""

from collections.abc import Sequence
from fractions import Fraction

from slactl.check.handover import Answer, Ask, Handovers
from slactl.check.result import AmountLink
from slactl.check.times_work import Work, in_words, target_s

Ends = dict[tuple[object, ...], tuple[int, ...]]
"""By an answer's key: the steps that its service is back after."""


def restoring(handovers: Handovers, tops: Sequence[Ask]) -> Work:
    """The steps from an outage of everything until the services are back, from the bottom up."""
    work, ends, teams = Work(), Ends(), dict[str, tuple[int, ...]]()
    waiting = [(ask, False) for ask in reversed(tops)]
    while waiting:
        ask, after_calls = waiting.pop()
        answer = handovers.of(ask)
        if answer.key in ends:
            continue
        if not after_calls:
            waiting.append((ask, True))
            waiting.extend((call, False) for call in reversed(answer.calls))
            continue
        below = {end for call in answer.calls for end in ends[handovers.of(call).key]}
        ends[answer.key] = _restored(answer, tuple(sorted(below)), work, handovers, teams)
    return work


def _restored(
    answer: Answer,
    below: tuple[int, ...],
    work: Work,
    handovers: Handovers,
    teams: dict[str, tuple[int, ...]],
) -> tuple[int, ...]:
    """The service's own step after those below it and after what its team restores before."""
    owner = handovers.estate.services[answer.ask.service].owner
    party = handovers.estate.parties.get(owner)
    before = teams.get(owner, ()) if party is None or party.inside else ()
    begin = tuple(sorted({*below, *before}))
    work.note(answer)
    count = len(work.pieces)
    own = work.add_promises(answer, work.add_triage(answer, handovers.estate, begin))
    if len(work.pieces) == count:
        return below
    teams[owner] = own
    return own


def oldest_data(handovers: Handovers, tops: Sequence[Ask]) -> tuple[Work, list[AmountLink]]:
    """How old the data of each store may be after a recovery, in seconds, the oldest first.

    Data ages on every day: service hours do not count here. A service that is looked through keeps none, unless it
    rests on nothing else.
    """
    work, links = Work(), list[AmountLink]()
    for answer in handovers.below(tops):
        work.note(answer)
        for group in answer.promises:
            best = min(group, key=lambda one: target_s(one.objective)).objective
            age = Fraction(target_s(best))
            links.append(AmountLink(best.address, in_words(best), age, best.place))
    return work, sorted(dict.fromkeys(links), key=lambda link: -link.amount)
