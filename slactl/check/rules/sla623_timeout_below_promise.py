"""Nobody gives up on an answer that is still in time."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.backing import backing
from slactl.check.request_latency import in_words, limit_ms, milliseconds
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Objective, Status
from slactl.model.estate import Estate
from slactl.model.service import Call, Service


@rule(
    "SLA623",
    Severity.WARNING,
    title="A timeout leaves the time that the callee was promised",
    rationale="An answer that keeps its promise may come after the timeout: the caller counts it as failed, nobody below "
    "owes anything for it, and no promise above can rest on the one below.",
    source="Timeouts against the latency promised by what is called",
    fix="Wait at least as long as the shortest latency promised, or have a shorter one promised.",
)
def timeout_below_promise(evidence: Evidence) -> Iterator[Broken]:
    """Calls whose timeout is shorter than every latency promised for what they call."""
    for service in evidence.estate.services.values():
        for call in service.calls():
            if call.timeout is not None:
                shortest = _shortest(evidence.estate, service, call)
                if shortest is not None and limit_ms(shortest) > milliseconds(call.timeout):
                    yield Broken(
                        service.address,
                        f"{service.name} gives up on {call.service} after {call.timeout}, and {shortest.address} promises "
                        f"{in_words(shortest)}.",
                        place=call.place,
                    )


def _shortest(estate: Estate, service: Service, call: Call) -> Objective | None:
    """The end-to-end promise with the shortest latency for a call, at whatever percentile."""
    found = backing(estate, call.service, service.owner, "latency", Status.DRAFT.firmness)
    whole = (one.objective for one in found.backers if one.objective.scope == "end-to-end")
    return min(whole, key=limit_ms, default=None)
