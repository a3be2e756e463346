"""What Zabbix counts as down, as the core compares it with other backends."""

from collections.abc import Iterator

from slactl.model.agreement import Objective
from slactl.model.indicator import Indicator
from slactl.provider import Definition
from slactl_zabbix.tree import Tree, problem_tags

MAINTENANCE = "planned-maintenance"


def definition_of(
    objective: Objective, own: Indicator | None, tree: Tree, backend: str, missing_s: int
) -> Definition:
    """How an objective is measured by its SLA object; `missing_s` is service time that its schedule cannot hold."""
    return Definition(
        objective=objective.address,
        backend=backend,
        counts="time",
        down="a problem with the tags of its indicator is open, or what the service rests on is bad",
        indicators=tuple(_tellers(objective, own, tree)),
        window="weeks from Sunday" if objective.window.kind == "calendar-week" else str(objective.window),
        no_data="as before",
        below=any(tree.rests_on_measured(one) for one in objective.services),
        excludes=objective.excludes & {MAINTENANCE},
        uncounted_s=missing_s,
        from_start=True,
    )


def _tellers(objective: Objective, own: Indicator | None, tree: Tree) -> Iterator[str]:
    """The objective's own indicator, and others of its services that stand for other problems."""
    others = (one for service in objective.services for one in tree.leaves_of(service))
    known = list[list[dict[str, str]]]()
    for indicator in (*([own] if own else []), *others):
        tags = list(problem_tags(indicator))
        if tags not in known:
            known.append(tags)
            yield indicator.address
