"""The folder of dashboards, and the folder that Grafana reads its provisioning from; both change together."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import SlactlError
from slactl.model.backend import Backend
from slactl.provider import Candidate, Change, Context, Observed, Outcome, Query, Reading, Resource
from slactl.provider.config import settings_of
from slactl.provider.marked_files import YamlForm
from slactl.provider.marked_folder import MarkedFolder, refused
from slactl_grafana.adoption import candidates, insist_on_adoptable, read_object
from slactl_grafana.files import DashboardForm
from slactl_grafana.names import PROVISIONING
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
        self._name = name
        self._dashboards = MarkedFolder(
            context.root / settings.dashboards_dir,
            context.workspace,
            name,
            DashboardForm(),
            noun="dashboard",
            setting="dashboardsDir",
        )
        self._provisioning = MarkedFolder(
            context.root / (settings.provisioning_dir or settings.dashboards_dir),
            context.workspace,
            name,
            YamlForm(),
            noun="provisioning file",
            setting="provisioningDir",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()

    def read_all(self) -> Sequence[Observed]:
        """Every file of this backend, whatever somebody made of it."""
        return [*self._dashboards.read_all(), *self._provisioning.read_all()]

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Stage files; Grafana sees nothing before `commit`."""
        return [self._stage(change) for change in changes]

    def commit(self) -> None:
        """Put the staged files in place; Grafana looks for them by itself.

        Raises:
            SlactlError: when a file cannot be written; nothing has changed then.
        """
        try:
            self._dashboards.put_in_place()
            self._put_provisioning_in_place()
        finally:
            self.rollback()

    def rollback(self) -> None:
        """Forget what is staged."""
        self._dashboards.forget()
        self._provisioning.forget()

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading | None]:
        """Grafana measures nothing."""
        return [None] * len(queries)

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the protocol of providers
        """A dashboard of anybody in the folder, by the name of its file."""
        return read_object(self._dashboards, id)

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Dashboards of others with the uid or the title of a wanted one: Grafana can hold one of them only."""
        return [*candidates(self._dashboards, wanted)]

    def _put_provisioning_in_place(self) -> None:
        try:
            self._provisioning.put_in_place()
        except SlactlError:
            self._dashboards.bring_back()
            raise

    def _stage(self, change: Change) -> Outcome:
        if change.address.startswith(f"{self._name}.{PROVISIONING}."):
            return self._provisioning.stage(change)
        if not change.adopts:
            return self._dashboards.stage(change)
        try:
            insist_on_adoptable(self._dashboards, change.id or "")
        except SlactlError as error:
            return refused(change, error)
        return self._dashboards.stage(change, taken=change.id)
