"""A backend's configuration, as the provider understands it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.duration import parse_duration
from slactl.base.text import did_you_mean
from slactl.base.zones import find_zone
from slactl.model.backend import Backend
from slactl.provider import Notice
from slactl.provider.http import HTTP_KEYS, tls_notices

KEYS = (
    *HTTP_KEYS,
    "user",
    "password",
    "hosts",
    "timezone",
    "checkPeriod",
    "dependencies",
    "deleteApplied",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What `Backend.config` says, with the defaults filled in."""

    url: str
    user: str
    password: str = field(repr=False)
    timeout_s: float = 30.0
    creates_hosts: bool = True
    """False: the hosts are somebody else's; services are added to them."""
    timezone: str = "UTC"
    """The clock of the server, by which it reads time periods."""
    check_period: bool = False
    """Whether a check rests outside the service hours that all its agreements share."""
    dependencies: bool = False
    delete_applied: bool = False
    """Whether what apply rules made on an object of ours may go with it."""


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
    return Settings(
        url=_url(config),
        user=_text(config, "user", "the name of an ApiUser"),
        password=_text(config, "password", "a reference such as ${env.ICINGA_PASSWORD}"),
        timeout_s=_timeout(config),
        creates_hosts=_creates_hosts(config),
        timezone=_timezone(config),
        check_period=_boolean(config, "checkPeriod"),
        dependencies=_boolean(config, "dependencies"),
        delete_applied=_boolean(config, "deleteApplied"),
    )


def config_notices(backend: Backend) -> Iterator[Notice]:
    """Unknown keys and wrong values of a backend's configuration."""
    place = backend.place.at("spec", "config")
    for key in backend.config:
        if key not in KEYS:
            message = f'Unknown key "{key}" in config.{did_you_mean(key, KEYS)}'
            yield Notice(Severity.ERROR, backend.address, message, place.key_at(key))
    yield from tls_notices(backend)
    try:
        read_settings(backend.config)
    except BadConfigError as error:
        yield Notice(Severity.ERROR, backend.address, str(error), place.at(error.key))
    password = backend.config.get("password")
    if isinstance(password, str) and "${" not in password:
        message = "The password stands in the file. Write a reference such as ${env.ICINGA_PASSWORD}."
        yield Notice(Severity.WARNING, backend.address, message, place.at("password"))


def _url(config: Mapping[str, Any]) -> str:
    url = _text(config, "url", "the address of the API, such as https://icinga.example.com:5665")
    if not url.startswith(("https://", "${")):
        raise BadConfigError(
            "url", f'url begins with https://, for the API speaks nothing else, and this is "{url}".'
        )
    return url.rstrip("/")


def _text(config: Mapping[str, Any], key: str, what: str) -> str:
    value = config.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadConfigError(key, f"{key} is missing: {what}.")
    return value


def _creates_hosts(config: Mapping[str, Any]) -> bool:
    value = str(config.get("hosts", "create"))
    if value not in ("create", "existing"):
        raise BadConfigError(
            "hosts",
            f'hosts is create (slactl makes them) or existing (they are there, and left alone), not "{value}".',
        )
    return value == "create"


def _timezone(config: Mapping[str, Any]) -> str:
    name = str(config.get("timezone", "UTC"))
    try:
        find_zone(name)
    except ValueError as error:
        raise BadConfigError("timezone", f"timezone: {error}") from None
    return name


def _timeout(config: Mapping[str, Any]) -> float:
    try:
        seconds = float(parse_duration(str(config.get("timeout", "30s"))).seconds)
    except ValueError as error:
        raise BadConfigError("timeout", f"timeout: {error}") from None
    if seconds <= 0:
        raise BadConfigError("timeout", "timeout is above zero.")
    return seconds


def _boolean(config: Mapping[str, Any], key: str) -> bool:
    value = str(config.get(key, False)).lower()
    if value not in ("true", "false"):
        raise BadConfigError(key, f'{key} is true or false, not "{config[key]}".')
    return value == "true"
