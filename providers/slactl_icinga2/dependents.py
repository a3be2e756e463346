"""What depends on an object of ours: a deletion takes nothing of anybody else along, and nothing of ours that is wanted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slactl_icinga2.api import Api, RefusedError
from slactl_icinga2.kinds import DEPENDENCY, HOST, SERVICE, TIMEPERIOD, WORKSPACE, Kind, variables

_OF_API = "_api"
_NOTIFICATION = Kind("notification", "Notification", "notifications", (), ())
_SCHEDULED = Kind("scheduled downtime", "ScheduledDowntime", "scheduleddowntimes", (), ())
_COMMENT = Kind("comment", "Comment", "comments", (), ())
_DOWNTIME = Kind("downtime", "Downtime", "downtimes", (), ())
_USER = Kind("user", "User", "users", (), ())
_REMARKS = (_COMMENT, _DOWNTIME)
"""What people say about an object itself; it goes with the object."""
_ON_HOST = "{0}.host_name == its_host"
_ON_SERVICE = "{0}.host_name == its_host && {0}.service_name == its_service"
_LINKED_HOST = "dependency.child_host_name == its_host || dependency.parent_host_name == its_host"
_LINKED_SERVICE = (
    "(dependency.child_host_name == its_host && dependency.child_service_name == its_service)"
    " || (dependency.parent_host_name == its_host && dependency.parent_service_name == its_service)"
)
_WITHIN = "{0}.period == its_name"
_CHECKED_WITHIN = "{0}.check_period == its_name"
_MADE_OF = "its_name in timeperiod.includes || its_name in timeperiod.excludes"

_QUESTIONS: Mapping[Kind, tuple[tuple[Kind, str], ...]] = {
    HOST: (
        (SERVICE, _ON_HOST), (DEPENDENCY, _LINKED_HOST), (_NOTIFICATION, _ON_HOST), (_SCHEDULED, _ON_HOST),
        (_COMMENT, _ON_HOST), (_DOWNTIME, _ON_HOST),
    ),
    SERVICE: (
        (DEPENDENCY, _LINKED_SERVICE), (_NOTIFICATION, _ON_SERVICE), (_SCHEDULED, _ON_SERVICE),
        (_COMMENT, _ON_SERVICE), (_DOWNTIME, _ON_SERVICE),
    ),
    TIMEPERIOD: (
        (HOST, _CHECKED_WITHIN), (SERVICE, _CHECKED_WITHIN), (TIMEPERIOD, _MADE_OF), (DEPENDENCY, _WITHIN),
        (_NOTIFICATION, _WITHIN), (_USER, _WITHIN),
    ),
    DEPENDENCY: (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Dependent:
    kind: Kind
    name: str
    package: str
    workspace: str | None

    def __str__(self) -> str:
        made = "" if self.package == _OF_API else " (from Icinga's configuration files)"
        return f"the {self.kind.name} {self.name}{made}"


def insist_on_none_left(
    api: Api, kind: Kind, name: str, workspace: str, *, applied_too: bool, anew: bool
) -> None:
    """Let a deletion take its dependents along only where nothing is lost by that.

    `applied_too`: those that come from configuration files may go, since apply rules made them for this object. `anew`: the
    object is made again, and what of ours stands on it after it.

    Raises:
        RefusedError: with the name of one that must stay; also when nothing is seen that depends on it.
        SlactlError: when the server cannot be asked.
    """
    found = [*_dependents(api, kind, name)]
    if not found:
        raise RefusedError(f"something depends on {name} that slactl cannot see. Remove that first")
    for one in found:
        goes = one.kind in _REMARKS or (applied_too and one.package != _OF_API)
        if one.workspace == workspace:
            goes = anew and kind is not TIMEPERIOD
        if not goes:
            raise RefusedError(_why_not(one, workspace))


def _why_not(one: _Dependent, workspace: str) -> str:
    if one.workspace == workspace:
        return f"{one} of this workspace depends on it, and stays. Change or remove that first"
    advice = "Remove it or move it elsewhere, and apply again"
    if one.package != _OF_API:
        advice = "Change the files; where an apply rule made it, deleteApplied: true in the backend lets it go along"
    return f"{one} depends on it, and is not slactl's. {advice}"


def _dependents(api: Api, kind: Kind, name: str) -> Iterator[_Dependent]:
    host, _, service = name.partition("!")
    values = {"its_host": host, "its_service": service, "its_name": name}
    for other, question in _QUESTIONS[kind]:
        api.insist_on([other.permission("query")])
        condition = question.format(other.type.lower())
        for row in api.query(other, condition, values, ["package", *(["vars"] if _has_vars(other) else [])]):
            attrs = row.get("attrs") or {}
            yield _Dependent(other, str(row.get("name")), str(attrs.get("package")), _workspace_of(attrs))


def _has_vars(kind: Kind) -> bool:
    return kind not in _REMARKS


def _workspace_of(attrs: Mapping[str, Any]) -> str | None:
    found = variables(attrs).get(WORKSPACE)
    return None if found is None or attrs.get("package") != _OF_API else str(found)
