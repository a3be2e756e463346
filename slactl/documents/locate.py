"""Where a value stands: a file is read again when there is a message to show."""

from pathlib import Path as FilePath

import yaml

from slactl.base.diagnostics import Place, Position, Range, SlactlError
from slactl.documents.reader import nodes_of, read_text


class Locator:
    """Finds the ranges of places; each file is read and parsed once."""

    def __init__(self, root: FilePath) -> None:
        self._root = root
        self._texts: dict[str, tuple[str, list[str]]] = {}
        self._nodes: dict[str, list[yaml.Node | None]] = {}

    def range(self, place: Place) -> Range | None:
        """The range of a place, or of its nearest ancestor that exists; None when the file cannot be read."""
        documents = self._parsed(place.file)
        if place.document >= len(documents) or documents[place.document] is None:
            return None
        node = documents[place.document]
        for index, step in enumerate(place.path):
            found = _child(node, step)
            if found is None:
                break
            key, value = found
            node = key if key is not None and place.key and index == len(place.path) - 1 else value
        return None if node is None else self._range_of(place.file, node)

    def with_code(self, known: Range) -> Range:
        """The same range with the text of its first line."""
        if known.code:
            return known
        lines = self._text(known.file)[1]
        code = lines[known.start.line - 1] if 0 < known.start.line <= len(lines) else ""
        return Range(known.file, known.start, known.end, code)

    def _text(self, file: str) -> tuple[str, list[str]]:
        if file not in self._texts:
            try:
                text = read_text(self._root / file, file)
            except SlactlError:
                text = ""
            self._texts[file] = (text, text.splitlines())
        return self._texts[file]

    def _parsed(self, file: str) -> list[yaml.Node | None]:
        if file not in self._nodes:
            try:
                self._nodes[file] = list(nodes_of(self._text(file)[0], file))
            except SlactlError:
                self._nodes[file] = []
        return self._nodes[file]

    def _range_of(self, file: str, node: yaml.Node) -> Range:
        text, lines = self._text(file)
        start, end = node.start_mark, node.end_mark
        code = lines[start.line] if start.line < len(lines) else ""
        if not isinstance(node, yaml.ScalarNode):
            # a mapping's range would run over many lines: its first line is what a reader looks for
            return Range(
                file,
                _position(text, start.line, start.column, start.index),
                _position(text, start.line, len(code), start.index + max(0, len(code) - start.column)),
                code,
            )
        return Range(
            file,
            _position(text, start.line, start.column, start.index),
            _position(text, end.line, end.column, end.index),
            code,
        )


def _position(text: str, line: int, column: int, index: int) -> Position:
    return Position(line + 1, column + 1, len(text[:index].encode()))


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == step:
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None
