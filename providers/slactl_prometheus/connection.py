"""The folder of rule files: read in bulk, staged, checked, put in place, reloaded; the old files come back when refused."""

import glob
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from slactl import __version__
from slactl.base.cache_folder import cache_folder
from slactl.base.content_cache import ContentCache
from slactl.base.diagnostics import SlactlError
from slactl.base.files import sync_folder
from slactl.model.backend import Backend
from slactl.provider import Action, Candidate, Change, Context, Observed, Outcome, Query, Reading, Resource
from slactl.provider.config import settings_of
from slactl.provider.http import Server as HttpServer
from slactl.provider.http import tls_of
from slactl_prometheus.adoption import candidates, file_of, insist_on_adoptable, read_object
from slactl_prometheus.files import SUFFIX, Files, file_name, file_text, workspace_of
from slactl_prometheus.history import measure
from slactl_prometheus.server import Server
from slactl_prometheus.settings import Settings, read_settings

_STAGING = ".slactl-staging"
_FILES_A_CHECK = 200


def open_connection(backend: Backend, config: Mapping[str, Any], context: Context) -> "FolderConnection":
    """Open the folder of a backend.

    Raises:
        SlactlError: when the configuration is wrong.
    """
    settings = settings_of(backend, config, read_settings)
    server = _server(settings, config, context, backend) if settings.url else None
    return FolderConnection(settings, context, backend.name, server)


def _server(settings: Settings, config: Mapping[str, Any], context: Context, backend: Backend) -> Server:
    sign = None
    if settings.bearer_token:
        from slactl.base.http import bearer  # noqa: PLC0415 - slow to import; files alone need no server

        sign = bearer(settings.bearer_token)
    verify = tls_of(config, context.root)
    return Server(HttpServer("Prometheus", backend, settings.url or "", settings.timeout_s, verify, sign))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SlactlError(
            f"The rule file {path} cannot be read: {error.strerror}", "Check its permissions."
        ) from error


@dataclass(frozen=True, slots=True)
class _Staged:
    """A change that waits for `commit`: the file, its old text, and where its new text waits (None: it goes)."""

    target: Path
    old: bytes | None
    new: Path | None


class FolderConnection:
    """One backend's files in a folder that other backends, workspaces and people may share."""

    def __init__(self, settings: Settings, context: Context, name: str, server: Server | None) -> None:
        self._settings = settings
        self._workspace = context.workspace
        self._folder = context.root / settings.rules_dir
        self._name = name
        self._staging = self._folder / f"{_STAGING}-{context.workspace}-{name}"
        """A backend's own: others may write into the folder at the same time."""
        self._cache = cache_folder(self._folder) / "rules.db"
        self._staged: list[_Staged] = []
        self._server = server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()

    def read_all(self) -> Sequence[Observed]:
        """Every file of this backend, whatever somebody made of it."""
        return [*self._read()]

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Stage files; nothing is seen by the server before `commit`."""
        return [self._stage(change) for change in changes]

    def commit(self) -> None:
        """Check the staged files, put them in place, reload; bring the old ones back when the server refuses.

        Raises:
            SlactlError: when a file does not pass, cannot be written, or the server refuses; nothing has changed then.
        """
        try:
            self._check()
            self._put_in_place()
        finally:
            self.rollback()

    def rollback(self) -> None:
        """Forget what is staged."""
        self._staged.clear()
        shutil.rmtree(self._staging, ignore_errors=True)

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading]:
        """Answer from what the server has recorded."""
        if self._server is None:
            return [
                Reading(query.objective.address, None, note="the backend has no url to read from")
                for query in queries
            ]
        return measure(self._server, queries)

    def _read(self) -> Iterator[Observed]:
        with ContentCache(self._cache, __version__) as known:
            files = Files(known)
            for path in self._files():
                marked = files.parse(_content(path))
                if (
                    marked is not None
                    and marked.workspace == self._workspace
                    and marked.address.startswith(f"{self._name}.")
                    and path.name == file_name(self._workspace, marked.address)
                ):
                    yield Observed(marked.address, path.name, marked.body)

    def files(self) -> Sequence[str]:
        """Every file that may be one of this workspace's."""
        return [f"{glob.escape(os.path.realpath(self._folder))}/{self._pattern}"]

    @property
    def _pattern(self) -> str:
        return f"slactl.{self._workspace}.*{SUFFIX}"

    def _files(self) -> list[Path]:
        try:
            return sorted(self._folder.glob(self._pattern))
        except OSError as error:
            raise SlactlError(
                f"The folder {self._folder} cannot be read: {error.strerror}",
                "Check rulesDir and its permissions.",
            ) from error

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the protocol of providers
        """A rule file of anybody, by its name, or `FILE/GROUP`."""
        return read_object(self._folder, self._workspace, id)

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Files of others, of one group each, that record a series that a wanted file records."""
        return [*candidates(self._folder, self._workspace, wanted)]

    def _stage(self, change: Change) -> Outcome:
        """A file that is there under another name (it moved, or is taken over) goes as the new one comes."""
        name = file_name(self._workspace, change.address)
        former = name if change.id is None else file_of(change.id) if change.adopts else change.id
        name = former if change.action is Action.DELETE else name
        try:
            if change.adopts:
                insist_on_adoptable(self._folder, self._workspace, change.id or "")
            old = {one: self._bytes(one, adopts=change.adopts and one == former) for one in (former, name)}
            new = None if change.action is Action.DELETE else self._staged_file(name, change)
        except OSError as error:
            path = self._folder / name
            return Outcome(
                change.address, "failed", error=f"{path} cannot be written: {error.strerror or error}"
            )
        except SlactlError as error:
            cause = error.diagnostics[0]
            return Outcome(change.address, "failed", error=f"{cause.summary}; {cause.detail}")
        self._staged.append(_Staged(self._folder / name, old[name], new))
        if former != name:
            self._staged.append(_Staged(self._folder / former, old[former], None))
        return Outcome(change.address, "staged", id=name)

    def _bytes(self, name: str, *, adopts: bool) -> bytes | None:
        """What the file holds now; one of others is let through only where it is taken over."""
        if os.sep in name or name.startswith("."):
            raise OSError(0, "its name would leave the folder")
        path = self._folder / name
        old = path.read_bytes() if path.exists() else None
        if old is not None and not adopts and workspace_of(old.decode(errors="replace")) != self._workspace:
            raise SlactlError(f"{path} is there and not ours", "move it away")
        return old

    def _staged_file(self, name: str, change: Change) -> Path:
        self._staging.mkdir(parents=True, exist_ok=True)
        path = self._staging / name
        _write(path, file_text(self._workspace, change.address, change.after or {}).encode())
        return path

    def _check(self) -> None:
        """Have promtool look at the staged files, where it is there."""
        if self._settings.promtool == "off" or not any(one.new for one in self._staged):
            return
        promtool = shutil.which("promtool")
        if promtool is None:
            if self._settings.promtool == "required":
                raise SlactlError(
                    "promtool is not installed", "Install Prometheus' tools, or set promtool: auto."
                )
            return
        files = [str(one.new) for one in self._staged if one.new is not None]
        for first in range(0, len(files), _FILES_A_CHECK):
            found = subprocess.run(
                [promtool, "check", "rules", *files[first : first + _FILES_A_CHECK]],
                capture_output=True,
                text=True,
                check=False,
            )
            if found.returncode != 0:
                raise SlactlError(
                    "promtool refuses the rules", _promtool_words(found.stdout + found.stderr, self._staging)
                )

    def _put_in_place(self) -> None:
        done: list[_Staged] = []
        try:
            for one in self._staged:
                done.append(one)
                if one.new is None:
                    one.target.unlink(missing_ok=True)
                else:
                    one.new.replace(one.target)
            sync_folder(self._folder)
            if self._server is not None and self._settings.reload:
                self._server.reload()
        except OSError as error:
            self._bring_back(done)
            raise SlactlError(
                f"The rule files cannot be put in place: {error.strerror or error}",
                f"The folder is {self._folder}; the old files are back.",
            ) from error
        except SlactlError as error:
            self._bring_back(done)
            self._reload_old()
            cause = error.diagnostics[0]
            raise SlactlError(
                cause.summary, f"{cause.detail} The old rule files are back in place."
            ) from error

    def _bring_back(self, done: Sequence[_Staged]) -> None:
        self._staging.mkdir(parents=True, exist_ok=True)
        for one in done:
            if one.old is None:
                one.target.unlink(missing_ok=True)
            else:
                waiting = self._staging / f"{one.target.name}.old"
                _write(waiting, one.old)
                waiting.replace(one.target)

    def _reload_old(self) -> None:
        if self._server is None:
            return
        try:
            self._server.reload()
        except SlactlError:
            return  # it kept the old rules when it refused the new ones


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _promtool_words(output: str, staging: Path) -> str:
    lines = [line.strip().replace(f"{staging}/", "") for line in output.splitlines()]
    kept = [line for line in lines if line and not line.startswith(("SUCCESS", "Checking"))]
    return " ".join(kept[:10])
