"""Files to an estate: what almost every command begins with."""

import argparse

from slactl.cli.console import Console
from slactl.cli.options import given
from slactl.documents.load import load_workspace
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate


def load_estate(parsed: argparse.Namespace, console: Console) -> Estate:
    """The estate of the workspace; warnings are printed.

    Raises:
        InvalidFiles: with everything that is wrong, when something is.
    """
    bundle = load_workspace(parsed.root, given(parsed), cached=not parsed.no_cache)
    estate, problems = build_estate(bundle)
    problems.raise_errors()
    console.diagnostics(problems.items, parsed.root)
    return estate
