"""What apply and destroy share: approval, execution, and the words at the end."""

import argparse
from contextlib import suppress
from functools import partial

from slactl.apply.executor import Executor, Identity, Result
from slactl.base.diagnostics import SlactlError
from slactl.base.duration import parse_duration
from slactl.cli.commit import commit_of, dirty_files
from slactl.cli.consent import insist_on_consent
from slactl.cli.console import Console
from slactl.cli.planning import Session
from slactl.cli.progress import Step
from slactl.plan.plan import Plan
from slactl.provider import Outcome
from slactl.state.locking import who
from slactl.state.store import Writer

_DOING = {
    "create": "Created",
    "update": "Changed",
    "replace": "Replaced",
    "delete": "Destroyed",
    "move": "Moved",
    "import": "Imported",
    "forget": "No longer managed",
}

_STOPPING = (
    "Interrupted: what is under way is finished and recorded, then this stops. Once more: stop at once."
)


def add_apply_options(parser: argparse.ArgumentParser) -> None:
    """Options of commands that change backends."""
    add_approval(parser)
    add_lock_timeout(parser)
    parser.add_argument(
        "--lock", choices=("true", "false"), default="true", help="what writes takes the lock"
    )


def add_approval(parser: argparse.ArgumentParser) -> None:
    """Options of commands that ask."""
    parser.add_argument("--auto-approve", action="store_true", help="do not ask")
    parser.add_argument(
        "--input", choices=("true", "false"), default="true", help="false: never ask; fail instead"
    )


def add_lock_timeout(parser: argparse.ArgumentParser) -> None:
    """The option of commands that take the lock."""
    parser.add_argument(
        "--lock-timeout", default="0s", metavar="DURATION", help="how long to wait for the lock"
    )


def lock_timeout_s(parsed: argparse.Namespace) -> float:
    """How long to wait for the lock, in seconds.

    Raises:
        SlactlError: when the option is no duration.
    """
    try:
        return float(parse_duration(parsed.lock_timeout).seconds)
    except ValueError as error:
        raise SlactlError(f"-lock-timeout is not valid: {parsed.lock_timeout}", str(error)) from None


def approve(
    question: str, word: str, parsed: argparse.Namespace, console: Console, *, planned_by: str = ""
) -> bool:
    """Whether the user agrees, by typing a word; `-auto-approve` agrees beforehand.

    `planned_by` is the command that makes such a plan to save, where there is one.

    Raises:
        SlactlError: when nobody can be asked.
    """
    if parsed.auto_approve:
        return True
    if not console.interactive or parsed.input == "false":
        saved = f", or save it ({planned_by} -out=FILE) and apply the file" if planned_by else ""
        raise SlactlError(
            f"Nobody can be asked to approve {'the plan' if planned_by else 'this'}",
            f"Review it and run with -auto-approve{saved}.",
        )
    console.print(f"\n{question}\n  Only '{word}' is accepted.\n")
    try:
        return input("  Enter a value: ").strip() == word
    except EOFError:  # Ctrl-D: that is no approval
        console.print()
        return False


def refuse(plan: Plan, session: Session, parsed: argparse.Namespace) -> None:
    """Refuse a plan that must not be applied, or that nobody has agreed to.

    Raises:
        SlactlError: with the reasons.
    """
    if plan.errors:
        raise SlactlError("The plan is not applied", "\n".join(plan.errors))
    if not plan.is_empty:
        insist_on_consent(plan, session.estate.workspace, parsed)


def say_note(writer: Writer, console: Console) -> None:
    """Say what the store has to say about the lock: that a dead holder's was taken over."""
    if writer.note:
        console.error(writer.note)


def execute(plan: Plan, session: Session, writer: Writer, command: str, console: Console) -> Result:
    """Run the plan's stages and say what becomes of each change."""

    def report(step: Step, action: str, outcome: Outcome) -> None:
        with suppress(OSError):  # a reader that has gone, or a full disk below the log, stops no apply
            step()
            if outcome.status == "done":
                console.print(f"{outcome.address}: {_DOING[action]}")
            else:
                console.error(
                    f"{console.error_style.bad('Error:')} {outcome.address}: {action} {outcome.status}: {outcome.error}"
                )

    root = session.context.root
    identity = Identity(who(), command, commit_of(root), dirty_files(root, session.estate.workspace.files))
    with console.progress.of("Applying", len(plan.changes)) as step:
        told = partial(report, step)
        executor = Executor(
            plan,
            writer,
            session.connect,
            identity,
            told,
            parallelism=session.parallelism,
            stopping=lambda: console.alert(_STOPPING),
        )
        return executor.run()


def conclude(result: Result, verb: str, console: Console) -> int:
    """The last line, and the exit code."""
    counts = f"{result.added} added, {result.changed} changed, {result.destroyed} destroyed."
    if result.complete:
        console.print("\n" + console.out_style.good(f"{verb} complete! Resources: {counts}"))
        say_head(result.serial, result.head, console)
        return 0
    why = "was interrupted" if result.interrupted else f"failed for {len(result.failures)} of its changes"
    console.error(
        f"\n{console.error_style.bad(f'The {verb.lower()} {why}.')} Done so far: {counts} "
        "What is done is recorded; the next plan shows what is left."
    )
    say_head(result.serial, result.head, console)
    return 1


def say_head(serial: int | None, head: str, console: Console) -> None:
    """The head of the history: who notes it elsewhere can tell later whether the history was written anew."""
    if head:
        console.print(f"History: entry {serial}, head {head}")
