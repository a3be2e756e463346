"""A backend's configuration, as the provider understands it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from slactl.provider.config import BadConfigError, boolean, count, path, seconds, text

KEYS = (
    "dashboardsDir",
    "provisioningDir",
    "path",
    "datasources",
    "folder",
    "folderUid",
    "orgId",
    "updateInterval",
    "allowUiUpdates",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What `Backend.config` says, with the defaults filled in."""

    dashboards_dir: str
    datasources: Mapping[str, str]
    """By Prometheus backend of the estate, the first before the others: the uid of Grafana's data source for that server."""
    provisioning_dir: str | None = None
    """None: nobody is told of the folder; somebody else's provisioning names it."""
    path: str = ""
    """The folder of the dashboards as Grafana sees it."""
    folder: str | None = None
    """The title of Grafana's folder; None: one named after the workspace."""
    folder_uid: str | None = None
    org_id: int = 1
    update_interval_s: int = 30
    allow_ui_updates: bool = False


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read a configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    dashboards = path(config, "dashboardsDir", "the folder that dashboards are written to")
    provisioning = _optional_path(config, "provisioningDir")
    return Settings(
        dashboards_dir=dashboards,
        datasources=_datasources(config.get("datasources")),
        provisioning_dir=provisioning,
        path=_seen_path(config, dashboards, told=provisioning is not None),
        folder=_optional_text(config, "folder", "the title of the folder in Grafana"),
        folder_uid=_optional_text(config, "folderUid", "the uid of the folder in Grafana"),
        org_id=count(config, "orgId", 1, 1),
        update_interval_s=_whole_seconds(config),
        allow_ui_updates=boolean(config, "allowUiUpdates"),
    )


def _optional_text(config: Mapping[str, Any], key: str, what: str) -> str | None:
    return text(config, key, what) if key in config else None


def _optional_path(config: Mapping[str, Any], key: str) -> str | None:
    return path(config, key, "Grafana's folder provisioning/dashboards") if key in config else None


def _seen_path(config: Mapping[str, Any], dashboards: str, *, told: bool) -> str:
    """The folder as Grafana sees it: another machine or container may have it elsewhere than this one."""
    if "path" in config:
        return text(config, "path", "the folder of the dashboards as Grafana sees it")
    if told and not PurePosixPath(dashboards).is_absolute():
        raise BadConfigError(
            "dashboardsDir",
            f'Grafana needs the whole path of "{dashboards}": say it as Grafana sees it, path: /var/lib/grafana/dashboards/slactl.',
        )
    return dashboards


def _datasources(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not value:
        raise BadConfigError(
            "datasources",
            "datasources names, for each Prometheus backend, the uid of Grafana's data source for it: {prom: my-prometheus}.",
        )
    for name, uid in value.items():
        if not isinstance(uid, str) or not uid.strip():
            raise BadConfigError(
                ("datasources", str(name)),
                f"The uid of a data source is a text, as Grafana shows it; not {uid!r}.",
            )
    return {str(name): str(uid) for name, uid in value.items()}


def _whole_seconds(config: Mapping[str, Any]) -> int:
    interval = seconds(config, "updateInterval", "30s")
    if interval != int(interval):
        raise BadConfigError(
            "updateInterval", f"updateInterval is whole seconds, not {config.get('updateInterval')}."
        )
    return int(interval)
