"""A clock that stands still below stands still above."""

from collections.abc import Iterator

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.check.times_asked import asked
from slactl.model.agreement import Objective


@rule(
    "SLA602",
    Severity.WARNING,
    title="A pause below is a pause above as well",
    rationale="While the clock of an OLA or UC stands still, the customer's runs on unless the SLA pauses too. No number "
    "says how long.",
    source="Back-to-back terms: a pause only where the SLA has it",
    fix="Let the SLA's clock pause in the same states, or have the pause taken out below.",
)
def pause_below(evidence: Evidence) -> Iterator[Broken]:
    """States that pause the clock of a promise below, but not the one above."""
    found = dict[tuple[str, str], Broken]()
    for one in asked(evidence):
        for below in (backer.objective for group in one.answer.promises for backer in group):
            missing = sorted(_pauses(below) - _pauses(one.objective))
            if missing:
                found[one.objective.address, below.address] = Broken(
                    one.objective.address,
                    f"{below.address} pauses while {sentence_list(missing, 'or')}, and {one.objective.address} does not.",
                    place=one.objective.place,
                )
    yield from found.values()


def _pauses(objective: Objective) -> set[str]:
    return {str(state) for state in objective.clock.get("pauses") or ()}
