"""From an estate to the dashboards of one Grafana; pure."""

from collections.abc import Iterator
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.text import did_you_mean, plural
from slactl.model.agreement import Status
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider import Compilation, Context, Notice, Resource
from slactl_grafana.dashboard import Book, dashboard
from slactl_grafana.measured import Measured
from slactl_grafana.names import PROVISIONING, dashboard_address, uid_of
from slactl_grafana.settings import Settings

_PROMETHEUS = "prometheus"


class Compiler:
    """Compiles one estate for one backend."""

    def __init__(self, estate: Estate, backend: Backend, settings: Settings, context: Context) -> None:
        self._estate = estate
        self._backend = backend
        self._settings = settings
        self._context = context
        self._agreements = [one for one in estate.agreements.values() if one.status is Status.AGREED]

    def compile(self) -> Compilation:
        """A dashboard for each agreement in force, and where Grafana finds them."""
        unknown = [*self._unknown_datasources()]
        if unknown:
            return Compilation((), unknown)
        measured = Measured(self._estate, self._settings.datasources, self._context)
        return Compilation(
            (*self._dashboards(measured), *self._provisioning()), (*self._unmeasured(measured),)
        )

    def _unknown_datasources(self) -> Iterator[Notice]:
        known = [name for name, one in self._estate.backends.items() if one.provider == _PROMETHEUS]
        for name in self._settings.datasources:
            if name not in known:
                yield Notice(
                    Severity.ERROR,
                    self._backend.address,
                    f'datasources names "{name}", and this workspace has no Prometheus backend of that name.'
                    + did_you_mean(name, known),
                    self._backend.place.at("spec", "config", "datasources", name),
                )

    def _dashboards(self, measured: Measured) -> Iterator[Resource]:
        addresses = {
            one.address: dashboard_address(self._backend.name, one.address) for one in self._agreements
        }
        pages = {one: uid_of(self._context.workspace, address) for one, address in addresses.items()}
        book = Book(self._estate, measured, self._context.workspace, pages)
        for one in self._agreements:
            if one.objectives:
                yield Resource(addresses[one.address], dashboard(book, one), (one.address,))

    def _provisioning(self) -> Iterator[Resource]:
        if self._settings.provisioning_dir is not None:
            address = f"{self._backend.name}.{PROVISIONING}.dashboards"
            yield Resource(address, {"apiVersion": 1, "providers": [self._folder()]}, ())

    def _folder(self) -> dict[str, Any]:
        """Where Grafana finds the dashboards, in the words of its provisioning."""
        settings, workspace = self._settings, self._context.workspace
        return {
            "name": f"slactl {workspace} {self._backend.name}",
            "type": "file",
            "orgId": settings.org_id,
            "folder": settings.folder or f"Service levels of {workspace}",
            **({} if settings.folder_uid is None else {"folderUid": settings.folder_uid}),
            "updateIntervalSeconds": settings.update_interval_s,
            "allowUiUpdates": settings.allow_ui_updates,
            "disableDeletion": False,
            "options": {"path": settings.path, "foldersFromFilesStructure": False},
        }

    def _unmeasured(self, measured: Measured) -> Iterator[Notice]:
        """A note for all, and an error for each that is to be shown here and cannot."""
        unseen = [
            objective
            for one in self._agreements
            for objective in one.objectives.values()
            if measured.shown(objective) is None
        ]
        for one in unseen:
            if self._backend.name in (one.backends or ()):
                yield Notice(
                    Severity.ERROR,
                    one.address,
                    f"Its backends name {self._backend.name}, which shows what Prometheus measures, and {measured.why_not(one)}.",
                    one.place,
                )
        if unseen:
            yield Notice(
                Severity.NOTE,
                self._backend.address,
                f"{plural(len(unseen), 'objective')} of agreements in force {'is' if len(unseen) == 1 else 'are'} not measured in Prometheus; "
                "the dashboards say why.",
            )
