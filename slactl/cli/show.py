"""`slactl show`: an effective agreement with each value's origin, as it was promised on a day, or a saved plan."""

import argparse
from pathlib import Path

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.cli.console import Console
from slactl.cli.formats import add_format, add_into, asked
from slactl.cli.options import add_inputs
from slactl.cli.workspace import load_estate
from slactl.documents.locate import Locator
from slactl.render.agreement import agreement_json, agreement_text
from slactl.render.plan_formats import PLAN_DOCUMENTS, PLAN_FORMATS


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "what", metavar="ADDRESS|FILE", help="an agreement's address (sla.acme-shop) or a saved plan file"
    )
    parser.add_argument(
        "--at", metavar="DATE", help="the agreement as it was last applied by the end of that day (UTC)"
    )
    add_format(parser, tuple(PLAN_FORMATS))
    add_into(parser, PLAN_DOCUMENTS)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Show one thing."""
    form = asked(parsed, "text")
    if parsed.at is not None:
        _refuse_formats_of_plans(form, parsed)
        from slactl.cli.show_at import show_at  # noqa: PLC0415 - only this way of showing reads the state

        return show_at(parsed, console)
    if Path(parsed.what).is_file() or (parsed.root / parsed.what).is_file():
        from slactl.cli.plan import show_plan  # noqa: PLC0415 - plans are another command's subject

        return show_plan(parsed, console)
    _refuse_formats_of_plans(form, parsed)
    estate = load_estate(parsed, console)
    agreement = estate.agreements.get(parsed.what)
    if agreement is None:
        raise SlactlError(
            f'There is no agreement "{parsed.what}", and no file of that name',
            f"Give an address like sla.acme-shop, or a saved plan.{did_you_mean(parsed.what, estate.agreements)}",
        )
    locator = Locator(parsed.root)
    if form == "json":
        console.print(agreement_json(agreement, estate, locator))
    else:
        console.print(agreement_text(agreement, estate, locator, console.out_style))
    return 0


def _refuse_formats_of_plans(form: str, parsed: argparse.Namespace) -> None:
    asked_for = [f"-format={form}"] if form not in ("text", "json") else []
    asked_for += [f"-{name}-into" for name in PLAN_DOCUMENTS if getattr(parsed, f"into_{name}")]
    if asked_for:
        raise SlactlError(
            f"{asked_for[0]} is for saved plans",
            "An agreement is shown as text or, with -json, as a document.",
        )
