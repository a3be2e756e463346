"""Files beside the agreements that an answer follows from: state, what backends keep in files, the providers' code."""

import glob
import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from slactl.base.content_cache import digest_of
from slactl.base.file_digests import FileDigests


class Watch:
    """Patterns of files, each with a digest of what matched when it was named."""

    def __init__(self, digests: FileDigests) -> None:
        self._digests = digests
        self._found: dict[str, str] = {}
        self.complete = True
        """Whether files alone decide the answer, as far as it was told."""

    def files(self, patterns: Iterable[str]) -> None:
        """What is read from files of these patterns is about to decide the answer."""
        for pattern in patterns:
            if pattern not in self._found:
                self._found[pattern] = self._digest(pattern)

    def code_of(self, provider: object) -> None:
        """A provider's code decides the answer."""
        package = sys.modules[type(provider).__module__.partition(".")[0]]
        for folder in getattr(package, "__path__", ()):
            self.files([f"{glob.escape(folder)}/**/*.py"])

    def gives_up(self) -> None:
        """Something else decides the answer, too: a server, a secret, the environment."""
        self.complete = False

    def found(self) -> Mapping[str, str]:
        """Each pattern with its digest."""
        return self._found

    def has_changed(self, found: Mapping[str, str]) -> bool:
        """Whether any of these patterns matches other files by now, or files that hold something else."""
        return any(self._digest(pattern) != digest for pattern, digest in found.items())

    def _digest(self, pattern: str) -> str:
        digest = hashlib.blake2b(digest_size=16)
        for path in sorted(glob.glob(pattern, recursive=True, include_hidden=True)):  # noqa: PTH207 - absolute patterns
            try:
                seen = self._digests.see(path)
            except OSError:
                self.complete = False
                continue
            if seen is not None and seen.size:  # readers leave an empty journal behind, which says nothing
                digest.update(f"{path}\0{seen.digest}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()


def watched_files(memory: Path | None) -> FileDigests:
    """The digests of watched files; a memory belongs to one user's caches."""
    return FileDigests(memory, digest_of)


def pattern_of(path: str | os.PathLike[str]) -> str:
    """The pattern that matches this file alone."""
    return glob.escape(str(Path(path).absolute()))
