"""What an apply did, as a document for the pipeline that ran it."""

import json
from collections.abc import Iterable

from slactl.apply.executor import Result
from slactl.plan.plan import Plan
from slactl.plan.saved import digest
from slactl.provider import Outcome

FORMAT_VERSION = "1.0"
"""The second number grows when a field is added, the first when one changes its meaning or goes."""


def apply_json(command: str, plan: Plan, result: Result, told: Iterable[tuple[str, Outcome]]) -> str:
    """The document as text; `told` has each change's action and what became of it, in the order of the run."""
    document = {
        "format_version": FORMAT_VERSION,
        "command": command,
        "workspace": plan.workspace,
        "mode": plan.mode,
        "plan_digest": digest(plan),
        "complete": result.complete,
        "interrupted": result.interrupted,
        "added": result.added,
        "changed": result.changed,
        "destroyed": result.destroyed,
        "objects": [
            {"address": one.address, "action": action, "status": one.status, "error": one.error or None}
            for action, one in told
        ],
        "history": {"serial": result.serial, "head": result.head} if result.head else None,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
