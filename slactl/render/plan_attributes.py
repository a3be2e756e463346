"""The attributes of one backend object that change, path by path, long texts line by line."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slactl.base.text import plural
from slactl.plan.paths import leaves
from slactl.plan.plan import ObjectChange
from slactl.render.style import Style


def attributes(change: ObjectChange, style: Style) -> Iterator[str]:
    """The lines of one object: what differs, by path; what does not is counted."""
    return differences(change.before, change.after, style, change.forced_by)


def differences(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, style: Style, forced_by: Sequence[str] = ()
) -> Iterator[str]:
    """The lines of two bodies, one of which may not be there."""
    before, after = dict(leaves(old)), dict(leaves(new))
    hidden = 0
    for path in [*before, *(path for path in after if path not in before)]:
        if path in before and path in after and before[path] == after[path]:
            hidden += 1
        else:
            forces = path.split(".", 1)[0].split("[", 1)[0] in forced_by
            shown = list(_attribute(path, before, after, style))
            yield from [*shown[:-1], f"{shown[-1]} {style.bad('# forces replacement')}"] if forces else shown
    if hidden:
        yield style.dim(f"# ({plural(hidden, 'unchanged attribute')} hidden)")


def _attribute(path: str, before: Mapping[str, Any], after: Mapping[str, Any], style: Style) -> Iterator[str]:
    if path not in before:
        yield f"{style.good('+')} {visible(path)} = {_shortened(_value_line(after[path]))}"
    elif path not in after:
        yield f"{style.bad('-')} {visible(path)} = {_shortened(_value_line(before[path]))}"
    elif len(_value_line(before[path])) + len(_value_line(after[path])) <= 72:  # noqa: PLR2004 - fits on a line
        yield f"{style.warn('~')} {visible(path)} = {_value_line(before[path])} -> {_value_line(after[path])}"
    else:
        yield f"{style.warn('~')} {visible(path)} ="
        yield from _lines_that_differ(before[path], after[path], style)


def _lines_that_differ(before: Any, after: Any, style: Style) -> Iterator[str]:
    """Old and new text line by line, what both have left out."""
    old, new = (
        value.splitlines() if isinstance(value, str) else [_value_line(value)] for value in (before, after)
    )
    same = 0
    for kind, first, last, from_, to in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            same += last - first
            continue
        yield from (f"    {style.bad('-')} {visible(line)}" for line in old[first:last])
        yield from (f"    {style.good('+')} {visible(line)}" for line in new[from_:to])
    if same:
        yield style.dim(f"    # ({plural(same, 'unchanged line')} hidden)")


def visible(text: str) -> str:
    """The text with what a terminal would obey, not show, written out."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\t" else repr(one)[1:-1] for one in text)


def _value_line(value: Any) -> str:
    if isinstance(value, Mapping) and len(value) == 1 and "$ref" in value:
        return f"(known after apply: {'.'.join(value['$ref'])})"
    return visible(json.dumps(value, ensure_ascii=False))


_MOST = 140


def _shortened(text: str) -> str:
    """A value that comes or goes whole, to a line's length; what changes is always shown whole."""
    return text if len(text) <= _MOST else f"{text[:_MOST]}... ({len(text)} characters)"
