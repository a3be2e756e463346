"""The store that a workspace names."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slactl.base.diagnostics import SlactlError
from slactl.model.workspace import DEFAULT, Workspace, full_name
from slactl.provider.secrets import resolve_secrets
from slactl.state.place import DEFAULT_PATH, LOCATION, is_noted, is_same, named, note, noted, settings_of
from slactl.state.sqlite import SqliteStore
from slactl.state.store import Store

if TYPE_CHECKING:
    from slactl.state.http import HttpStore
    from slactl.state.postgres import PostgresStore

Secrets = Mapping[str, str]
"""The values of sensitive variables."""


class LeadsElsewhereError(SlactlError):
    """The place has the same words as before, and what they refer to has changed."""


def open_store(workspace: Workspace, root: Path, secrets: Secrets | None = None) -> Store:
    """The workspace's store; nothing is made yet.

    Raises:
        SlactlError: when a setting is missing, a secret cannot be read, a library is not installed, or the state of this checkout
            is still in another place.
    """
    settings = place_of(workspace, root, secrets)
    before = noted(root, workspace.selected)
    store = store_of(settings, workspace, root, secrets)
    if before is not None and not is_same(before, settings) and not is_switched(before, settings, store):
        _insist_on_nothing_there(before, settings, workspace, root)
    return store


def remember(store: Store, workspace: Workspace, root: Path, secrets: Secrets | None = None) -> None:
    """Note the place for the next command, once it answers: one that was mistyped has no state to take along."""
    settings = place_of(workspace, root, secrets)
    if is_noted(settings, root, workspace.selected):
        return
    with suppress(SlactlError):  # what keeps a command from its work it says itself; some mend just that
        store.read()
        note(settings, root, workspace.selected)


def place_of(workspace: Workspace, root: Path, secrets: Secrets | None = None) -> dict[str, str]:
    """The settings of the place, and the database or server that they lead to.

    Raises:
        SlactlError: as `open_store`.
    """
    return _located(settings_of(workspace), workspace, root, secrets)


def is_switched(before: Mapping[str, str], settings: Mapping[str, str], store: Store) -> bool:
    """Whether the same words lead to another place that has a state: a variable of the environment chooses among several."""
    same_words = all(before.get(key) == settings.get(key) for key in _WORDS)
    return same_words and LOCATION in before and store.read().serial > 0


def left_behind(
    before: Mapping[str, str], workspace: Workspace, root: Path, secrets: Secrets | None = None
) -> Store:
    """The store of an earlier place.

    Raises:
        LeadsElsewhereError: when its words lead to another database by now, so that nobody can look into it.
        SlactlError: as `open_store`.
    """
    now = _located({key: value for key, value in before.items() if key != LOCATION}, workspace, root, secrets)
    if LOCATION in before and now[LOCATION] != before[LOCATION]:
        raise LeadsElsewhereError(
            f"The state was in {named(before)}, and {_words_of(before)} leads to {named(now)} now",
            "To go on where it was: set the environment as it was then.\n"
            "To use the new place as it is: slactl init -reconfigure\n"
            "To take the state along: slactl state pull > FILE with the environment as it was, then, with the new one, "
            "slactl init -reconfigure and slactl state push FILE",
            workspace.place.at("spec", "state"),
        )
    return store_of(before, workspace, root, secrets)


def _located(
    settings: dict[str, str], workspace: Workspace, root: Path, secrets: Secrets | None
) -> dict[str, str]:
    match settings["type"]:
        case "postgres":
            return settings | {LOCATION: _postgres(settings, workspace, root, secrets).database}
        case "http":
            return settings | {LOCATION: _http(settings, workspace, root, secrets).location}
        case _:
            return settings


_WORDS = ("type", "dsn", "address")


def _words_of(settings: Mapping[str, str]) -> str:
    return settings.get("dsn") or settings.get("address", "")


def _insist_on_nothing_there(
    before: Mapping[str, str], settings: Mapping[str, str], workspace: Workspace, root: Path
) -> None:
    """A state that stays behind unseen would be begun anew, empty.

    Raises:
        SlactlError: when there is one, or it cannot be told.
    """
    try:
        if not left_behind(before, workspace, root).read().serial:
            return
    except LeadsElsewhereError:
        raise
    except SlactlError as error:
        why = f" ({error.diagnostics[0].summary})"
    else:
        why = ""
    raise SlactlError(
        f"The state is in {named(before)}{why}, and spec.state names {named(settings)}",
        "To take it along: slactl init -migrate-state\nTo use the new place as it is: slactl init -reconfigure",
        workspace.place.at("spec", "state"),
    )


def store_of(
    settings: Mapping[str, Any], workspace: Workspace, root: Path, secrets: Secrets | None = None
) -> Store:
    """The store of these settings, which are those of the workspace or earlier ones."""
    match settings.get("type", "sqlite"):
        case "postgres":
            return _postgres(settings, workspace, root, secrets)
        case "http":
            return _http(settings, workspace, root, secrets)
        case _:
            return SqliteStore(_file(settings, root, workspace.selected), workspace.name)


def _file(settings: Mapping[str, Any], root: Path, selected: str) -> Path:
    """`state.db`, or `state.staging.db` for the workspace staging."""
    path = root / str(settings.get("path", DEFAULT_PATH))
    return path if selected == DEFAULT else path.with_name(f"{path.stem}.{selected}{path.suffix}")


def existing(
    settings: Mapping[str, Any], workspace: Workspace, root: Path, secrets: Secrets | None = None
) -> list[str]:
    """The workspaces of these files that have a state, the default one left out; a state server cannot list them.

    `workspace` is the default one.
    """
    match settings.get("type", "sqlite"):
        case "sqlite":
            path = _file(settings, root, DEFAULT)
            found = path.parent.glob(f"{path.stem}.*{path.suffix}")
            return [one.name[len(path.stem) + 1 : len(one.name) - len(path.suffix)] for one in found]
        case "postgres":
            names = _postgres(settings, workspace, root, secrets).workspaces()
            start = full_name(workspace.name, "")
            return [name.removeprefix(start) for name in names if name.startswith(start)]
        case _:
            return []


def _postgres(
    settings: Mapping[str, Any], workspace: Workspace, root: Path, secrets: Secrets | None
) -> "PostgresStore":
    place = workspace.place.at("spec", "state")
    try:
        from slactl.state.postgres import PostgresStore  # noqa: PLC0415 - only teams with PostgreSQL need its library
        from slactl.state.postgres_address import resolved  # noqa: PLC0415 - the same
    except ImportError as error:
        raise SlactlError(
            "State in PostgreSQL needs the library psycopg, which is not installed",
            "pip install 'slactl[postgres]'",
            place.at("type"),
        ) from error
    dsn = resolved(
        _needed(settings, "dsn", workspace),
        lambda text: resolve_secrets(text, root, place.at("dsn"), secrets),
        place.at("dsn"),
    )
    return PostgresStore(dsn, workspace.name, place)


def _needed(settings: Mapping[str, Any], name: str, workspace: Workspace) -> str:
    value = settings.get(name)
    if not value:
        raise SlactlError(
            f"spec.state.{name} is missing",
            f"State of the type {settings['type']} needs it.",
            workspace.place.at("spec", "state"),
        )
    return str(value)


def _http(
    settings: Mapping[str, Any], workspace: Workspace, root: Path, secrets: Secrets | None
) -> "HttpStore":
    from slactl.state.http import HttpStore  # noqa: PLC0415 - only those with a state server need its libraries
    from slactl.state.http_lock import HttpLock  # noqa: PLC0415 - the same
    from slactl.state.http_transport import Transport  # noqa: PLC0415 - the same

    place = workspace.place.at("spec", "state")
    _needed(settings, "address", workspace)
    known = {key: resolve_secrets(value, root, place.at(key), secrets) for key, value in settings.items()}
    address = known["address"]
    transport = Transport(place.at("address"), known.get("username", ""), known.get("password", ""))
    lock = HttpLock(
        transport,
        known.get("lockAddress", address),
        known.get("unlockAddress", known.get("lockAddress", address)),
        known.get("lockMethod", "LOCK"),
        known.get("unlockMethod", "UNLOCK"),
    )
    return HttpStore(address, workspace.name, root, transport, lock)
