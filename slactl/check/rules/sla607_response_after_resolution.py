"""A resolution includes the response."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.duration import Duration
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.times_work import target_s
from slactl.model.agreement import Agreement, Objective


@rule(
    "SLA607",
    Severity.WARNING,
    title="A response is due before the resolution",
    rationale="A resolution time runs from the hand-over and includes the response; a longer response time promises nothing "
    "and is a slip of the pen.",
    source="Response and resolution run on one clock",
    fix="Promise a response that is shorter than the resolution for the same priority.",
)
def response_after_resolution(evidence: Evidence) -> Iterator[Broken]:
    """Response times longer than the resolution time of the same priority, in the same hours."""
    for agreement, response in evidence.estate.objectives():
        if response.metric == "response-time":
            resolution = next(_shorter_resolutions(agreement, response), None)
            if resolution is not None:
                yield Broken(
                    response.address,
                    f"{response.address} promises a response within {response.target}, and {resolution.address} the whole "
                    f"resolution within {resolution.target}.",
                    place=response.place,
                )


def _shorter_resolutions(agreement: Agreement, response: Objective) -> Iterator[Objective]:
    for one in agreement.objectives.values():
        same = (one.priority, one.hours) == (response.priority, response.hours)
        timed = one.metric == "resolution-time" and isinstance(one.target, Duration)
        if (
            same
            and timed
            and set(one.services) & set(response.services)
            and target_s(one) < target_s(response)
        ):
            yield one
