"""Objects of others that can become ours: those that the API made, for Icinga deletes no others on request."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.text import sentence_list
from slactl.provider import Candidate, Resource
from slactl_icinga2.api import Api
from slactl_icinga2.kinds import DEPENDENCY, KINDS, TIMEPERIOD, WORKSPACE, Kind, id_of, unlabelled, variables

Found = tuple[Kind, str, Mapping[str, Any]]
"""An object's kind, name and attributes."""
_OF_API = "_api"


class NotOursError(SlactlError):
    """An object is there, and cannot become ours."""


def adoptable(api: Api, workspace: str, id_: str) -> Found | None:
    """The object under an id, ours or one that can become ours; None where there is none.

    Raises:
        NotOursError: when it is there and cannot become ours.
        SlactlError: when the id names no kind of object, or the server cannot be read.
    """
    kind_name, _, name = id_.partition("/")
    if kind_name not in KINDS or not name:
        kinds = sentence_list([f"{kind}/NAME" for kind in KINDS], "or")
        raise SlactlError(
            f'"{id_}" names nothing in Icinga 2', f"Write {kinds}, such as service/shop-lb!http."
        )
    kind = KINDS[kind_name]
    rows = api.query(kind, f"{kind.type.lower()}.__name == name", {"name": name}, kind.asked())
    if not rows:
        return None
    attrs = rows[0]["attrs"]
    _insist_on_free(kind, name, attrs, workspace)
    return kind, name, attrs


def _insist_on_free(kind: Kind, name: str, attrs: Mapping[str, Any], workspace: str) -> None:
    owner = variables(attrs).get(WORKSPACE)
    if attrs.get("package") != _OF_API:
        raise NotOursError(
            f"The {kind.name} {name} stands in Icinga's configuration files, and cannot become slactl's",
            "Icinga deletes only what its API made. Take it out of the files, or have the indicator name another object.",
        )
    if owner not in (None, workspace):
        raise NotOursError(
            f"The {kind.name} {name} belongs to the workspace {owner}",
            "Take it out of that workspace first (removed, with keepObjects).",
        )


def candidates(api: Api, wanted: Sequence[Resource]) -> Iterator[Candidate]:
    """Objects that the API made, without a mark, that have the names of wanted ones."""
    for kind in KINDS.values():
        names = {
            _name(one): one.address for one in wanted if one.type == kind.name and kind is not DEPENDENCY
        }
        condition = f"{kind.type.lower()}.__name in names"
        rows = api.query(kind, condition, {"names": sorted(names)}, ["package", "vars"]) if names else []
        for row in sorted(rows, key=lambda row: str(row["name"])):
            attrs = row["attrs"]
            if attrs.get("package") == _OF_API and variables(attrs).get(WORKSPACE) is None:
                yield Candidate(names[row["name"]], id_of(kind, row["name"]))


def _name(resource: Resource) -> str:
    """A host or service by its own name, a time period by that of its calendar."""
    own = resource.address.split(".", 2)[2]
    if resource.type in ("host", TIMEPERIOD.name):
        return unlabelled(own)
    host, _, service = own.rpartition(".")
    return f"{unlabelled(host)}!{unlabelled(service)}"
