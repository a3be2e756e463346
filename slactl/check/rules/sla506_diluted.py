"""How little a promise about all of a supplier's requests says about ours."""

from collections.abc import Iterator
from fractions import Fraction

from slactl.base.diagnostics import Severity
from slactl.base.ratio import Ratio, decimal_text
from slactl.check.population import dilution
from slactl.check.request_latency import allowed_miss, in_words
from slactl.check.resting import resting
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Objective


@rule(
    "SLA506",
    Severity.NOTE,
    title="A promise about more requests than ours guarantees us less than it says",
    rationale="A supplier that counts the requests of all its customers keeps its promise even if every request that fails is "
    "ours. Of our n among N requests only 1 - (1 - p) N / n is guaranteed; the numbers above count that.",
    source="Population dilution: a share of the whole says little about a part",
    fix="Have the promise made about our requests alone.",
)
def diluted(evidence: Evidence) -> Iterator[Broken]:
    """Promises about a larger population, with what they guarantee us; where that is nothing, a warning."""
    if all(one.population is None for _, one in evidence.estate.objectives()):
        return
    backing = {pair.below.address: pair.below for pair in resting(evidence)}
    for address, below in sorted(backing.items()):
        missed = _missed(below)
        if missed is None or below.population is None or dilution(below) == 1:
            continue
        left = max(Fraction(0), 1 - missed * dilution(below))
        worth = f"{decimal_text(left * 100, 6)}%" if left else "nothing"
        yield Broken(
            address,
            f"{address} counts {below.population.all} requests, and {below.population.ours} are ours: "
            f"{_promise(below)} guarantees us {worth}.",
            place=below.place,
            severity=None if left else Severity.WARNING,
        )


def _missed(objective: Objective) -> Fraction | None:
    """The share that may fail; None where the promise is no share."""
    if isinstance(objective.target, Ratio):
        return objective.target.complement
    return allowed_miss(objective) if objective.metric == "latency" else None


def _promise(objective: Objective) -> str:
    return in_words(objective) if objective.metric == "latency" else str(objective.target)
