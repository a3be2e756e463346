"""Options of commands whose result has several formats: one is printed, any are written to files in the same run."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.files import write_atomically


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
            help=f"write {name} to a file, beside what is printed",
        )


def asked(parsed: argparse.Namespace, default: str) -> str:
    """The format to print.

    Raises:
        SlactlError: when two are asked for.
    """
    if parsed.json and parsed.format not in (None, "json"):
        raise SlactlError(f"-json and -format={parsed.format} contradict each other", "Give one of them.")
    return str(parsed.format or ("json" if parsed.json else default))


def write_into(parsed: argparse.Namespace, names: Iterable[str], text: Callable[[str], str]) -> None:
    """Write the formats that files were named for; all texts are made before the first is written.

    Raises:
        SlactlError: when a file cannot be written.
    """
    files = {name: getattr(parsed, f"into_{name}") for name in names}
    texts = {file: text(name) + "\n" for name, file in files.items() if file}
    for file, content in texts.items():
        _write(Path(file), content)


def _write(path: Path, text: str) -> None:
    """In one step, so that no reader sees half of it; what is no plain file (`/dev/stderr`, a pipe) is written to."""
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_text(text, encoding="utf-8")
        else:
            write_atomically(path, text)
    except OSError as error:
        raise SlactlError(
            f"{path} cannot be written: {error.strerror or error}", "Name a file in a folder that is there."
        ) from error
