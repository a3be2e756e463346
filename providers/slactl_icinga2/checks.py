"""What indicators name in Icinga: a host, or a service on a host, and how it is checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slactl.base.text import did_you_mean
from slactl.model.indicator import Indicator
from slactl_icinga2.kinds import HOST, SERVICE, label, last_label

PASSIVE = "passive"
"""The check command of Icinga's own library for results that others send."""
KEYS = ("host", "service", "address", "check_command", "vars")
_NOT_IN_NAMES = re.compile(r"[!\x00-\x1f]")
_OURS = "slactl_"
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,12})?")


class BadPartError(ValueError):
    """The `icinga2` part of an indicator is wrong; `key` says where."""

    def __init__(self, reason: str, key: str = "") -> None:
        super().__init__(reason)
        self.key = key


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that Icinga checks: a service, or a host."""

    host: str
    service: str | None = None
    host_address: str = ""
    """The network address of the host; empty: the indicator says none."""
    command: str | None = None
    """None: others send the results."""
    vars: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As Icinga names it: `shop-lb`, `shop-lb!http`."""
        return self.host if self.service is None else f"{self.host}!{self.service}"

    @property
    def own_address(self) -> str:
        """The part of its address behind the backend: `service.shop-lb.http`."""
        if self.service is None:
            return f"{HOST.name}.{label(self.host)}"
        return f"{SERVICE.name}.{label(self.host)}.{last_label(self.service)}"

    @property
    def path(self) -> str:
        """As addresses of dependencies name it: `shop-lb`, `shop-lb/http`."""
        return label(self.host) if self.service is None else f"{label(self.host)}/{label(self.service)}"


def check_of(indicator: Indicator) -> Check:
    """The check that the `icinga2` part of an indicator names.

    Raises:
        BadPartError: with a sentence for the user.
    """
    part = indicator.backends["icinga2"]
    for key in part:
        if key not in KEYS:
            raise BadPartError(f'Unknown key "{key}" in icinga2.{did_you_mean(key, KEYS)}', key)
    return Check(
        host=_name(part, "host"),
        service=_name(part, "service") if "service" in part else None,
        host_address=_text(part, "address") or "",
        command=_text(part, "check_command"),
        vars=_vars(part),
    )


def _name(part: Mapping[str, Any], key: str) -> str:
    name = _text(part, key)
    if name is None or not name.strip() or _NOT_IN_NAMES.search(name):
        raise BadPartError(
            f"icinga2.{key} is the name of a {key} in Icinga: a text without ! and line breaks.", key
        )
    return name


def _text(part: Mapping[str, Any], key: str) -> str | None:
    value = part.get(key)
    if value is not None and not isinstance(value, str):
        raise BadPartError(f"icinga2.{key} is a text, not a list or a mapping.", key)
    return value


def _vars(part: Mapping[str, Any]) -> Mapping[str, Any]:
    value = part.get("vars") or {}
    if not isinstance(value, Mapping):
        raise BadPartError("icinga2.vars is a mapping of custom variables.", "vars")
    taken = [key for key in value if str(key).startswith(_OURS)]
    if taken:
        raise BadPartError(
            f"icinga2.vars.{taken[0]}: names that begin with {_OURS} are slactl's own.", "vars"
        )
    return {str(key): _typed(one) for key, one in value.items()}


def _typed(value: Any) -> Any:
    """The texts of a file as Icinga's types: true, false, and numbers that are written as Icinga writes them."""
    if isinstance(value, Mapping):
        return {str(key): _typed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_typed(one) for one in value]
    if value in ("true", "false"):
        return value == "true"
    number = json.loads(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None
    return number if str(number) == value else value
