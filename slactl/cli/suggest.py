"""`slactl suggest`: what to change so that promises are guaranteed, and by how little."""

import argparse

from slactl.base.diagnostics import SlactlError
from slactl.check.engine import check
from slactl.cli.console import Console
from slactl.cli.options import add_inputs, as_of
from slactl.cli.workspace import load_estate
from slactl.documents.locate import Locator
from slactl.render.suggestions import suggestions_json, suggestions_text
from slactl.suggest.proposal import Proposal, Suggestions
from slactl.suggest.standing import result_of
from slactl.suggest.suggest import MOST, suggest
from slactl.suggest.write import Written, write_edits


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "address",
        metavar="ADDRESS",
        nargs="?",
        help="an objective like sla.acme.availability, or an agreement; default: every SLA objective that is neither guaranteed nor waived",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    parser.add_argument(
        "--write",
        metavar="N",
        nargs="?",
        type=_number,
        const=1,
        help="write proposal N (default: the first) into the files, comments kept, and check them again",
    )


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f'"{text}" is no number of a proposal; an ADDRESS stands before -write'
        )
    return int(text)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Suggest; exit code 0 when there is a proposal for everything or nothing to do, 1 when nothing helps."""
    estate = load_estate(parsed, console)
    found = suggest(estate, as_of(parsed), parsed.address, most=max(MOST, parsed.write or 0))
    locator = Locator(parsed.root)
    console.print(
        suggestions_json(found, locator)
        if parsed.json
        else suggestions_text(found, locator, console.out_style)
    )
    if parsed.write is None or not any(not one.guaranteed for one in found.items.values()):
        return 0 if found.helped else 1
    address, proposal = _chosen(found, parsed.write)
    written = write_edits(parsed.root, proposal.edits)
    return _checked_again(parsed, console, address, written)


def _chosen(found: Suggestions, number: int) -> tuple[str, Proposal]:
    waiting = {address: one for address, one in found.items.items() if not one.guaranteed}
    if len(waiting) > 1:
        raise SlactlError(
            "-write changes files for the sake of one objective, and several are not guaranteed",
            f"Name one: {', '.join(waiting)}.",
        )
    ((address, suggestion),) = waiting.items()
    if number > len(suggestion.proposals):
        raise SlactlError(
            f"There is no proposal {number} for {address}",
            f"There are {len(suggestion.proposals)}." if suggestion.proposals else suggestion.why,
        )
    return address, suggestion.proposals[number - 1]


def _checked_again(parsed: argparse.Namespace, console: Console, address: str, written: Written) -> int:
    """Read the files anew: what counts is what they say now; files that do not say it are put back."""
    try:
        result = result_of(check(load_estate(parsed, console), as_of(parsed)), address)
    except SlactlError:
        written.take_back()
        console.error("The changed files are not valid; all of them are as they were.")
        raise
    if result is None or result.verdict != "guaranteed":
        written.take_back()
        console.error(f"{address} is not guaranteed by the changed files; all of them are as they were.")
        return 1
    names = ", ".join(written.files)
    console.error(f"Wrote {names}. Checked again: {address} {result.target} is {result.verdict}.")
    return 0
