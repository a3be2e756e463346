"""The files of a comment in parts: `plan.md`, `plan.2.md` and so on, and what an earlier run left of them."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.files import write_together
from slactl.render.markdown_parts import is_later_part

_LONGEST_MARKER = 500


def write_parts(path: Path, parts: Sequence[str], named: Collection[Path] = ()) -> None:
    """Write the first part to a file and the others beside it, and remove those of an earlier run that had more.

    The first is put in place last: what it says of the others is true. `named` are files that this run writes, too.

    Raises:
        SlactlError: when a part would take the place of a file that is none.
        OSError: when a file cannot be written.
    """
    later = {_beside(path, number): text for number, text in enumerate(parts[1:], start=2)}
    for number, file in enumerate(later, start=2):
        _refuse_to_replace(file, number, path, named)
    write_together({**dict(reversed(later.items())), path: parts[0]})
    for file in _left_over(path, len(parts)):
        file.unlink(missing_ok=True)


def _beside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}.{number}{path.suffix}")


def _refuse_to_replace(file: Path, number: int, first: Path, named: Collection[Path]) -> None:
    there = file.is_symlink() or file.exists()
    if file in named or (there and not _is_part(file, number)):
        raise SlactlError(
            f"{file} is in the way: part {number} of {first} belongs there, and it is something else",
            "Move it away, or name another file for the comment.",
        )


def _left_over(path: Path, count: int) -> list[Path]:
    """Parts behind the last one."""
    name = re.compile(rf"{re.escape(path.stem)}\.([1-9][0-9]*){re.escape(path.suffix)}")
    found = ((name.fullmatch(file.name), file) for file in path.parent.iterdir())
    numbered = sorted((int(match[1]), file) for match, file in found if match)
    return [file for number, file in numbered if number > count and _is_part(file, number)]


def _is_part(file: Path, number: int) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    with file.open(encoding="utf-8", errors="replace") as text:
        return is_later_part(text.readline(_LONGEST_MARKER).rstrip("\n"), number)
