"""A backend's configuration, as the provider understands it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slactl.provider.config import BadConfigError, choice, http_url, seconds
from slactl.provider.http import HTTP_KEYS

KEYS = (*HTTP_KEYS, "token", "user", "password", "hours")
SECRETS = ("token", "password")
_INTERFACE = "/api_jsonrpc.php"


@dataclass(frozen=True, slots=True)
class Settings:
    """What `Backend.config` says, with the defaults filled in."""

    url: str
    """Of the interface itself."""
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 60.0
    exact_hours: bool = False
    """Whether service hours hold to the hour after a change of the clocks, at the price of hundreds of excluded downtimes."""


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read a configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    url = _interface(config)
    token, user, password = (str(config.get(key) or "") for key in ("token", "user", "password"))
    if bool(token) == bool(user):
        raise BadConfigError(
            "token",
            "Zabbix wants credentials: a token, or user and password" + (", not both." if token else "."),
        )
    if user and not password:
        raise BadConfigError("user", "user needs password beside it.")
    exact = choice(config, "hours", ("usual", "exact")) == "exact"
    return Settings(url, token, user, password, seconds(config, "timeout", "60s"), exact)


def _interface(config: Mapping[str, Any]) -> str:
    """The address of the interface, where only the frontend's is given, too."""
    url = http_url(config)
    return url if url.endswith(".php") or url.startswith("${") else url + _INTERFACE
