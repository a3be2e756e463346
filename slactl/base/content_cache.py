"""A cache of parsed files by content hash: what did not change is not parsed again.

It holds only what the files hold, may be deleted at any time, and is never needed: a cache that cannot be read or
written is passed over.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_VERSION = 1
_decoded = json.JSONDecoder().raw_decode
"""What `packed` made has nothing before or after it to look for."""


def digest_of(content: bytes) -> bytes:
    """By what a file's content is known."""
    return hashlib.blake2b(content, digest_size=16).digest()


def packed(documents: Any) -> str:
    """Documents as the cache keeps them."""
    return json.dumps(documents, ensure_ascii=False, separators=(",", ":"))


class ContentCache:
    """What files hold, by digest of their bytes; of another generation than it was written in it holds nothing."""

    def __init__(self, path: Path | None, generation: str, *, whole: bool = True) -> None:
        """Without a path nothing is remembered.

        `whole`: every file is asked for, so that what is not may be forgotten when most of what is known is such.
        """
        self._path = path
        self._whole = whole
        self._generation = f"{_VERSION}:{generation}"
        self._known: dict[bytes, str] = {}
        self._new: dict[bytes, str] = {}
        self._used: set[bytes] = set()

    def __enter__(self) -> Self:
        if self._path is not None and self._path.is_file():
            try:
                self._known = self._read(self._path)
            except (sqlite3.Error, OSError):
                self._known = {}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stale = self._known.keys() - self._used if self._whole else set()
        if self._path is not None and (self._new or len(stale) > len(self._used)):
            try:
                self._write(self._path, self._new.items(), stale)
            except (sqlite3.Error, OSError):
                return  # the next run parses again, as this one did

    @property
    def remembers(self) -> bool:
        """Whether it keeps what is put."""
        return self._path is not None

    def get(self, digest: bytes) -> Any | None:
        """The documents of a file with this digest, or None."""
        text = self._known.get(digest)
        if text is None:
            return None
        self._used.add(digest)
        return _decoded(text)[0]

    def may_hold_null(self, digest: bytes) -> bool:
        """Whether there may be a null in a file that is known; where not, nobody need look for one."""
        return "null" in self._known[digest]

    def put(self, digest: bytes, documents: str) -> None:
        """Remember a valid file's documents, as `packed` made them."""
        self._used.add(digest)
        self._new[digest] = documents

    def _read(self, path: Path) -> dict[bytes, str]:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            generation = connection.execute("SELECT value FROM generation").fetchone()
            if generation is None or generation[0] != self._generation:
                return {}
            return dict(connection.execute("SELECT digest, documents FROM files"))
        finally:
            connection.close()

    def _write(self, path: Path, new: Iterable[tuple[bytes, str]], stale: Iterable[bytes]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path)
        try:
            with connection:
                connection.execute("PRAGMA synchronous=OFF")
                connection.execute("CREATE TABLE IF NOT EXISTS generation (value TEXT NOT NULL)")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS files (digest BLOB PRIMARY KEY, documents TEXT NOT NULL) WITHOUT ROWID"
                )
                row = connection.execute("SELECT value FROM generation").fetchone()
                if row is None or row[0] != self._generation:
                    connection.execute("DELETE FROM files")
                    connection.execute("DELETE FROM generation")
                    connection.execute("INSERT INTO generation VALUES (?)", (self._generation,))
                connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?)", new)
                connection.executemany("DELETE FROM files WHERE digest = ?", [(digest,) for digest in stale])
        finally:
            connection.close()
