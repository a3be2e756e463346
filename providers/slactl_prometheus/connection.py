"""The folder of rule files: staged, checked, put in place, reloaded; the old files come back when refused."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import SlactlError
from slactl.model.backend import Backend
from slactl.provider import Candidate, Change, Context, Observed, Outcome, Query, Reading, Resource
from slactl.provider.config import settings_of
from slactl.provider.http import Server as HttpServer
from slactl.provider.http import tls_of
from slactl.provider.marked_folder import MarkedFolder, refused
from slactl_prometheus.adoption import candidates, file_of, insist_on_adoptable, read_object
from slactl_prometheus.checking import refused_rules
from slactl_prometheus.files import RULES
from slactl_prometheus.history import measure
from slactl_prometheus.server import Ruler, Server
from slactl_prometheus.settings import Settings, read_settings
from slactl_prometheus.vmalert import Vmalert


def open_connection(backend: Backend, config: Mapping[str, Any], context: Context) -> "FolderConnection":
    """Open the folder of a backend.

    Raises:
        SlactlError: when the configuration is wrong.
    """
    settings = settings_of(backend, config, read_settings)
    return FolderConnection(settings, context, backend.name, *_servers(settings, config, context, backend))


def _servers(
    settings: Settings, config: Mapping[str, Any], context: Context, backend: Backend
) -> tuple[Server | None, Ruler | None]:
    """Who answers queries, and who reads rule files: one server, or with vmalert two."""
    sign = None
    if settings.bearer_token:
        from slactl.base.http import bearer  # noqa: PLC0415 - slow to import; files alone need no server

        sign = bearer(settings.bearer_token)
    verify = tls_of(config, context.root)

    def at(title: str, url: str) -> HttpServer:
        return HttpServer(title, backend, url, settings.timeout_s, verify, sign)

    database = Server(at(settings.title, settings.url), settings.format.tenant) if settings.url else None
    if not settings.reload:
        return database, None
    if settings.format.name == "vmalert":
        return database, Vmalert(at("vmalert", settings.vmalert_url or ""), settings.timeout_s)
    return database, database


class FolderConnection:
    """One backend's rule files, and the server that reads them."""

    def __init__(
        self, settings: Settings, context: Context, name: str, server: Server | None, ruler: Ruler | None
    ) -> None:
        self._settings = settings
        self._files = MarkedFolder(
            context.root / settings.rules_dir,
            context.workspace,
            name,
            RULES,
            noun="rule file",
            setting="rulesDir",
        )
        self._server = server
        self._ruler = ruler

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()

    def read_all(self) -> Sequence[Observed]:
        """Every file of this backend, whatever somebody made of it."""
        return [*self._files.read_all()]

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Stage files that pass the look of promtool; nothing is seen by the server before `commit`."""
        outcomes = [self._stage(change) for change in changes]
        wrong = self._refused([one.address for one in outcomes if one.status == "staged"])
        for address in wrong:
            self._files.withdraw(address)
        return [
            Outcome(one.address, "failed", error=wrong[one.address]) if one.address in wrong else one
            for one in outcomes
        ]

    def _refused(self, addresses: Sequence[str]) -> dict[str, str]:
        """What is wrong with the new files of some addresses, by address."""
        waiting = self._files.waiting
        paths = {self._files.staging / self._files.name_of(one): one for one in addresses}
        new = {path: waiting[path] for path in paths if path in waiting}
        try:
            return {paths[path]: words for path, words in refused_rules(new, self._settings).items()}
        except SlactlError as error:
            cause = error.diagnostics[0]
            return {paths[path]: f"{cause.summary}; {cause.detail}" for path in new}

    def commit(self) -> None:
        """Put the staged files in place, reload; bring the old ones back when the server refuses.

        Raises:
            SlactlError: when a file cannot be written, or the server refuses; nothing has changed then.
        """
        try:
            self._files.put_in_place()
            self._reload()
        finally:
            self.rollback()

    def rollback(self) -> None:
        """Forget what is staged."""
        self._files.forget()

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading]:
        """Answer from what the server has recorded."""
        if self._server is None:
            return [
                Reading(query.objective.address, None, note="the backend has no url to read from")
                for query in queries
            ]
        return measure(self._server, queries, self._settings.step_delay_s)

    def files(self) -> Sequence[str]:
        """Every file that may be one of this workspace's."""
        return [self._files.pattern]

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the protocol of providers
        """A rule file of anybody, by its name, or `FILE/GROUP`."""
        return read_object(self._files, id)

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Files of others, of one group each, that record a series that a wanted file records."""
        return [*candidates(self._files, wanted)]

    def _stage(self, change: Change) -> Outcome:
        if not change.adopts:
            return self._files.stage(change)
        try:
            insist_on_adoptable(self._files, change.id or "")
        except SlactlError as error:
            return refused(change, error)
        return self._files.stage(change, taken=file_of(change.id or ""))

    def _reload(self) -> None:
        if self._ruler is None:
            return
        try:
            self._ruler.reload()
        except SlactlError as error:
            self._files.bring_back()
            self._reload_old(self._ruler)
            cause = error.diagnostics[0]
            raise SlactlError(
                cause.summary, f"{cause.detail} The old rule files are back in place."
            ) from error

    def _reload_old(self, ruler: Ruler) -> None:
        try:
            ruler.reload()
        except SlactlError:
            return  # it kept the old rules when it refused the new ones
