"""A provider of the tests' own: objects are JSON files in a folder, with ids that the folder gives, and faults on demand.

The backend's configuration says what is wanted: `{"folder": ..., "staged": bool, "objects": {name: body}}`; a body's text
`ref:NAME` or `ref:NAME.FIELD` refers to another object.
"""

import json
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider import (
    Action,
    Candidate,
    Change,
    Compilation,
    Context,
    Notice,
    Observed,
    Outcome,
    Query,
    Reading,
    Ref,
    Resource,
)


@dataclass
class Faults:
    """What goes wrong, and hooks that run within the backend."""

    unreachable: bool = False
    fail: set[str] = field(default_factory=set)
    """Addresses whose changes are refused."""
    lose_answer: bool = False
    """The connection breaks after the changes were made."""
    short_answer: bool = False
    refuse_commit: bool = False
    before_change: Callable[[Change], None] = lambda _: None
    after_batch: Callable[[], None] = lambda: None


class FolderProvider:
    """Objects as files."""

    name = "folder"

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()

    def validate(self, backend: Backend) -> Sequence[Notice]:  # noqa: ARG002 - the protocol of providers
        return ()

    def compile(self, estate: Estate, backend: Backend, context: Context) -> Compilation:  # noqa: ARG002 - the same
        wanted: Mapping[str, Mapping[str, Any]] = backend.config["objects"]
        return Compilation(
            [
                Resource(
                    f"{backend.name}.file.{name}",
                    {key: _ref(backend.name, value) for key, value in body.items()},
                    (f"sla.{name}",),
                    frozenset({"fixed"}),
                )
                for name, body in wanted.items()
            ]
        )

    def cost(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        return {"files": 1, "values": len(body)}

    def connect(self, backend: Backend, config: Mapping[str, Any], context: Context) -> "FolderConnection":
        if self.faults.unreachable:
            raise SlactlError(f"{backend.name} does not answer", "Is it running?")
        return FolderConnection(
            Path(config["folder"]), context.workspace, self.faults, staged=bool(config.get("staged"))
        )


class FolderConnection:
    """An open folder."""

    def __init__(self, folder: Path, workspace: str, faults: Faults, *, staged: bool) -> None:
        self._folder = folder
        self._workspace = workspace
        self._faults = faults
        self._staged = staged
        self._stage = folder / "staged" / uuid.uuid4().hex
        """A connection's own: what a killed one left there is never put in place by another."""

    def __enter__(self) -> Self:
        (self._folder / "objects").mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def read_all(self) -> Sequence[Observed]:
        found = [json.loads(path.read_text()) for path in sorted((self._folder / "objects").glob("*.json"))]
        return [
            Observed(one["address"], one["id"], one["body"], {"size": len(one["body"])})
            for one in found
            if one["workspace"] == self._workspace
        ]

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the protocol of providers
        path = self._folder / "objects" / f"{id}.json"
        if not path.exists():
            return None
        one = json.loads(path.read_text())
        if one["workspace"] not in ("", self._workspace):
            raise SlactlError(f"{id} belongs to the workspace {one['workspace']}", "Take it out there first.")
        return Observed(one["address"], id, one["body"], {"size": len(one["body"])})

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        """Objects of nobody that somebody has called what a wanted one is called."""
        names = {one.address.split(".", 2)[2]: one.address for one in wanted}
        found = [json.loads(path.read_text()) for path in sorted((self._folder / "objects").glob("*.json"))]
        return [
            Candidate(names[one["name"]], one["id"])
            for one in found
            if not one["workspace"] and one.get("name") in names
        ]

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        outcomes = [self._make(change) for change in changes]
        self._faults.after_batch()
        if self._faults.lose_answer:
            raise SlactlError("The connection was reset")
        return outcomes[:-1] if self._faults.short_answer else outcomes

    def commit(self) -> None:
        if self._faults.refuse_commit:
            self.rollback()
            raise SlactlError("The reload was refused", "The previous objects are in force.")
        for path in sorted(self._stage.glob("*.json")):
            text = path.read_text()
            target = self._folder / "objects" / path.name
            if text == "gone":
                target.unlink(missing_ok=True)
                path.unlink()
            else:
                path.replace(target)

    def rollback(self) -> None:
        shutil.rmtree(self._stage, ignore_errors=True)

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading]:
        return [Reading(one.objective.address, None) for one in queries]

    def _make(self, change: Change) -> Outcome:
        self._faults.before_change(change)
        if change.address in self._faults.fail:
            return Outcome(change.address, "failed", error="refused")
        if self._is_foreign(change):
            return Outcome(change.address, "failed", error="it is somebody else's")
        with (self._folder / "log").open("a") as log:
            log.write(f"{change.action.value} {change.address}\n")
        name = change.id or ""
        if change.action in (Action.REPLACE, Action.DELETE):
            self._put(name, None)
        if change.action in (Action.REPLACE, Action.CREATE):
            name = uuid.uuid4().hex
        if change.action is not Action.DELETE:
            self._put(
                name,
                {
                    "workspace": self._workspace,
                    "address": change.address,
                    "id": name,
                    "body": change.after,
                },
            )
        attributes = {} if change.after is None else {"size": len(change.after)}
        return Outcome(change.address, "staged" if self._staged else "done", name, attributes)

    def _is_foreign(self, change: Change) -> bool:
        path = self._folder / "objects" / f"{change.id}.json"
        if change.adopts or not path.exists():
            return False
        return bool(json.loads(path.read_text())["workspace"] != self._workspace)

    def _put(self, name: str, value: Mapping[str, Any] | None) -> None:
        """Write or remove one file in one step, at once or when committed."""
        path = (self._stage if self._staged else self._folder / "objects") / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        if value is None and not self._staged:
            path.unlink()
            return
        beside = path.with_suffix(".part")
        beside.write_text("gone" if value is None else json.dumps(value))
        beside.replace(path)


def _ref(backend: str, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("ref:"):
        name, _, part = value.removeprefix("ref:").partition(".")
        return Ref(f"{backend}.file.{name}", part or "id")
    return value


def folder_backend(name: str, folder: Path, objects: Mapping[str, Any], *, staged: bool = False) -> Backend:
    """A backend document of that folder."""
    return Backend(
        name, Place("backends.yaml"), "folder", {"folder": str(folder), "objects": objects, "staged": staged}
    )


def put_foreign(folder: Path, name: str, body: Mapping[str, Any], *, called: str = "", of: str = "") -> None:
    """An object that somebody else has made, of no workspace or of another one; `called` is the name they gave it."""
    (folder / "objects").mkdir(parents=True, exist_ok=True)
    one = {"workspace": of, "address": "", "id": name, "name": called, "body": body}
    (folder / "objects" / f"{name}.json").write_text(json.dumps(one))
