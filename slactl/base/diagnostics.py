"""Located messages to a person, and the one tree of errors.

    SlactlError            anything that ends a command with exit code 1 and a message, never a traceback
    +-- InvalidFiles       what the user wrote is not a valid estate (every diagnostic of the run at once)

A diagnostic says what (`summary`), why and what to do (`detail`), and where (`place`).
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from slactl.base.quick_dataclass import dataclass, field


class Severity(StrEnum):
    """How much a message matters: an error fails the run, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


Path = tuple[str | int, ...]
"""The way from a document's root to a value: mapping keys and list indices."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written, without its line: that is looked up when it is shown.

    Keeping lines and columns of every value of a large estate costs more memory than the estate; the
    reader finds them again in the file (`slactl.documents.locate`).
    """

    file: str
    document: int = 0
    path: Path = ()
    key: bool = False
    """True: the mapping key at `path` is meant, not its value."""
    element: str = ""
    """The key of the `forEach` element that the document was repeated for."""

    def at(self, *steps: str | int) -> "Place":
        """The place of a value below this one."""
        return Place(self.file, self.document, self.path + steps, element=self.element)

    def key_at(self, *steps: str | int) -> "Place":
        """The place of a mapping key below this one."""
        return Place(self.file, self.document, self.path + steps, key=True, element=self.element)


@dataclass(frozen=True, slots=True)
class Position:
    """A point in a file: `line` and `column` count from 1, `byte` from 0 (Terraform's convention)."""

    line: int
    column: int
    byte: int


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of a file, with the text of its first line."""

    file: str
    start: Position
    end: Position
    code: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message: what is wrong, why and what to do, and where."""

    severity: Severity
    summary: str
    detail: str = ""
    place: Place | None = None
    range: Range | None = None
    """Already known for errors of syntax; otherwise found from `place` when shown."""
    address: str | None = None


class SlactlError(Exception):
    """A failure with a message for the user: what, why, what to do."""

    def __init__(self, summary: str, detail: str = "", place: Place | None = None) -> None:
        super().__init__(summary)
        self.diagnostics: tuple[Diagnostic, ...] = (Diagnostic(Severity.ERROR, summary, detail, place),)


class InvalidFiles(SlactlError):  # noqa: N818 - reads as what it says: the files are invalid
    """What the user wrote is not a valid estate."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(diagnostics[0].summary if diagnostics else "invalid files")
        self.diagnostics = tuple(diagnostics)


@dataclass(slots=True)
class Diagnostics:
    """A collector: every error of a run is reported at once, not the first alone."""

    items: list[Diagnostic] = field(default_factory=list)

    def error(self, summary: str, detail: str = "", place: Place | None = None) -> None:
        """Add an error."""
        self.items.append(Diagnostic(Severity.ERROR, summary, detail, place))

    def warning(self, summary: str, detail: str = "", place: Place | None = None) -> None:
        """Add a warning."""
        self.items.append(Diagnostic(Severity.WARNING, summary, detail, place))

    def extend(self, more: Iterable[Diagnostic]) -> None:
        """Add diagnostics that were made elsewhere."""
        self.items.extend(more)

    @property
    def failed(self) -> bool:
        """Whether an error is among them."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def raise_errors(self) -> None:
        """End the run if an error is among them.

        Raises:
            InvalidFiles: with every diagnostic, warnings too.
        """
        if self.failed:
            raise InvalidFiles(self.items)
