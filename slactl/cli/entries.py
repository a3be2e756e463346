"""Entries of the history for commands that write to the state without a plan."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slactl import __version__
from slactl.cli.commit import commit_of, dirty_files
from slactl.model.workspace import Workspace
from slactl.provider import Context
from slactl.state.locking import who
from slactl.state.records import Entry


def entry_of(  # noqa: PLR0917 - where, and what of it an entry holds
    workspace: Workspace,
    context: Context,
    command: str,
    results: Mapping[str, str],
    agreements: Mapping[str, Mapping[str, Any] | None] | None = None,
    support: Mapping[str, Mapping[str, str]] | None = None,
) -> Entry:
    """An entry of now, by this user; the store gives it its serial and hash."""
    return Entry(
        serial=0,
        at=datetime.now(UTC),
        who=who(),
        command=command,
        as_of=context.as_of.isoformat(),
        plan_digest="",
        commit=commit_of(context.root),
        results=results,
        agreements=agreements or {},
        version=__version__,
        dirty=dirty_files(context.root, workspace.files),
        support=support or {},
    )
