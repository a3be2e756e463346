"""What it means that some leaves are down: for the top, and for the clauses on joint downtime."""

from slactl.verify.facts import Facts, RefusedError, below
from slactl.verify.lightest import up


def top_is_down(facts: Facts, down: frozenset[str]) -> bool:
    """Whether the top is down while these leaves are."""
    if any(name in facts.gates for name in down):
        raise RefusedError("The timetable has gates down; only leaves can be.")
    leaves = frozenset(name for name in below(facts, facts.top) if name not in facts.gates)
    return not up(facts, facts.top, leaves - down)


def clauses_met(facts: Facts, down: frozenset[str]) -> list[str]:
    """The clauses on joint downtime that are used up while these leaves are down."""
    found = []
    for name, clause in facts.clauses.items():
        parts = 0
        for part in clause.parts:
            leaves = frozenset(one for one in below(facts, part) if one not in facts.gates)
            parts += not up(facts, part, leaves - down)
        if parts >= clause.count:
            found.append(name)
    return found
