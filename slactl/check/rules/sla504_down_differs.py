"""What counts as down above counts as down below."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.measuring import Measuring, by_indicators, counts_whatever, measuring_of, stated
from slactl.check.resting import Resting, shares_resting
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Objective
from slactl.model.estate import Estate


@rule(
    "SLA504",
    Severity.WARNING,
    title="What counts as down above counts as down below",
    rationale="Where the SLA calls a minute with 5% of errors down, and the supplier one with 50%, a bad day breaks the SLA "
    "while the contract is kept. Slices are the rule of rounding: errors that spoil a slice of one minute are few in one of "
    "five, and one bad minute may spoil five.",
    source="Back-to-back terms: one definition of downtime, with one rule of rounding",
    fix="Agree on the same slice and the same condition above and below, and have the indicator measure by them.",
)
def down_differs(evidence: Evidence) -> Iterator[Broken]:
    """Conditions and slices that differ between a promise and those that it rests on, or its own indicator."""
    estate = evidence.estate
    for agreement, objective in estate.objectives():
        if objective.metric == "availability" and agreement.status.firmness:
            yield from _beside_indicator(objective, estate)
    pairs = [one for one in shares_resting(evidence) if one.above.metric == "availability"]
    promises = {one.address: one for pair in pairs for one in (pair.above, pair.below)}
    measured = {address: measuring_of(one, estate) for address, one in promises.items()}
    if not any(map(any, measured.values())):
        return  # nobody says how anything is measured
    for _, several in groupby(pairs, key=lambda one: one.above.address):
        yield from _beside_others(list(several), measured)


def _beside_indicator(objective: Objective, estate: Estate) -> Iterator[Broken]:
    said, done = stated(objective), by_indicators(objective, estate)
    if said.slice and done.slice and said.slice != done.slice:
        words = f"slices of {said.slice}, and its indicator measures slices of {done.slice}"
        yield Broken(objective.address, f"{objective.address} speaks of {words}.", place=objective.place)
    if said.down_when and done.down_when and not _same(said.down_when, done.down_when):
        words = f"down when {said.down_when}, and its indicator calls it so when {done.down_when}"
        yield Broken(objective.address, f"{objective.address} is {words}.", place=objective.place)


def _beside_others(pairs: list[Resting], measured: Mapping[str, Measuring]) -> Iterator[Broken]:
    above = pairs[0].above
    ours = measured[above.address]
    theirs = [(one.below, measured[one.below.address]) for one in pairs]
    for below, other in theirs:
        for words in _differences(below, other, above, ours):
            yield Broken(above.address, words, place=above.place)
    silent = [
        below.address for below, other in theirs if (other.down_when is None) == (ours.down_when is not None)
    ]
    if silent:
        yield Broken(
            above.address, _said_once(above, ours, silent), place=above.place, severity=Severity.NOTE
        )


def _differences(below: Objective, other: Measuring, above: Objective, ours: Measuring) -> Iterator[str]:
    if other.down_when and ours.down_when and not counts_whatever(other.down_when, ours.down_when):
        yield f"{below.address} is down when {other.down_when}, and {above.address} when {ours.down_when}."
    if other.slice and ours.slice and other.slice != ours.slice:
        yield f"{below.address} counts slices of {other.slice}, and {above.address} slices of {ours.slice}."


def _said_once(above: Objective, ours: Measuring, others: Iterable[str]) -> str:
    names = sentence_list(sorted(others))
    if ours.down_when:
        return f"{above.address} is down when {ours.down_when}; of {names} it is not said when."
    return f"{above.address} does not say when it is down; of {names} it is said."


def _same(one: str, other: str) -> bool:
    return counts_whatever(one, other) and counts_whatever(other, one)
