"""`slactl validate`: everything that is wrong with the files, at once."""

import argparse

from slactl.base.diagnostics import Diagnostic, SlactlError
from slactl.base.text import plural
from slactl.cli.console import Console
from slactl.cli.options import add_inputs, given
from slactl.cli.selected import selected_workspace
from slactl.documents.load import load_workspace
from slactl.documents.locate import Locator
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from slactl.render.diagnostics import tally, validate_json


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument("--json", action="store_true", help="print Terraform's diagnostics document")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Validate; exit code 0 or 1."""
    estate: Estate | None = None
    try:
        estate, found = build_estate(
            load_workspace(
                parsed.root,
                given(parsed),
                cached=not parsed.no_cache,
                selected=selected_workspace(parsed.root),
            )
        )
        diagnostics: list[Diagnostic] = found.items
        failed = found.failed
    except SlactlError as error:
        diagnostics, failed = list(error.diagnostics), True
    if parsed.json:
        console.print(validate_json(diagnostics, Locator(parsed.root)))
        return int(failed)
    console.diagnostics(diagnostics, parsed.root)
    if failed:
        console.error(console.error_style.bad(f"The agreements are not valid: {tally(diagnostics)}."))
        return 1
    console.print(console.out_style.good("Success!") + f" The agreements are valid{_content(estate)}.")
    return 0


def _content(estate: Estate | None) -> str:
    if estate is None:
        return ""
    counts = {"SLA": 0, "OLA": 0, "UC": 0}
    for agreement in estate.agreements.values():
        counts[agreement.kind] += 1
    words = [plural(count, kind) for kind, count in counts.items() if count]
    return f": {', '.join([*words, plural(len(estate.services), 'service'), plural(len(estate.parties), 'party', 'parties')])}"
