"""The executor: intents before, outcomes after, each in a transaction of its own.

Whatever happens, and whenever: what a backend already has is either in state, or an open intent, or carries our mark; so the
next plan sees it.
"""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.plan.plan import ObjectChange, Plan
from slactl.plan.references import refs_in, resolved
from slactl.plan.saved import digest
from slactl.plan.stages import Commit, MakeChanges, RecordPromises, Stage, TakeOver, stages
from slactl.provider import Action, Change, Connection, Outcome
from slactl.state.records import Applied, Entry, Recorded
from slactl.state.store import Writer

Report = Callable[[str, Outcome], None]
"""Told of every outcome: the action, and what became of it."""


@dataclass(slots=True)
class Result:
    """What an apply did."""

    added: int = 0
    changed: int = 0
    destroyed: int = 0
    failures: list[Outcome] = field(default_factory=list)
    interrupted: bool = False
    serial: int | None = None
    """The state's new serial, where something was recorded."""

    @property
    def complete(self) -> bool:
        """Whether everything that was planned is done."""
        return not self.failures and not self.interrupted


@dataclass(frozen=True, slots=True)
class Identity:
    """Who applies, by which command, from which commit."""

    who: str
    command: str
    commit: str | None


class Executor:
    """Runs one plan."""

    def __init__(
        self,
        plan: Plan,
        writer: Writer,
        connect: Callable[[str], Connection],
        identity: Identity,
        report: Report,
    ) -> None:
        self._plan = plan
        self._writer = writer
        self._connect = connect
        self._identity = identity
        self._report = report
        self._digest = digest(plan)
        self._connections: dict[str, Connection] = {}
        self._staged: dict[str, list[tuple[ObjectChange, Outcome, Mapping[str, Any] | None]]] = {}
        self._fields: dict[str, Mapping[str, Any]] = {
            one.address: {**one.attributes, "id": one.id} for one in plan.kept
        }
        self._results: dict[str, str] = {}
        self._stop = False
        self.result = Result()

    def run(self) -> Result:
        """Run every stage; a failed change stops what depends on it, not the rest."""
        with ExitStack() as stack, self._interruptible():
            for stage in stages(self._plan):
                if self._stop and not isinstance(stage, (Commit, RecordPromises)):
                    self.result.interrupted = True
                    continue
                self._run(stage, stack)
        return self.result

    def _run(self, stage: Stage, stack: ExitStack) -> None:
        match stage:
            case TakeOver(kept, gone):
                recorded = [
                    Recorded(one.address, one.provider, one.id, one.body, one.attributes, one.needed_by)
                    for one in kept
                ]
                self._writer.resolve(recorded, gone, ())
            case MakeChanges(backend, changes):
                self._make(self._connection(backend, stack), changes)
            case Commit(backend):
                self._commit(backend)
            case RecordPromises():
                self._finish()

    def _connection(self, backend: str, stack: ExitStack) -> Connection:
        if backend not in self._connections:
            self._connections[backend] = stack.enter_context(self._connect(backend))
        return self._connections[backend]

    def _make(self, connection: Connection, changes: Sequence[ObjectChange]) -> None:
        ready = [change for change in changes if not self._waits_in_vain(change)]
        self._writer.begin(self._digest, [(change.address, change.action.value) for change in ready])
        bodies = [
            resolved(change.after, self._known) if change.after is not None else None for change in ready
        ]
        asked = [
            Change(one.action, one.address, one.before, body, one.id, one.needed_by)
            for one, body in zip(ready, bodies, strict=True)
        ]
        outcomes = connection.execute(asked)
        self._record(list(zip(ready, outcomes, bodies, strict=True)))

    def _waits_in_vain(self, change: ObjectChange) -> bool:
        """Whether something that the change refers to is not there; then it fails without being tried."""
        missing = [ref for ref in refs_in(change.after) if self._known(ref.address, ref.field) is None]
        if missing:
            self._fail(
                change,
                Outcome(change.address, "failed", error=f"it needs {missing[0].address}, which is not there"),
            )
        return bool(missing)

    def _known(self, address: str, name: str) -> Any:
        return self._fields.get(address, {}).get(name)

    def _record(self, made: Sequence[tuple[ObjectChange, Outcome, Mapping[str, Any] | None]]) -> None:
        done: list[Recorded] = []
        gone: list[str] = []
        failed: list[str] = []
        for change, outcome, body in made:
            if outcome.status == "staged":
                self._staged.setdefault(change.address.split(".", 1)[0], []).append((change, outcome, body))
            elif outcome.status == "done":
                self._count(change, outcome)
                if change.action is Action.DELETE:
                    gone.append(change.address)
                else:
                    done.append(self._recorded(change, outcome, body))
            else:
                self._fail(change, outcome)
                if outcome.status == "failed":
                    failed.append(change.address)  # an unknown outcome keeps its intent: the next read tells
        if done or gone or failed:
            self._writer.resolve(done, gone, failed)

    def _recorded(self, change: ObjectChange, outcome: Outcome, body: Mapping[str, Any] | None) -> Recorded:
        name = outcome.id or change.id or change.address
        self._fields[change.address] = {**outcome.attributes, "id": name}
        return Recorded(
            change.address, change.provider, name, body or {}, outcome.attributes, change.needed_by
        )

    def _commit(self, backend: str) -> None:
        staged = self._staged.pop(backend, [])
        if not staged:
            return
        try:
            self._connections[backend].commit()
        except SlactlError as error:
            cause = error.diagnostics[0]
            reason = f"{cause.summary}. {cause.detail}".strip()
            self._record(
                [
                    (change, Outcome(change.address, "failed", error=reason), body)
                    for change, _, body in staged
                ]
            )
            return
        self._record(
            [
                (change, Outcome(change.address, "done", outcome.id, outcome.attributes), body)
                for change, outcome, body in staged
            ]
        )

    def _count(self, change: ObjectChange, outcome: Outcome) -> None:
        self._results[change.address] = f"{change.action.value}: done"
        if change.action in (Action.CREATE, Action.REPLACE):
            self.result.added += 1
        if change.action is Action.UPDATE:
            self.result.changed += 1
        if change.action in (Action.DELETE, Action.REPLACE):
            self.result.destroyed += 1
        self._report(change.action.value, outcome)

    def _fail(self, change: ObjectChange, outcome: Outcome) -> None:
        self._results[change.address] = f"{change.action.value}: {outcome.status}: {outcome.error}"
        self.result.failures.append(outcome)
        self._report(change.action.value, outcome)

    def _finish(self) -> None:
        """Promises are in force once all their objects are: with failures they stay as they were."""
        agreements: dict[str, Applied | None] = {}
        if self.result.complete:
            for change in self._plan.agreements:
                kept = change.after is not None
                agreements[change.address] = (
                    Applied(change.address, change.after or {}, change.support, change.prevent_destroy)
                    if kept
                    else None
                )
        entry = Entry(
            serial=0,
            at=datetime.now(UTC),
            who=self._identity.who,
            command=self._identity.command,
            as_of=self._plan.as_of,
            plan_digest=self._digest,
            commit=self._identity.commit,
            results=self._results,
            agreements={
                address: one.promise if one is not None else None for address, one in agreements.items()
            },
        )
        self.result.serial = self._writer.finish(agreements, entry)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C once: finish what is under way, record it, and stop. Twice: stop at once."""

        def ask_to_stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the protocol of signals
            if self._stop:
                raise KeyboardInterrupt
            self._stop = True

        try:
            before = signal.signal(signal.SIGINT, ask_to_stop)
        except ValueError:  # not in the main thread: nobody presses Ctrl-C there
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
