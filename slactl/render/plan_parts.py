"""The parts of a plan that are ours as JSON data: promises, support, findings; the same in every format for machines."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from slactl.model.refactoring import is_agreement
from slactl.plan.plan import AgreementChange, Plan, PlanFinding, PlanNotice, Support, SupportChange


def promise(change: AgreementChange) -> dict[str, Any]:
    """How one agreement changes."""
    return {
        "address": change.address,
        **({"previous_address": change.previous} if change.previous else {}),
        "action": change.action.value,
        "customers": list(change.customers),
        "objectives": [
            {
                "name": one.name,
                "target": {"before": one.target_before, "after": one.target_after},
                "allowed": {"before": one.allowed_before, "after": one.allowed_after},
                "verdict": {"before": one.verdict_before, "after": one.verdict_after},
            }
            for one in change.objectives
        ],
        "fields": [{"path": one.path, "before": one.before, "after": one.after} for one in change.fields],
        "before": change.before,
        "after": change.after,
    }


def moved_promises(plan: Plan) -> Iterator[dict[str, Any]]:
    """Agreements that go by another address and are the same otherwise."""
    changed = {one.address for one in plan.agreements}
    for one in plan.moves:
        if is_agreement(one.target) and one.target not in changed:
            yield {"address": one.target, "action": "move", "previous_address": one.source}


def objective(one: Support) -> dict[str, Any]:
    """How one objective is supported."""
    return {
        "address": one.address,
        "target": one.target,
        "verdict": one.verdict,
        "local_verdict": one.local_verdict,
        "margin_seconds": one.margin_s,
        "worst_window": one.worst_window,
        "customers": list(one.customers),
    }


def support_change(one: SupportChange) -> dict[str, Any]:
    """A customer's objective whose verdict passes a border."""
    return {"address": one.address, "before": one.before, "after": one.after}


def finding(one: PlanFinding) -> dict[str, Any]:
    """A finding of the check."""
    return {
        "rule": one.rule,
        "severity": one.severity,
        "address": one.address,
        "message": one.message,
        "waived": one.waived,
    }


def notice(one: PlanNotice) -> dict[str, Any]:
    """What a backend cannot hold, or what was found there."""
    return {"severity": one.severity, "address": one.address, "message": one.message}


def counts(plan: Plan) -> Mapping[str, Mapping[str, int]]:
    """Promises and objects by action; every action is named."""
    promises = Counter(one.action.value for one in plan.agreements)
    objects = Counter(one.action.value for one in plan.changes)
    return {
        "promises": {action: promises[action] for action in ("create", "update", "delete")},
        "objects": {action: objects[action] for action in ("create", "update", "replace", "delete")},
    }
