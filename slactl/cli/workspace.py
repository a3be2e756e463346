"""Files to an estate: what almost every command begins with."""

import argparse

from slactl.base.quick_dataclass import replace
from slactl.cli.console import Console
from slactl.cli.options import given
from slactl.cli.selected import insist_on_name, selected_workspace
from slactl.documents.load import read_surveyed
from slactl.documents.survey import Survey, survey_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.model.workspace import full_name


def load_estate(parsed: argparse.Namespace, console: Console, selected: str | None = None) -> Estate:
    """The estate of the workspace that is selected, or that is named; warnings are printed.

    Raises:
        InvalidFiles: with everything that is wrong, when something is.
        SlactlError: when the selected workspace's name is none.
    """
    return estate_of(survey_of(parsed, selected), parsed, console)


def survey_of(parsed: argparse.Namespace, selected: str | None = None) -> Survey:
    """The files of the workspace that is selected, or that is named, before they are parsed.

    Raises:
        SlactlError: when there is no readable workspace file.
    """
    chosen = selected or selected_workspace(parsed.root)
    return survey_workspace(parsed.root, given(parsed), cached=not parsed.no_cache, selected=chosen)


def estate_of(survey: Survey, parsed: argparse.Namespace, console: Console) -> Estate:
    """The estate that files describe which were looked at; warnings are printed.

    Raises:
        InvalidFiles: with everything that is wrong, when something is.
        SlactlError: when the selected workspace's name is none.
    """
    chosen = survey.scope.workspace
    estate, problems = build_estate(read_surveyed(survey, cached=not parsed.no_cache))
    problems.raise_errors()
    console.diagnostics(problems.items, parsed.root)
    workspace = estate.workspace
    insist_on_name(chosen, workspace.name)
    named = replace(workspace, name=full_name(workspace.name, chosen), selected=chosen)
    return replace(estate, workspace=named)
