"""An open session: everything of ours is read in two calls, changes go in batches, history is Zabbix's own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import SlactlError
from slactl.base.text import plural
from slactl.model.backend import Backend
from slactl.provider import (
    Action,
    Candidate,
    Change,
    Context,
    Observed,
    Outcome,
    Query,
    Reading,
    Resource,
)
from slactl.provider.config import settings_of
from slactl.provider.http import Server, tls_of
from slactl_zabbix.api import Api, RefusedError
from slactl_zabbix.forms import (
    ADDRESS_TAG,
    WORKSPACE_TAG,
    Mark,
    Row,
    is_sla,
    mark_of_service,
    mark_of_sla,
    mark_start,
    service_body,
    service_row,
    sla_body_of,
    sla_row,
)
from slactl_zabbix.settings import read_settings
from slactl_zabbix.timeline import counted, is_period

_BATCH = 250
_SERVICE = {
    "output": ["serviceid", "name", "description", "algorithm", "propagation_rule", "propagation_value"],
    "selectTags": "extend",
    "selectProblemTags": "extend",
    "selectStatusRules": "extend",
    "selectChildren": ["serviceid"],
}
_SLA = {
    "output": "extend",
    "selectServiceTags": "extend",
    "selectSchedule": "extend",
    "selectExcludedDowntimes": "extend",
}
_EQUALS = 1
"""Of a tag in `service.get`."""
_SERVICE_ID = "service/"
"""Before the id of a service that is to be imported; a bare number is an SLA's."""


def open_connection(backend: Backend, config: Mapping[str, Any], context: Context) -> "ZabbixConnection":
    """Log in.

    Raises:
        SlactlError: when the configuration is wrong, the server cannot be reached, or refuses.
    """
    settings = settings_of(backend, config, read_settings)
    server = Server("Zabbix", backend, settings.url, settings.timeout_s, tls_of(config, context.root))
    api = Api(server, settings)
    api.open()
    return ZabbixConnection(api, backend.name, context.workspace)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Services, or SLA objects."""

    name: str
    key: str
    """Of an id."""
    get: Mapping[str, Any]
    mark_of: Callable[[Row], Mark | None]

    def find(self, api: Api, ids: Sequence[str]) -> dict[str, Row]:
        """The objects that have these ids, by id."""
        found = api.read(f"{self.name}.get", {**self.get, f"{self.key}s": [*ids]})
        return {row[self.key]: row for row in found}


_SERVICES = _Kind("service", "serviceid", _SERVICE, mark_of_service)
_SLAS = _Kind("sla", "slaid", _SLA, mark_of_sla)


class ZabbixConnection:
    """One backend's services and SLA objects on a server that others use, too."""

    def __init__(self, api: Api, name: str, workspace: str) -> None:
        self._api = api
        self._name = name
        self._workspace = workspace

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._api.close()

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._api.requests

    def read_all(self) -> Sequence[Observed]:
        """Every service and SLA object with this workspace's mark, in two calls."""
        services = self._services()
        addresses = {row["serviceid"]: mark.address for row, mark in services}
        found = [
            Observed(mark.address, row["serviceid"], service_body(row, addresses)) for row, mark in services
        ]
        found += [Observed(mark.address, row["slaid"], sla_body_of(row)) for row, mark in self._slas()]
        return found

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Make the changes, those of one kind together; one that is refused does not keep the others from being made."""
        outcomes = self._make([_taken_away(one) for one in changes])
        anew = [
            one for one in changes if one.action is Action.REPLACE and outcomes[one.address].status == "done"
        ]
        for address, one in self._make([replace(one, action=Action.CREATE, id=None) for one in anew]).items():
            error = f"it was deleted, and is not made anew: {one.error}" if one.error else ""
            outcomes[address] = replace(one, error=error)
        return [outcomes[one.address] for one in changes]

    def _make(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        """What becomes of changes, by address."""
        outcomes: dict[str, Outcome] = {}
        broken = ""
        for (action, kind), members in _alike(changes):
            for first in range(0, len(members), _BATCH):
                batch = members[first : first + _BATCH]
                if broken:
                    outcomes |= {one.address: Outcome(one.address, "failed", error=broken) for one in batch}
                    continue
                try:
                    outcomes |= {one.address: one for one in self._batch(action, kind, batch)}
                except SlactlError as error:
                    why = error.diagnostics[0].summary
                    outcomes |= {one.address: Outcome(one.address, "unknown", error=why) for one in batch}
                    broken = f"not tried, since {why}"
        return outcomes

    def commit(self) -> None:
        """Nothing waits: what is executed is in force."""

    def rollback(self) -> None:
        """Nothing waits."""

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading]:
        """Answer from Zabbix's own SLI; where a query is about no period of it, from the states that the SLI is made of."""
        slas = {mark.address: row for row, mark in self._slas()}
        rows = [slas.get(f"{self._name}.{one.objective.address}") for one in queries]
        found = [
            (query, row["slaid"], row["period"]) for query, row in zip(queries, rows, strict=True) if row
        ]
        periods = [(query, slaid) for query, slaid, period in found if is_period(period, query)]
        others = [(slaid, query) for query, slaid, period in found if not is_period(period, query)]
        asked = [
            {"slaid": slaid, "period_from": query.start, "period_to": query.end - 1}
            for query, slaid in periods
        ]
        sli = iter(self._api.read_each("sla.getsli", asked))
        states = iter(counted(self._api, others))
        return [
            Reading(query.objective.address, None, note="Zabbix has no SLA object for it")
            if row is None
            else _reading(query, next(sli))
            if is_period(row["period"], query)
            else next(states)
            for query, row in zip(queries, rows, strict=True)
        ]

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the name that users know it by
        """An SLA object by its number, or a service by `service/` and its number."""
        kind = _SERVICES if id.startswith(_SERVICE_ID) else _SLAS
        number = id.removeprefix(_SERVICE_ID)
        row = kind.find(self._api, [number]).get(number) if number.isdecimal() else None
        if row is None:
            return None
        mark = kind.mark_of(row)
        address = mark.address if mark is not None and mark.workspace == self._workspace else ""
        if mark is not None and not address:
            raise SlactlError(
                f"The {kind.name} {number} belongs to the workspace {mark.workspace}",
                f"Remove it from there with a Refactoring (removed, keepObjects: true) and take the mark of {mark.address} off.",
            )
        body = sla_body_of(row) if kind is _SLAS else service_body(row, self._addresses())
        return Observed(address, number, body)

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Objects of others that have a wanted one's name."""
        found = list[Candidate]()
        for kind, prefix in ((_SLAS, ""), (_SERVICES, _SERVICE_ID)):
            names = {one.body["name"]: one.address for one in wanted if is_sla(one.body) == (kind is _SLAS)}
            rows = (
                self._api.read(f"{kind.name}.get", {**kind.get, "filter": {"name": [*names]}})
                if names
                else ()
            )
            found += [
                Candidate(names[row["name"]], prefix + row[kind.key])
                for row in rows
                if kind.mark_of(row) is None
            ]
        return sorted(found, key=lambda one: (one.address, one.id))

    def _services(self) -> list[tuple[Row, Mark]]:
        tags = [
            {"tag": WORKSPACE_TAG, "operator": _EQUALS, "value": self._workspace},
            {"tag": ADDRESS_TAG, "operator": 4, "value": ""},
        ]
        rows = self._api.read("service.get", {**_SERVICE, "tags": tags, "evaltype": 0})
        return [*self._ours(rows, mark_of_service)]

    def _slas(self) -> list[tuple[Row, Mark]]:
        wanted = {"description": mark_start(self._workspace)}
        return [*self._ours(self._api.read("sla.get", {**_SLA, "search": wanted}), mark_of_sla)]

    def _ours(self, rows: Sequence[Row], mark_of: Callable[[Row], Mark | None]) -> Iterator[tuple[Row, Mark]]:
        for row in rows:
            mark = mark_of(row)
            if (
                mark is not None
                and mark.workspace == self._workspace
                and mark.address.startswith(f"{self._name}.")
            ):
                yield row, mark

    def _addresses(self) -> dict[str, str]:
        return {row["serviceid"]: mark.address for row, mark in self._services()}

    def _batch(self, action: Action, kind: _Kind, changes: Sequence[Change]) -> Iterator[Outcome]:
        """One batch; what is not ours is left out first."""
        there = {} if action is Action.CREATE else kind.find(self._api, [one.id for one in changes if one.id])
        allowed = list[Change]()
        for one in changes:
            why = "" if action is Action.CREATE else self._why_not(one, kind, there.get(one.id or ""))
            if why:
                yield Outcome(one.address, "failed", error=why)
            elif action is Action.DELETE and one.id not in there:
                yield Outcome(one.address, "done", one.id)
            else:
                allowed.append(one)
        for together in _levels(allowed, there) if action is Action.UPDATE else (allowed,):
            rows = [self._row(one, there.get(one.id or "")) for one in together]
            yield from self._send(action, kind, together, rows)

    def _why_not(self, change: Change, kind: _Kind, row: Row | None) -> str:
        if row is None:
            return "" if change.action is Action.DELETE else "it is not there any more; plan again"
        mark = kind.mark_of(row)
        if mark is not None and mark.workspace == self._workspace:
            return ""
        if mark is None and change.adopts:
            return ""
        return f"the {kind.name} {change.id} is there and not ours"

    def _row(self, change: Change, before: Row | None) -> Any:
        if change.after is None:
            return change.id
        mark = Mark(self._workspace, change.address)
        if is_sla(change.after):
            row, key = sla_row(change.after, mark), "slaid"
        else:
            row, key = service_row(change.after, mark, before["tags"] if before else ()), "serviceid"
        return (
            row
            | ({} if before is None else {key: change.id})
            | ({} if before or key == "slaid" else {"sortorder": 0})
        )

    def _send(
        self, action: Action, kind: _Kind, changes: Sequence[Change], rows: Sequence[Any]
    ) -> Iterator[Outcome]:
        """Send them in one call; one that is refused, whole, is halved until the one that is at fault stands alone."""
        if not changes:
            return
        try:
            ids = self._api.change(f"{kind.name}.{action}", rows)
        except RefusedError as error:
            if len(changes) == 1:
                yield Outcome(changes[0].address, "failed", error=_explained(str(error)))
                return
            half = len(changes) // 2
            yield from self._send(action, kind, changes[:half], rows[:half])
            yield from self._send(action, kind, changes[half:], rows[half:])
        else:
            for change, number in zip(changes, ids, strict=True):
                yield Outcome(change.address, "done", number)


def _reading(query: Query, found: Mapping[str, Any]) -> Reading:
    """What Zabbix's own figures of one SLA object say."""
    address = query.objective.address
    spans = [(int(one["period_from"]), int(one["period_to"])) for one in found["periods"]]
    if spans != [(query.start, query.end)]:
        return Reading(address, None, note="Zabbix's periods are other ones than the agreement's windows")
    cells = found["sli"][0] if found["sli"] else []
    measured = [(int(one["uptime"]), int(one["downtime"])) for one in cells]
    if not measured or any(up + down == 0 for up, down in measured):
        return Reading(address, None, note="Zabbix has counted no time in this window")
    up, down = min(measured, key=lambda one: Fraction(one[0], one[0] + one[1]))
    covered = (
        min(Fraction(1), Fraction(up + down, query.measured.seconds)) if query.measured.seconds else None
    )
    note = f"the worst of {plural(len(measured), 'service')}" if len(measured) > 1 else ""
    return Reading(address, Fraction(up, up + down), Fraction(down), covered=covered, note=note)


def _taken_away(change: Change) -> Change:
    """The first half of a replacement."""
    return replace(change, action=Action.DELETE, after=None) if change.action is Action.REPLACE else change


def _alike(changes: Sequence[Change]) -> Iterator[tuple[tuple[Action, _Kind], list[Change]]]:
    """Changes that one call can make: deletions first, so that a name is free for who takes it."""

    def kind_of(change: Change) -> _Kind:
        body = change.after if change.after is not None else change.before
        return _SLAS if body is not None and is_sla(body) else _SERVICES

    order = {Action.DELETE: 0, Action.UPDATE: 1, Action.CREATE: 2}
    ranked = sorted(changes, key=lambda one: (order[one.action], kind_of(one).name))
    for key, members in groupby(ranked, key=lambda one: (one.action, kind_of(one))):
        yield key, [*members]


def _levels(changes: Sequence[Change], there: Mapping[str, Row]) -> Iterator[Sequence[Change]]:
    """Changes that one call can make: Zabbix 6.0 does not see the children that a service has while they are in the same call."""
    left = changes
    while left:
        ids = {one.id for one in left}
        above = [
            one
            for one in left
            if any(child["serviceid"] in ids for child in there.get(one.id or "", {}).get("children", ()))
        ]
        yield [one for one in left if one not in above]
        left = above


def _explained(reason: str) -> str:
    if "already exists" in reason:
        return f"{reason} It is not ours: import it, or rename one of the two."
    return reason
