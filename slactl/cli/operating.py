"""The state by itself, for those who look into it, unlock it or mend it: only `slactl.yaml` has to be readable."""

import argparse
from collections.abc import Mapping

from slactl.base.diagnostics import Diagnostics
from slactl.base.quick_dataclass import dataclass, replace
from slactl.cli.options import as_of, given
from slactl.cli.selected import insist_on_name, selected_workspace
from slactl.documents.survey import survey_root
from slactl.model.building.simple import workspace as build_workspace
from slactl.model.workspace import Workspace, full_name
from slactl.provider import Context
from slactl.state.open import open_store, remember
from slactl.state.store import Store


@dataclass(frozen=True, slots=True)
class Operation:
    """A state, and what an entry of its history says about where a command ran."""

    workspace: Workspace
    store: Store
    context: Context


def open_operation(parsed: argparse.Namespace) -> Operation:
    """Read the workspace document and name the store; what other files say, and whether they are valid, plays no part.

    Raises:
        SlactlError: when the workspace document, or what is given on the command line, is wrong.
    """
    workspace, secrets = load_place(parsed)
    store = open_store(workspace, parsed.root, secrets)
    remember(store, workspace, parsed.root, secrets)
    return Operation(workspace, store, Context(parsed.root.resolve(), workspace.name, as_of(parsed)))


def load_place(
    parsed: argparse.Namespace, selected: str | None = None
) -> tuple[Workspace, Mapping[str, str]]:
    """The selected workspace, or the one that is named, and the values of sensitive variables.

    Raises:
        SlactlError: as `open_operation`.
    """
    chosen = selected or selected_workspace(parsed.root)
    document, scope = survey_root(parsed.root, given(parsed), selected=chosen)
    workspace = build_workspace(document, Diagnostics())
    insist_on_name(chosen, workspace.name)
    secrets = {name: scope.variables[name] for name in scope.sensitive if name in scope.variables}
    return replace(workspace, name=full_name(workspace.name, chosen), selected=chosen), secrets
