"""Options of commands whose result has several formats: one is printed, any are written to files in the same run."""

import argparse
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.cli.comment_files import write_parts

_INTO = {
    "markdown": "write markdown to a file, beside what is printed; what one comment cannot hold goes on in FILE.2, FILE.3 "
    "and so on, named before the ending: plan.2.md"
}


def add_format(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    """What is printed; the first name is the default."""
    parser.add_argument("--format", choices=tuple(names), help=f"what to print; default: {names[0]}")
    parser.add_argument("--json", action="store_true", help="the same as -format=json")


def add_into(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """A file for each of these formats."""
    for name in names:
        parser.add_argument(
            f"--{name}-into",
            dest=f"into_{name}",
            metavar="FILE",
            help=_INTO.get(name, f"write {name} to a file, beside what is printed"),
        )


def asked(parsed: argparse.Namespace, default: str) -> str:
    """The format to print.

    Raises:
        SlactlError: when two are asked for.
    """
    if parsed.json and parsed.format not in (None, "json"):
        raise SlactlError(f"-json and -format={parsed.format} contradict each other", "Give one of them.")
    return str(parsed.format or ("json" if parsed.json else default))


def write_into(
    parsed: argparse.Namespace,
    names: Iterable[str],
    text: Callable[[str], str],
    comment: Callable[[], Sequence[str]] | None = None,
) -> None:
    """Write the formats that files were named for; all texts are made before the first is written.

    `comment` makes the parts of `markdown`, a file each.

    Raises:
        SlactlError: when a file cannot be written.
    """
    files = {name: Path(file) for name in names if (file := getattr(parsed, f"into_{name}"))}
    texts = {
        path: comment() if name == "markdown" and comment and _takes_parts(path) else [text(name)]
        for name, path in files.items()
    }
    for path, parts in texts.items():
        _write(path, [f"{part}\n" for part in parts], texts.keys())


def _takes_parts(path: Path) -> bool:
    """Not what is no plain file (a pipe, or a link as `/dev/stderr` is): nothing belongs beside it."""
    return not path.is_symlink() and (path.is_file() or not path.exists())


def _write(path: Path, parts: Sequence[str], named: Collection[Path]) -> None:
    """In one step each, so that no reader sees half of one."""
    try:
        if _takes_parts(path):
            write_parts(path, parts, named)
        else:
            path.write_text(parts[0], encoding="utf-8")
    except OSError as error:
        raise SlactlError(
            f"{path} cannot be written: {error.strerror or error}", "Name a file in a folder that is there."
        ) from error
