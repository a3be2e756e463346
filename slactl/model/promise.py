"""An agreement's promise as plain JSON data: what state keeps, plans compare and history shows."""

from typing import Any

from slactl.model.agreement import Agreement, Objective


def promise_of(agreement: Agreement) -> dict[str, Any]:
    """The effective agreement as JSON data, values as texts in their shortest form, absent values left out."""
    term = agreement.term
    data: dict[str, Any] = {
        "kind": agreement.kind,
        "name": agreement.name,
        "services": list(agreement.services),
        "provider": agreement.provider,
        "customers": list(agreement.customers),
        "status": agreement.status.value,
        "binding": agreement.binding,
        "extends": list(agreement.extends),
        "term": {
            "from": term.start and term.start.isoformat(),
            "until": term.until and term.until.isoformat(),
            "renewal": term.renewal and str(term.renewal),
            "notice": {
                "provider": term.notice_provider and str(term.notice_provider),
                "customer": term.notice_customer and str(term.notice_customer),
            },
        },
        "hours": agreement.hours,
        "excludes": sorted(agreement.excludes),
        "fee": agreement.fee and str(agreement.fee),
        "liability_cap": agreement.liability_cap and str(agreement.liability_cap),
        "prevent_destroy": agreement.prevent_destroy,
        "objectives": {name: _objective(one) for name, one in agreement.objectives.items()},
    }
    spec = _own_terms(agreement)
    if spec:
        data["terms"] = spec
    return _without_absent(data)


_TERMS = (
    "maintenance", "credits", "indemnities", "insurance", "duties", "workload", "exit", "reviews",
    "reporting", "joint", "priorities", "signed",
)  # fmt: skip


def _own_terms(agreement: Agreement) -> dict[str, Any]:
    """The terms that the plan compares as written: the nearest layer's value of each."""
    found: dict[str, Any] = {}
    for layer in agreement.layers:
        found.update({name: layer.spec[name] for name in _TERMS if name in layer.spec})
    return found


def objective_promise(objective: Objective) -> dict[str, Any]:
    """One objective's promise as JSON data."""
    return _without_absent(_objective(objective))


def _objective(objective: Objective) -> dict[str, Any]:
    measure = objective.measure
    return {
        "metric": objective.metric,
        "services": list(objective.services),
        "target": str(objective.target),
        "window": str(objective.window),
        "hours": objective.hours,
        "excludes": sorted(objective.excludes),
        "agreed": objective.agreed,
        "provisional": objective.provisional,
        "scope": objective.scope,
        "percentile": (objective.percentile is not None and str(objective.percentile)) or None,
        "priority": objective.priority,
        "share": objective.share and str(objective.share),
        "minimum": objective.minimum,
        "indicators": dict(objective.indicators),
        "measure": {
            "slice": measure.slice and str(measure.slice),
            "down_when": measure.down_when,
            "counts_after": measure.counts_after and str(measure.counts_after),
            "point": measure.point,
        },
    }


_ABSENT: tuple[object, ...] = (None, False, [], {})


def _without_absent(data: dict[str, Any]) -> dict[str, Any]:
    """The data without None, False and empty containers, at every depth of mappings."""
    kept: dict[str, Any] = {}
    for key, value in data.items():
        item = _without_absent(value) if isinstance(value, dict) else value
        if item or item not in _ABSENT:
            kept[key] = item
    return kept
