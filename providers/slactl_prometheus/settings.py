"""A backend's configuration, as the provider understands it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.duration import parse_duration
from slactl.base.text import did_you_mean
from slactl.model.backend import Backend
from slactl.provider import Notice
from slactl.provider.http import tls_notices

KEYS = (
    "url",
    "rulesDir",
    "reload",
    "interval",
    "layout",
    "shards",
    "minimumEvents",
    "promtool",
    "timeout",
    "bearerToken",
    "ca",
    "insecure",
)
_MOST_INTERVAL_S = 120
"""A series is stale after five minutes; two evaluations must fit in with room to spare."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `Backend.config` says, with the defaults filled in."""

    rules_dir: str
    url: str | None = None
    reload: bool = False
    interval_s: int = 60
    shards: int | None = None
    """None: one file an agreement."""
    minimum_events: int = 100
    promtool: str = "auto"
    """auto: used where it is installed; required; off."""
    timeout_s: float = 10.0
    bearer_token: str | None = None


class BadConfigError(ValueError):
    """A value of the configuration is wrong; `key` says which."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read a configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    url = config.get("url")
    reload = _boolean(config, "reload")
    if reload and not url:
        raise BadConfigError("reload", "reload: true needs url: it says which server to reload.")
    layout = str(config.get("layout", "agreement"))
    if layout not in ("agreement", "sharded"):
        raise BadConfigError(
            "layout", f'layout is agreement (one file each) or sharded (few files), not "{layout}".'
        )
    promtool = str(config.get("promtool", "auto"))
    if promtool not in ("auto", "required", "off"):
        raise BadConfigError("promtool", f'promtool is auto, required or off, not "{promtool}".')
    return Settings(
        rules_dir=_folder(config),
        url=None if url is None else _url(str(url)),
        reload=reload,
        interval_s=_interval(config),
        shards=_count(config, "shards", 16, 1) if layout == "sharded" else None,
        minimum_events=_count(config, "minimumEvents", 100, 0),
        promtool=promtool,
        timeout_s=float(_seconds(config, "timeout", "10s")),
        bearer_token=config.get("bearerToken"),
    )


def config_notices(backend: Backend) -> Iterator[Notice]:
    """Unknown keys and wrong values of a backend's configuration."""
    place = backend.place.at("spec", "config")
    for key in backend.config:
        if key not in KEYS:
            yield Notice(
                Severity.ERROR,
                backend.address,
                f'Unknown key "{key}" in config.{did_you_mean(key, KEYS)}',
                place.key_at(key),
            )
    yield from tls_notices(backend)
    try:
        read_settings(backend.config)
    except BadConfigError as error:
        yield Notice(Severity.ERROR, backend.address, str(error), place.at(error.key))


def _folder(config: Mapping[str, Any]) -> str:
    folder = config.get("rulesDir")
    if not isinstance(folder, str) or not folder.strip():
        raise BadConfigError(
            "rulesDir", "rulesDir is missing: the folder that Prometheus reads rule files from."
        )
    if ".." in PurePosixPath(folder).parts:
        raise BadConfigError(
            "rulesDir",
            f'rulesDir "{folder}" leads out of the workspace; write a folder below it, or a whole path.',
        )
    return folder


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://", "${")):
        raise BadConfigError("url", f'url begins with http:// or https://, and this is "{text}".')
    return text.rstrip("/")


def _interval(config: Mapping[str, Any]) -> int:
    seconds = _seconds(config, "interval", "1m")
    if seconds != int(seconds) or not 1 <= seconds <= _MOST_INTERVAL_S:
        raise BadConfigError(
            "interval",
            f"interval lies between 1s and 2m: after five minutes without one a series is stale; not {config.get('interval')}.",
        )
    return int(seconds)


def _seconds(config: Mapping[str, Any], key: str, default: str) -> Any:
    try:
        return parse_duration(str(config.get(key, default))).seconds
    except ValueError as error:
        raise BadConfigError(key, f"{key}: {error}") from None


def _boolean(config: Mapping[str, Any], key: str) -> bool:
    value = config.get(key, False)
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise BadConfigError(key, f'{key} is true or false, not "{value}".')


def _count(config: Mapping[str, Any], key: str, default: int, least: int) -> int:
    text = str(config.get(key, default))
    if not text.isdigit() or int(text) < least:
        raise BadConfigError(key, f'{key} is a whole number of at least {least}, not "{text}".')
    return int(text)
