"""`slactl apply`: make the changes of a plan."""

import argparse
from pathlib import Path

from slactl.base.diagnostics import SlactlError
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
from slactl.cli.destroy import run as destroy
from slactl.cli.options import add_inputs
from slactl.cli.plan import print_plan
from slactl.cli.plan_options import add_planning, plan_options, were_given
from slactl.cli.planning import Session, make_plan, open_session
from slactl.cli.secret_values import digests_now
from slactl.plan.keyed import changed
from slactl.plan.plan import Plan
from slactl.plan.saved import load_plan
from slactl.state.records import Snapshot


def options(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_inputs(parser)
    add_planning(parser)
    add_apply_options(parser)
    add_consent(parser)
    parser.add_argument("--destroy", action="store_true", help="the same as `slactl destroy`")
    parser.add_argument("plan", nargs="?", metavar="FILE", help="a saved plan; it is made without asking")


def run(parsed: argparse.Namespace, console: Console) -> int:
    """Apply a saved plan, or plan now, ask, and apply."""
    if parsed.destroy:
        return _destroy(parsed, console)
    insist_on_writable(parsed)
    session = open_session(parsed, console)
    saved = _saved(parsed)
    if saved is not None:
        refuse(saved, session, parsed)
    with session.store.lock("apply", lock_timeout_s(parsed)) as writer:
        say_note(writer, console)
        plan = (
            make_plan(session, plan_options(parsed))
            if saved is None
            else _still_valid(saved, session, session.store.read())
        )
        if saved is None:
            print_plan(plan, console)
            refuse(plan, session, parsed)
            if plan.is_empty:
                return conclude(Applied(plan, "apply"), parsed, console)
            if not approve(
                "Do you want to make these changes?", "yes", parsed, console, planned_by="slactl plan"
            ):
                console.error("\nApply cancelled.")
                return 1
            console.print()
        return conclude(execute(plan, session, writer, "apply", console), parsed, console)


def _destroy(parsed: argparse.Namespace, console: Console) -> int:
    if parsed.plan:
        raise SlactlError(
            "-destroy means nothing for a saved plan: what it does is decided",
            "Apply the file alone, or make such a plan: slactl plan -destroy -out=FILE",
        )
    plan_options(parsed, destroy=True)  # refuses what contradicts it
    return destroy(parsed, console)


def _saved(parsed: argparse.Namespace) -> Plan | None:
    """The plan of the file that is named, if one is.

    Raises:
        SlactlError: when it is no plan, or options ask for another one.
    """
    if not parsed.plan:
        return None
    given = were_given(parsed)
    if given:
        raise SlactlError(
            f"{given[0]} means nothing for a saved plan: what it covers is decided",
            f"Apply the file alone, or make another plan: slactl plan {given[0]} -out=FILE",
        )
    path = Path(parsed.plan)
    return load_plan(path if path.is_file() else parsed.root / path)


def _still_valid(plan: Plan, session: Session, snapshot: Snapshot) -> Plan:
    """The saved plan, if it was made for this workspace, this state and these files.

    Raises:
        SlactlError: when something has moved on since.
    """
    again = "Make it again: slactl plan -out=FILE"
    if plan.workspace != session.estate.workspace.name:
        raise SlactlError(
            f"The saved plan is for the workspace {plan.workspace}, not {session.estate.workspace.name}",
            again,
        )
    if plan.lineage not in ("", snapshot.lineage):  # "": planned before there was a state at all
        raise SlactlError("The saved plan does not match this state (another lineage)", again)
    if plan.serial != snapshot.serial:
        raise SlactlError(
            "The saved plan is stale",
            f"It was made at serial {plan.serial}, and the state is at {snapshot.serial} by now. {again}",
        )
    if plan.head != snapshot.head:
        raise SlactlError(
            "The saved plan is stale",
            f"The state is at serial {snapshot.serial} again, and has another history than when it was made: a copy was "
            f"brought back, or another state pushed. {again}",
        )
    if plan.files_digest != session.estate.digest:
        raise SlactlError(
            "The saved plan is for other files: agreements or variables changed since it was made", again
        )
    other = changed(plan.sensitive, digests_now(session))
    if other:
        raise SlactlError(
            f"The saved plan was made with another value of the sensitive variable {other[0]}", again
        )
    return plan
