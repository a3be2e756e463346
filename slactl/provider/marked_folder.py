"""A folder of marked files that others share: read in bulk, staged aside, put in place by renaming, brought back."""

import glob
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from slactl import __version__
from slactl.base.cache_folder import cache_folder
from slactl.base.content_cache import ContentCache, digest_of, packed
from slactl.base.diagnostics import SlactlError
from slactl.base.files import sync_folder
from slactl.base.quick_dataclass import dataclass
from slactl.provider.marked_files import Body, Form, Marked, file_name
from slactl.provider.resource import Action, Change, Observed, Outcome

_STAGING = ".slactl-staging"


@dataclass(frozen=True, slots=True)
class _Staged:
    """One file to put in place: what it holds now (None: it is not there), and where its new text waits (None: it goes)."""

    target: Path
    old: bytes | None
    new: Path | None
    body: Body
    """What its new text says."""
    address: str
    """Of the change that it is a part of."""


class MarkedFolder:
    """One backend's files in a folder that other backends, workspaces and people may share.

    A file is written whole: aside, flushed to the disk, then renamed into place. Files without our mark are never touched.
    """

    def __init__(
        self, folder: Path, workspace: str, backend: str, form: Form, *, noun: str, setting: str
    ) -> None:
        """`noun` is what people call such a file ("rule file"), `setting` the key of the configuration that names the folder."""
        self.path = folder
        self.workspace = workspace
        self.form = form
        self._backend = backend
        self._noun = noun
        self._setting = setting
        kind = form.suffix.removeprefix(".")
        self._staging = folder / f"{_STAGING}-{workspace}-{backend}-{kind}"
        """A backend's own: others may write into the folder at the same time. Its name ends like no file that servers look for."""
        self._cache = cache_folder(folder) / f"{kind}-files.db"
        self._names = f"slactl.{workspace}.*{form.suffix}"
        self._staged: list[_Staged] = []
        self._done: list[_Staged] = []

    @property
    def staging(self) -> Path:
        """The folder in which new files wait."""
        return self._staging

    @property
    def pattern(self) -> str:
        """Every file that may be one of this workspace's, as a pattern of whole paths."""
        return f"{glob.escape(str(self.path.absolute()))}/{self._names}"

    @property
    def waiting(self) -> Mapping[Path, Body]:
        """The new files that wait to be put in place, and what they say."""
        return {one.new: one.body for one in self._staged if one.new is not None}

    def read_all(self) -> Iterator[Observed]:
        """Every file of this backend, whatever somebody made of it.

        Raises:
            SlactlError: when the folder or a file cannot be read.
        """
        with ContentCache(self._cache, __version__) as known:
            for path in self._files():
                marked = self._parsed(known, self._content(path))
                if marked is not None and self._is_ours(marked, path):
                    yield Observed(marked.address, path.name, marked.body)

    def name_of(self, address: str) -> str:
        """The name of an object's file."""
        return file_name(self.workspace, address, self.form.suffix)

    def stage(self, change: Change, taken: str | None = None) -> Outcome:
        """Write a file aside; one that is there under another name (it moved, or is taken over) goes as the new one comes.

        `taken` is the name of a file of others that the change takes over; every other file without our mark is refused.
        """
        name = self.name_of(change.address)
        former = taken or change.id or name
        name = former if change.action is Action.DELETE else name
        try:
            old = {one: self._bytes(one, taken) for one in (former, name)}
            new = None if change.action is Action.DELETE else self._staged_file(name, change)
        except OSError as error:
            path = self.path / name
            return Outcome(
                change.address, "failed", error=f"{path} cannot be written: {error.strerror or error}"
            )
        except SlactlError as error:
            return refused(change, error)
        self._staged.append(_Staged(self.path / name, old[name], new, change.after or {}, change.address))
        if former != name:
            self._staged.append(_Staged(self.path / former, old[former], None, {}, change.address))
        return Outcome(change.address, "staged", id=name)

    def withdraw(self, address: str) -> None:
        """Forget what is staged for one address alone."""
        for one in self._staged:
            if one.address == address and one.new is not None:
                one.new.unlink()
        self._staged = [one for one in self._staged if one.address != address]

    def put_in_place(self) -> None:
        """Rename what is staged into place, and remove what goes.

        Raises:
            SlactlError: when that cannot be done; the old files are back then.
        """
        try:
            for one in self._staged:
                self._done.append(one)
                if one.new is None:
                    one.target.unlink(missing_ok=True)
                else:
                    one.new.replace(one.target)
            sync_folder(self.path)
        except OSError as error:
            self.bring_back()
            raise SlactlError(
                f"The {self._noun}s cannot be put in place: {error.strerror or error}",
                f"The folder is {self.path}; the old files are back.",
            ) from error

    def bring_back(self) -> None:
        """The old files again, those of them that were replaced."""
        if self._done:
            self._staging.mkdir(parents=True, exist_ok=True)
        for one in self._done:
            if one.old is None:
                one.target.unlink(missing_ok=True)
            else:
                waiting = self._staging / f"{one.target.name}.old"
                _write(waiting, one.old)
                waiting.replace(one.target)
        self._done.clear()

    def forget(self) -> None:
        """Forget what is staged."""
        self._staged.clear()
        self._done.clear()
        shutil.rmtree(self._staging, ignore_errors=True)

    def _files(self) -> Sequence[Path]:
        try:
            return sorted(self.path.glob(self._names), key=lambda one: one.name)
        except OSError as error:
            raise SlactlError(
                f"The folder {self.path} cannot be read: {error.strerror}",
                f"Check {self._setting} and its permissions.",
            ) from error

    def _content(self, path: Path) -> bytes:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - ten thousand of these
                return file.read()
        except OSError as error:
            raise SlactlError(
                f"The {self._noun} {path} cannot be read: {error.strerror}", "Check its permissions."
            ) from error

    def _parsed(self, known: ContentCache, content: bytes) -> Marked | None:
        """What a file holds, or None for one that is not ours, or no UTF-8: we write UTF-8."""
        digest = digest_of(content)
        before = known.get(digest)
        if before is not None:
            return Marked(*before)
        try:
            found = self.form.parse(content.decode())
        except UnicodeDecodeError:
            return None
        if found is not None:
            known.put(digest, packed([found.workspace, found.address, found.body]))
        return found

    def _is_ours(self, marked: Marked, path: Path) -> bool:
        return (
            marked.workspace == self.workspace
            and marked.address.startswith(f"{self._backend}.")
            and path.name == self.name_of(marked.address)
        )

    def _bytes(self, name: str, taken: str | None) -> bytes | None:
        """What the file holds now; one of others is let through only where it is taken over."""
        if os.sep in name or name.startswith("."):
            raise OSError(0, "its name would leave the folder")
        path = self.path / name
        old = path.read_bytes() if path.exists() else None
        if old is not None and name != taken and not self._has_our_mark(old):
            raise SlactlError(f"{path} is there and not ours", "move it away")
        return old

    def _has_our_mark(self, content: bytes) -> bool:
        return self.form.workspace_of(content.decode(errors="replace")) == self.workspace

    def _staged_file(self, name: str, change: Change) -> Path:
        self._staging.mkdir(parents=True, exist_ok=True)
        path = self._staging / name
        _write(path, self.form.text(self.workspace, change.address, change.after or {}).encode())
        return path


def refused(change: Change, error: SlactlError) -> Outcome:
    """The outcome of a change that an error keeps from being made."""
    cause = error.diagnostics[0]
    return Outcome(change.address, "failed", error=f"{cause.summary}; {cause.detail}")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
