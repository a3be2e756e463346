"""`slactl drift`: what the backends have that differs from what was applied; nothing is changed anywhere."""

import argparse

from slactl.cli.console import Console
from slactl.cli.formats import add_into, write_into
from slactl.cli.options import add_inputs
from slactl.cli.planning import open_session, read_backends
from slactl.cli.refactoring import past_of
from slactl.plan.drift import drift_of
from slactl.render.drift import drift_json, drift_text

_DRIFT = 2
_INTO_FILES = ("json",)


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    add_into(parser, _INTO_FILES)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Read state and backends and compare; exit code 0: no drift, 1: an error, 2: drift."""
    session = open_session(parsed, console)
    snapshot = session.store.read()
    found = drift_of(snapshot, read_backends(session, snapshot), session.estate, past_of(session))
    write_into(parsed, _INTO_FILES, lambda _: drift_json(found))
    console.print(drift_json(found) if parsed.json else drift_text(found, console.out_style))
    return _DRIFT if found.found else 0
