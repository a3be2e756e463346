"""The folder of dashboards, and the folder that Grafana reads its provisioning from; both change together."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import SlactlError
from slactl.model.backend import Backend
from slactl.provider import Candidate, Change, Context, Observed, Outcome, Query, Reading, Resource
from slactl.provider.config import settings_of
from slactl.provider.marked_files import Form, YamlForm
from slactl.provider.marked_folder import MarkedFolder, refused
from slactl_grafana import names
from slactl_grafana.adoption import DASHBOARDS, PROVISIONING, Drawer, Kind
from slactl_grafana.files import DashboardForm
from slactl_grafana.settings import Settings, read_settings


def open_connection(backend: Backend, config: Mapping[str, Any], context: Context) -> "FoldersConnection":
    """Open the folders of a backend.

    Raises:
        SlactlError: when the configuration is wrong.
    """
    return FoldersConnection(settings_of(backend, config, read_settings), context, backend.name)


class FoldersConnection:
    """One backend's files in folders that other backends, workspaces and people may share."""

    def __init__(self, settings: Settings, context: Context, name: str) -> None:
        def drawer(kind: Kind, folder: str, form: Form, setting: str) -> Drawer:
            path, workspace = context.root / folder, context.workspace
            return Drawer(kind, MarkedFolder(path, workspace, name, form, noun=kind.noun, setting=setting))

        told = settings.provisioning_dir or settings.dashboards_dir
        self._name = name
        self._dashboards = drawer(DASHBOARDS, settings.dashboards_dir, DashboardForm(), "dashboardsDir")
        self._provisioning = drawer(PROVISIONING, told, YamlForm(), "provisioningDir")
        self._drawers = (self._dashboards, self._provisioning)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()

    def read_all(self) -> Sequence[Observed]:
        """Every file of this backend, whatever somebody made of it."""
        return [found for drawer in self._drawers for found in drawer.files.read_all()]

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Stage files; Grafana sees nothing before `commit`."""
        return [self._stage(change) for change in changes]

    def commit(self) -> None:
        """Put the staged files in place; Grafana looks for dashboards by itself.

        Raises:
            SlactlError: when a file cannot be written; nothing has changed then.
        """
        try:
            self._dashboards.files.put_in_place()
            self._put_provisioning_in_place()
        finally:
            self.rollback()

    def rollback(self) -> None:
        """Forget what is staged."""
        for drawer in self._drawers:
            drawer.files.forget()

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading | None]:
        """Grafana measures nothing."""
        return [None] * len(queries)

    def files(self) -> Sequence[str]:
        """Every file that may be one of this workspace's."""
        return [drawer.files.pattern for drawer in self._drawers]

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the protocol of providers
        """A dashboard, or a provisioning file, of anybody, by the name of its file."""
        told = id.endswith(PROVISIONING.suffixes)
        return (self._provisioning if told else self._dashboards).read(id)

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Dashboards of others with the uid or title of a wanted one, and provisioning of others that names the wanted folder."""
        return [found for drawer in self._drawers for found in drawer.candidates(wanted)]

    def _put_provisioning_in_place(self) -> None:
        try:
            self._provisioning.files.put_in_place()
        except SlactlError:
            self._dashboards.files.bring_back()
            raise

    def _stage(self, change: Change) -> Outcome:
        told = change.address.startswith(f"{self._name}.{names.PROVISIONING}.")
        drawer = self._provisioning if told else self._dashboards
        if not change.adopts:
            return drawer.files.stage(change)
        try:
            drawer.insist_on_adoptable(change.id or "")
        except SlactlError as error:
            return refused(change, error)
        return drawer.files.stage(change, taken=change.id)
