"""Routes of one agreement: flat, each for itself, and each lets the alert go on to the routes of others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slactl_alertmanager.contacts import Step, Target
from slactl_alertmanager.names import ALERT, any_of, matcher
from slactl_alertmanager.watched import Times, Watched

Intervals = Mapping[Times, Mapping[str, Any]]
"""What a route says about the times of its objectives: `active_time_intervals`, `mute_time_intervals`."""
_ESCALATED = "page"
"""The severity that is escalated: a ticket waits for working hours anyhow."""


def routes_of(
    found: Sequence[Watched],
    first: Mapping[str, Sequence[Target]],
    escalation: Sequence[Step],
    intervals: Intervals,
) -> Iterator[dict[str, Any]]:
    """The routes of the objectives of one agreement.

    `first` are the receivers of each severity; `escalation` is who is told when a page has lasted.
    """
    times = dict.fromkeys(one.times for one in found)
    for counted in times:
        objectives = tuple(one.objective.address for one in found if one.times == counted)
        which = [matcher("alertname", ALERT), matcher("agreement", found[0].agreement.address)]
        if len(times) > 1:
            which.append(any_of("objective", objectives))
        for severity, targets in first.items():
            matchers = [*which, matcher("severity", severity)]
            for target in targets:
                yield _route(target, matchers, ["agreement"], None, intervals[counted])
            for step in escalation if severity == _ESCALATED and targets else ():
                for target in step.targets:
                    # a group an objective: the wait begins with that objective's first alert
                    yield _route(target, matchers, ["agreement", "objective"], step.after, intervals[counted])


def _route(
    target: Target, matchers: list[str], group_by: list[str], wait: str | None, times: Mapping[str, Any]
) -> dict[str, Any]:
    waiting = {} if wait is None else {"group_wait": wait}
    return {
        "receiver": target.receiver,
        "matchers": matchers,
        "continue": "true",
        "group_by": group_by,
        **waiting,
        **times,
    }
