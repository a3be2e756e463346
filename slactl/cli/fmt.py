"""`slactl fmt`: agreement files in the usual form."""

import argparse
import difflib
from collections.abc import Iterator
from pathlib import Path

from slactl.base.diagnostics import Diagnostic, Place, Severity, SlactlError
from slactl.base.files import rewrite
from slactl.base.mark import GENERATED
from slactl.cli.console import Console
from slactl.cli.options import add_output
from slactl.documents.format import formatted
from slactl.documents.reader import read_text

_WOULD_CHANGE = 3


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_output(parser)
    parser.add_argument(
        "paths", nargs="*", help="files and folders; default: every .yaml and .yml file below"
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit code 3 when a file would change"
    )
    parser.add_argument("--diff", action="store_true", help="print what changes")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Format; prints the name of each file that changes. Exit code 3 with `-check` when one would."""
    changed = False
    problems: list[Diagnostic] = []
    for path, shown in _files(parsed.root, parsed.paths):
        try:
            text = read_text(path, shown)
            after = text if text.startswith(GENERATED) or not text.strip() else formatted(text, shown)
        except SlactlError as error:
            problems.extend(error.diagnostics)
            continue
        if after != text:
            changed = True
            if not parsed.check:
                try:
                    rewrite(path, after)
                except OSError as error:
                    problems.append(_unwritable(shown, error))
                    continue
            console.print(shown)
            if parsed.diff:
                console.print("".join(_diff(text, after, shown)).rstrip("\n"))
    if problems:
        console.diagnostics(problems, parsed.root)
        return 1
    return _WOULD_CHANGE if parsed.check and changed else 0


def _unwritable(shown: str, error: OSError) -> Diagnostic:
    reason = f"The file {shown} cannot be written: {error.strerror}"
    return Diagnostic(Severity.ERROR, reason, "It is as it was.", Place(shown))


def _files(root: Path, given: list[str]) -> Iterator[tuple[Path, str]]:
    for name in given or ["."]:
        path = root / name
        if path.is_dir():
            found = sorted({*path.rglob("*.yaml"), *path.rglob("*.yml")})
            visible = (
                one for one in found if not any(part.startswith(".") for part in one.relative_to(path).parts)
            )
            yield from ((one, one.relative_to(root).as_posix()) for one in visible)
        else:
            yield path, name


def _diff(before: str, after: str, shown: str) -> Iterator[str]:
    return difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"old/{shown}", f"new/{shown}"
    )
