"""A proposal written into the files: all of them, or none."""

from collections.abc import Iterable
from pathlib import Path

from slactl.base.files import rewrite
from slactl.documents.reader import read_text
from slactl.suggest.edit import Edit
from slactl.suggest.splice import spliced


class Written:
    """Files that were changed, and what they said before."""

    def __init__(self, root: Path, before: dict[str, str]) -> None:
        self._root = root
        self._before = before

    @property
    def files(self) -> tuple[str, ...]:
        """Their names below the workspace, in name order."""
        return tuple(sorted(self._before))

    def take_back(self) -> None:
        """Put every file back as it was."""
        for file, text in self._before.items():
            rewrite(self._root / file, text)


def write_edits(root: Path, edits: Iterable[Edit]) -> Written:
    """Write edits; nothing is written before all of them are known to be possible.

    Raises:
        SlactlError: when a value cannot be written; the files are as they were.
    """
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for edit in edits:
        file = edit.place.file
        if file not in before:
            before[file] = after[file] = read_text(root / file, file)
        after[file] = spliced(after[file], file, edit)
    written = Written(root, before)
    try:
        for file, text in after.items():
            rewrite(root / file, text)
    except OSError:
        written.take_back()
        raise
    return written
