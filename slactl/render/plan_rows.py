"""One line of Markdown for each thing that a plan says; names are code, everything else is words."""

import json
from collections.abc import Sequence
from typing import Any

from slactl.base.duration import spoken
from slactl.base.text import sentence_list
from slactl.plan.paths import leaves
from slactl.plan.plan import (
    AgreementAction,
    AgreementChange,
    Drift,
    FieldChange,
    Forgotten,
    Move,
    ObjectChange,
    ObjectiveChange,
    PlanFinding,
    PlanNotice,
    Support,
)
from slactl.render.at_risk import AtRisk
from slactl.render.markdown import code, words

_FEW = 4
_WHY = {
    "": "",
    "drift": ", changed outside of slactl",
    "missing": ", deleted outside of slactl",
    "orphan": ", carries this workspace's mark, and nothing needs it",
    "adopted": ", carries this workspace's mark, and state did not know it",
    "requested": ", as requested",
}


def risk(one: AtRisk) -> str:
    """A customer's promise that is not supported, how much is missing, and what the check says."""
    customers = _to(one.support.customers) if one.support else ""
    parts = [f"{_words(one.support.target)} is promised"] if one.support else []
    if one.change:
        parts.append(f"**{_words(one.change.before)} → {_words(one.change.after)}**")
    elif one.support:
        parts.append(f"**{_words(one.support.verdict)}**")
    parts += [_margin(one.support)] if one.support else []
    told = [", ".join(parts), *_some([_words(f"{item.rule}: {item.message}") for item in one.findings])]
    said = " ".join(f"{text.removesuffix('.')}." for text in told if text)
    return f"- {_code(one.address)}{customers}: {said}{' (waived)' if one.waived else ''}"


def _margin(support: Support) -> str:
    margin_s = int(support.margin_s)
    told = f"short by {spoken(-margin_s)}" if margin_s < 0 else f"margin {spoken(margin_s)}"
    return f"{told} in {_words(support.worst_window)}"


def promise(change: AgreementChange) -> str:
    """A promise that begins, changes or ends."""
    told = [_objective(one) for one in change.objectives]
    if change.action is AgreementAction.UPDATE:
        told += _some([_field(one) for one in change.fields if not _is_told(one)])
    said = f": {'; '.join(told)}" if told else ""
    ends = " ends" if change.action is AgreementAction.DELETE else ""
    return f"- {_code(change.address)}{_to(change.customers)}{ends}{said}"


def _is_told(change: FieldChange) -> bool:
    """Whether the objectives' words say it already: a whole objective that comes or goes, or its window."""
    return change.path.startswith("objectives.") and None in (change.before, change.after)


def _objective(change: ObjectiveChange) -> str:
    parts = [f"{_words(change.name)} {_arrow(change.target_before, change.target_after)}"]
    if change.allowed_before or change.allowed_after:
        parts.append(_arrow(change.allowed_before, change.allowed_after))
    if change.verdict_before or change.verdict_after:
        parts.append(f"support {_arrow(change.verdict_before, change.verdict_after)}")
    return ", ".join(parts)


def _arrow(before: str | None, after: str | None) -> str:
    if before == after or before is None:
        return _words(after or "")
    return f"{_words(before)} → {_words(after or 'none')}"


def _field(change: FieldChange) -> str:
    return f"{_words(change.path)} {_value(change.before)} → {_value(change.after)}"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "none" if value is None else words(text, most=80)


def backend_object(change: ObjectChange) -> str:
    """An object and who needs it; of one that is replaced, why."""
    forced = f" replaced: {_names(change.forced_by)} cannot change in place" if change.forced_by else ""
    needed = f", needed by {_names(change.needed_by)}" if change.needed_by else ""
    taken = f", imported from {_code(change.id or '')}" if change.importing else ""
    return f"- {_code(change.address)}{forced}{taken}{_WHY[change.why]}{needed}"


def move(one: Move) -> str:
    """An address that changes; what goes by it stays as it is."""
    return f"- {_code(one.source)} → {_code(one.target)}"


def released(one: Forgotten) -> str:
    """An object that slactl gives up, and that stays where it is."""
    return f"- {_code(one.address)}, as {_code(one.removed)} is removed"


def drift(one: Drift) -> str:
    """What others did to an object."""
    if one.after is None:
        return f"- {_code(one.address)} was deleted"
    before, after = dict(leaves(one.before)), dict(leaves(one.after))
    paths = [path for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)]
    return f"- {_code(one.address)} was changed: {_names(paths)}"


def finding(one: PlanFinding) -> str:
    """A finding of the check."""
    return f"- **{_words(one.severity)}** {_words(one.rule)}: {_words(one.message)}"


def notice(one: PlanNotice) -> str:
    """What a backend cannot hold, or what was found there."""
    return f"- **{_words(one.severity)}** {_code(one.address)}: {_words(one.message)}"


def _names(names: Sequence[str]) -> str:
    return sentence_list(_some([_code(name) for name in names]))


def _some(texts: Sequence[str]) -> list[str]:
    """The first few, and how many more there are."""
    if len(texts) <= _FEW:
        return list(texts)
    return [*texts[:_FEW], f"{len(texts) - _FEW:,} more"]


def _to(customers: Sequence[str]) -> str:
    return f" to {_words(sentence_list(_some(customers)))}" if customers else ""


def _code(name: str) -> str:
    return code(name, most=200)


def _words(text: str) -> str:
    return words(text, most=600)
