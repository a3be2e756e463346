"""Files, check, backends and state to a plan: the way of the data, step by step."""

import argparse
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass, field, replace
from slactl.check.remembered import remembered_check
from slactl.check.result import Assessment
from slactl.cli.console import Console
from slactl.cli.options import as_of
from slactl.cli.plan_options import PlanOptions, parallelism
from slactl.cli.progress import Progress
from slactl.cli.refactoring import past_of, read_foreign
from slactl.cli.secret_values import secrets_of
from slactl.cli.watch import Watch, pattern_of, watched_files
from slactl.cli.workspace import estate_of, survey_of
from slactl.documents.survey import Survey
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.plan.build import Inputs, build_plan
from slactl.plan.plan import Plan
from slactl.provider import Compilation, Connection, Context, FileBased, Observed
from slactl.provider.registry import load_provider
from slactl.provider.secrets import resolve_secrets
from slactl.state.open import open_store, remember
from slactl.state.place import PLACE_NOTE
from slactl.state.records import Snapshot
from slactl.state.store import Store

_REFERENCE = re.compile(r"\$\{(env|file)\.")


@dataclass(frozen=True, slots=True)
class Session:
    """What plan, apply and destroy work on: the estate, its store, and a way to each backend."""

    estate: Estate
    store: Store
    context: Context
    progress: Progress
    parallelism: int = 10
    """How many backends are read or changed at once."""
    cached: bool = True
    """Whether what was read and checked before is used again."""
    watch: Watch = field(default_factory=lambda: Watch(watched_files(None)))
    """Is told what the work is going to depend on beside the files."""

    def connect(self, backend_name: str) -> Connection:
        """Open a connection to a backend; its secrets are read now and kept nowhere.

        Raises:
            SlactlError: when the backend is not in the files, or cannot be reached.
        """
        backend = self.estate.backends.get(backend_name)
        if backend is None:
            raise SlactlError(
                f'The backend "{backend_name}" is no longer in the files, and state has objects in it',
                f'Put its document back, remove them with slactl destroy -target="{backend_name}.*", and take it out again.\n'
                "Where the system is gone for good: slactl state rm ADDRESS..., with the addresses that slactl state list has of it.",
            )
        config: Mapping[str, Any] = resolve_secrets(
            backend.config, self.context.root, backend.place.at("spec", "config"), self.estate.secrets
        )
        return load_provider(backend.provider, backend.place.at("spec", "provider")).connect(
            backend, config, self.context
        )


def open_session(
    parsed: argparse.Namespace, console: Console, survey: Survey | None = None, watch: Watch | None = None
) -> Session:
    """Read the files and name the store; `survey` is what a look at the files has found already.

    Raises:
        InvalidFiles: with everything that is wrong with the files.
    """
    estate = estate_of(survey or survey_of(parsed), parsed, console)
    context = Context(parsed.root.resolve(), estate.workspace.name, as_of(parsed))
    store = open_store(estate.workspace, parsed.root, estate.secrets)
    remember(store, estate.workspace, parsed.root, estate.secrets)
    cached = not parsed.no_cache
    session = Session(estate, store, context, console.progress, parallelism(parsed), cached)
    return session if watch is None else replace(session, watch=_watching(session, watch))


def _watching(session: Session, watch: Watch) -> Watch:
    """State, and what says where it is; what only the environment or a secret tells is no file."""
    estate, root = session.estate, session.context.root
    told = [estate.workspace.state, *(backend.config for backend in estate.backends.values())]
    patterns = session.store.files()
    if (
        patterns is None
        or estate.secrets
        or any(_REFERENCE.search(json.dumps(one, default=str)) for one in told)
    ):
        watch.gives_up()
    else:
        watch.files([*patterns, pattern_of(root / PLACE_NOTE)])
    return watch


def assess(session: Session) -> Assessment:
    """The check that a plan is made with."""
    context = session.context
    return remembered_check(session.estate, context.as_of, context.root, explain=False, cached=session.cached)


def make_plan(session: Session, asked: PlanOptions, assessment: Assessment | None = None) -> Plan:
    """Check where that was not done before, compile, read, compare.

    Raises:
        SlactlError: when a backend cannot be read, or what is asked for is not there.
    """
    estate, snapshot, mode = session.estate, session.store.read(), asked.mode
    assessment = assessment or assess(session)
    desired = compile_all(session) if mode == "normal" else {}
    digests = secrets_of(session)
    needed = asked.refresh or bool(
        snapshot.intents
    )  # an open intent means that state alone cannot be trusted
    observed = read_backends(session, snapshot) if needed else {}
    return build_plan(
        Inputs(
            estate=estate,
            assessment=assessment,
            snapshot=snapshot,
            desired=desired,
            observed=observed,
            providers={name: backend.provider for name, backend in estate.backends.items()},
            cost=_cost(estate),
            mode=mode,
            past=past_of(session),
            foreign=read_foreign(session, observed) if mode == "normal" else {},
            selection=asked.selection,
            replaced=asked.replaced,
            sensitive=digests.now,
            sensitive_before=digests.applied,
        )
    )


def compile_all(session: Session) -> dict[str, Compilation]:
    """What the files want, by backend."""
    return {name: _compiled(backend, session) for name, backend in session.estate.backends.items()}


def _compiled(backend: Backend, session: Session) -> Compilation:
    provider = load_provider(backend.provider, backend.place.at("spec", "provider"))
    session.watch.code_of(provider)
    notices = provider.validate(backend)
    compilation = provider.compile(session.estate, backend, session.context)
    return replace(compilation, notices=(*notices, *compilation.notices))


def read_backends(session: Session, snapshot: Snapshot) -> dict[str, tuple[Observed, ...]]:
    """What is there, in the backends of the files and those that state still has objects in.

    Raises:
        SlactlError: when one of them cannot be read.
    """
    names = sorted(session.estate.backends.keys() | snapshot.backends)
    with session.progress.of("Reading backends", len(names)) as step:
        if len(names) <= 1 or session.parallelism == 1:
            return {name: _read(name, session, step) for name in names}
        with ThreadPoolExecutor(session.parallelism) as pool:
            found = pool.map(lambda name: _read(name, session, step), names)
            return dict(zip(names, found, strict=True))


def _read(name: str, session: Session, step: Callable[[], None]) -> tuple[Observed, ...]:
    with session.connect(name) as connection:
        if isinstance(connection, FileBased):
            session.watch.files(connection.files())
        else:
            session.watch.gives_up()
        found = tuple(connection.read_all())
    step()
    return found


def _cost(estate: Estate) -> Callable[[str, Mapping[str, Any]], Mapping[str, int]]:
    @cache
    def provider_of(name: str) -> Any:
        backend = estate.backends.get(name)
        return None if backend is None else load_provider(backend.provider, backend.place)

    def cost(name: str, body: Mapping[str, Any]) -> Mapping[str, int]:
        provider = provider_of(name)
        return {} if provider is None else provider.cost(body)

    return cost
