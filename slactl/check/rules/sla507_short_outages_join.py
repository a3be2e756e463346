"""Outages that nobody below counts are assumed not to add up to one that counts."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.rules.rule import Broken, Evidence, rule


@rule(
    "SLA507",
    Severity.NOTE,
    title="Short outages that nobody counts do not add up to one that counts",
    rationale="A promise that counts an outage only after 5 minutes allows any number of shorter ones. Where the service also goes "
    "down with others, an outage of four minutes here, one of theirs, and four minutes here again are one long outage to the "
    "customer, of which the greater part counts below for nobody. No number says how much that may be: the verdict assumes that "
    "it does not happen.",
    source="Back-to-back terms: a relay of outages that are each too short to count",
    fix="Have the promises below count every outage; or agree with the customer that outages with different causes count one by "
    "one; or accept the assumption by a waiver.",
)
def short_outages_join(evidence: Evidence) -> Iterator[Broken]:
    """Promises whose verdict assumes that short outages below do not follow on one another."""
    for address, result in evidence.results.items():
        if result.assumes_apart:
            names = sentence_list(result.assumes_apart)
            yield Broken(
                address,
                f"{address} assumes that outages too short to count for {names} do not join up with others into one that counts.",
                place=result.place,
            )
