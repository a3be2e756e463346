"""Edits put into the text of a file: nothing but the value changes, every comment, quote and space around it stays.

The text is cut at the value's own place and not printed anew, so that a file in an unusual form keeps it. What comes out
is read again: it must say exactly what was asked for, or nothing is changed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from slactl.base.diagnostics import Path, SlactlError
from slactl.documents.reader import nodes_of, read_documents
from slactl.suggest.edit import Edit, as_text, with_value

_BLOCK_SCALARS = ("|", ">")


def spliced(text: str, shown: str, edit: Edit) -> str:
    """The text of a file with one edit in it.

    Raises:
        SlactlError: when the value comes from a variable or `forEach`, or stands in a form that only a person can change.
    """
    before = read_documents(text, shown)
    if edit.adds:
        after, expected = _with_document(text, edit.value), [*before, _texts(edit.value)]
    else:
        data = before[edit.place.document]
        _refuse_repeated(data, edit)
        after = _with_value(text, shown, edit)
        edited = with_value(data, edit.place.path, _texts(edit.value))
        expected = [*before[: edit.place.document], edited, *before[edit.place.document + 1 :]]
    try:
        same = read_documents(after, shown) == expected
    except SlactlError:
        same = False
    if not same:
        raise _by_hand(edit, "Its place in the file is unusual (an anchor, an alias, several lines).")
    return after


def _refuse_repeated(data: Any, edit: Edit) -> None:
    if isinstance(data, Mapping) and "forEach" in data:
        raise _by_hand(edit, "The document is repeated by forEach: the change would reach every element.")


def _by_hand(edit: Edit, why: str) -> SlactlError:
    return SlactlError(
        f"{edit.field or 'a document'} of {edit.address} cannot be written",
        f"{why} Write {as_text(edit.value)} by hand, or choose another proposal.",
        edit.place,
    )


def _texts(value: Any) -> Any:
    """Data as the reader gives it back: every scalar a text."""
    if isinstance(value, Mapping):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_texts(item) for item in value]
    return as_text(value) if isinstance(value, bool) else str(value)


def _with_value(text: str, shown: str, edit: Edit) -> str:
    root = list(nodes_of(text, shown))[edit.place.document]
    if root is None:
        raise _by_hand(edit, "The document is empty.")
    node, rest = _descended(root, edit.place.path)
    if isinstance(node, yaml.ScalarNode) and "${" in node.value:
        raise _by_hand(edit, f"It comes from {node.value}: the value is set elsewhere.")
    if rest and not isinstance(node, yaml.ScalarNode):
        return _inserted(text, node, rest, edit.value)
    return _replaced(text, node, _nested(rest, edit.value), edit)


def _descended(node: yaml.Node, path: Path) -> tuple[yaml.Node, Path]:
    """The deepest node that exists on a path, and the steps that are left."""
    for index, step in enumerate(path):
        below = _child(node, step)
        if below is None:
            return node, path[index:]
        node = below
    return node, ()


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        found = (value for key, value in node.value if isinstance(key, yaml.ScalarNode) and key.value == step)
        return next(found, None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        below: yaml.Node = node.value[step]
        return below
    return None


def _nested(steps: Path, value: Any) -> Any:
    for step in reversed(steps):
        value = {step: value}
    return value


def _replaced(text: str, node: yaml.Node, value: Any, edit: Edit) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.ScalarNode):
        if node.style in _BLOCK_SCALARS:
            raise _by_hand(edit, "It is a text over several lines.")
        quote = node.style if node.style and isinstance(value, str) else ""
        new = f"{quote}{value}{quote}" if quote else as_text(value)
        return (
            text[:start] + (" " if start == end and text[start - 1 : start] == ":" else "") + new + text[end:]
        )
    if not _in_flow(node):
        raise _by_hand(edit, "It is written over several lines.")
    return text[:start] + as_text(value) + text[end:]


def _inserted(text: str, node: yaml.Node, steps: Path, value: Any) -> str:
    """One entry more in a mapping, or one item more in a list, behind those that are there."""
    first, value = steps[0], _nested(steps[1:], value)
    item = as_text(value) if isinstance(first, int) else f"{first}: {as_text(value)}"
    if _in_flow(node):
        return _inserted_in_flow(text, node, item)
    dash = "- " if isinstance(first, int) else ""
    at = _end_of_line(text, _last_line_end(node))
    return f"{text[:at]}{_newline(text)}{' ' * node.start_mark.column}{dash}{item}{text[at:]}"


def _in_flow(node: yaml.Node) -> bool:
    """Whether a mapping or list is written in brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _inserted_in_flow(text: str, node: yaml.Node, item: str) -> str:
    items: Sequence[Any] = node.value
    if not items:
        at = node.start_mark.index + 1
        return text[:at] + item + text[at:]
    last = items[-1][1] if isinstance(items[-1], tuple) else items[-1]
    at = last.end_mark.index
    return f"{text[:at]}, {item}{text[at:]}"


def _last_line_end(node: yaml.Node) -> int:
    """The index at which the last thing of a node ends: a block's own end lies behind the comments that follow."""
    while not isinstance(node, yaml.ScalarNode) and not _in_flow(node) and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in _BLOCK_SCALARS:
        end -= 1  # it ends where the next line begins
    return end


def _end_of_line(text: str, index: int) -> int:
    found = text.find("\n", index)
    end = len(text) if found < 0 else found
    return end - 1 if text[end - 1 : end] == "\r" else end


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _with_document(text: str, document: Mapping[str, Any]) -> str:
    """One document more at the end of a file."""
    line = _newline(text)
    lines = ["---"]
    for key, value in document.items():
        lines += _block(key, value, 0, 2 if key == "spec" else 0)
    whole = text if text.endswith("\n") or not text else text + line
    return whole + line.join(lines) + line


def _block(key: str, value: Any, indent: int, depth: int) -> list[str]:
    """A mapping's entry, its own entries on lines of their own down to a depth."""
    if depth and isinstance(value, Mapping) and value and (indent == 0 or key == "objectives"):
        below = [line for name, item in value.items() for line in _block(name, item, indent + 2, depth - 1)]
        return [f"{' ' * indent}{key}:", *below]
    return [f"{' ' * indent}{key}: {as_text(value)}"]
