"""A time or rate of an OLA is supported by what is below it."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.rules.shortfall import amount_shortfall, largest

_FIX = "Agree on shorter times (higher rates) below the OLA, state what is the owner's own, or promise less."


@rule(
    "SLA206",
    Severity.WARNING,
    title="A time or rate of an OLA is supported by what is below it",
    rationale="A team that promises a time which its own suppliers and dependencies do not allow will break its OLA "
    "without any fault of its own; the promises above count what is really guaranteed.",
    source="ISO/IEC 20000-1:2018, 8.3.4.2",
    fix=_FIX,
)
def ola_amount_not_supported(evidence: Evidence) -> Iterator[Broken]:
    """OLA objectives on times and rates whose verdict does not pass."""
    for result in evidence.amounts.values():
        skipped = result.metric == "support-hours" and result.supported is not None
        if result.address.startswith("ola.") and result.verdict != "guaranteed" and not skipped:
            yield Broken(result.address, amount_shortfall(result), largest(result, _FIX), result.place)
