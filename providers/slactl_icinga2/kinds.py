"""The kinds of objects that the provider keeps in Icinga, their names there, and their attributes as bodies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

WORKSPACE = "slactl_workspace"
ADDRESS = "slactl_address"
_MARKS = (WORKSPACE, ADDRESS)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of Icinga's objects."""

    name: str
    """As addresses and ids name it: `service`."""
    type: str
    """As Icinga names the type: `Service`."""
    path: str
    """As Icinga's addresses name it: `services`."""
    parts: tuple[str, ...]
    """Attributes of a body that make the object's name there, joined by `!`."""
    owned: tuple[str, ...]
    """Attributes that slactl writes and reads back; custom variables come beside them."""
    fixed: tuple[str, ...] = ()
    """Attributes that cannot change in place: Icinga refuses them, or takes them and goes on as before."""

    def attrs_of(self, body: Mapping[str, Any], workspace: str, address: str) -> dict[str, Any]:
        """The attributes of a body as Icinga takes them, with our marks."""
        marked = {**body.get("vars", {}), WORKSPACE: workspace, ADDRESS: address}
        return {**{key: body[key] for key in self.owned if key in body}, "vars": marked}

    def changeable(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """Those that can be written to an object that is there."""
        return {key: value for key, value in attrs.items() if key not in self.fixed}

    def body_of(self, attrs: Mapping[str, Any]) -> dict[str, Any]:
        """A body in its normal form, from what Icinga answers."""
        found = {key: _plain(attrs.get(key)) for key in (*self.owned, *self._name_parts)}
        return {**found, "vars": {key: one for key, one in variables(attrs).items() if key not in _MARKS}}

    def asked(self) -> list[str]:
        """The attributes to ask for."""
        return sorted({*self.owned, *self._name_parts, "vars", "package"})

    @property
    def _name_parts(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if part not in self.owned)

    def permission(self, verb: str) -> str:
        """The permission that an ApiUser needs: `objects/create/Service`."""
        return f"objects/{verb}/{self.type}"


HOST = Kind(
    "host", "Host", "hosts", ("name",), ("address", "check_command", "enable_active_checks", "check_period")
)
SERVICE = Kind(
    "service", "Service", "services", ("host_name", "name"),
    ("check_command", "enable_active_checks", "check_period"),
)  # fmt: skip
TIMEPERIOD = Kind("timeperiod", "TimePeriod", "timeperiods", (), ("display_name", "ranges", "excludes"))
_ENDS = ("child_host_name", "child_service_name", "parent_host_name", "parent_service_name")
DEPENDENCY = Kind(
    "dependency", "Dependency", "dependencies", (), (*_ENDS, "disable_checks", "disable_notifications"), _ENDS
)
KINDS: Mapping[str, Kind] = {one.name: one for one in (TIMEPERIOD, HOST, SERVICE, DEPENDENCY)}
"""What others refer to comes first."""


def kind_of(address: str) -> Kind:
    """The kind of an object by its address."""
    return KINDS[address.split(".", 2)[1]]


def id_of(kind: Kind, name: str) -> str:
    """How users name an object of Icinga: `service/shop-lb!http`."""
    return f"{kind.name}/{name}"


def name_in(id_: str) -> str:
    """Icinga's own name of an object, from its id."""
    return id_.partition("/")[2]


def variables(attrs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The custom variables of an object; Icinga answers null for none."""
    return attrs.get("vars") or {}


def fields_of(name: str) -> dict[str, str]:
    """What a `Ref` may name: the whole name, and its last part (a service's own)."""
    return {"name": name, "short_name": name.rpartition("!")[2]}


def label(name: str) -> str:
    """A name as a part of an address: dots of it are kept, other signs are written as in web addresses."""
    return quote(name, safe="")


def last_label(name: str) -> str:
    """The same for the part behind the last dot, which holds none."""
    return label(name).replace(".", "%2E")


def unlabelled(text: str) -> str:
    """The name that a part of an address stands for."""
    return unquote(text)


def default_name(kind: Kind, workspace: str, address: str, body: Mapping[str, Any]) -> str:
    """The name that a new object gets in Icinga."""
    if kind.parts:
        return "!".join(str(body[part]) for part in kind.parts)
    own = address.split(".", 2)[2]
    if kind is DEPENDENCY:
        ends = [str(body[end]) for end in _ENDS[:2] if body[end]]
        return "!".join([*ends, f"slactl-{own.rpartition('@')[2]}"])
    return f"slactl-{workspace}-{unlabelled(own)}"


def _plain(value: Any) -> Any:
    """Icinga answers null for an attribute that was never written and for an empty one."""
    return "" if value is None else value
