"""An exclusion below is excluded above as well."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.clock import MAINTENANCE
from slactl.check.resting import resting
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Objective


@rule(
    "SLA501",
    Severity.WARNING,
    title="An exclusion below is excluded above as well",
    rationale="A supplier that excludes force majeure owes nothing for it, while an SLA without that exclusion still "
    "counts it as downtime. No number says how much.",
    source="Back-to-back terms: exclusions of the supplier are a subset of ours",
    fix="Exclude the same in the promise above, or have the exclusion taken out below.",
)
def uncovered_exclusion(evidence: Evidence) -> Iterator[Broken]:
    """Exclusions of backing promises, of any metric, that the promise above does not share."""
    for pair in resting(evidence):
        missing = sorted(pair.below.excludes - pair.above.excludes - _computed(pair.above, evidence))
        if missing:
            yield Broken(
                pair.above.address,
                f"{pair.below.address} excludes {sentence_list(missing)}, and {pair.above.address} does not.",
                place=pair.above.place,
            )


def _computed(above: Objective, evidence: Evidence) -> frozenset[str]:
    """Exclusions that are part of the numbers already: maintenance, where the promise is a share of time."""
    return frozenset({MAINTENANCE}) if above.address in evidence.results else frozenset()
