"""Calls and attempts end before whoever waits for them has given up."""

from collections.abc import Iterator, Mapping

from slactl.base.diagnostics import Severity
from slactl.base.duration import Duration
from slactl.check.patience import Patience, patience_of, waits_ms
from slactl.check.request_latency import limit_ms, milliseconds
from slactl.check.requests import request_objectives
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Objective
from slactl.model.estate import Estate
from slactl.model.service import Call, Service


@rule(
    "SLA622",
    Severity.WARNING,
    title="Repeated calls end before the caller's timeout and the latency promised above",
    rationale="A call that is repeated waits for its timeout each time. Where that is longer than the promised latency, "
    "the last attempts come too late for everybody; where the caller has given up before, they are work for nobody, and "
    "every attempt of the caller starts all of them again.",
    source="Time and load multiply with calls and attempts; timeouts shrink from the outside in",
    fix="Shorten the timeout or make fewer attempts, so that all of them fit; or give the caller more time.",
)
def attempts_outlast(evidence: Evidence) -> Iterator[Broken]:
    """Callers that give up before the attempts below them end, and latencies shorter than the attempts below."""
    estate = evidence.estate
    if all(call.timeout is None for service in estate.services.values() for call in service.calls()):
        return  # nothing is waited for
    patience = patience_of(estate)
    for service in estate.services.values():
        for call in service.calls():
            yield from _given_up(service, call, patience[call.service])
    for _, objective, name in request_objectives(estate):
        if objective.metric == "latency":
            yield from _too_late(objective, name, estate, patience)


def _given_up(service: Service, call: Call, below: Patience) -> Iterator[Broken]:
    if (
        call.timeout is None
        or not below.once_ms < below.longest_ms
        or below.longest_ms <= milliseconds(call.timeout)
    ):
        return
    yield Broken(
        service.address,
        f"{service.name} gives up on {call.service} after {call.timeout}, and {call.service} may go on with its own calls "
        f"for {Duration(below.longest_ms)}.",
        place=call.place,
    )


def _too_late(
    objective: Objective, name: str, estate: Estate, patience: Mapping[str, Patience]
) -> Iterator[Broken]:
    waiting = patience[name]
    if not waiting.once_ms < waiting.longest_ms or waiting.longest_ms <= limit_ms(objective):
        return
    service = estate.services[name]
    longest = max(service.calls(), key=lambda call: waits_ms(call, patience))
    yield Broken(
        objective.address,
        f"{objective.address} promises {objective.target}, and {name} may wait {Duration(waiting.longest_ms)} for its calls, "
        f"of which {Duration(waits_ms(longest, patience))} are for {longest.service}.",
        place=objective.place,
    )
