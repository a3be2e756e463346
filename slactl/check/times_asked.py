"""Who is asked below a promise about time, for the rules that look at each promise beside the one above it."""

from collections.abc import Iterator

from slactl.base.quick_dataclass import dataclass
from slactl.check.handover import Answer, Handovers, sight_of
from slactl.check.rules.rule import Evidence
from slactl.check.times import span_of, timed_objectives
from slactl.model.agreement import Agreement, Objective


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer below an objective."""

    agreement: Agreement
    objective: Objective
    answer: Answer
    span: tuple[int, int]
    """The UTC seconds in which the objective is looked at."""


def asked(evidence: Evidence) -> tuple[Asked, ...]:
    """Every answer below every promise about time that rests on others, if the promises directly below are kept."""
    return evidence.once(_asked)


def _asked(evidence: Evidence) -> tuple[Asked, ...]:
    return tuple(_answers(evidence))


def _answers(evidence: Evidence) -> Iterator[Asked]:
    for agreement, objective in timed_objectives(evidence.estate):
        span = span_of(evidence.estate, agreement, objective, evidence.as_of, evidence.horizon_end)
        if span is not None:
            handovers = Handovers(evidence.estate, sight_of(agreement, objective, *span))
            for answer in handovers.below(handovers.tops(agreement, objective)):
                yield Asked(agreement, objective, answer, span)
