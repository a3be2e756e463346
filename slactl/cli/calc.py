"""`slactl calc`: a structure and its numbers in, the three numbers out; no workspace needed."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from slactl.base.diagnostics import Diagnostic, Place, SlactlError
from slactl.base.processes import shared_out
from slactl.base.quick_dataclass import dataclass
from slactl.cli.console import Console
from slactl.cli.options import add_output
from slactl.render.style import Style

_NATIVE, _OPEN_PSA = "slactl", "open-psa"
_NEEDED = {
    _NATIVE: ("slactl.assurance.calculation", "slactl.check.calculator", "slactl.render.calculation"),
    _OPEN_PSA: ("slactl.documents.open_psa", "slactl.render.fault_tree"),
}
"""What each format loads."""
_Task = tuple[str, tuple[str, ...]]
"""A file, and files with data for it."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One answer, which becomes a document or lines when it is asked for."""

    document: Callable[[], dict[str, Any]]
    text: Callable[[Style], str]


@dataclass(frozen=True, slots=True)
class _Computed:
    """What a file came to: what is printed, and what was wrong after that."""

    file: str
    lines: list[str]
    problems: tuple[Diagnostic, ...] = ()


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
    failed = False
    for computed in shared_out(partial(_computed, parsed, console.out_style), _tasks(parsed)):
        for line in computed.lines:
            console.print(line)
        if computed.problems:
            failed = True
            console.diagnostics(computed.problems, parsed.root)
            if parsed.json:
                console.print(json.dumps(_failure(computed, parsed)))
    return int(failed)


def _tasks(parsed: argparse.Namespace) -> list[_Task]:
    """Every file, in order, with what it needs; and the code for it loaded, before processes share the work."""
    for name in _NEEDED[parsed.format]:
        import_module(name)
    if parsed.format == _NATIVE:
        return [(file, ()) for file in parsed.files]
    from slactl.documents.open_psa_models import models  # noqa: PLC0415 - each format loads what it needs

    return [(one.file, tuple(one.data)) for one in models(parsed.root, parsed.files)]


def _computed(parsed: argparse.Namespace, style: Style, task: _Task) -> _Computed:
    """Every result of one file; what is wrong with it leaves the others."""
    file, data = task
    lines: list[str] = []
    try:
        answers = (
            _fault_trees(file, data, parsed) if parsed.format == _OPEN_PSA else _calculation(file, parsed)
        )
        for found in answers:
            line = json.dumps(found.document(), ensure_ascii=False) if parsed.json else found.text(style)
            lines.append(line)
    except SlactlError as error:
        return _Computed(file, lines, error.diagnostics)
    return _Computed(file, lines)


def _failure(computed: _Computed, parsed: argparse.Namespace) -> dict[str, Any]:
    from slactl.documents.locate import Locator  # noqa: PLC0415 - reads YAML; needed only when there is a message
    from slactl.render.diagnostics import diagnostic_document, in_order  # noqa: PLC0415 - the same

    problems = [diagnostic_document(*one) for one in in_order(computed.problems, Locator(parsed.root))]
    return {"format": "slactl-calc/1", "subject": computed.file, "errors": problems}


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
