"""Files to an estate: what almost every command begins with."""

import argparse
from dataclasses import replace

from slactl.cli.console import Console
from slactl.cli.options import given
from slactl.cli.selected import insist_on_name, selected_workspace
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.model.workspace import full_name


def load_estate(parsed: argparse.Namespace, console: Console, selected: str | None = None) -> Estate:
    """The estate of the workspace that is selected, or that is named; warnings are printed.

    Raises:
        InvalidFiles: with everything that is wrong, when something is.
        SlactlError: when the selected workspace's name is none.
    """
    chosen = selected or selected_workspace(parsed.root)
    bundle = load_workspace(parsed.root, given(parsed), cached=not parsed.no_cache, selected=chosen)
    estate, problems = build_estate(bundle)
    problems.raise_errors()
    console.diagnostics(problems.items, parsed.root)
    workspace = estate.workspace
    insist_on_name(chosen, workspace.name)
    named = replace(workspace, name=full_name(workspace.name, chosen), selected=chosen)
    return replace(estate, workspace=named)
