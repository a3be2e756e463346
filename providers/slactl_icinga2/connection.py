"""A connection to one Icinga: our objects read in bulk, changed one by one, and never one of somebody else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
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
    Status,
)
from slactl.provider.config import settings_of
from slactl.provider.http import Server, tls_of
from slactl_icinga2.adoption import NotOursError, adoptable, candidates
from slactl_icinga2.api import Api, BlockedError, GoneError, RefusedError, ThereError
from slactl_icinga2.dependents import insist_on_none_left
from slactl_icinga2.kinds import (
    ADDRESS,
    KINDS,
    WORKSPACE,
    Kind,
    default_name,
    fields_of,
    id_of,
    kind_of,
    name_in,
    variables,
)
from slactl_icinga2.settings import Settings, read_settings

_OF_API = "_api"
_NO_HISTORY = "Icinga 2 keeps no history by which an attainment could be computed"


def open_connection(backend: Backend, config: Mapping[str, Any], context: Context) -> "IcingaConnection":
    """Log in.

    Raises:
        SlactlError: when the configuration is wrong, or the server does not answer, is too old, or refuses the login.
    """
    from slactl.base.http import basic  # noqa: PLC0415 - slow to import; plans without a server need no HTTP

    settings = settings_of(backend, config, read_settings)
    sign = basic(settings.user, settings.password)
    server = Server("Icinga 2", backend, settings.url, settings.timeout_s, tls_of(config, context.root), sign)
    api = Api(server, settings.user)
    api.greet()
    return IcingaConnection(api, settings, context.workspace, backend.name)


class IcingaConnection:
    """One backend's objects on a server that other backends, workspaces and people share."""

    def __init__(self, api: Api, settings: Settings, workspace: str, name: str) -> None:
        self._api = api
        self._settings = settings
        self._workspace = workspace
        self._name = name
        self._commands: frozenset[str] | None = None
        """Icinga's check commands, once they are known."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def read_all(self) -> Sequence[Observed]:
        """Every object of this backend, in one request for each type."""
        return [one for kind in KINDS.values() for one in self._read(kind)]

    def _read(self, kind: Kind) -> Iterator[Observed]:
        condition = f"{kind.type.lower()}.vars.{WORKSPACE} == workspace"
        for row in self._api.query(kind, condition, {"workspace": self._workspace}, kind.asked()):
            name, attrs = str(row["name"]), row["attrs"]
            address = self._address_of(kind, attrs)
            if address is not None:
                yield Observed(address, id_of(kind, name), kind.body_of(attrs), fields_of(name))

    def _address_of(self, kind: Kind, attrs: Mapping[str, Any]) -> str | None:
        """What its mark says; None where an apply rule copied the mark of another object, or another backend has it."""
        if attrs.get("package") != _OF_API or variables(attrs).get(WORKSPACE) != self._workspace:
            return None
        address = str(variables(attrs).get(ADDRESS))
        return address if address.startswith(f"{self._name}.{kind.name}.") else None

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        """Make the changes one by one: what depends on others goes first, and comes last."""
        marked = self._marked(changes)
        made = {change.address: self._make(change, marked) for change in sorted(changes, key=_rank)}
        return [made[change.address] for change in changes]

    def commit(self) -> None:
        """Nothing is staged: each change is in force at once."""

    def rollback(self) -> None:
        """Nothing is staged."""

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading]:
        """No answer to any query."""
        return [Reading(query.objective.address, None, note=_NO_HISTORY) for query in queries]

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the protocol of providers
        """An object of anybody, by `host/NAME`, `service/HOST!NAME`, `timeperiod/NAME` or `dependency/CHILD!NAME`."""
        found = adoptable(self._api, self._workspace, id)
        if found is None:
            return None
        kind, name, attrs = found
        return Observed(self._address_of(kind, attrs) or "", id, kind.body_of(attrs), fields_of(name))

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Objects of others, made by the API, that have the names of wanted ones."""
        return [*candidates(self._api, wanted)]

    def _marked(self, changes: Sequence[Change]) -> set[str]:
        """The ids of ours among what is to change or go, read again just before."""
        kinds = {kind_of(one.address).name for one in changes if one.id is not None}
        return {one.id for name in kinds for one in self._read(KINDS[name])}

    def _make(self, change: Change, marked: set[str]) -> Outcome:
        steps: Mapping[Action, Callable[[Change], str]] = {
            Action.CREATE: self._create,
            Action.UPDATE: self._update,
            Action.REPLACE: self._replace,
            Action.DELETE: self._delete,
        }
        try:
            if change.id is not None and change.id not in marked and not self._may_go_on(change):
                return Outcome(change.address, "done", id=change.id)
            self._insist_on_command(change.after or {})
            name = steps[change.action](change)
        except RefusedError as error:
            return Outcome(change.address, "failed", error=_sentence(str(error)))
        except SlactlError as error:
            said = error.diagnostics[0]
            status: Status = "failed" if isinstance(error, NotOursError) else "unknown"
            return Outcome(change.address, status, error=f"{said.summary}. {said.detail}".strip())
        return Outcome(change.address, "done", id_of(kind_of(change.address), name), fields_of(name))

    def _insist_on_command(self, body: Mapping[str, Any]) -> None:
        """Refuse an unknown check command before Icinga does: of an object that it refused it keeps a trace until it is reloaded.

        Raises:
            RefusedError: when Icinga has no such command.
        """
        command = body.get("check_command")
        if command is not None and self._commands is None:
            self._commands = self._api.commands()
        if command is not None and self._commands and command not in self._commands:
            raise RefusedError(
                f"Icinga has no check command {command}.{did_you_mean(command, self._commands)} "
                "Write it into Icinga's configuration, or name another in the indicator"
            )

    def _may_go_on(self, change: Change) -> bool:
        """Whether there is work on an object that is not marked as ours; what shall go may be gone.

        Raises:
            RefusedError: when it is somebody else's, or gone.
        """
        found = adoptable(self._api, self._workspace, change.id or "")
        if change.adopts:
            if found is None or change.action is not Action.UPDATE:
                raise RefusedError(_not_adopted(change, gone=found is None))
            return True
        if found is None and change.action is not Action.UPDATE:
            return change.action is Action.REPLACE
        if found is None:
            raise GoneError(f"{name_in(change.id or '')} is not there any more. Plan again")
        raise RefusedError(f"{name_in(change.id or '')} is there, and not slactl's. {_TAKE_OVER}")

    def _create(self, change: Change) -> str:
        kind, body = kind_of(change.address), change.after or {}
        name = default_name(kind, self._workspace, change.address, body)
        attrs = kind.attrs_of(body, self._workspace, change.address)
        try:
            self._api.create(kind, name, attrs)
        except ThereError:
            raise RefusedError(self._why_there(kind, name)) from None
        return name

    def _update(self, change: Change) -> str:
        kind, name = kind_of(change.address), name_in(change.id or "")
        attrs = kind.attrs_of(change.after or {}, self._workspace, change.address)
        self._api.modify(kind, name, kind.changeable(attrs))
        return name

    def _replace(self, change: Change) -> str:
        with suppress(GoneError):
            self._take_away(kind_of(change.address), name_in(change.id or ""), anew=True)
        try:
            return self._create(change)
        except RefusedError as error:
            raise RefusedError(f"it was deleted, and cannot be made anew: {error}") from None

    def _delete(self, change: Change) -> str:
        name = name_in(change.id or "")
        with suppress(GoneError):  # it went with what it depends on
            self._take_away(kind_of(change.address), name, anew=False)
        return name

    def _take_away(self, kind: Kind, name: str, *, anew: bool) -> None:
        try:
            self._api.delete(kind, name)
        except BlockedError:
            applied_too = self._settings.delete_applied
            insist_on_none_left(self._api, kind, name, self._workspace, applied_too=applied_too, anew=anew)
            self._api.delete(kind, name, cascade=True)

    def _why_there(self, kind: Kind, name: str) -> str:
        there = f"there is a {kind.name} {name} already"
        try:
            found = adoptable(self._api, self._workspace, id_of(kind, name))
        except NotOursError as error:
            return f"{there}. {error.diagnostics[0].summary}"
        if found is not None and variables(found[2]).get(WORKSPACE) == self._workspace:
            return f"{there}: it is {variables(found[2]).get(ADDRESS)} of this workspace. Plan again, or give one of them another name"
        return f"{there}, and it is not slactl's. {_TAKE_OVER}"


def _rank(change: Change) -> tuple[int, int]:
    """What others refer to is made before them, and goes after them; among time periods, too."""
    rank = [*KINDS].index(kind_of(change.address).name)
    refers = 1 if (change.after or change.before or {}).get("excludes") else 0
    return (-rank, -refers) if change.action is Action.DELETE else (rank, refers)


_TAKE_OVER = "Give it another name, or have slactl take it over: `slactl import` shows how"


def _not_adopted(change: Change, *, gone: bool) -> str:
    if gone:
        return f"{name_in(change.id or '')} is not there any more. Plan again"
    return f"{name_in(change.id or '')} has another name than {change.address} wants, and Icinga renames nothing. Import an object of that name"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
