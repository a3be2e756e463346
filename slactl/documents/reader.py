"""YAML text to plain data: every scalar is text, a plain empty, `~` or `null` scalar is None.

libyaml builds the nodes, a short walk turns them into dicts, lists and texts. It refuses what has no place in
agreements: duplicate keys, aliases that multiply, depth without end. Positions are not kept: `locate` reads a file again
when there is something to show.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from slactl.base.diagnostics import Diagnostic, InvalidFiles, Place, Position, Range, Severity, SlactlError

MAX_DEPTH = 48
MAX_VALUES = 200_000
"""Values in one document with every alias written out; ten times the largest that a person keeps by hand."""
MAX_BYTES = 64 * 1024 * 1024
_SAFE_LEVELS = 10_000
"""Nodes are built by recursion in C, whose stack so many levels do not exhaust."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # chosen at run time: libyaml's where it is there
    """Builds nodes and asks for no types, which takes half the time: what a text is, the schema says."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:  # noqa: ARG002 - PyYAML's
        return ""

    def descend_resolver(self, current: Any, index: Any) -> None: ...

    def ascend_resolver(self) -> None: ...


def read_text(path: Path, shown: str) -> str:
    """A file's text; `shown` is how messages call it.

    Raises:
        SlactlError: when it cannot be read, is too large or is not UTF-8.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SlactlError(
            f"The file {shown} cannot be read: {error.strerror or error}",
            "Check that it exists and that you may read it.",
        ) from error
    if len(raw) > MAX_BYTES:
        raise SlactlError(f"The file {shown} is larger than 64 MiB", "Split it into several files.")
    return decode(raw, shown)


def decode(raw: bytes, shown: str) -> str:
    """Bytes as text, without a byte order mark.

    Raises:
        SlactlError: when they are not UTF-8; the message says at which line.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SlactlError(
            f"The file {shown} is not UTF-8 text",
            f"Byte {error.start} (line {line}) belongs to no UTF-8 character. Save the file as UTF-8.",
        ) from error


def nodes_of(text: str, shown: str) -> Iterator[yaml.Node | None]:
    """The root node of each document of a text.

    Raises:
        InvalidFiles: for a syntax error, with its position, or for nesting without end.
    """
    if _exhausts(text):
        raise InvalidFiles([Diagnostic(Severity.ERROR, *_TOO_DEEP, Place(shown))])
    try:
        loader = _Loader(text)
        try:
            while loader.check_node():
                yield loader.get_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise InvalidFiles([_syntax_error(error, text, shown)]) from error
    except RecursionError as error:
        raise InvalidFiles([Diagnostic(Severity.ERROR, *_TOO_DEEP, Place(shown))]) from error


def _exhausts(text: str) -> bool:
    """Whether a text is nested so deeply that nodes cannot be built of it."""
    if len(text) <= _SAFE_LEVELS:
        return False
    # a level takes a bracket, or a column to stand in
    if text.count("[") + text.count("{") + max(map(len, text.splitlines())) <= _SAFE_LEVELS:
        return False
    depth = 0
    try:
        for event in yaml.parse(text, _Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _SAFE_LEVELS:
                return True
    except yaml.YAMLError:  # it will be met again, and reported
        return False
    return False


def read_documents(text: str, shown: str) -> list[Any]:
    """The data of each document of a text; an empty document is None.

    Raises:
        InvalidFiles: with every duplicate key, alias bomb or over-deep nesting of the text, or a syntax error.
    """
    documents: list[Any] = []
    problems: list[Diagnostic] = []
    for index, node in enumerate(nodes_of(text, shown)):
        walk = _Walk(Place(shown, index), problems)
        documents.append(None if node is None else walk.value(node))
    if problems:
        raise InvalidFiles(problems)
    return documents


_TOO_DEEP = (
    "The document is nested too deeply",
    f"At most {MAX_DEPTH} levels are read; an agreement needs about ten.",
)


class _TooMuch(Exception):  # noqa: N818 - never leaves this module
    """The document cannot be walked to its end."""


class _Walk:
    """One document's nodes to data; problems are collected, not raised one by one."""

    def __init__(self, root: Place, problems: list[Diagnostic]) -> None:
        self._root = root
        self._problems = problems
        self._left = MAX_VALUES

    def value(self, node: yaml.Node) -> Any:
        """The data of a node, or None where the document has to be given up."""
        try:
            return self._value(node, 0)
        except _TooMuch:
            return None

    def _value(self, node: yaml.Node, depth: int) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        self._left -= len(node.value)
        if self._left < 0:
            self._give_up(
                "The document's aliases multiply without end",
                f"Written out it has over {MAX_VALUES} values. Repeat with forEach or a service level, not with aliases.",
            )
        if depth >= MAX_DEPTH and node.value:
            self._give_up(*_TOO_DEEP)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth + 1)
        return [self._value(item, depth + 1) for item in node.value]

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(
                    key_node, "A key must be a plain text", "Lists and mappings cannot be keys here."
                )
                continue
            key = key_node.value
            if key in data:
                self._problem(
                    key_node,
                    f'The key "{key}" appears twice in one mapping',
                    "Only one of them can hold; remove the other.",
                )
            leaf = isinstance(value_node, yaml.ScalarNode)
            data[key] = _scalar(value_node) if leaf else self._value(value_node, depth)
        return data

    def _problem(self, node: yaml.Node, summary: str, detail: str) -> None:
        start, end = node.start_mark, node.end_mark
        self._problems.append(
            Diagnostic(
                Severity.ERROR,
                summary,
                detail,
                self._root,
                Range(
                    self._root.file,
                    Position(start.line + 1, start.column + 1, start.index),
                    Position(end.line + 1, end.column + 1, end.index),
                ),
            )
        )

    def _give_up(self, summary: str, detail: str) -> None:
        self._problems.append(Diagnostic(Severity.ERROR, summary, detail, self._root))
        raise _TooMuch


def _scalar(node: yaml.ScalarNode) -> str | None:
    text: str = node.value
    return None if text in _NULLS and not node.style else text


def _syntax_error(error: yaml.YAMLError, text: str, shown: str) -> Diagnostic:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    context = getattr(error, "context", None)
    if isinstance(error, yaml.reader.ReaderError):
        return _unreadable(error, text, shown)
    lines = text.splitlines() if mark is not None else []
    code = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    character = code[mark.column : mark.column + 1] if mark is not None else ""
    detail = f"{problem}{f' ({context})' if context else ''}. {_hint(problem, character)}".strip()
    if mark is None:
        return Diagnostic(Severity.ERROR, "The file is not valid YAML", detail, Place(shown))
    position = Position(mark.line + 1, mark.column + 1, mark.index)
    return Diagnostic(
        Severity.ERROR,
        "The file is not valid YAML",
        detail,
        Place(shown),
        Range(shown, position, position, code),
    )


def _unreadable(error: yaml.reader.ReaderError, text: str, shown: str) -> Diagnostic:
    """A character that no YAML file may have, which most editors do not show."""
    before = text[: error.position]
    line = before.count("\n") + 1
    position = Position(line, error.position - (before.rfind("\n") + 1) + 1, error.position)
    return Diagnostic(
        Severity.ERROR,
        "The file is not valid YAML",
        f"It has the control character U+{ord(text[error.position]):04X} here, which YAML does not allow. Remove it.",
        Place(shown),
        Range(shown, position, position, text.splitlines()[line - 1]),
    )


_HINTS = {
    "mapping values are not allowed": "A colon inside a text needs quotes around the text; or the line is indented too far.",
    "cannot start any token": 'A text that begins with "{character}" needs quotes.',
    "undefined alias": "A text that begins with * needs quotes.",
    "could not find expected ':'": "A key is followed by a colon and a space.",
    "expected <block end>": "Check the indentation of this line and the one before, and closing quotes and brackets.",
    "did not find expected": "Check the indentation of this line and the one before, and closing quotes and brackets.",
}


def _hint(problem: str, character: str) -> str:
    if "cannot start any token" in problem and character == "\t":
        return "Indent with spaces, not with tabs."
    found = (hint for words, hint in _HINTS.items() if words in problem)
    return next(found, "").replace("{character}", character)
