"""Where commands print: results to standard output, messages to standard error, colour only on a terminal."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from slactl.base.diagnostics import Diagnostic
from slactl.base.quick_dataclass import dataclass, field
from slactl.cli.progress import Progress
from slactl.render.style import Style


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams of a command, and how each is styled."""

    out_style: Style
    error_style: Style
    interactive: bool
    """Whether a person can be asked."""
    automated: bool = False
    """True in a pipeline that says so (`SLACTL_IN_AUTOMATION`): no bars, and no words on what to type next."""
    progress: Progress = field(default_factory=lambda: Progress(bars=False))

    @classmethod
    def of_environment(cls, *, no_color: bool) -> "Console":
        """Colour unless `-no-color`, `NO_COLOR`, a dumb terminal or a pipe speaks against it."""
        plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        automated = bool(os.environ.get("SLACTL_IN_AUTOMATION"))
        terminal = sys.stderr.isatty()
        bars = terminal and not automated and os.environ.get("TERM") != "dumb"
        return cls(
            Style(sys.stdout.isatty() and not plain),
            Style(terminal and not plain),
            sys.stdin is not None and sys.stdin.isatty() and not automated,
            automated,
            Progress(bars, coloured=not plain),
        )

    def print(self, text: str = "") -> None:
        """Print a result."""
        sys.stdout.write(text + "\n")

    def error(self, text: str) -> None:
        """Print a message."""
        sys.stdout.flush()
        sys.stderr.write(text + "\n")

    def alert(self, text: str) -> None:
        """Print a message from within a signal's handler: past the buffers, which the program may be in the middle of."""
        with suppress(OSError):
            os.write(sys.stderr.fileno(), (text + "\n").encode())

    def diagnostics(self, diagnostics: Iterable[Diagnostic], root: Path) -> None:
        """Print diagnostics, each with its place in the files below `root`."""
        from slactl.documents.locate import Locator  # noqa: PLC0415 - reads YAML; needed only when there is a message
        from slactl.render.diagnostics import diagnostics_text  # noqa: PLC0415 - the same

        text = diagnostics_text(diagnostics, Locator(root), self.error_style)
        if text:
            self.error(text)
