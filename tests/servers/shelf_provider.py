"""A system in memory, one request a call, and a provider for it that can be told to do one thing wrong: for tests of the suite."""

import copy
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from slactl.base.diagnostics import SlactlError
from slactl.provider import Action, Candidate, Change, Observed, Outcome, Query, Reading, Resource
from slactl.provider.conformance import Body, Fault, Look, Path, Stranger, Subject, with_other

Item = dict[str, Any]
"""`{"mark": [workspace, address] or None, "body": {...}}`."""


class UnheardError(Exception):
    """No answer came."""


@dataclass
class Shelf:
    """The system; also the wire to it."""

    items: dict[str, Item] = field(default_factory=dict)
    arrivals: list[float] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    faults: list[tuple[Fault, bool]] = field(default_factory=list)

    def fail(self, fault: Fault, *, times: int = 1, writing: bool = False) -> None:
        self.faults += [(fault, writing)] * times

    def calm(self) -> None:
        for one in (self.faults, self.arrivals, self.writes):
            one.clear()

    def ask(self, write: str = "", work: Callable[[], None] = lambda: None) -> dict[str, Item]:
        """One request; a read is answered with all items."""
        self.arrivals.append(time.monotonic())
        self.writes += [write] if write else []
        fault = None
        if self.faults and (write or not self.faults[0][1]):
            fault, _ = self.faults.pop(0)
        if fault not in (Fault.ERROR, Fault.CUT_BEFORE):
            work()
        if fault is not None:
            raise UnheardError(fault.value)
        return {} if write else copy.deepcopy(self.items)


class ShelfConnection:
    """`wrong` names what it does wrong; empty: nothing."""

    def __init__(self, shelf: Shelf, wrong: str = "", workspace: str = "estate") -> None:
        self._shelf = shelf
        self._wrong = wrong
        self._workspace = workspace

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def read_all(self) -> Sequence[Observed]:
        found = [
            Observed(one["mark"][1], name, one["body"])
            for name, one in self._patient().items()
            if self._is_ours(one)
        ]
        if self._wrong == "forgets one":
            return found[:1]
        hidden = {"size": 1} if self._wrong == "does not see an attribute" else {}
        return [Observed(one.address, one.id, {**one.body, **hidden}) for one in found]

    def _is_ours(self, one: Item) -> bool:
        if one["mark"] is None:
            return False
        return bool(one["mark"][0] == self._workspace or self._wrong == "reads other workspaces")

    def _patient(self) -> dict[str, Item]:
        pauses = {"gives up at once": (), "hurries": (0.2, 0.0)}.get(self._wrong, (0.1, 0.2))
        for pause_s in pauses:
            try:
                return self._shelf.ask()
            except UnheardError:
                time.sleep(pause_s)
        try:
            return self._shelf.ask()
        except UnheardError as error:
            raise SlactlError("The shelf does not answer", str(error)) from None

    def execute(self, changes: Sequence[Change]) -> Sequence[Outcome]:
        if self._wrong == "fails as a batch and does half" and any("bad" in one.address for one in changes):
            first, *rest = changes
            return [self._outcome(first), *(Outcome(one.address, "failed", error="no") for one in rest)]
        return [self._outcome(one) for one in changes]

    def _outcome(self, change: Change) -> Outcome:
        name = change.id or change.address
        why = self._refusal(change, name)
        if why:
            return Outcome(change.address, "failed", error="" if self._wrong == "says nothing" else why)
        try:
            self._write(change, name)
        except UnheardError as error:
            status = "failed" if self._wrong == "calls the unknown failed" else "unknown"
            return Outcome(change.address, status, error=str(error))  # type: ignore[arg-type]  # one of two words
        return Outcome(change.address, "done", name)

    def _refusal(self, change: Change, name: str) -> str:
        if "bad" in change.address:
            return "the shelf takes no bad things"
        there = self._shelf.items.get(name)
        if there is None or change.adopts or self._wrong == "takes over what it finds":
            return ""
        return "" if there["mark"] and there["mark"][0] == self._workspace else "it is there, and not ours"

    def _write(self, change: Change, name: str) -> None:
        def work() -> None:
            if change.action is Action.DELETE:
                self._shelf.items.pop(name, None)
            else:
                mark = [self._workspace, change.address]
                self._shelf.items[name] = {"mark": mark, "body": copy.deepcopy(change.after)}

        if change.action is Action.REPLACE and self._wrong == "does not replace":
            return
        text = f"{change.action} {name}"
        try:
            self._shelf.ask(text, work)
        except UnheardError:
            if self._wrong != "writes again":
                raise
            self._shelf.ask(text, work)

    def commit(self) -> None: ...

    def rollback(self) -> None: ...

    def measure(self, queries: Sequence[Query]) -> Sequence[Reading | None]:
        return [None] * len(queries)

    def read(self, id: str) -> Observed | None:  # noqa: A002 - the protocol of providers
        one = self._shelf.items.get(id)
        return None if one is None else Observed("", id, one["body"])

    def importable(self, wanted: Sequence[Resource]) -> Sequence[Candidate]:
        if self._wrong == "offers nothing":
            return []
        strange = [
            one.address for one in wanted if self._shelf.items.get(one.address, {"mark": 1})["mark"] is None
        ]
        return [Candidate(one, one) for one in strange]


def shelf_subject(wrong: str = "") -> Subject:
    """A subject for every step."""
    shelf = Shelf({"theirs": {"mark": None, "body": {"a": 1}}})

    def connect() -> ShelfConnection:
        return ShelfConnection(shelf, wrong)

    def by_hand(found: Observed, path: Path) -> None:
        shelf.items[found.id]["body"] = with_other(shelf.items[found.id]["body"], path, "by hand")

    def remove(found: Observed) -> None:
        del shelf.items[found.id]

    @contextmanager
    def stranger(address: str, _: Body) -> Iterator[Stranger]:
        shelf.items[address] = {"mark": None, "body": {"size": 7}}
        yield Stranger(lambda: copy.deepcopy(shelf.items.get(address)), address)
        shelf.items.pop(address, None)

    @contextmanager
    def unmarked(found: Observed) -> Iterator[Look]:
        shelf.items[found.id]["mark"] = None
        yield lambda: copy.deepcopy(shelf.items.get(found.id))
        shelf.items.pop(found.id, None)

    sized: Mapping[str, Body] = {"b.box.a": {"size": 1, "tags": []}, "b.box.b": {"size": 1, "tags": ["x"]}}
    return Subject(
        connect=connect,
        created=sized,
        updated={"b.box.a": {"size": 1, "tags": ["y"]}},
        touch=lambda found: by_hand(found, ("tags",)),
        remove=remove,
        foreign=lambda: copy.deepcopy(shelf.items["theirs"]),
        by_hand=by_hand,
        stranger=stranger,
        unmarked=unmarked,
        elsewhere=lambda: ShelfConnection(shelf, wrong, "elsewhere"),
        refused={"b.box.bad": {"size": 1, "tags": []}},
        replaced={"b.box.a": {"size": 1, "tags": ["z"]}},
        many={f"b.box.n{one}": {"size": 1, "tags": []} for one in range(1000)},
        most_requests={"create": 1000, "read": 2 if wrong != "has a bound of none" else 0, "delete": 1002},
        estate=lambda: [Resource(one, body, ()) for one, body in sized.items()],
        wire=shelf,
        impatient=connect,
    )
