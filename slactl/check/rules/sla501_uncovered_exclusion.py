"""An exclusion below is excluded above as well."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.rules.rule import Broken, Evidence, rule

_COMPUTED = frozenset({"planned-maintenance"})
"""Exclusions that are part of the numbers already."""


@rule(
    "SLA501",
    Severity.WARNING,
    title="An exclusion below is excluded above as well",
    rationale="A supplier that excludes force majeure owes nothing for it, while an SLA without that exclusion still "
    "counts it as downtime. No number says how much.",
    source="Back-to-back terms: exclusions of the supplier are a subset of ours",
    fix="Exclude the same in the SLA, or have the exclusion taken out below.",
)
def uncovered_exclusion(evidence: Evidence) -> Iterator[Broken]:
    """Exclusions of backing promises that the SLA objective above does not share."""
    for address, supports in evidence.supports.items():
        if not address.startswith("sla."):
            continue
        agreement, name = address.rsplit(".", 1)
        objective = evidence.estate.agreements[agreement].objectives[name]
        for below in {one.address: one for _, one in supports}.values():
            missing = sorted(below.excludes - objective.excludes - _COMPUTED)
            if missing:
                yield Broken(
                    address,
                    f"{below.address} excludes {sentence_list(missing)}, and {address} does not.",
                    place=objective.place,
                )
