"""An OLA is supported by what is below it."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.rules.shortfall import shortfall, weakest


@rule(
    "SLA204",
    Severity.WARNING,
    title="An OLA is supported by what is below it",
    rationale="A team that promises more than its own suppliers and dependencies allow will break its OLA without any "
    "fault of its own; the promises above count what is really guaranteed.",
    source="ISO/IEC 20000-1:2018, 8.3.4.2",
    fix="Tighten what is below the OLA, or promise what it allows.",
)
def ola_not_supported(evidence: Evidence) -> Iterator[Broken]:
    """OLA objectives whose verdict does not pass."""
    for result in evidence.results.values():
        if result.address.startswith("ola.") and not result.passes:
            yield Broken(
                result.address, shortfall(result, evidence.unbudgeted), weakest(result), result.place
            )
