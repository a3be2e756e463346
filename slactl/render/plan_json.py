"""A plan in the shape of Terraform's, on one line; what Terraform has no word for stands under keys of our own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slactl import __version__
from slactl.base.duration import spoken
from slactl.plan.plan import Drift, Kept, ObjectChange, Plan, Support
from slactl.plan.saved import digest
from slactl.provider import Action
from slactl.render import plan_parts
from slactl.render.plan_values import address_parts, known, references, unknown

_FORMAT = "1.2"
_COMPATIBLE_WITH = "1.11.0"
"""The Terraform whose readers understand this document."""
_ACTIONS = {
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.REPLACE: ["delete", "create"],
    Action.DELETE: ["delete"],
}
_REASON = {
    Action.REPLACE: "replace_because_cannot_update",
    Action.DELETE: "delete_because_no_resource_config",
}
_STATUS = {"guaranteed": "pass", "undecided": "unknown"}

Body = tuple[str, str, Mapping[str, Any]]
"""Address, provider, body."""


def plan_json(plan: Plan) -> str:
    """The document on one line."""
    return json.dumps(plan_document(plan), ensure_ascii=False, separators=(",", ":"))


def plan_document(plan: Plan) -> dict[str, Any]:
    """The document as data; its time is the day that the plan was made for, so that it is the same whenever it is made."""
    planned, prior = _planned(plan), _prior(plan)
    return {
        "format_version": _FORMAT,
        "terraform_version": _COMPATIBLE_WITH,
        "slactl_version": __version__,
        "variables": _variables(plan),
        "planned_values": {"root_module": {"resources": [_values(*one) for one in planned]}},
        "resource_drift": [_drift(one) for one in plan.drift],
        "resource_changes": [*_resource_changes(plan)],
        "prior_state": {
            "format_version": "1.0",
            "terraform_version": _COMPATIBLE_WITH,
            "values": {"root_module": {"resources": [_values(*one) for one in prior]}},
        },
        "configuration": _configuration(planned),
        "checks": [_check(one) for one in plan.support],
        "timestamp": f"{plan.as_of}T00:00:00Z",
        "applyable": plan.applyable and not plan.is_empty,
        "complete": plan.is_whole,
        "errored": not plan.applyable,
    } | _ours(plan)


def _ours(plan: Plan) -> dict[str, Any]:
    return {
        "workspace": plan.workspace,
        "mode": plan.mode,
        "as_of": plan.as_of,
        "plan_digest": digest(plan),
        "files_digest": plan.files_digest,
        "lineage": plan.lineage,
        "serial": plan.serial,
        "history_head": plan.head,
        "counts": plan_parts.counts(plan),
        "targets": list(plan.targets),
        "excludes": list(plan.excludes),
        "needs_force": list(plan.too_much),
        "agreements": [*map(plan_parts.promise, plan.agreements), *plan_parts.moved_promises(plan)],
        "support": {
            "objectives": [plan_parts.objective(one) for one in plan.support],
            "changes": [plan_parts.support_change(one) for one in plan.support_changes],
            "findings": [plan_parts.finding(one) for one in plan.findings],
            "errors": list(plan.errors),
        },
        "notices": [plan_parts.notice(one) for one in plan.notices],
        "costs": [{"backend": one.backend, "before": one.before, "after": one.after} for one in plan.costs],
        "state_only": {
            "recorded": [one.address for one in plan.kept if one.new],
            "forgotten": list(plan.gone),
        },
    }


def _variables(plan: Plan) -> dict[str, Any]:
    """A sensitive variable is named; its value is nowhere in a plan."""
    return {
        name: {"sensitive": True, "digest": plan.sensitive.get(name)} if value is None else {"value": value}
        for name, value in sorted(plan.variables.items())
    }


def _planned(plan: Plan) -> list[Body]:
    changed = [(one.address, one.provider, one.after) for one in plan.changes if one.after is not None]
    return sorted([*changed, *_kept(plan)], key=_address)


def _prior(plan: Plan) -> list[Body]:
    changed = [(one.address, one.provider, one.before) for one in plan.changes if one.before is not None]
    forgotten = [(one.address, one.provider, one.body) for one in plan.forgotten]
    return sorted([*changed, *_kept(plan), *forgotten], key=_address)


def _kept(plan: Plan) -> Iterator[Body]:
    return ((one.address, one.provider, one.body) for one in plan.kept)


def _address(body: Body) -> str:
    return body[0]


def _named(address: str) -> dict[str, Any]:
    _, kind, name = address_parts(address)
    return {"address": address, "mode": "managed", "type": kind, "name": name}


def _values(address: str, provider: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return _named(address) | {
        "provider_name": provider,
        "schema_version": 0,
        "values": known(body),
        "sensitive_values": {},
    }


def _configuration(planned: Sequence[Body]) -> dict[str, Any]:
    """What is asked for: each object with its backend and, where it refers to others, those; values stand elsewhere."""
    backends = {address_parts(address)[0]: provider for address, provider, _ in planned}
    return {
        "provider_config": {
            name: {"name": name, "full_name": provider} for name, provider in sorted(backends.items())
        },
        "root_module": {"resources": [_configured(address, body) for address, _, body in planned]},
    }


def _configured(address: str, body: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: references(value) for key, value in body.items()}
    return _named(address) | {
        "provider_config_key": address_parts(address)[0],
        "schema_version": 0,
        "expressions": {key: {"references": names} for key, names in found.items() if names},
    }


def _resource_changes(plan: Plan) -> Iterator[dict[str, Any]]:
    previous = {one.target: one.source for one in plan.moves}
    yield from map(_object, plan.changes)
    yield from (_no_op(kept, previous.get(kept.address)) for kept in plan.kept)
    for one in plan.forgotten:
        yield _change(one.address, one.provider, ["forget"], one.body, None)


def _object(change: ObjectChange) -> dict[str, Any]:
    document = _change(change.address, change.provider, _ACTIONS[change.action], change.before, change.after)
    if change.forced_by:
        document["change"]["replace_paths"] = [[name] for name in change.forced_by]
    if change.why == "requested":
        document["action_reason"] = "replace_by_request"
    elif change.action in _REASON:
        document["action_reason"] = _REASON[change.action]
    if change.previous:
        document["previous_address"] = change.previous
    if change.importing:
        document["change"]["importing"] = {"id": change.id}
    return document | {"why": change.why, "needed_by": list(change.needed_by)}


def _no_op(kept: Kept, previous: str | None) -> dict[str, Any]:
    document = _change(kept.address, kept.provider, ["no-op"], kept.body, kept.body)
    moved = {} if previous is None else {"previous_address": previous}
    return document | moved | {"why": "", "needed_by": list(kept.needed_by)}


def _drift(one: Drift) -> dict[str, Any]:
    actions = ["delete"] if one.after is None else ["update"]
    return _change(one.address, one.provider, actions, one.before, one.after)


def _change(
    address: str,
    provider: str,
    actions: list[str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """A change; as in Terraform's, `*_sensitive` is false on a side that does not exist. No body holds a secret."""
    return _named(address) | {
        "provider_name": provider,
        "change": {
            "actions": actions,
            "before": before,
            "after": None if after is None else known(after),
            "after_unknown": {} if after is None else unknown(after),
            "before_sensitive": False if before is None else {},
            "after_sensitive": False if after is None else {},
        },
    }


def _check(one: Support) -> dict[str, Any]:
    status = _STATUS.get(one.verdict, "fail")
    problems = [] if status == "pass" else [{"message": _problem(one)}]
    return {
        "address": {"kind": "check", "to_display": one.address, "name": one.address},
        "status": status,
        "instances": [
            {"address": {"to_display": one.address}, "status": status, "problems": problems},
        ],
    }


def _problem(one: Support) -> str:
    margin_s = int(one.margin_s)
    margin = f"short by {spoken(-margin_s)}" if margin_s < 0 else f"margin {spoken(margin_s)}"
    return f"{one.address} promises {one.target} and is {one.verdict}: {margin} in {one.worst_window}, the worst window"
