"""`slactl fmt`: agreement files in the usual form."""

import argparse
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from slactl.base.cache_folder import cache_folder
from slactl.base.content_cache import ContentCache, digest_of, packed
from slactl.base.diagnostics import Diagnostic, Place, Severity, SlactlError
from slactl.base.files import rewrite
from slactl.base.mark import GENERATED
from slactl.base.processes import shared_out
from slactl.base.program import program_digest
from slactl.base.quick_dataclass import dataclass, replace
from slactl.cli.console import Console
from slactl.cli.options import add_output
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
    for one in _looked_at(parsed):
        problems += one.problems
        if one.after == one.text:
            continue
        changed = True
        if not parsed.check:
            try:
                rewrite(one.path, one.after)
            except OSError as error:
                problems.append(_unwritable(one.shown, error))
                continue
        console.print(one.shown)
        if parsed.diff:
            console.print("".join(_diff(one.text, one.after, one.shown)).rstrip("\n"))
    if problems:
        console.diagnostics(problems, parsed.root)
        return 1
    return _WOULD_CHANGE if parsed.check and changed else 0


@dataclass(frozen=True, slots=True)
class _File:
    """A file's text, and what it would be in the usual form."""

    path: Path
    shown: str
    text: str = ""
    after: str = ""
    problems: tuple[Diagnostic, ...] = ()


def _looked_at(parsed: argparse.Namespace) -> Iterator[_File]:
    """Every file that is not known to be in the usual form; files are many, and the form takes some milliseconds each."""
    memory = cache_folder(parsed.root) / "usual-form.db"
    with ContentCache(memory, _generation(), whole=not parsed.paths) as known:
        waiting: list[_File] = []
        for path, shown in _files(parsed.root, parsed.paths):
            one = _read(path, shown)
            if one.problems:
                yield one
            elif not (one.text.startswith(GENERATED) or not one.text.strip() or known.get(_digest(one))):
                waiting.append(one)
        if waiting:
            import_module("slactl.documents.format")  # before processes share the work
        for one in shared_out(_formatted, waiting):
            if one.after == one.text and not one.problems:
                known.put(_digest(one), packed(True))
            yield one


def _read(path: Path, shown: str) -> _File:
    try:
        return _File(path, shown, read_text(path, shown))
    except SlactlError as error:
        return _File(path, shown, problems=error.diagnostics)


def _formatted(one: _File) -> _File:
    from slactl.documents.format import formatted  # noqa: PLC0415 - what is in the usual form needs no formatter

    try:
        return replace(one, after=formatted(one.text, one.shown))
    except SlactlError as error:
        return replace(one, after=one.text, problems=error.diagnostics)


def _digest(one: _File) -> bytes:
    return digest_of(one.text.encode())


def _generation() -> str:
    """The program, and the library that knows how to write YAML."""
    library = find_spec("ruamel.yaml")
    changed = Path(library.origin).stat().st_mtime_ns if library is not None and library.origin else 0
    return f"{program_digest()} {changed}"


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
    import difflib  # noqa: PLC0415 - only those who ask for changes see them

    return difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"old/{shown}", f"new/{shown}"
    )
