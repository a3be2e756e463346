"""A workspace over folders: what is wanted, a state, and the way from one to the other; also a process to be killed.

python folder_world.py ROOT   reads ROOT/wanted.json, says "ready", and applies
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from folder_provider import Faults, FolderConnection, FolderProvider, folder_backend

from slactl.apply.executor import Executor, Identity, Result
from slactl.base.diagnostics import Place
from slactl.check.result import Assessment
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.refactoring import Refactoring
from slactl.model.workspace import Guard, Workspace
from slactl.plan.build import Inputs, build_plan
from slactl.plan.imports import all_imports
from slactl.plan.narrow import Selection
from slactl.plan.past import recall
from slactl.plan.plan import Mode, Plan
from slactl.provider import Context, Observed, Provider
from slactl.state.open import store_of
from slactl.state.store import Store
from slactl.state.under_way import told

AS_OF = date(2026, 11, 23)


@dataclass
class FolderWorld:
    """A root folder with `state.db` and one folder a backend."""

    root: Path
    wanted: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"b": {}})
    """Bodies by backend and name."""
    staged: bool = False
    mode: Mode = "normal"
    faults: dict[str, Faults] = field(default_factory=dict)
    as_of: date = AS_OF
    refactorings: dict[str, Refactoring] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    guard: Guard = field(default_factory=Guard)
    selection: Selection = field(default_factory=Selection)
    replaced: tuple[str, ...] = ()
    parallelism: int = 10
    settings: Mapping[str, str] = field(default_factory=lambda: {"type": "sqlite", "path": "state.db"})
    """Where the state is kept, as a workspace says it."""

    @property
    def store(self) -> Store:
        return store_of(self.settings, Workspace("estate", Place("slactl.yaml"), "org"), self.root)

    @property
    def context(self) -> Context:
        return Context(self.root, "estate", self.as_of)

    def estate(self) -> Estate:
        backends = {
            name: folder_backend(name, self.root / name, objects, staged=self.staged)
            for name, objects in self.wanted.items()
        }
        return Estate(
            Workspace("estate", Place("slactl.yaml"), "org", guard=self.guard),
            agreements=self.agreements,
            backends=backends,
            refactorings=self.refactorings,
            digest="files",
        )

    def provider(self, backend: str) -> Provider:
        return FolderProvider(self.faults.setdefault(backend, Faults()))

    def connect(self, name: str) -> FolderConnection:
        backend = self.estate().backends[name]
        connection = self.provider(name).connect(backend, backend.config, self.context)
        assert isinstance(connection, FolderConnection)
        return connection

    def observed(self) -> dict[str, Sequence[Observed]]:
        return {name: self.read(name) for name in self.wanted}

    def read(self, name: str = "b") -> Sequence[Observed]:
        with self.connect(name) as connection:
            return connection.read_all()

    def bodies(self, name: str = "b") -> dict[str, Mapping[str, Any]]:
        """Bodies in the backend, by short name; fails where one is there twice."""
        found = self.read(name)
        assert len({one.address for one in found}) == len(found), "an object is there twice"
        return {one.address.split(".", 2)[2]: one.body for one in found}

    def log(self, name: str = "b") -> list[str]:
        path = self.root / name / "log"
        return path.read_text().splitlines() if path.exists() else []

    def inputs(self, *, refresh: bool = True) -> Inputs:
        estate, snapshot = self.estate(), self.store.read()
        return Inputs(
            estate=estate,
            assessment=Assessment(self.as_of, date(2028, 11, 30), {}, ()),
            snapshot=snapshot,
            desired={
                name: self.provider(name).compile(estate, backend, self.context)
                for name, backend in estate.backends.items()
            },
            observed=self.observed() if refresh or snapshot.intents else {},
            providers=dict.fromkeys(self.wanted, "folder"),
            cost=lambda name, body: self.provider(name).cost(body),
            mode=self.mode,
            past=recall(told(self.store)),
            foreign=self.foreign(),
            selection=self.selection,
            replaced=self.replaced,
        )

    def foreign(self) -> dict[str, Observed | None]:
        """What imports name, the done ones too: that these need not be read is for speed alone."""
        found = {}
        for one in all_imports(self.estate()):
            with self.connect(one.target.split(".", 1)[0]) as connection:
                found[one.target] = connection.read(one.id)
        return found

    def plan(self, *, refresh: bool = True) -> Plan:
        return build_plan(self.inputs(refresh=refresh))

    def apply(self, plan: Plan | None = None) -> Result:
        with self.store.lock("apply", 0) as writer:
            identity = Identity("me@here", "apply", None)
            plan = plan or self.plan()
            return Executor(
                plan, writer, self.connect, identity, lambda *_: None, parallelism=self.parallelism
            ).run()

    def actions(self) -> dict[str, str]:
        return {one.address.split(".", 2)[2]: one.action.value for one in self.plan().changes}


def _lines(root: Path) -> Iterator[str]:
    import slactl.plan.stages  # noqa: PLC0415 - only the process to be killed makes small batches

    slactl.plan.stages.BATCH = 7
    settings = json.loads((root / "wanted.json").read_text())
    world = FolderWorld(
        root,
        settings["wanted"],
        staged=settings["staged"],
        settings=settings.get("state", {"path": "state.db"}),
    )
    plan = world.plan()
    yield "ready"
    world.apply(plan)
    yield "done"


if __name__ == "__main__":
    for line in _lines(Path(sys.argv[1])):
        print(line, flush=True)  # noqa: T201 - the parent waits for it
