"""`slactl destroy`: remove every backend object of this workspace."""

import argparse

from slactl.cli.applying import (
    Applied,
    add_apply_options,
    approve,
    conclude,
    execute,
    insist_on_writable,
    lock_timeout_s,
    refuse,
    say_note,
)
from slactl.cli.consent import add_consent
from slactl.cli.console import Console
from slactl.cli.options import add_inputs
from slactl.cli.plan import print_plan
from slactl.cli.plan_options import PlanOptions, add_parallelism, add_selection, selection_of
from slactl.cli.planning import make_plan, open_session


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    add_selection(parser)
    parser.add_argument(
        "--refresh", choices=("true", "false"), default="true", help="false: trust state, read no backend"
    )
    add_parallelism(parser)
    add_apply_options(parser)
    add_consent(parser)


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Plan the removal, ask for the workspace's name, and remove."""
    insist_on_writable(parsed)
    session = open_session(parsed, console)
    name = session.estate.workspace.name
    with session.store.lock("destroy", lock_timeout_s(parsed)) as writer:
        say_note(writer, console)
        plan = make_plan(session, PlanOptions("destroy", parsed.refresh == "true", selection_of(parsed)))
        print_plan(plan, console)
        refuse(plan, session, parsed)
        if plan.is_empty:
            return conclude(Applied(plan, "destroy"), parsed, console)
        question = f"Do you want to remove everything that the workspace {name} has made? Type its name."
        if not approve(question, name, parsed, console, planned_by="slactl plan -destroy"):
            console.error("\nDestroy cancelled.")
            return 1
        console.print()
        return conclude(execute(plan, session, writer, "destroy", console), parsed, console)
