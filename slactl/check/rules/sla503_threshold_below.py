"""An outage that counts above counts below as well."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.cone import threshold_ms
from slactl.check.resting import shares_resting
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Objective


@rule(
    "SLA503",
    Severity.WARNING,
    title="An outage that counts above counts below as well",
    rationale="A promise that counts an outage only after 5 minutes allows any number of shorter ones: however many they "
    "are, it is kept. No number says how much that is, so the verdict above is at most undecided.",
    source="Back-to-back terms: outages count below no later than above",
    fix="Let outages count below at least as soon as above, or later above; or have another promise below that counts them.",
)
def threshold_below(evidence: Evidence) -> Iterator[Broken]:
    """Promises below that leave out outages which the promise above counts."""
    for pair in shares_resting(evidence):
        if threshold_ms(pair.below) > threshold_ms(pair.above):
            yield Broken(
                pair.above.address,
                f"{pair.below.address} counts outages only after {pair.below.measure.counts_after}, and "
                f"{pair.above.address} {_counted(pair.above)}.",
                place=pair.above.place,
            )


def _counted(above: Objective) -> str:
    if threshold_ms(above):
        return f"after {above.measure.counts_after}: nobody answers for those between"
    return "counts every one: nobody answers for shorter ones"
