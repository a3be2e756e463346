"""How rule groups are written down for those who evaluate them: Prometheus, its operator, vmalert, Mimir.

The groups are the same everywhere. Only what stands around them differs, and what an evaluator that writes into another
database needs: `docs/providers/prometheus.md` says which format was tried on what.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slactl.provider.config import BadConfigError, count
from slactl_prometheus.manifests import Manifest, read_manifest
from slactl_prometheus.names import LONG_GROUP

FORMATS = ("prometheus", "prometheus-operator", "vmalert", "mimir")
AS_THEY_ARE = ("prometheus", "vmalert")
"""Formats whose files the evaluator's own tool reads as they are."""
_OF_FORMAT = {"manifest": "prometheus-operator", "vmalertUrl": "vmalert", "mimir": "mimir"}
"""Keys of the configuration that one format alone has."""
_VMALERT_LAG_S = 45
"""VictoriaMetrics hides the last 30 s (`-search.latencyOffset`); vmalert writes every 5 s (`-remoteWrite.flushInterval`); the rest is slack."""
Group = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write rule groups down."""

    name: str = "prometheus"
    manifest: Manifest | None = None
    tenant: str | None = None
    """Mimir's; None: it has one tenant alone."""
    rules_per_group: int | None = None
    """A longer group is divided; None: any length."""
    groups: int | None = None
    """The most that the ruler takes of a tenant; None: any number."""

    @property
    def lag_s(self) -> int:
        """How late a recorded sample may be seen by the next rule; 0 where the evaluator writes into its own database."""
        return _VMALERT_LAG_S if self.name == "vmalert" else 0

    def body(self, workspace: str, address: str, groups: Sequence[Group]) -> Mapping[str, Any]:
        """The content of the file that holds some groups."""
        return in_normal_form(self._around(workspace, address, groups))

    def _around(self, workspace: str, address: str, groups: Sequence[Group]) -> Mapping[str, Any]:
        match self.name:
            case "prometheus-operator":
                return (self.manifest or Manifest()).around(workspace, address, groups)
            case "mimir":
                parts = [part for one in groups for part in self._divided(one)]
                return {"namespace": f"slactl.{workspace}.{address}", "groups": parts}
            case "vmalert":
                return {"groups": [_as_of_now(one) for one in groups]}
            case _:
                return {"groups": [*groups]}

    def _divided(self, group: Group) -> Iterator[Group]:
        most, rules = self.rules_per_group, group["rules"]
        if most is None or len(rules) <= most:
            yield group
            return
        for number, first in enumerate(range(0, len(rules), most), 1):
            yield {**group, "name": f"{group['name']}.{number:02}", "rules": rules[first : first + most]}


def _as_of_now(group: Group) -> Group:
    """Sums that must join without a gap are evaluated at their own time, not up to 30 s before it: they look back far enough by themselves."""
    return {**group, "params": {"nocache": ["1"]}} if group["name"] == LONG_GROUP else group


def groups_of(body: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The groups that a file of any format holds; what is no group is left out."""
    groups = _holder(body).get("groups")
    return [one for one in groups if isinstance(one, Mapping)] if isinstance(groups, list) else []


def in_normal_form(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with its groups by name: they are evaluated side by side, so their order means nothing.

    Rules within a group keep theirs: they are evaluated one after the other.
    """
    groups = _holder(body).get("groups")
    if not isinstance(groups, list) or not all(
        isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in groups
    ):
        return body
    ordered = sorted(groups, key=lambda one: str(one["name"]))
    spec = body.get("spec")
    return (
        {**body, "spec": {**spec, "groups": ordered}}
        if isinstance(spec, Mapping)
        else {**body, "groups": ordered}
    )


def _holder(body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    spec = (body or {}).get("spec")
    return spec if isinstance(spec, Mapping) else body or {}


def read_format(config: Mapping[str, Any], name: str) -> Format:
    """Read what a configuration says about its format.

    Raises:
        BadConfigError: with a sentence for the user.
    """
    for key, owner in _OF_FORMAT.items():
        if key in config and name != owner:
            raise BadConfigError(key, f"{key} is for format: {owner}, and this is format: {name}.")
    match name:
        case "prometheus-operator":
            return Format(name, manifest=read_manifest(config))
        case "mimir":
            return _mimir(config.get("mimir", {}))
        case _:
            return Format(name)


def _mimir(value: Any) -> Format:
    if not isinstance(value, Mapping):
        raise BadConfigError(
            "mimir", "mimir says what the ruler takes: {tenant: ..., rulesPerGroup: 20, groups: 70}."
        )
    for key in value:
        if key not in ("tenant", "rulesPerGroup", "groups"):
            raise BadConfigError(
                ("mimir", str(key)), f'mimir has tenant, rulesPerGroup and groups, not "{key}".'
            )
    tenant = value.get("tenant")
    return Format(
        "mimir",
        tenant=None if tenant is None else str(tenant),
        rules_per_group=_limit(value, "rulesPerGroup", 20),
        groups=_limit(value, "groups", 70),
    )


def _limit(value: Mapping[str, Any], key: str, default: int) -> int | None:
    """As Mimir writes it: 0 is no limit."""
    try:
        return count(value, key, default, 0) or None
    except BadConfigError as error:
        raise BadConfigError(("mimir", key), str(error)) from None
