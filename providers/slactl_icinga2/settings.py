"""A backend's configuration, as the provider understands it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slactl.base.zones import find_zone
from slactl.provider.config import BadConfigError, boolean, choice, seconds, text
from slactl.provider.http import HTTP_KEYS

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
SECRETS = ("password",)


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


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read a configuration.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    return Settings(
        url=_url(config),
        user=text(config, "user", "the name of an ApiUser"),
        password=text(config, "password", "a reference such as ${env.ICINGA_PASSWORD}"),
        timeout_s=seconds(config, "timeout", "30s"),
        creates_hosts=choice(config, "hosts", ("create", "existing")) == "create",
        timezone=_timezone(config),
        check_period=boolean(config, "checkPeriod"),
        dependencies=boolean(config, "dependencies"),
        delete_applied=boolean(config, "deleteApplied"),
    )


def _url(config: Mapping[str, Any]) -> str:
    url = text(config, "url", "the address of the API, such as https://icinga.example.com:5665")
    if not url.startswith(("https://", "${")):
        raise BadConfigError(
            "url", f'url begins with https://, for the API speaks nothing else, and this is "{url}".'
        )
    return url.rstrip("/")


def _timezone(config: Mapping[str, Any]) -> str:
    name = str(config.get("timezone", "UTC"))
    try:
        find_zone(name)
    except ValueError as error:
        raise BadConfigError("timezone", f"timezone: {error}") from None
    return name
