"""The store that a workspace names."""

from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.model.workspace import Workspace
from slactl.state.sqlite import SqliteStore
from slactl.state.store import Store

DEFAULT_PATH = ".slactl/state.db"


def open_store(workspace: Workspace, root: Path) -> Store:
    """The workspace's store; nothing is read or made yet.

    Raises:
        SlactlError: for a kind of store that this release does not have.
    """
    kind = workspace.state.get("type", "sqlite")
    if kind != "sqlite":
        raise SlactlError(
            f'State cannot be kept in "{kind}" yet',
            "This release has the store sqlite. Use state: {type: sqlite, path: .slactl/state.db}.",
            workspace.place.at("spec", "state", "type"),
        )
    return SqliteStore(root / str(workspace.state.get("path", DEFAULT_PATH)), workspace.name)
