"""A plan in the shape of Terraform's, on one line; our own data under `agreements` and `support`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from slactl import __version__
from slactl.plan.plan import AgreementChange, Kept, ObjectChange, Plan
from slactl.plan.references import KEY
from slactl.provider import Action

_FORMAT = "1.2"
_COMPATIBLE_WITH = "1.11.0"
"""The Terraform whose readers understand this document."""
_ACTIONS = {
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.REPLACE: ["delete", "create"],
    Action.DELETE: ["delete"],
}
_PASS = {"guaranteed": "pass", "undecided": "unknown"}


def plan_json(plan: Plan) -> str:
    """The document on one line."""
    return json.dumps(plan_document(plan), ensure_ascii=False, separators=(",", ":"))


def plan_document(plan: Plan) -> dict[str, Any]:
    """The document as data; its time is the day that the plan was made for."""
    return {
        "format_version": _FORMAT,
        "terraform_version": _COMPATIBLE_WITH,
        "slactl_version": __version__,
        "variables": {},
        "planned_values": {"root_module": {"resources": [*_planned(plan)]}},
        "resource_drift": [
            _change(
                one.address,
                one.provider,
                ["delete"] if one.after is None else ["update"],
                one.before,
                one.after,
            )
            for one in plan.drift
        ],
        "resource_changes": [*_resource_changes(plan)],
        "prior_state": {
            "format_version": "1.0",
            "terraform_version": _COMPATIBLE_WITH,
            "values": {"root_module": {"resources": [*_prior(plan)]}},
        },
        "configuration": {
            "root_module": {
                "resources": [
                    {"address": one["address"], "mode": "managed", "type": one["type"], "name": one["name"]}
                    for one in _planned(plan)
                ]
            }
        },
        "checks": [_check(one.address, one.verdict, one.margin_s) for one in plan.support],
        "timestamp": f"{plan.as_of}T00:00:00Z",
        "applyable": plan.applyable and not plan.is_empty,
        "complete": True,
        "errored": not plan.applyable,
        "workspace": plan.workspace,
        "lineage": plan.lineage,
        "serial": plan.serial,
        "agreements": [_agreement(one) for one in plan.agreements],
        "support": {
            "objectives": [
                {
                    "address": one.address,
                    "target": one.target,
                    "verdict": one.verdict,
                    "local_verdict": one.local_verdict,
                    "margin_seconds": one.margin_s,
                    "worst_window": one.worst_window,
                    "customers": list(one.customers),
                }
                for one in plan.support
            ],
            "changes": [
                {"address": one.address, "before": one.before, "after": one.after}
                for one in plan.support_changes
            ],
            "findings": [
                {
                    "rule": one.rule,
                    "severity": one.severity,
                    "address": one.address,
                    "message": one.message,
                    "waived": one.waived,
                }
                for one in plan.findings
            ],
            "errors": list(plan.errors),
        },
    }


def _planned(plan: Plan) -> Iterator[dict[str, Any]]:
    for change in plan.changes:
        if change.after is not None:
            yield _values(change.address, change.provider, change.after)
    for kept in plan.kept:
        yield _values(kept.address, kept.provider, kept.body)


def _prior(plan: Plan) -> Iterator[dict[str, Any]]:
    for change in plan.changes:
        if change.before is not None:
            yield _values(change.address, change.provider, change.before)
    for kept in plan.kept:
        yield _values(kept.address, kept.provider, kept.body)


def _values(address: str, provider: str, body: Mapping[str, Any]) -> dict[str, Any]:
    _, kind, name = address.split(".", 2)
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": provider,
        "schema_version": 0,
        "values": _known(body),
        "sensitive_values": {},
    }


def _resource_changes(plan: Plan) -> Iterator[dict[str, Any]]:
    for change in plan.changes:
        yield _object(change)
    for kept in plan.kept:
        yield _no_op(kept)


def _object(change: ObjectChange) -> dict[str, Any]:
    document = _change(change.address, change.provider, _ACTIONS[change.action], change.before, change.after)
    if change.forced_by:
        document["change"]["replace_paths"] = [[name] for name in change.forced_by]
    reason = change.why or ("replace_because_cannot_update" if change.forced_by else "")
    if reason:
        document["action_reason"] = reason
    document["needed_by"] = list(change.needed_by)
    return document


def _no_op(kept: Kept) -> dict[str, Any]:
    return _change(kept.address, kept.provider, ["no-op"], kept.body, kept.body)


def _change(
    address: str,
    provider: str,
    actions: list[str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> dict[str, Any]:
    _, kind, name = address.split(".", 2)
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": provider,
        "change": {
            "actions": actions,
            "before": before,
            "after": None if after is None else _known(after),
            "after_unknown": {} if after is None else _unknown(after),
            "before_sensitive": {},
            "after_sensitive": {},
        },
    }


def _is_ref(value: Any) -> bool:
    return isinstance(value, Mapping) and KEY in value and len(value) == 1


def _known(value: Any) -> Any:
    """The body without what is known only after the apply."""
    if isinstance(value, Mapping):
        return {key: _known(below) for key, below in value.items() if not _is_ref(below)}
    return (
        [None if _is_ref(below) else _known(below) for below in value]
        if isinstance(value, (list, tuple))
        else value
    )


def _unknown(value: Any) -> Any:
    """True where a value is known only after the apply."""
    if _is_ref(value):
        return True
    if isinstance(value, Mapping):
        found = {key: _unknown(below) for key, below in value.items()}
        return {key: below for key, below in found.items() if below}
    if isinstance(value, (list, tuple)):
        return [_unknown(below) for below in value] if any(_unknown(below) for below in value) else []
    return {}


def _check(address: str, verdict: str, margin_s: str) -> dict[str, Any]:
    status = _PASS.get(verdict, "fail")
    problems = (
        []
        if status == "pass"
        else [{"message": f"{address} is {verdict}; margin {margin_s} s in the worst window"}]
    )
    return {
        "address": {"kind": "check", "to_display": address, "name": address},
        "status": status,
        "instances": [{"address": {"to_display": address}, "status": status, "problems": problems}],
    }


def _agreement(change: AgreementChange) -> dict[str, Any]:
    return {
        "address": change.address,
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
