"""A backend's configuration, as the provider understands it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slactl.provider.config import BadConfigError, boolean, choice, count, http_url, path, seconds
from slactl_prometheus.formats import FORMATS, Format, read_format

KEYS = (
    "url",
    "rulesDir",
    "format",
    "manifest",
    "mimir",
    "vmalertUrl",
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
    format: Format = field(default_factory=Format)
    url: str | None = None
    """Where queries are answered."""
    vmalert_url: str | None = None
    reload: bool = False
    interval_s: int = 60
    shards: int | None = None
    """None: one file an agreement."""
    minimum_events: int = 100
    promtool: str = "auto"
    """auto: used where it is installed; required; off. With vmalert it stands for its dry run."""
    timeout_s: float = 10.0
    bearer_token: str | None = None

    @property
    def title(self) -> str:
        """Who answers queries, for messages."""
        return {"vmalert": "VictoriaMetrics", "mimir": "Mimir"}.get(self.format.name, "Prometheus")

    @property
    def step_delay_s(self) -> int:
        """How far back five-minute sums end, so that all that they sum up is there to be seen: whole minutes."""
        lag_s = self.format.lag_s
        return -(-(self.interval_s + lag_s) // 60) * 60 if lag_s else 0


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read a configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    form = read_format(config, choice(config, "format", FORMATS))
    url = http_url(config) if "url" in config else None
    vmalert_url = http_url(config, "vmalertUrl") if "vmalertUrl" in config else None
    reload = boolean(config, "reload")
    if reload:
        _insist_on_a_ruler(form, url, vmalert_url)
    sharded = choice(config, "layout", ("agreement", "sharded")) == "sharded"
    return Settings(
        rules_dir=path(config, "rulesDir", "the folder that Prometheus reads rule files from"),
        format=form,
        url=url,
        vmalert_url=vmalert_url,
        reload=reload,
        interval_s=_interval(config),
        shards=count(config, "shards", 16, 1) if sharded else None,
        minimum_events=count(config, "minimumEvents", 100, 0),
        promtool=choice(config, "promtool", ("auto", "required", "off")),
        timeout_s=seconds(config, "timeout", "10s"),
        bearer_token=config.get("bearerToken"),
    )


def _insist_on_a_ruler(form: Format, url: str | None, vmalert_url: str | None) -> None:
    if form.name == "vmalert" and not vmalert_url:
        raise BadConfigError("reload", "reload: true needs vmalertUrl: it says which vmalert to reload.")
    if form.name in ("prometheus-operator", "mimir"):
        how = "kubectl apply" if form.name == "prometheus-operator" else "mimirtool rules load"
        raise BadConfigError(
            "reload", f"reload: true is not for format: {form.name}: its files are handed on by {how}."
        )
    if form.name == "prometheus" and not url:
        raise BadConfigError("reload", "reload: true needs url: it says which server to reload.")


def _interval(config: Mapping[str, Any]) -> int:
    interval = seconds(config, "interval", "1m")
    if interval != int(interval) or not 1 <= interval <= _MOST_INTERVAL_S:
        raise BadConfigError(
            "interval",
            f"interval lies between 1s and 2m: after five minutes without one a series is stale; not {config.get('interval')}.",
        )
    return int(interval)
