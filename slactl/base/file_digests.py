"""Digests of files: one whose stamp (size, times, inode) is as it was is not read again, as git does with its index."""

import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from slactl.base.files import write_atomically
from slactl.base.quick_dataclass import dataclass

_FORM = 1
_PRIVATE = 0o600
_TRUSTED_AFTER_NS = 2_000_000_000
"""A file that changed so shortly before it was read may have changed again within one tick of its file system's clock."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it is now."""

    digest: str
    size: int
    """In bytes."""
    content: bytes | None
    """Its bytes where they had to be read, None where the stamp told."""


class FileDigests:
    """What files hold, by path; a memory that cannot be read or written is passed over."""

    def __init__(self, memory: Path | None, digest: Callable[[bytes], bytes]) -> None:
        """`digest` says what of the bytes counts; without a memory every file is read."""
        self._memory = memory
        self._digest = digest
        self._known: dict[str, list[Any]] = {}
        self._now: dict[str, list[Any]] = {}

    def __enter__(self) -> Self:
        if self._memory is not None:
            self._known = _read(self._memory)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._memory is None or kind is not None or self._now == self._known:
            return
        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps([_FORM, self._now], separators=(",", ":"))
            write_atomically(self._memory, text, _PRIVATE)
        except OSError:
            return

    def see(self, path: str) -> Seen | None:
        """A file's digest, with its bytes where they were read; None for what is no file.

        Raises:
            OSError: when it is there and cannot be read.
        """
        try:
            found = os.stat(path)  # noqa: PTH116 - ten thousand of these
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        stamp = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev]
        known = self._now.get(path) or self._known.get(path)
        if known is not None and known[1:] == stamp:
            self._now[path] = known
            return Seen(known[0], found.st_size, None)
        before = time.time_ns() - _TRUSTED_AFTER_NS
        with open(path, "rb") as file:  # noqa: PTH123 - the same
            content = file.read()
        digest = self._digest(content).hex()
        if max(found.st_mtime_ns, found.st_ctime_ns) < before and len(content) == found.st_size:
            self._now[path] = [digest, *stamp]
        return Seen(digest, len(content), content)


def _read(memory: Path) -> dict[str, list[Any]]:
    try:
        form, known = json.loads(memory.read_bytes())
    except (OSError, ValueError, TypeError):
        return {}
    return known if form == _FORM and isinstance(known, dict) else {}
