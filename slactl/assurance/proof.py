"""The proof of a worst case: inequalities that anyone can check one by one and add up by hand.

A step says: whenever its node is down (and the leaves that it takes as given are up), the weights of those of its
items that are down add up to at least 1. So the node's downtime is at most the sum of the weights times the items'
bounds. A step that splits charges the time when a given leaf is down to that leaf, and the rest to the step for the
rest. Items are leaves with their budgets, clauses on joint downtime with theirs, or earlier steps.
"""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction

from slactl.assurance.modules import INNER
from slactl.assurance.worst_case import Step, WorstCase
from slactl.base.quick_dataclass import dataclass

_ZERO, _ONE = Fraction(0), Fraction(1)
_PERFECT = f"{INNER}perfect"
"""Stands for the step about the top that takes as up what is perfect."""


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One inequality, with the bound that follows from it."""

    id: str
    node: str
    """A gate of the structure."""
    given: frozenset[str]
    """Parts that count as up: the time when they are down is charged elsewhere."""
    weights: Mapping[str, Fraction]
    """By item: a leaf, a clause, or the id of an earlier step."""
    splits_on: frozenset[str] | None
    """Where it splits: the items of weight 1 that the step for the rest takes as given. None: it does not split."""
    bound: Fraction
    """At most this share of the window."""


def proof_steps(found: WorstCase, names: Collection[str]) -> list[ProofStep]:
    """The steps that prove `found.bound.upper`, the last about its top; empty where nothing is to prove.

    Nothing is where the top is a leaf, or always down.

    Args:
        found: the worst case.
        names: all that the structure's gates, leaves and clauses are called; no step is called like another one of them.
    """
    if found.root is False or found.top in found.downtime:
        return []
    perfect = frozenset(name for name, share in found.downtime.items() if share <= 0)
    bounds = dict(found.downtime)
    ids = _ids(found, perfect, names)
    steps: list[ProofStep] = []
    for step in found.steps:
        steps.append(_proof_step(step, perfect, ids, bounds))
        bounds[step.node] = bounds[steps[-1].id] = steps[-1].bound
    steps += _last(found, perfect, ids, bounds)
    return steps


def _ids(found: WorstCase, perfect: frozenset[str], names: Collection[str]) -> dict[str, str]:
    """For each node of a step its id: the name of its gate, with how often decisive leaves were taken out of it."""
    ids: dict[str, str] = {}
    taken = {*names, *found.downtime}
    for step in found.steps:
        gate, *rests = step.node.split(INNER)
        words = rests[-1] if rests and rests[-1] else f"rest {len(rests)}"
        ids[step.node] = _free(f"{gate} ({words})", taken) if rests else gate
        taken.add(ids[step.node])
    if perfect:  # the step named like the top comes last, with what is perfect split off
        ids[_PERFECT] = _free(f"{found.top} (given what is perfect)", taken)
        if found.top in ids:
            ids[found.top] = ids[_PERFECT]
    return ids


def _free(name: str, taken: Collection[str]) -> str:
    """The name, with as many marks as it takes to be no one else's."""
    while name in taken:
        name += "'"
    return name


def _proof_step(
    step: Step, perfect: frozenset[str], ids: Mapping[str, str], bounds: Mapping[str, Fraction]
) -> ProofStep:
    gate = step.node.split(INNER)[0]
    rest = next((item for item in step.weights if item.startswith(gate + INNER)), None)
    total = sum((weight * bounds[item] for item, weight in step.weights.items()), _ZERO)
    weights = {ids.get(item, item): weight for item, weight in step.weights.items()}
    splits_on = frozenset(step.weights) - {rest} if rest is not None else None
    return ProofStep(ids[step.node], gate, perfect | step.given, weights, splits_on, min(_ONE, total))


def _last(
    found: WorstCase, perfect: frozenset[str], ids: Mapping[str, str], bounds: Mapping[str, Fraction]
) -> Iterator[ProofStep]:
    """The top from what it comes down to, without any leaf as given."""
    rest = ids[_PERFECT] if perfect else found.top
    last = found.last
    share = _ZERO if last is None else min(_ONE, bounds[last])
    if rest not in (one for node, one in ids.items() if node != _PERFECT):
        weights = {} if last is None else {ids.get(last, last): _ONE}
        yield ProofStep(rest, found.top, perfect, weights, None, share)
    if perfect:
        weights = dict.fromkeys([*sorted(perfect), rest], _ONE)
        yield ProofStep(found.top, found.top, frozenset(), weights, perfect, share)
