"""XML as plain elements that know their lines; document types, and with them every kind of entity, are refused."""

from pathlib import Path
from xml.parsers import expat

from slactl.base.diagnostics import Diagnostic, InvalidFiles, Place, Position, Range, Severity, SlactlError
from slactl.base.quick_dataclass import dataclass, field

_DEEPEST = 200
"""Levels of elements; a tree that a person or a tool draws has a dozen."""
_LARGEST_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Element:
    """One element; text between elements is left out."""

    tag: str
    attributes: dict[str, str]
    file: str
    at: Position
    children: list["Element"] = field(default_factory=list)

    def problem(self, summary: str, detail: str = "") -> Diagnostic:
        """An error that is located at this element."""
        return _error(summary, detail, self.file, self.at)


def read_xml(path: Path, shown: str) -> Element:
    """The root element of a file; `shown` is the file's name in messages.

    Raises:
        InvalidFiles: when it is no XML, has a document type, or is nested too deeply.
        SlactlError: when it cannot be read.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= _LARGEST_BYTES else b""
    except OSError as error:
        raise SlactlError(f"{shown} cannot be read", f"{error.strerror}.", Place(shown)) from None
    if size > _LARGEST_BYTES:
        raise SlactlError(f"{shown} is too large", "A model of more than 256 MB is not read.", Place(shown))
    return _Builder(shown).build(content)


class _Builder:
    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._above: list[Element] = []
        self._root: Element | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._document_type

    def build(self, content: bytes) -> Element:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            at = Position(error.lineno, error.offset + 1, 0)
            why = f"{expat.ErrorString(error.code)}."
            raise InvalidFiles([_error("The file is not valid XML", why, self._shown, at)]) from None
        except (
            ValueError,
            LookupError,
        ) as error:  # an encoding that Python does not know, or cannot use here
            where = Place(self._shown)
            raise SlactlError(f"{self._shown} has an unusable encoding", f"{error}.", where) from None
        if self._root is None:  # pragma: no cover - expat reports a file without elements itself
            raise SlactlError(f"{self._shown} holds no element", "", Place(self._shown))
        return self._root

    def _position(self) -> Position:
        parser = self._parser
        return Position(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, parser.CurrentByteIndex)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, self._shown, self._position())
        if len(self._above) >= _DEEPEST:
            detail = f"Elements are read down to {_DEEPEST} levels; give inner formulas gates of their own."
            raise InvalidFiles([element.problem("The file is nested too deeply", detail)])
        if self._above:
            self._above[-1].children.append(element)
        else:
            self._root = element
        self._above.append(element)

    def _end(self, _tag: str) -> None:
        self._above.pop()

    def _document_type(self, *_declaration: object) -> None:
        detail = "It could define entities, which are not read; take the <!DOCTYPE ...> out."
        found = _error("The file has a document type", detail, self._shown, self._position())
        raise InvalidFiles([found])


def _error(summary: str, detail: str, file: str, at: Position) -> Diagnostic:
    return Diagnostic(Severity.ERROR, summary, detail, Place(file), Range(file, at, at))
