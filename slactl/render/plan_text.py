"""A plan for people: promises first, what is put at risk, then backend objects; the summary last."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slactl.base.text import plural, sentence_list
from slactl.plan.plan import (
    AgreementAction,
    AgreementChange,
    Cost,
    FieldChange,
    ObjectChange,
    ObjectiveChange,
    Plan,
)
from slactl.provider import Action
from slactl.render.findings import verdict_words
from slactl.render.style import Style

_SYMBOL = {"create": "+", "update": "~", "delete": "-", "replace": "-/+"}
_WILL = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in-place",
    Action.REPLACE: "must be replaced",
    Action.DELETE: "will be destroyed",
}
_WHY = {
    "": "",
    "drift": " (it was changed outside of slactl)",
    "missing": " (it was deleted outside of slactl)",
    "orphan": " (it carries this workspace's mark, and nothing needs it)",
}


def plan_text(plan: Plan, style: Style) -> str:
    """The whole plan."""
    blocks: list[str] = []
    if plan.agreements:
        blocks.append(style.bold("Promises"))
        blocks += [_agreement(change, style) for change in plan.agreements]
    if plan.support_changes:
        blocks.append(_at_risk(plan, style))
    if plan.changes:
        blocks.append(style.bold("Backend objects"))
        blocks += [_object(change, style) for change in plan.changes]
    blocks += _costs(plan.costs)
    blocks += _notes(plan, style)
    blocks.append(summary_line(plan))
    if plan.errors:
        blocks.append(_errors(plan, style))
    return "\n\n".join(blocks)


def summary_line(plan: Plan) -> str:
    """Terraform's line, byte for byte, or `No changes.` and what that means."""
    if plan.is_empty:
        return "No changes. The backends hold what the agreements say."
    if not plan.changes:
        touched = plural(len(plan.agreements), "promise") if plan.agreements else "Its state alone"
        return f"{touched} to record.\n\nPlan: 0 to add, 0 to change, 0 to destroy."
    return f"Plan: {plan.to_add} to add, {plan.to_change} to change, {plan.to_destroy} to destroy."


def _paint(action: str, style: Style) -> str:
    symbol = _SYMBOL[action]
    return {"create": style.good, "update": style.warn, "delete": style.bad, "replace": style.bad}[action](
        symbol
    )


def _agreement(change: AgreementChange, style: Style) -> str:
    head = f"  {_paint(change.action.value, style)} {style.bold(change.address)}"
    whom = f"   customers: {', '.join(change.customers)}" if change.customers else ""
    lines = [f"{head}{_ends(change)}{whom}"]
    width = max((len(one.name) for one in change.objectives), default=0)
    lines += [f"      {_objective(one, width, style)}" for one in change.objectives]
    lines += [f"      {_field(one)}" for one in change.fields if not _told(one)]
    return "\n".join(lines)


def _ends(change: AgreementChange) -> str:
    return " ends" if change.action is AgreementAction.DELETE else ""


def _told(change: FieldChange) -> bool:
    """Whether the objectives' lines say it already: a whole objective that comes or goes, or its window."""
    parts = change.path.split(".")
    return parts[0] == "objectives" and (change.before is None or change.after is None)


def _objective(change: ObjectiveChange, width: int, style: Style) -> str:
    parts = [f"{change.name:<{width}}", _arrow(change.target_before, change.target_after)]
    if change.allowed_before or change.allowed_after:
        parts.append(_arrow(change.allowed_before, change.allowed_after))
    if change.verdict_before or change.verdict_after:
        before = verdict_words(change.verdict_before, style) if change.verdict_before else None
        after = verdict_words(change.verdict_after, style) if change.verdict_after else None
        parts.append(f"support: {_arrow(before, after)}")
    return "   ".join(parts)


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
        else value
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
    lines = [style.bold(f"  # {change.address}") + f" {_WILL[change.action]}{_WHY[change.why]}"]
    if change.needed_by:
        lines.append(style.dim(f"  # needed by {_few(change.needed_by)}"))
    lines.append(f"  {_paint(change.action.value, style)} {change.address} {{")
    lines += [f"      {line}" for line in _attributes(change, style)]
    return "\n".join([*lines, "    }"])


_MANY = 4


def _few(names: Sequence[str]) -> str:
    shown = list(names[:_MANY])
    return sentence_list(shown if len(names) <= _MANY else [*shown, f"{len(names) - _MANY} more"])


def _attributes(change: ObjectChange, style: Style) -> Iterator[str]:
    before, after = dict(leaves(change.before)), dict(leaves(change.after))
    hidden = 0
    for path in [*before, *(path for path in after if path not in before)]:
        if path in before and path in after and before[path] == after[path]:
            hidden += 1
        else:
            yield from _attribute(path, before, after, style)
    if hidden:
        yield style.dim(f"# ({plural(hidden, 'unchanged attribute')} hidden)")


def _attribute(path: str, before: Mapping[str, Any], after: Mapping[str, Any], style: Style) -> Iterator[str]:
    if path not in before:
        yield f"{style.good('+')} {path} = {_shortened(_value_line(after[path]))}"
    elif path not in after:
        yield f"{style.bad('-')} {path} = {_shortened(_value_line(before[path]))}"
    elif len(_value_line(before[path])) + len(_value_line(after[path])) <= 72:  # noqa: PLR2004 - fits on a line
        yield f"{style.warn('~')} {path} = {_value_line(before[path])} -> {_value_line(after[path])}"
    else:
        yield f"{style.warn('~')} {path} ="
        yield from _lines_that_differ(before[path], after[path], style)


def _lines_that_differ(before: Any, after: Any, style: Style) -> Iterator[str]:
    """Old and new text line by line, what both have left out."""
    old, new = (
        value.splitlines() if isinstance(value, str) else [_value_line(value)] for value in (before, after)
    )
    same = 0
    for line in difflib.ndiff(old, new):
        if line.startswith("- "):
            yield f"    {style.bad('-')} {line[2:]}"
        elif line.startswith("+ "):
            yield f"    {style.good('+')} {line[2:]}"
        elif line.startswith("  "):
            same += 1
    if same:
        yield style.dim(f"    # ({plural(same, 'unchanged line')} hidden)")


def _value_line(value: Any) -> str:
    if isinstance(value, Mapping) and len(value) == 1 and "$ref" in value:
        return f"(known after apply: {'.'.join(value['$ref'])})"
    return json.dumps(value, ensure_ascii=False)


_MOST = 140


def _shortened(text: str) -> str:
    """A value that comes or goes whole, to a line's length; what changes is always shown whole."""
    return text if len(text) <= _MOST else f"{text[:_MOST]}... ({len(text)} characters)"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a body with its path; members of a list are named by what tells them apart, else counted."""
    if isinstance(value, Mapping) and value and "$ref" not in value:
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list)) for item in value):
        for step, below in zip(_steps(value), value, strict=True):
            yield from leaves(below, f"{path}[{step}]")
    elif value is not None:
        yield path, value


def _steps(items: Sequence[Any]) -> list[str]:
    """Names for the members of a list, so that one more member does not shift the rest; numbers where they have none."""
    names = [_name_of(item) for item in items]
    if all(names) and len(set(names)) == len(names):
        return names
    return [str(index) for index in range(len(items))]


def _name_of(item: Any) -> str:
    if not isinstance(item, Mapping):
        return ""
    name = next((str(item[key]) for key in ("record", "alert", "name", "tag", "key") if key in item), "")
    labels = item.get("labels")
    told = ",".join(str(value) for value in labels.values()) if isinstance(labels, Mapping) else ""
    return f"{name} {told}".strip()


def _costs(costs: Sequence[Cost]) -> list[str]:
    lines = []
    for cost in costs:
        terms = [
            f"{cost.before.get(term, 0):,} -> {cost.after.get(term, 0):,} {term}"
            for term in sorted(cost.before.keys() | cost.after.keys())
            if cost.before.get(term, 0) != cost.after.get(term, 0)
        ]
        if terms:
            lines.append(f"  {cost.backend}: {', '.join(terms)}")
    return ["\n".join(lines)] if lines else []


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
    gone = [
        f"{style.dim('Gone:')} {address} is forgotten; neither files nor backend have it."
        for address in plan.gone
    ]
    return ["\n".join([*lines, *gone])] if lines or gone else []


def _errors(plan: Plan, style: Style) -> str:
    lines = [style.bad("This plan must not be applied:"), *(f"  - {error}" for error in plan.errors)]
    return "\n".join(lines)
