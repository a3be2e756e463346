"""A plan for people: promises first, what is put at risk, then backend objects; the summary last."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slactl.base.duration import spoken
from slactl.base.text import plural, sentence_list
from slactl.model.refactoring import is_agreement
from slactl.plan.paths import leaves
from slactl.plan.plan import (
    AgreementAction,
    AgreementChange,
    Cost,
    FieldChange,
    Forgotten,
    Kept,
    Move,
    ObjectChange,
    ObjectiveChange,
    Plan,
)
from slactl.plan.stages import MakeChanges, Readdress, Stage, TakeOver, stages
from slactl.provider import Action
from slactl.render.findings import verdict_words
from slactl.render.plan_attributes import attributes, visible
from slactl.render.style import Style

_SYMBOL = {"create": "+", "update": "~", "delete": "-", "replace": "-/+"}
_WILL = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in-place",
    Action.REPLACE: "must be replaced",
    Action.DELETE: "will be destroyed",
}
_WILL_BE_IMPORTED = {
    Action.UPDATE: "will be imported and updated in-place",
    Action.REPLACE: "will be imported and replaced",
}
_WHY = {
    "": "",
    "drift": " (it was changed outside of slactl)",
    "missing": " (it was deleted outside of slactl)",
    "orphan": " (it carries this workspace's mark, and nothing needs it)",
    "adopted": " (it carries this workspace's mark, and state did not know it)",
    "requested": ", as requested",
}


def plan_text(plan: Plan, style: Style) -> str:
    """The whole plan; the objects in the very stages in which an apply makes them."""
    margins = {one.address: one.margin_s for one in plan.support}
    blocks: list[str] = []
    if plan.drift:
        blocks.append(_drift(plan, style))
    blocks += [_moved(stage.moves, style) for stage in stages(plan) if isinstance(stage, Readdress)]
    if plan.agreements:
        blocks.append(style.bold("Promises"))
        blocks += [_agreement(change, margins, style) for change in plan.agreements]
    if plan.support_changes:
        blocks.append(_at_risk(plan, style))
    for stage in stages(plan):
        blocks += _stage(stage, plan, style)
    if plan.changes:
        blocks.insert(-len(plan.changes), style.bold("Backend objects"))
    costs = cost_lines(plan.costs)
    blocks += ["\n".join(f"  {line}" for line in costs)] if costs else []
    blocks += _notes(plan, style)
    if plan.errors:
        blocks.append(_errors(plan, style))
    if plan.too_much:
        blocks.append(_too_much(plan, style))
    blocks.append(summary_line(plan))
    return "\n\n".join(blocks)


def _stage(stage: Stage, plan: Plan, style: Style) -> list[str]:
    match stage:
        case TakeOver(kept, gone, forgotten):
            how = "is recorded as it is" if plan.mode == "refresh-only" else "is as it should be"
            taken = [_taken_over(kept, gone, how, style)] if kept or gone else []
            return [*taken, *(_no_longer_managed(one, style) for one in forgotten)]
        case MakeChanges(_, changes):
            return [_object(change, style) for change in changes]
        case _:  # moves stand first; a commit and the record of promises follow from what was printed
            return []


def _taken_over(kept: Sequence[Kept], gone: Sequence[str], how: str, style: Style) -> str:
    """What only state learns; nothing in a backend changes."""
    lines = [f"  {one.address} {how}" for one in kept]
    lines += [f"  {address} is forgotten; neither files nor backend have it" for address in gone]
    return "\n".join([style.bold("Recorded in state alone"), *lines])


def _moved(moves: Sequence[Move], style: Style) -> str:
    """What goes by another address; agreements first, the objects that follow them after."""
    ordered = sorted(moves, key=lambda one: (not is_agreement(one.target), one.target))
    return "\n".join(style.bold(f"  # {one.source}") + f" has moved to {one.target}" for one in ordered)


def _no_longer_managed(one: Forgotten, style: Style) -> str:
    return (
        style.bold(f"  # {one.address}")
        + " will no longer be managed\n"
        + style.dim(f"  # it stays in its backend, as {one.removed} was removed with keepObjects")
    )


def _drift(plan: Plan, style: Style) -> str:
    """What others did since the last apply, one line an object; what follows from it stands with the objects."""
    lines = []
    for one in plan.drift:
        before, after = dict(leaves(one.before)), dict(leaves(one.after))
        paths = [path for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)]
        what = f"was changed: {_few(paths)}" if one.after is not None else "was deleted"
        lines.append(
            f"  {_paint('update' if one.after is not None else 'delete', style)} {one.address} {what}"
        )
    return "\n".join([style.bold("Changed outside of slactl"), *lines])


def summary_line(plan: Plan) -> str:
    """Terraform's line, byte for byte, or `No changes.` and what that means."""
    if plan.is_empty:
        return f"No changes. {_why_empty(plan)}"
    imports = f"{plan.to_import} to import, " if plan.to_import else ""
    if not plan.changes:
        touched = plural(len(plan.agreements), "promise") if plan.agreements else "State alone"
        return f"{touched} to record.\n\nPlan: 0 to add, 0 to change, 0 to destroy."
    return f"Plan: {imports}{plan.to_add} to add, {plan.to_change} to change, {plan.to_destroy} to destroy."


def _why_empty(plan: Plan) -> str:
    if plan.mode == "refresh-only":
        return "The backends hold what was applied."
    if plan.mode == "destroy":
        return "Nothing is there to be destroyed."
    if not plan.is_whole:
        return "What was selected is as the agreements say."
    return "The backends hold what the agreements say."


def _paint(action: str, style: Style) -> str:
    symbol = _SYMBOL[action]
    return {"create": style.good, "update": style.warn, "delete": style.bad, "replace": style.bad}[action](
        symbol
    )


def _agreement(change: AgreementChange, margins: Mapping[str, str], style: Style) -> str:
    head = f"  {_paint(change.action.value, style)} {style.bold(change.address)}"
    whom = f"   customers: {', '.join(change.customers)}" if change.customers else ""
    lines = [f"{head}{_ends(change)}{whom}{_moved_from(change.previous)}"]
    width = max((len(one.name) for one in change.objectives), default=0)
    lines += [
        f"      {_objective(one, width, margins.get(f'{change.address}.{one.name}'), style)}"
        for one in change.objectives
    ]
    lines += [f"      {_field(one)}" for one in change.fields if not _told(one)]
    return "\n".join(lines)


def _moved_from(previous: str) -> str:
    return f"   (moved from {previous})" if previous else ""


def _ends(change: AgreementChange) -> str:
    return " ends" if change.action is AgreementAction.DELETE else ""


def _told(change: FieldChange) -> bool:
    """Whether the objectives' lines say it already: a whole objective that comes or goes, or its window."""
    parts = change.path.split(".")
    return parts[0] == "objectives" and (change.before is None or change.after is None)


def _objective(change: ObjectiveChange, width: int, margin_s: str | None, style: Style) -> str:
    parts = [f"{change.name:<{width}}", _arrow(change.target_before, change.target_after)]
    if change.allowed_before or change.allowed_after:
        parts.append(_arrow(change.allowed_before, change.allowed_after))
    if change.verdict_before or change.verdict_after:
        before = verdict_words(change.verdict_before, style) if change.verdict_before else None
        after = verdict_words(change.verdict_after, style) if change.verdict_after else None
        margin = f" ({_left(int(margin_s))} in the worst window)" if margin_s and after else ""
        parts.append(f"support: {_arrow(before, after)}{margin}")
    return "   ".join(parts)


def _left(margin_s: int) -> str:
    return f"margin {spoken(margin_s)}" if margin_s >= 0 else f"short by {spoken(-margin_s)}"


def _arrow(before: str | None, after: str | None) -> str:
    if before == after or before is None:
        return after or ""
    return f"{before} -> {after or 'none'}"


def _field(change: FieldChange) -> str:
    return f"{change.path}: {_value(change.before)} -> {_value(change.after)}"


def _value(value: Any) -> str:
    return (
        "(none)"
        if value is None
        else visible(value)
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
    )


def _at_risk(plan: Plan, style: Style) -> str:
    lines = []
    for one in plan.support_changes:
        if one.after == "guaranteed":
            lines.append(f"  {style.good('supported again')}  {one.address}: {one.before} -> {one.after}")
        else:
            lines.append(f"  {style.bad('at risk')}  {one.address}: {one.before} -> {one.after}")
    return "\n".join([style.bold("Customer promises whose support changes"), *lines])


def _object(change: ObjectChange, style: Style) -> str:
    will = _WILL_BE_IMPORTED[change.action] if change.importing else _WILL[change.action]
    lines = [style.bold(f"  # {change.address}") + f" {will}{_WHY[change.why]}"]
    if change.importing:
        lines.append(
            style.dim(f"  # it is {visible(change.id or '')} in its backend, and slactl's from then on")
        )
    if change.previous:
        lines.append(style.dim(f"  # (moved from {change.previous})"))
    if change.needed_by:
        lines.append(style.dim(f"  # needed by {_few(change.needed_by)}"))
    lines.append(f"  {_paint(change.action.value, style)} {change.address} {{")
    lines += [f"      {line}" for line in attributes(change, style)]
    return "\n".join([*lines, "    }"])


_MANY = 4


def _few(names: Sequence[str]) -> str:
    shown = list(names[:_MANY])
    return sentence_list(shown if len(names) <= _MANY else [*shown, f"{len(names) - _MANY} more"])


def cost_lines(costs: Sequence[Cost]) -> list[str]:
    """What changes in what each backend carries, a line a backend."""
    lines = []
    for cost in costs:
        terms = [
            f"{cost.before.get(term, 0):,} -> {cost.after.get(term, 0):,} {term}"
            for term in sorted(cost.before.keys() | cost.after.keys())
            if cost.before.get(term, 0) != cost.after.get(term, 0)
        ]
        if terms:
            lines.append(f"{cost.backend}: {', '.join(terms)}")
    return lines


def _notes(plan: Plan, style: Style) -> list[str]:
    lines = [
        f"{(style.bad if one.severity == 'error' else style.warn)(one.severity.capitalize() + ':')} {one.rule} {one.message}"
        for one in plan.findings
        if not one.waived and one.severity != "note"
    ]
    lines += [f"{style.dim('Waived:')} {one.rule} {one.message}" for one in plan.findings if one.waived]
    lines += [
        f"{(style.bad if one.severity == 'error' else style.warn)(one.severity.capitalize() + ':')} {one.address}: {one.message}"
        for one in plan.notices
    ]
    return ["\n".join(lines)] if lines else []


def _errors(plan: Plan, style: Style) -> str:
    lines = [style.bad("This plan must not be applied:"), *(f"  - {error}" for error in plan.errors)]
    return "\n".join(lines)


def _too_much(plan: Plan, style: Style) -> str:
    told = [*plan.too_much, "If that is meant, apply it with -force."]
    return "\n".join([style.warn("This plan changes much at once:"), *(f"  - {one}" for one in told)])
