"""A time that is promised for some priorities is promised for those that are needed."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.priorities import is_unmapped, offer
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.times_asked import Asked, asked


@rule(
    "SLA606",
    Severity.WARNING,
    title="What is promised below is promised for the priority that is needed",
    rationale="An agreement that names a time for S1 says nothing about S3: a ticket that arrives as S3 may wait for ever.",
    source="ISO/IEC 20000-1:2018, 8.3.4.1 and 8.3.4.2",
    fix="Promise the time below for this priority too, or one without a priority, for all.",
)
def priority_without_time(evidence: Evidence) -> Iterator[Broken]:
    """Agreements below that promise the metric for other priorities only."""
    found = dict[tuple[str, str], Broken]()
    for one in asked(evidence):
        priority, considered = one.answer.ask.priority, one.answer.considered
        if not considered or offer(considered, priority):
            continue
        if not any(is_unmapped(backer.agreement, priority) for backer in considered):
            found[one.objective.address, one.answer.ask.service] = _lacking(one)
    yield from found.values()


def _lacking(one: Asked) -> Broken:
    names = sorted({backer.agreement.address for backer in one.answer.considered})
    wanted = one.answer.ask.priority
    return Broken(
        one.objective.address,
        f"{one.objective.address} rests on {one.answer.ask.service}, and {sentence_list(names)} promises its "
        f"{one.objective.metric} for other priorities, but not for {wanted or 'all of them'}.",
        place=one.objective.place,
    )
