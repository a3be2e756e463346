"""`slactl plan`: what an apply would change."""

import argparse
from pathlib import Path

from slactl.cli.answers import answered
from slactl.cli.console import Console
from slactl.cli.findings import print_findings, reporting_files, write_finding_files, writes_files
from slactl.cli.formats import add_format, add_into, asked, write_into
from slactl.cli.options import add_inputs
from slactl.cli.plan_options import add_planning, plan_options
from slactl.cli.planning import assess, make_plan, open_session
from slactl.cli.repository import below_repository
from slactl.cli.watch import Watch
from slactl.cli.workspace import survey_of
from slactl.documents.locate import Locator
from slactl.documents.survey import Survey
from slactl.plan.plan import Plan
from slactl.plan.saved import digest, load_plan, save_plan
from slactl.render.check_formats import FINDING_FORMATS
from slactl.render.plan_formats import PLAN_DOCUMENTS, PLAN_FORMATS
from slactl.render.plan_markdown import plan_markdown
from slactl.render.plan_report import plan_report
from slactl.render.style import Style

_CHANGES = 2
_FINDING_FILES = tuple(name for name in FINDING_FORMATS if name != "github")


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    parser.add_argument(
        "--out", metavar="FILE", help="save the plan; `slactl apply FILE` makes exactly these changes"
    )
    add_format(parser, (*PLAN_FORMATS, *FINDING_FORMATS))
    add_into(parser, (*PLAN_DOCUMENTS, *_FINDING_FILES))
    parser.add_argument(
        "--detailed-exitcode", action="store_true", help="0: nothing to do, 1: error, 2: changes"
    )
    parser.add_argument("--destroy", action="store_true", help="plan to remove everything")
    add_planning(parser)
    add_ignored_by_plans(parser)


def add_ignored_by_plans(parser: argparse.ArgumentParser) -> None:
    """Options of Terraform pipelines that a plan needs no answer to."""
    parser.add_argument("--input", choices=("true", "false"), default="true", help="false: never ask")
    parser.add_argument(
        "--lock-timeout", default="0s", metavar="DURATION", help="how long to wait for the lock"
    )
    parser.add_argument("--lock", choices=("true", "false"), default="true", help="plans take no lock")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Plan; exit code 1 when a customer promise is not supported, the plan being printed whole all the same."""
    form = asked(parsed, "text")
    with reporting_files("plan", parsed, _FINDING_FILES, _findings_form(form), console):
        survey = survey_of(parsed)

    def answer(console: Console, watch: Watch) -> int:
        return _plan(survey, parsed, form, console, watch)

    return answered("plan", parsed, console, survey, answer, below_repository(parsed.root))


def _plan(survey: Survey, parsed: argparse.Namespace, form: str, console: Console, watch: Watch) -> int:
    if parsed.out or writes_files(parsed, (*PLAN_DOCUMENTS, *_FINDING_FILES), form):
        watch.gives_up()  # it does more than say something
    with reporting_files("plan", parsed, _FINDING_FILES, _findings_form(form), console):
        session = open_session(parsed, console, survey, watch)
    assessment = assess(session)
    plan = make_plan(session, plan_options(parsed, destroy=parsed.destroy), assessment)
    if parsed.out:
        save_plan(plan, Path(parsed.out))
    _write_files(plan, parsed)
    if form in FINDING_FORMATS or writes_files(parsed, _FINDING_FILES, form):
        folder = below_repository(parsed.root)
        report = plan_report(plan, assessment, session.estate, Locator(parsed.root), folder)
        write_finding_files(report, parsed, _FINDING_FILES)
        if form in FINDING_FORMATS:
            print_findings(report, form, console, lambda: plan_markdown(plan).parts)
    if form in PLAN_FORMATS:
        print_plan(plan, console, form)
    if parsed.out and form == "text":
        required = session.estate.workspace.approval_required
        next_step = _next_step(plan, parsed, console, approval_required=required)
        console.print(f"\nSaved as {parsed.out}, digest {digest(plan)}.{next_step}")
    if plan.errors:
        return 1
    return _CHANGES if parsed.detailed_exitcode and not plan.is_empty else 0


def _findings_form(form: str) -> str:
    """What is wrong with files is printed in formats of findings; there is no plan for the others to hold."""
    return form if form in FINDING_FORMATS else "human"


def _next_step(plan: Plan, parsed: argparse.Namespace, console: Console, *, approval_required: bool) -> str:
    if plan.errors or console.automated:
        return ""
    force = "-force " if plan.too_much else ""
    approved, once = ("-approved-digest=DIGEST ", ", once it is approved") if approval_required else ("", "")
    return f"\nTo make these changes{once}: slactl apply {force}{approved}{parsed.out}"


def _write_files(plan: Plan, parsed: argparse.Namespace) -> None:
    write_into(
        parsed,
        PLAN_DOCUMENTS,
        lambda name: PLAN_FORMATS[name](plan, Style()),
        lambda: plan_markdown(plan).parts,
    )


def print_plan(plan: Plan, console: Console, form: str = "text") -> None:
    """Print a plan for people or machines."""
    console.print(PLAN_FORMATS[form](plan, console.out_style))


def show_plan(parsed: argparse.Namespace, console: Console) -> int:
    """Print a saved plan, and write it into files; exit code 0."""
    form, path = asked(parsed, "text"), Path(parsed.what)
    plan = load_plan(path if path.is_file() else parsed.root / path)
    _write_files(plan, parsed)
    print_plan(plan, console, form)
    return 0
