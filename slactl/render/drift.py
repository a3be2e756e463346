"""Drift in words and as JSON."""

import json
from collections.abc import Iterator
from typing import Any

from slactl.base.text import plural
from slactl.plan.drift import DriftReport
from slactl.plan.paths import leaves
from slactl.plan.plan import ObjectChange
from slactl.render.plan_attributes import attributes
from slactl.render.style import Style

_KIND = {"drift": "changed", "missing": "deleted", "orphan": "orphan"}
_WORDS = {
    "drift": "was changed outside of slactl",
    "missing": "was deleted outside of slactl",
    "orphan": "carries this workspace's mark, and state does not know it",
}


def drift_text(found: DriftReport, style: Style) -> str:
    """Each object that differs, with what would bring it back; the sum last."""
    blocks = ["\n".join(_object(one, style)) for one in found.changes]
    notes = [f"{style.warn('Warning:')} {one.address}: {one.message}" for one in found.notices]
    if found.unsettled:
        notes.append(
            f"{style.warn('Warning:')} an apply did not end; the next one settles {', '.join(found.unsettled)}."
        )
    return "\n\n".join([*blocks, *(["\n".join(notes)] if notes else []), _sum(found)])


def _object(change: ObjectChange, style: Style) -> Iterator[str]:
    paint = {"drift": style.warn("~"), "missing": style.bad("-"), "orphan": style.good("+")}[change.why]
    yield f"  {paint} {style.bold(change.address)} {_WORDS[change.why]}"
    if change.needed_by:
        yield f"      needed by {', '.join(change.needed_by)}"
    if change.why == "drift":
        yield "      to bring it back:"
        yield from (f"        {line}" for line in attributes(change, style))


def _sum(found: DriftReport) -> str:
    if not found.found:
        return "No drift. The backends hold what was applied."
    counts = [(word, sum(one.why == why for one in found.changes)) for why, word in _KIND.items()]
    parts = [plural(number, word) if word == "orphan" else f"{number} {word}" for word, number in counts]
    return f"Drift: {', '.join(parts)}."


def drift_json(found: DriftReport) -> str:
    """The document of `drift -json`."""
    return json.dumps(
        {
            "format_version": "1.0",
            "lineage": found.lineage,
            "serial": found.serial,
            "drifted": found.found,
            "objects": [_object_document(one) for one in found.changes],
            "unsettled": list(found.unsettled),
            "notices": [{"address": one.address, "message": one.message} for one in found.notices],
        },
        indent=2,
        ensure_ascii=False,
        default=str,  # a body that somebody edited may hold what is no JSON
    )


def _object_document(change: ObjectChange) -> dict[str, Any]:
    applied, now = dict(leaves(change.after)), dict(leaves(change.before))
    return {
        "address": change.address,
        "id": change.id,
        "drift": _KIND[change.why],
        "needed_by": list(change.needed_by),
        "applied": change.after,
        "now": change.before,
        "fields": [
            path
            for path in sorted(applied.keys() | now.keys())
            if change.why == "drift" and applied.get(path) != now.get(path)
        ],
    }
