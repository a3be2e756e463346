"""The file itself: read, replaced in one step, brought back; its owner, permissions and the last word of others are kept."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.files import sync_folder


class Place:
    """One configuration file, and two files beside it while it is being changed."""

    def __init__(self, path: Path, owner: str) -> None:
        """`owner` tells the files beside it from those of other workspaces and backends."""
        self.path = Path(os.path.realpath(path))  # a link stays, what it leads to is replaced
        self.waiting = self.path.with_name(f".{self.path.name}.slactl-{owner}.new")
        """The new file, until it is put in place."""
        self.former = self.path.with_name(f".{self.path.name}.slactl-{owner}.old")
        """The old one, until the server has the new one; it is left where an apply was killed between the two."""
        self._older = self.path.with_name(f".{self.path.name}.slactl-{owner}.older")
        """One that was left so, while the next apply is under way."""

    def content(self) -> bytes:
        """What is in the file.

        Raises:
            SlactlError: when it is not there, or cannot be read.
        """
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            raise SlactlError(
                f"There is no file {self.path}",
                "slactl owns a part of Alertmanager's configuration, not the whole: write it first, with a route and its receiver.",
            ) from None
        except OSError as error:
            raise SlactlError(
                f"{self.path} cannot be read: {error.strerror}", "Check its permissions."
            ) from error

    def left_behind(self) -> bytes | None:
        """The old file of an apply that was killed before the server had the new one."""
        for path in (self._older, self.former):
            with suppress(OSError):
                return path.read_bytes()
        return None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other slactls away from the folder for the moment."""
        handle = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def lay_aside(self, content: bytes) -> None:
        """Write the new file beside the old one, with the same owner and permissions before anything is in it.

        Raises:
            OSError: when that cannot be done.
        """
        self.waiting.unlink(missing_ok=True)
        handle = os.open(self.waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            there = self.path.stat()
            if (there.st_uid, there.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(handle, there.st_uid, there.st_gid)
            shutil.copystat(self.path, self.waiting)
            file.write(content)
            file.flush()
            os.fsync(handle)
        os.utime(self.waiting)

    def put_in_place(self, before: bytes) -> None:
        """Replace the file, if it still holds `before`.

        Raises:
            SlactlError: when somebody else has changed it; theirs is in place.
            OSError: when it cannot be replaced; the old file is in place.
        """
        if self.content() != before:
            raise self._changed()
        if self.former.exists() and not self._older.exists():
            self.former.replace(self._older)
        self.former.unlink(missing_ok=True)
        os.link(self.path, self.former)
        self.waiting.replace(self.path)
        sync_folder(self.path.parent)
        if self.former.read_bytes() != before:  # an editor wrote into the old file as it was replaced
            self.bring_back()
            raise self._changed()

    def bring_back(self) -> None:
        """The old file again, the very same.

        Raises:
            OSError: when it cannot be replaced.
        """
        self.former.replace(self.path)
        if self._older.exists():
            self._older.replace(self.former)
        sync_folder(self.path.parent)

    def forget(self) -> None:
        """Remove the new file that waits."""
        self.waiting.unlink(missing_ok=True)

    def settle(self) -> None:
        """The server has the new file: the old one is of no more use."""
        self.former.unlink(missing_ok=True)
        self._older.unlink(missing_ok=True)

    def _changed(self) -> SlactlError:
        return SlactlError(
            f"{self.path} was changed by somebody else at the same time",
            "Their version is in place, and nothing of it is lost. Plan again.",
        )
