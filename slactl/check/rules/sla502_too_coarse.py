"""What is promised is long enough to be seen."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.duration import spoken
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.ratio import Ratio
from slactl.check.clock import Clock, clock_of
from slactl.check.measuring import coarsest_slice
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.timeline import Stretch, Timeline
from slactl.check.times import span_of
from slactl.model.agreement import Agreement, Objective
from slactl.model.merge import origin


@rule(
    "SLA502",
    Severity.WARNING,
    title="A budget is no shorter than what its measurement can see",
    rationale="A probe each minute sees no outage of ten seconds, and a slice of a minute is down for all of it. Where the "
    "whole budget is shorter, it is either never seen to be spent or overspent at once, whatever happened.",
    source="Measurement theory: resolution below the quantity measured",
    fix="Measure more often, in a longer window, or promise what can be measured.",
)
def too_coarse(evidence: Evidence) -> Iterator[Broken]:
    """Allowed downtime, and thresholds below which outages do not count, that are shorter than one slice or probe."""
    shortest = _Shortest(evidence)
    for agreement, objective in evidence.estate.objectives():
        seen = coarsest_slice(objective, evidence.estate)
        window = (
            shortest.window(agreement, objective) if seen and objective.metric == "availability" else None
        )
        if seen is None or window is None or not isinstance(objective.target, Ratio):
            continue
        budget = objective.target.complement * window.seconds
        if budget < seen.seconds:
            yield Broken(
                objective.address,
                f"{objective.address} allows {spoken(budget)} in {window.name}, and is measured every {seen}.",
                place=objective.place,
            )
        after = objective.measure.counts_after
        if after is not None and 0 < after.seconds < seen.seconds:
            path = ("objectives", objective.name, "measure", "countsAfter")
            yield Broken(
                objective.address,
                f"{objective.address} counts an outage after {after}, and is measured every {seen}.",
                place=origin(agreement.layers, path)[1],
            )


@dataclass(slots=True)
class _Shortest:
    """The window with the least time that counts, worked out once for objectives with the same clock.

    Windows are whole: one that a term cuts short is gone before anybody would measure otherwise.
    """

    evidence: Evidence
    _known: dict[Clock, Stretch | None] = field(default_factory=dict)

    def window(self, agreement: Agreement, objective: Objective) -> Stretch | None:
        """None where the agreement is not in force, now or later, or no time counts."""
        estate, evidence = self.evidence.estate, self.evidence
        span = span_of(estate, agreement, objective, evidence.as_of, evidence.horizon_end)
        if span is None or not agreement.status.firmness:
            return None
        if objective.window.rolling_s is not None:
            start, end = span[0], max(span[1], span[0] + objective.window.rolling_s)
        else:
            whole = objective.window.spans(estate.hours.zone(objective.hours), *span)
            start, end = whole[0][0], whole[-1][1]
        clock = clock_of(agreement, objective, start, end)
        if clock not in self._known:
            windows = Timeline(clock, estate).windows
            self._known[clock] = min(windows, key=lambda one: one.seconds, default=None)
        return self._known[clock]
