"""`slactl calc`: a structure and its numbers in, the three numbers out; no workspace needed."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from slactl.base.diagnostics import Place, SlactlError
from slactl.cli.console import Console
from slactl.cli.options import add_output
from slactl.documents.locate import Locator
from slactl.render.diagnostics import diagnostic_document, in_order
from slactl.render.style import Style

_NATIVE, _OPEN_PSA = "slactl", "open-psa"


@dataclass(frozen=True, slots=True)
class _Found:
    """One answer, which becomes a document or lines when it is asked for."""

    document: Callable[[], dict[str, Any]]
    text: Callable[[Style], str]


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="calculations (YAML, or JSON by its ending), or fault trees with their data",
    )
    parser.add_argument(
        "--format",
        choices=(_NATIVE, _OPEN_PSA),
        default=_NATIVE,
        help="what the files are: slactl's calculations, or fault trees in the Open-PSA Model Exchange Format",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document on a line for each result")
    add_output(parser)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Compute each file; exit code 0 when every one could be, else 1."""
    if parsed.format == _OPEN_PSA:
        from slactl.documents.open_psa_models import models  # noqa: PLC0415 - each format loads what it needs

        trees = [
            (one.file, _fault_trees(one.file, one.data, parsed)) for one in models(parsed.root, parsed.files)
        ]
        return _all(trees, parsed, console)
    return _all([(file, _calculation(file, parsed)) for file in parsed.files], parsed, console)


def _all(
    files: Sequence[tuple[str, Iterator[_Found]]],
    parsed: argparse.Namespace,
    console: Console,
) -> int:
    """Every result of every file; what is wrong with one file leaves the others."""
    failed = False
    for file, answers in files:
        try:
            for found in answers:
                console.print(
                    json.dumps(found.document(), ensure_ascii=False)
                    if parsed.json
                    else found.text(console.out_style)
                )
        except SlactlError as error:
            failed = True
            console.diagnostics(error.diagnostics, parsed.root)
            if parsed.json:
                console.print(json.dumps(_failure(file, error, parsed)))
    return int(failed)


def _failure(file: str, error: SlactlError, parsed: argparse.Namespace) -> dict[str, Any]:
    problems = [diagnostic_document(*one) for one in in_order(error.diagnostics, Locator(parsed.root))]
    return {"format": "slactl-calc/1", "subject": file, "errors": problems}


def _calculation(file: str, parsed: argparse.Namespace) -> Iterator[_Found]:
    from slactl.assurance.calculation import answer  # noqa: PLC0415 - each format loads what it needs
    from slactl.check.calculator import question_of  # noqa: PLC0415 - the same
    from slactl.documents.calculation import read_calculation  # noqa: PLC0415 - the same
    from slactl.render.calculation import calculation_document, calculation_text  # noqa: PLC0415 - the same

    if file.lower().endswith(".xml"):
        raise SlactlError(f"{file} is XML", "Fault trees are read with -format=open-psa.", Place(file))
    calculation = read_calculation(parsed.root / file, file)
    question = question_of(calculation)
    told = (file, question, answer(question), calculation.target)
    yield _Found(partial(calculation_document, *told), partial(calculation_text, *told))


def _fault_trees(file: str, data: Sequence[str], parsed: argparse.Namespace) -> Iterator[_Found]:
    """Each event on top of the file's trees."""
    from slactl.assurance.fault_tree import top_event, whatever_depends  # noqa: PLC0415 - each format loads what it needs
    from slactl.documents.open_psa import read_open_psa  # noqa: PLC0415 - the same
    from slactl.render.fault_tree import fault_tree_document, fault_tree_text  # noqa: PLC0415 - the same

    tree = read_open_psa(parsed.root / file, file, *((parsed.root / one, one) for one in data))
    for top in tree.tops:
        event = top_event(tree, top)
        told = (file, event, whatever_depends(event))
        yield _Found(partial(fault_tree_document, *told), partial(fault_tree_text, *told))
