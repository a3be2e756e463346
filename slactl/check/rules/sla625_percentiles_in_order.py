"""More requests take longer: latencies promised for several percentiles grow with them."""

from collections.abc import Iterator
from itertools import pairwise

from slactl.base.diagnostics import Severity
from slactl.check.request_latency import in_words, limit_ms
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement, Objective


@rule(
    "SLA625",
    Severity.WARNING,
    title="A higher percentile is promised a longer time than a lower one",
    rationale="Where 99% of the requests take at most 200ms, so do 95% of them: a longer time for 95% promises nothing, "
    "and one of the two numbers is a slip of the pen.",
    source="Percentiles of one distribution rise",
    fix="Promise a shorter time for the lower percentile, or drop it.",
)
def percentiles_in_order(evidence: Evidence) -> Iterator[Broken]:
    """Latency objectives that say nothing beside one of a higher percentile on the same requests."""
    for agreement in evidence.estate.agreements.values():
        for several in _alike(agreement):
            for lower, higher in pairwise(sorted(several, key=lambda one: one.percentile or 0)):
                if lower.percentile != higher.percentile and limit_ms(lower) >= limit_ms(higher):
                    yield Broken(
                        lower.address,
                        f"{lower.address} promises {in_words(lower)}, and {higher.address} {in_words(higher)}.",
                        place=lower.place,
                    )


def _alike(agreement: Agreement) -> Iterator[list[Objective]]:
    """The latency objectives of an agreement that speak of the same requests."""
    alike = dict[tuple[object, ...], list[Objective]]()
    for one in agreement.objectives.values():
        if one.metric == "latency":
            key = (one.services, one.window, one.hours, one.scope, one.excludes, one.measure.point)
            alike.setdefault(key, []).append(one)
    yield from alike.values()
