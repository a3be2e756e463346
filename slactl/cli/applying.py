"""What apply and destroy share: approval, execution, and the words at the end."""

import argparse
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from slactl.apply.executor import Executor, Identity, Result
from slactl.base.diagnostics import SlactlError
from slactl.base.duration import parse_duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.text import printable
from slactl.cli.commit import commit_of, dirty_files
from slactl.cli.consent import insist_on_consent
from slactl.cli.console import Console
from slactl.cli.formats import add_into, write_into
from slactl.cli.planning import Session
from slactl.cli.progress import Step
from slactl.plan.plan import Plan
from slactl.provider import Outcome
from slactl.render.apply_json import apply_json
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

_FILES = ("json",)
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
    add_into(parser, _FILES)


def insist_on_writable(parsed: argparse.Namespace) -> None:
    """Refuse a file that could not be written in the end, when something has been changed already.

    Raises:
        SlactlError: when its folder is not there.
    """
    if parsed.into_json and not Path(parsed.into_json).parent.is_dir():
        raise SlactlError(
            f"{parsed.into_json} cannot be written: there is no such folder",
            "Make it first; nothing was changed.",
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


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan that was run, and what came of it."""

    plan: Plan
    command: str
    result: Result = field(default_factory=Result)
    told: Sequence[tuple[str, Outcome]] = ()
    """Each change's action and what became of it, in the order of the run."""


def execute(plan: Plan, session: Session, writer: Writer, command: str, console: Console) -> Applied:
    """Run the plan's stages and say what becomes of each change."""
    all_told: list[tuple[str, Outcome]] = []

    def report(step: Step, action: str, outcome: Outcome) -> None:
        all_told.append((action, outcome))
        with suppress(OSError):  # a reader that has gone, or a full disk below the log, stops no apply
            step()
            if outcome.status == "done":
                console.print(f"{outcome.address}: {_DOING[action]}")
            else:
                console.error(
                    f"{console.error_style.bad('Error:')} {outcome.address}: {action} {outcome.status}: {printable(outcome.error)}"
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
        return Applied(plan, command, executor.run(), all_told)


def conclude(applied: Applied, parsed: argparse.Namespace, console: Console) -> int:
    """The last line, the document, and the exit code."""
    result = applied.result
    _say_how_it_ended(result, applied.command.capitalize(), console)
    write_into(parsed, _FILES, lambda _: apply_json(applied.command, applied.plan, result, applied.told))
    return 0 if result.complete else 1


def _say_how_it_ended(result: Result, verb: str, console: Console) -> None:
    counts = f"{result.added} added, {result.changed} changed, {result.destroyed} destroyed."
    if result.complete:
        console.print("\n" + console.out_style.good(f"{verb} complete! Resources: {counts}"))
        say_head(result.serial, result.head, console)
        return
    why = "was interrupted" if result.interrupted else f"failed for {len(result.failures)} of its changes"
    console.error(
        f"\n{console.error_style.bad(f'The {verb.lower()} {why}.')} Done so far: {counts} "
        "What is done is recorded; the next plan shows what is left."
    )
    say_head(result.serial, result.head, console)


def say_head(serial: int | None, head: str, console: Console) -> None:
    """The head of the history: who notes it elsewhere can tell later whether the history was written anew."""
    if head:
        console.print(f"History: entry {serial}, head {head}")
