"""A backend's configuration, as the provider understands it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slactl.provider.config import BadConfigError, boolean, choice, count, http_url, path, seconds

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
SECRETS = ("bearerToken",)
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


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read a configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    url = http_url(config) if "url" in config else None
    reload = boolean(config, "reload")
    if reload and not url:
        raise BadConfigError("reload", "reload: true needs url: it says which server to reload.")
    sharded = choice(config, "layout", ("agreement", "sharded")) == "sharded"
    return Settings(
        rules_dir=path(config, "rulesDir", "the folder that Prometheus reads rule files from"),
        url=url,
        reload=reload,
        interval_s=_interval(config),
        shards=count(config, "shards", 16, 1) if sharded else None,
        minimum_events=count(config, "minimumEvents", 100, 0),
        promtool=choice(config, "promtool", ("auto", "required", "off")),
        timeout_s=seconds(config, "timeout", "10s"),
        bearer_token=config.get("bearerToken"),
    )


def _interval(config: Mapping[str, Any]) -> int:
    interval = seconds(config, "interval", "1m")
    if interval != int(interval) or not 1 <= interval <= _MOST_INTERVAL_S:
        raise BadConfigError(
            "interval",
            f"interval lies between 1s and 2m: after five minutes without one a series is stale; not {config.get('interval')}.",
        )
    return int(interval)
