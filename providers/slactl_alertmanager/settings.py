"""A backend's configuration, as the provider understands it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.model.backend import Backend
from slactl.provider import Notice
from slactl.provider.config import BadConfigError, boolean, choice, http_url, path, seconds
from slactl.provider.http import HTTP_KEYS
from slactl_alertmanager.names import SEVERITIES
from slactl_alertmanager.secrets import literal_secrets

KEYS = ("configFile", "reload", "amtool", "receivers", "priorities", *HTTP_KEYS)
_PRIORITIES = {"page": "p1", "ticket": "p3"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
CONFIGS = "_configs"
"""How the integrations of a receiver end: `pagerduty_configs`."""
Receiver = str | Mapping[str, Any]
"""The name of one that is in the file, or its integrations, in which every value is text."""
Receivers = Mapping[str, Receiver | Mapping[str, Receiver]]
"""By priority, by agreement, by agreement and priority, or by contact."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `Backend.config` says, with the defaults filled in."""

    config_file: str
    url: str | None = None
    reload: bool = False
    amtool: str = "auto"
    """auto: used where it is installed; required; off."""
    timeout_s: float = 10.0
    receivers: Receivers = field(default_factory=dict, repr=False)
    priorities: Mapping[str, str] = field(default_factory=dict)
    """The priority of alerts of a severity."""


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read a configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    url = http_url(config) if "url" in config else None
    reload = boolean(config, "reload")
    if reload and not url:
        raise BadConfigError(("reload",), "reload: true needs url: it says which Alertmanager to reload.")
    return Settings(
        config_file=path(config, "configFile", "the configuration file that Alertmanager reads"),
        url=url,
        reload=reload,
        amtool=choice(config, "amtool", ("auto", "required", "off")),
        timeout_s=seconds(config, "timeout", "10s"),
        receivers=_receivers(config.get("receivers", {})),
        priorities=_priorities(config.get("priorities", {})),
    )


def clear_receiver_secrets(backend: Backend) -> Iterator[Notice]:
    """Secrets of receivers that stand in the configuration in clear."""
    try:
        settings = read_settings(backend.config)
    except BadConfigError:
        return  # said already
    place = backend.place.at("spec", "config", "receivers")
    for path_below in literal_secrets(settings.receivers):
        key = path_below[-1]
        yield Notice(
            Severity.ERROR,
            backend.address,
            f"{key} is a secret and stands in clear in the files. Refer to it, {key}: ${{env.NAME}}, "
            "or use Alertmanager's own option that ends in _file.",
            place.at(*path_below),
        )


def _priorities(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise BadConfigError(
            ("priorities",), "priorities names a priority for each severity: {page: p1, ticket: p3}."
        )
    for severity in value:
        if severity not in SEVERITIES:
            known = sentence_list(SEVERITIES)
            raise BadConfigError(
                ("priorities", str(severity)),
                f'Alerts have the severities {known}, not "{severity}".',
            )
        if not _NAME.fullmatch(str(value[severity])):
            raise BadConfigError(
                ("priorities", severity),
                f'A priority is a name of letters, digits and dashes, like p1, not "{value[severity]}".',
            )
    return {**_PRIORITIES, **{str(key): str(one) for key, one in value.items()}}


def _receivers(value: Any) -> Receivers:
    if not isinstance(value, Mapping):
        raise BadConfigError(
            ("receivers",), "receivers maps priorities, agreements or contacts to receivers."
        )
    return {str(key): _of_key(str(key), one) for key, one in value.items()}


def _of_key(key: str, value: Any) -> Receiver | Mapping[str, Receiver]:
    if isinstance(value, Mapping) and value and not any(str(one).endswith(CONFIGS) for one in value):
        return {str(one): _receiver((key, str(one)), below) for one, below in value.items()}
    return _receiver((key,), value)


def _receiver(path: tuple[str, ...], value: Any) -> Receiver:
    if isinstance(value, str) and value.strip():
        return value
    if not isinstance(value, Mapping) or not value:
        raise BadConfigError(
            ("receivers", *path),
            f"The receiver {path[-1]} is the name of one in the file, or integrations: {{email_configs: [{{to: ...}}]}}.",
        )
    for integration, entries in value.items():
        listed = isinstance(entries, list) and entries and all(isinstance(one, Mapping) for one in entries)
        if not str(integration).endswith(CONFIGS) or not listed:
            raise BadConfigError(
                ("receivers", *path, str(integration)),
                f'"{integration}" is no integration of a receiver; write a list of settings under a name that ends in {CONFIGS}.',
            )
    return {str(key): texts(one) for key, one in value.items()}


def texts(value: Any) -> Any:
    """The same data with every value as the text that YAML would have: Alertmanager gives it its type."""
    if isinstance(value, Mapping):
        return {str(key): texts(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [texts(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
