"""Somebody below is there whenever a customer was promised help."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.duration import spoken
from slactl.base.zones import local_time
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.support_hours import Uncovered, support_calendar, uncovered, worst_window
from slactl.check.times_asked import Asked, asked


@rule(
    "SLA605",
    Severity.ERROR,
    title="Support hours below cover those above",
    rationale="In the hours that only the SLA promises, the team that the customer reaches has nobody to turn to.",
    source="ISO/IEC 20000-1:2018, 8.3.4; follow-the-sun support",
    fix="Have support hours below that contain the SLA's in real time, zones and holidays counted, or promise fewer.",
)
def support_hours_below(evidence: Evidence) -> Iterator[Broken]:
    """Promises of support hours that leave some of the hours above uncovered."""
    for one in asked(evidence):
        if one.objective.metric == "support-hours":
            for gap in uncovered(evidence.estate.hours, one.objective, [one.answer], one.span):
                if gap.time:
                    yield _missed(one, gap, evidence)


def _missed(one: Asked, gap: Uncovered, evidence: Evidence) -> Broken:
    zone = evidence.estate.hours.zone(support_calendar(one.objective))
    window = worst_window(one.objective.window, zone, gap.time, one.span)
    inside = gap.time.clip(*window)
    first = local_time(next(iter(inside))[0], zone)
    return Broken(
        one.objective.address,
        f"{one.objective.address} promises {one.objective.target}, and {gap.objective.address} only "
        f"{gap.objective.target}: {spoken(inside.seconds)} are not covered in the worst window, first from "
        f"{first:%a %Y-%m-%d %H:%M} {zone.key}.",
        place=one.objective.place,
    )
