"""The executor: intents before, outcomes after, each in a transaction of its own.

Whatever happens, and whenever: what a backend already has is either in state, or an open intent, or carries our mark; so the
next plan sees it. Backends of one wave are changed side by side; what is recorded is recorded one at a time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from threading import RLock
from typing import Any

from slactl import __version__
from slactl.apply.interrupt import Interruption
from slactl.apply.lanes import side_by_side
from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass, field
from slactl.plan.keyed import as_results
from slactl.plan.past import forget_result, move_result
from slactl.plan.plan import AgreementChange, Kept, Move, ObjectChange, Plan
from slactl.plan.references import refs_in, resolved
from slactl.plan.saved import digest
from slactl.plan.stages import (
    Commit,
    Lane,
    MakeChanges,
    Readdress,
    RecordPromises,
    Stage,
    TakeOver,
    waves,
)
from slactl.provider import Action, Change, Connection, Outcome
from slactl.state.records import Applied, Entry, Recorded
from slactl.state.store import Writer

Report = Callable[[str, Outcome], None]
"""Told of every outcome: the action, and what became of it."""

Made = tuple[ObjectChange, Mapping[str, Any] | None, Outcome]
"""A change, the body that the backend was told, and what became of it."""


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
    head: str = ""
    """The hash of this apply's entry in the history, where it has one."""

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
    dirty: bool | None = None
    """Whether files differed from the commit; None where that cannot be told."""


class Executor:
    """Runs one plan."""

    def __init__(
        self,
        plan: Plan,
        writer: Writer,
        connect: Callable[[str], Connection],
        identity: Identity,
        report: Report,
        *,
        parallelism: int = 10,
        stopping: Callable[[], None] = lambda: None,
    ) -> None:
        """`parallelism` is the largest number of backends that are changed at once; `stopping` is called when the user asks to stop."""
        self._plan = plan
        self._parallelism = parallelism
        self._books = RLock()
        """Held while anything is recorded: the state, results, and what the user is told."""
        self._writer = writer
        self._connect = connect
        self._identity = identity
        self._report = report
        self._digest = digest(plan)
        self._connections: dict[str, Connection] = {}
        self._unreachable: dict[str, str] = {}
        """By backend: why no connection could be opened; it is tried once."""
        self._staged: dict[str, list[Made]] = {}
        self._busy: set[str] = set()
        """Backends that a call is under way to."""
        self._fields: dict[str, Mapping[str, Any]] = {
            one.address: {**one.attributes, "id": one.id} for one in plan.kept
        }
        self._results: dict[str, str] = as_results(plan.sensitive)
        self._failed: set[str] = set()
        self._stop = Interruption(stopping)
        self.result = Result()

    def run(self) -> Result:
        """Run every stage; a failed change stops what depends on it, not the rest.

        Raises:
            SlactlError: when the state cannot be written; what is staged by then is rolled back.
        """
        self._writer.announce(self._begun())
        with ExitStack() as stack, self._stop.watched():
            try:
                for lanes in waves(self._plan):
                    side_by_side([partial(self._run_lane, lane, stack) for lane in lanes], self._parallelism)
            except BaseException:
                self._roll_back()
                raise
        return self.result

    def _run_lane(self, lane: Lane, stack: ExitStack) -> None:
        for stage in lane:
            if self._stop.asked and not isinstance(stage, (Commit, RecordPromises)):
                self.result.interrupted = True
            else:
                self._run(stage, stack)

    def _run(self, stage: Stage, stack: ExitStack) -> None:
        match stage:
            case Readdress(moves):
                self._readdress(moves)
            case TakeOver(kept, gone, forgotten):
                recorded = [_kept_row(one) for one in kept]
                results = {one.address: "record: done" for one in recorded}
                results |= dict.fromkeys(gone, "forget: done")
                results |= {one.address: forget_result(one.removed) for one in forgotten}
                self._writer.resolve(recorded, [*gone, *(one.address for one in forgotten)], (), results)
                self._results |= results
                for one in forgotten:
                    self._report("forget", Outcome(one.address, "done"))
            case MakeChanges(backend, changes):
                self._make(backend, changes, stack)
            case Commit(backend):
                self._commit(backend)
            case RecordPromises():
                self._finish()

    def _readdress(self, moves: Sequence[Move]) -> None:
        """First of all, and in the history at once: a move that swaps two addresses must never be made twice."""
        renames = {one.source: one.target for one in moves}
        results = {one.target: move_result(one.source, one.document) for one in moves}
        entry = self._writer.move(renames, self._entry(results, {}, {}))
        self.result.serial, self.result.head = entry.serial, entry.hash
        for one in moves:
            self._report("move", Outcome(one.target, "done"))

    def _make(self, backend: str, changes: Sequence[ObjectChange], stack: ExitStack) -> None:
        with self._books:
            ready = [self._ready(change) for change in changes if not self._waits_in_vain(change)]
            ready = [one for one in ready if not self._lacks_a_field(*one)]
        connection = self._connection(backend, stack) if ready else None
        if connection is None:
            with self._books:
                for change, _ in ready:
                    self._fail(change, Outcome(change.address, "failed", error=self._unreachable[backend]))
            return
        with self._books:
            self._writer.begin(self._digest, [(change.address, change.action.value) for change, _ in ready])
        asked = [
            Change(one.action, one.address, one.before, body, one.id, one.needed_by, one.importing)
            for one, body in ready
        ]
        with self._call(backend):
            outcomes = _outcomes(connection, asked)
        with self._books:
            self._record([(*one, outcome) for one, outcome in zip(ready, outcomes, strict=True)])

    def _ready(self, change: ObjectChange) -> tuple[ObjectChange, Mapping[str, Any] | None]:
        return change, None if change.after is None else resolved(change.after, self._known)

    def _lacks_a_field(self, change: ObjectChange, body: Mapping[str, Any] | None) -> bool:
        """Whether a reference is left that nothing has answered; then the change fails without being tried."""
        left = next(refs_in(body), None)
        if left is not None:
            why = f"{left.address} has no {left.field} to refer to"
            self._fail(change, Outcome(change.address, "failed", error=why))
        return left is not None

    def _connection(self, backend: str, stack: ExitStack) -> Connection | None:
        if backend not in self._connections and backend not in self._unreachable:
            try:
                opened = self._connect(backend)
                with self._books:
                    self._connections[backend] = stack.enter_context(opened)
            except SlactlError as error:
                self._unreachable[backend] = cause_of(error)
        return self._connections.get(backend)

    def _waits_in_vain(self, change: ObjectChange) -> bool:
        """Whether something that must come before it has failed; then it fails without being tried."""
        missing = next((need for need in change.needs if need in self._failed), None)
        if missing is not None:
            why = f"it needs the change of {missing}, which failed"
            self._fail(change, Outcome(change.address, "failed", error=why))
        return missing is not None

    def _known(self, address: str, name: str) -> Any:
        return self._fields.get(address, {}).get(name)

    def _record(self, made: Sequence[Made]) -> None:
        """First to the state, then to the user, who may have gone."""
        settled: list[Made] = []
        for change, body, outcome in made:
            if outcome.status == "staged":
                self._staged.setdefault(change.backend, []).append((change, body, outcome))
            else:
                settled.append((change, body, outcome))
        done = [one for one in settled if one[2].status == "done"]
        kept = [self._recorded(*one) for one in done if one[0].action is not Action.DELETE]
        gone = [change.address for change, _, _ in done if change.action is Action.DELETE]
        # an unknown outcome keeps its intent: the next read tells
        failed = [change.address for change, _, outcome in settled if outcome.status == "failed"]
        if kept or gone or failed:
            results = {change.address: _became(change, outcome) for change, _, outcome in settled}
            self._writer.resolve(kept, gone, failed, results)
        for change, _, outcome in settled:
            (self._count if outcome.status == "done" else self._fail)(change, outcome)

    def _recorded(self, change: ObjectChange, body: Mapping[str, Any] | None, outcome: Outcome) -> Recorded:
        name = outcome.id or change.id or change.address
        self._fields[change.address] = {**outcome.attributes, "id": name}
        return Recorded(
            change.address,
            change.provider,
            name,
            body or {},
            outcome.attributes,
            change.needed_by,
            change.depends_on,
        )

    def _commit(self, backend: str) -> None:
        staged = self._staged.pop(backend, [])
        if not staged:
            return
        try:
            with self._call(backend):
                self._connections[backend].commit()
        except SlactlError as error:
            why = cause_of(error)
            made = [
                (change, body, Outcome(change.address, "failed", error=why)) for change, body, _ in staged
            ]
        else:
            made = [
                (change, body, Outcome(change.address, "done", outcome.id, outcome.attributes))
                for change, body, outcome in staged
            ]
        with self._books:
            self._record(made)

    def _roll_back(self) -> None:
        """Undo what is staged; where even that fails the open intents say what the next read has to find out."""
        for backend in self._staged.keys() - self._busy:  # a second Ctrl-C does not wait for a call to end
            with suppress(SlactlError):
                self._connections[backend].rollback()

    @contextmanager
    def _call(self, backend: str) -> Iterator[None]:
        self._busy.add(backend)
        try:
            yield
        finally:
            self._busy.discard(backend)

    def _count(self, change: ObjectChange, outcome: Outcome) -> None:
        self._results[change.address] = _became(change, outcome)
        if change.action in (Action.CREATE, Action.REPLACE):
            self.result.added += 1
        if change.action is Action.UPDATE:
            self.result.changed += 1
        if change.action in (Action.DELETE, Action.REPLACE):
            self.result.destroyed += 1
        self._report(_verb(change), outcome)

    def _fail(self, change: ObjectChange, outcome: Outcome) -> None:
        self._failed.add(change.address)
        self._results[change.address] = _became(change, outcome)
        self.result.failures.append(outcome)
        self._report(change.action.value, outcome)

    def _finish(self) -> None:
        """Promises are in force once all their objects are: with failures they stay as they were."""
        agreements: dict[str, Applied | None] = {}
        restated: Mapping[str, Mapping[str, str]] = {}
        if self.result.complete:
            agreements = {change.address: _applied(change) for change in self._plan.agreements}
            restated = self._plan.restated
        promises = self._promises("done" if self.result.complete else _NOT_WHOLE)
        entry = self._entry({**self._results, **promises}, agreements, restated)
        entry = self._writer.finish(agreements, entry, restated)
        self.result.serial, self.result.head = entry.serial, entry.hash

    def _promises(self, became: str) -> dict[str, str]:
        return {one.address: f"{one.action.value}: {became}" for one in self._plan.agreements}

    def _begun(self) -> Entry:
        """What the history says of this apply if it is cut off."""
        return self._entry({**self._results, **self._promises(_CUT_OFF)}, {}, {})

    def _entry(
        self,
        results: Mapping[str, str],
        agreements: Mapping[str, Applied | None],
        restated: Mapping[str, Mapping[str, str]],
    ) -> Entry:
        return Entry(
            serial=0,
            at=datetime.now(UTC),
            who=self._identity.who,
            command=self._identity.command,
            as_of=self._plan.as_of,
            plan_digest=self._digest,
            commit=self._identity.commit,
            results=results,
            agreements={address: None if one is None else one.promise for address, one in agreements.items()},
            version=__version__,
            mode=self._plan.mode,
            dirty=self._identity.dirty,
            support={
                **restated,
                **{address: one.support for address, one in agreements.items() if one is not None},
            },
        )


def _applied(change: AgreementChange) -> Applied | None:
    """The agreement as state keeps it; None for one that ends."""
    if change.after is None:
        return None
    return Applied(change.address, change.after, change.support, change.prevent_destroy)


_NOT_WHOLE = "not in force, since the apply did not succeed whole"
_CUT_OFF = "not in force, since the apply did not end"


def _verb(change: ObjectChange) -> str:
    return "import" if change.importing else change.action.value


def _became(change: ObjectChange, outcome: Outcome) -> str:
    """A change and what became of it, as the history says it."""
    if outcome.status == "done":
        return f"{_verb(change)}: done"
    return f"{change.action.value}: {outcome.status}: {outcome.error}"


def cause_of(error: SlactlError) -> str:
    """The error in one sentence or two, for the line of a change."""
    first = error.diagnostics[0]
    return f"{first.summary}. {first.detail}".strip() if first.detail else first.summary


def _outcomes(connection: Connection, asked: Sequence[Change]) -> Sequence[Outcome]:
    """What became of each change; all unknown where the connection broke, or did not answer for each."""
    try:
        outcomes = connection.execute(asked)
    except SlactlError as error:
        return [Outcome(one.address, "unknown", error=cause_of(error)) for one in asked]
    if [one.address for one in outcomes] != [one.address for one in asked]:
        why = "the provider did not say what became of it"
        return [Outcome(one.address, "unknown", error=why) for one in asked]
    return outcomes


def _kept_row(one: Kept) -> Recorded:
    return Recorded(
        one.address, one.provider, one.id, one.body, one.attributes, one.needed_by, one.depends_on
    )
