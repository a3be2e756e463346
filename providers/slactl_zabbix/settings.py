"""A backend's configuration, as the provider understands it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.duration import parse_duration
from slactl.base.text import did_you_mean
from slactl.model.backend import Backend
from slactl.provider import Notice
from slactl.provider.http import HTTP_KEYS, tls_notices

KEYS = (*HTTP_KEYS, "token", "user", "password", "hours")
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
    url = _interface(config)
    token, user, password = (str(config.get(key) or "") for key in ("token", "user", "password"))
    if bool(token) == bool(user):
        raise BadConfigError(
            "token",
            "Zabbix wants credentials: a token, or user and password" + (", not both." if token else "."),
        )
    if user and not password:
        raise BadConfigError("user", "user needs password beside it.")
    hours = str(config.get("hours", "usual"))
    if hours not in ("usual", "exact"):
        raise BadConfigError("hours", f'hours is usual (one week for all) or exact, not "{hours}".')
    return Settings(url, token, user, password, _seconds(config), hours == "exact")


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
    for key in ("token", "password"):
        if "${" not in str(backend.config.get(key) or "${"):
            yield Notice(
                Severity.ERROR,
                backend.address,
                f"{key} stands in the file. Refer to it: ${{env.NAME}}, ${{file.PATH}}, or a sensitive variable.",
                place.at(key),
            )
    try:
        read_settings(backend.config)
    except BadConfigError as error:
        yield Notice(Severity.ERROR, backend.address, str(error), place.at(error.key))


def _interface(config: Mapping[str, Any]) -> str:
    """The address of the interface, where only the frontend's is given, too."""
    url = str(config.get("url") or "")
    if not url.startswith(("http://", "https://", "${")):
        raise BadConfigError("url", f'url begins with http:// or https://, and this is "{url}".')
    url = url.rstrip("/")
    return url if url.endswith(".php") or url.startswith("${") else url + _INTERFACE


def _seconds(config: Mapping[str, Any]) -> float:
    try:
        return float(parse_duration(str(config.get("timeout", "60s"))).seconds)
    except ValueError as error:
        raise BadConfigError("timeout", f"timeout: {error}") from None
