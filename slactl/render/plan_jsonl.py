"""A plan as lines of JSON, for logs and stream readers: a head, a line for each thing that is said, a summary."""

import json
from collections.abc import Iterator
from typing import Any

from slactl import __version__
from slactl.plan.plan import Drift, ObjectChange, Plan
from slactl.plan.saved import digest
from slactl.render import plan_parts
from slactl.render.at_risk import at_risk
from slactl.render.plan_text import summary_line
from slactl.render.plan_values import address_parts, known, unknown

FORMAT_VERSION = "1.0"
"""The second number grows when a field or a type is added, the first when one changes its meaning or goes."""


def plan_jsonl(plan: Plan) -> str:
    """The lines; each is a JSON object with a `type`."""
    body = [_header(plan), *_lines(plan)]
    lines = [*body, _summary(plan, len(body) + 1)]
    return "\n".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)


def _header(plan: Plan) -> dict[str, Any]:
    return {
        "type": "plan",
        "format_version": FORMAT_VERSION,
        "slactl_version": __version__,
        "workspace": plan.workspace,
        "mode": plan.mode,
        "as_of": plan.as_of,
        "digest": digest(plan),
        "files_digest": plan.files_digest,
        "lineage": plan.lineage,
        "serial": plan.serial,
        "head": plan.head,
        "counts": plan_parts.counts(plan),
        "targets": list(plan.targets),
        "excludes": list(plan.excludes),
    }


def _lines(plan: Plan) -> Iterator[dict[str, Any]]:
    yield from ({"type": "promise"} | plan_parts.promise(one) for one in plan.agreements)
    yield from ({"type": "move", "address": one.target, "previous_address": one.source} for one in plan.moves)
    yield from map(_object, plan.changes)
    yield from ({"type": "state", "action": "record", "address": one.address} for one in plan.kept if one.new)
    yield from ({"type": "state", "action": "forget", "address": address} for address in plan.gone)
    yield from ({"type": "state", "action": "release", "address": one.address} for one in plan.forgotten)
    yield from map(_drift, plan.drift)
    yield from ({"type": "support"} | plan_parts.support_change(one) for one in plan.support_changes)
    yield from ({"type": "finding"} | plan_parts.finding(one) for one in plan.findings)
    yield from ({"type": "notice"} | plan_parts.notice(one) for one in plan.notices)
    yield from ({"type": "error", "message": message} for message in plan.errors)


def _named(address: str, provider: str) -> dict[str, str]:
    backend, kind, name = address_parts(address)
    return {"address": address, "backend": backend, "kind": kind, "name": name, "provider": provider}


def _object(change: ObjectChange) -> dict[str, Any]:
    return {
        "type": "object",
        **_named(change.address, change.provider),
        "action": change.action.value,
        "why": change.why,
        "needed_by": list(change.needed_by),
        "forced_by": list(change.forced_by),
        "importing": change.id if change.importing else None,
        "before": change.before,
        "after": None if change.after is None else known(change.after),
        "after_unknown": {} if change.after is None else unknown(change.after),
    }


def _drift(one: Drift) -> dict[str, Any]:
    return {
        "type": "drift",
        **_named(one.address, one.provider),
        "action": "delete" if one.after is None else "update",
        "before": one.before,
        "after": one.after,
    }


def _summary(plan: Plan, lines: int) -> dict[str, Any]:
    return {
        "type": "summary",
        "message": summary_line(plan).splitlines()[-1],
        "create": plan.to_add,
        "update": plan.to_change,
        "delete": plan.to_destroy,
        "at_risk": [one.address for one in at_risk(plan)],
        "empty": plan.is_empty,
        "applyable": plan.applyable and not plan.is_empty,
        "errored": not plan.applyable,
        "needs_force": list(plan.too_much),
        "lines": lines,
    }
