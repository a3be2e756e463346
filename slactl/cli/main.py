"""The command line: finds the verb, imports only its module, turns every failure into a message and an exit code.

Flags follow Terraform: `-out=FILE` and `--out FILE` mean the same; `-chdir=DIR` (or `-C DIR`) stands before the verb.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import NoReturn

from slactl import __version__
from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean
from slactl.cli.console import Console
from slactl.cli.flags import with_two_dashes
from slactl.cli.parser import Parser

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("slactl.cli.init", "Make the place of the state ready; take the state along when it moves"),
    "validate": ("slactl.cli.validate", "Read the agreements and say everything that is wrong with them"),
    "fmt": ("slactl.cli.fmt", "Rewrite agreement files in the usual form, comments kept"),
    "check": ("slactl.cli.check", "Prove or refute that OLAs and UCs support every SLA"),
    "explain": (
        "slactl.cli.explain",
        "Why a verdict is what it is, with a proof or a witness; or what a rule is for",
    ),
    "suggest": ("slactl.cli.suggest", "What to change so that promises are guaranteed, the cheapest first"),
    "calc": (
        "slactl.cli.calc",
        "Guaranteed, expected and best availability of a structure, without a workspace",
    ),
    "verify": ("slactl.cli.verify", "Check proofs and witnesses, independently of what made them"),
    "plan": ("slactl.cli.plan", "Show what an apply would change: promises first, then backend objects"),
    "apply": ("slactl.cli.apply", "Make the changes of a plan"),
    "drift": ("slactl.cli.drift", "What the backends have that differs from what was applied"),
    "destroy": ("slactl.cli.destroy", "Remove every backend object of this workspace"),
    "import": (
        "slactl.cli.imports",
        "List what could be taken over from the backends, as a document to review",
    ),
    "show": ("slactl.cli.show", "Show an effective agreement with each value's origin, or a saved plan"),
    "output": ("slactl.cli.output", "What was applied, as values for other pipelines: targets, ids"),
    "graph": ("slactl.cli.graph", "Print the dependency graph as DOT or Mermaid"),
    "impact": (
        "slactl.cli.impact",
        "Which customers are hit if an OLA, UC, service or supplier fails, ends or changes",
    ),
    "due": ("slactl.cli.due", "What falls due, by date: terms, notices, reviews, insurances, waivers"),
    "report": ("slactl.cli.report", "Attainment against target in the last closed window"),
    "baseline": (
        "slactl.cli.baseline",
        "Which target measured history bears, and how likely the present one is to be met",
    ),
    "rules": ("slactl.cli.rules", "List the rules of the check"),
    "state": (
        "slactl.cli.state",
        "Look into the state, or change it by hand: list, show, pull, push, mv, rm, lock, unlock, rebuild",
    ),
    "history": (
        "slactl.cli.history",
        "Who applied what, when, from which commit; verify that nobody changed it",
    ),
    "workspace": (
        "slactl.cli.workspaces",
        "Several states of one set of files: list, show, new, select, delete",
    ),
    "provider": ("slactl.cli.provider", "Write a new provider's package to begin with: new NAME"),
    "force-unlock": ("slactl.cli.force_unlock", "Release a lock that its holder left behind"),
    "version": ("slactl.cli.version", "Print the version"),
}


def run() -> NoReturn:
    """Entry point of the console script."""
    signal.signal(signal.SIGTERM, _terminated)
    _open_streams()
    gc.disable()  # one run makes millions of objects that live to its end: looking for cycles among them costs a third
    code = main(sys.argv[1:])
    gc.freeze()  # the interpreter looks for cycles once more before it ends: a tenth of a large check
    sys.exit(code)


def _open_streams() -> None:
    """Standard output and error that take every text: closed ones lead nowhere, files and pipes get UTF-8 in any locale."""
    for name in ("stdout", "stderr"):
        if (
            getattr(sys, name) is None
        ):  # closed by the caller: the next file that is opened would be written to instead
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the whole run
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            # line by line: a pipeline's log shows each change when it is made
            stream.reconfigure(encoding=encoding, errors="backslashreplace", line_buffering=True)


def _terminated(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the protocol of signals
    """A pipeline that is cancelled gives its lock back, like a user who presses Ctrl-C."""
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    folder, rest, asked = _global_options(list(arguments))
    rest = [*rest[:1], *with_two_dashes(rest[1:])]
    console = Console.of_environment(no_color="--no-color" in rest)
    if asked == "version":
        rest = ["version"]
    if not rest or asked == "help" or rest[0] == "help":
        return _guarded(partial(_helped, 0 if rest or asked else 1, console), Path(folder), console)
    verb, *options = rest
    if verb not in COMMANDS:
        console.error(
            f'Error: slactl has no command "{verb}".{did_you_mean(verb, COMMANDS)}\n\n`slactl -help` lists all of them.\n'
        )
        return 1
    return _guarded(partial(_run, verb, options, Path(folder), console), Path(folder), console)


def _helped(code: int, console: Console) -> int:
    console.print(usage())
    return code


def _run(verb: str, options: list[str], root: Path, console: Console) -> int:
    module = import_module(COMMANDS[verb][0])
    parser = Parser(prog=f"slactl {verb}", description=COMMANDS[verb][1] + ".", allow_abbrev=False)
    module.options(parser)
    parsed = parser.parse_args(options)
    parsed.root = root
    code: int = module.run(parsed, console)
    return code


def _guarded(act: Callable[[], int], root: Path, console: Console) -> int:
    try:
        code = act()
        sys.stdout.flush()
    except SlactlError as error:
        console.diagnostics(error.diagnostics, root)
        return 1
    except SystemExit:  # argparse, after it has printed its help
        return 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        console.error("Interrupted.")
        return 130
    except OSError as error:
        console.error(f"Error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 1
    return code


def _global_options(arguments: list[str]) -> tuple[str, list[str], str | None]:
    """The folder to work in, what follows the global options, and whether help or version was asked for."""
    folder = "."
    while arguments and arguments[0].startswith("-"):
        option = arguments.pop(0)
        name, equals, value = option.lstrip("-").partition("=")
        if name in ("chdir", "C"):
            folder = value if equals else arguments.pop(0) if arguments else "."
        elif name in ("help", "h"):
            return folder, arguments, "help"
        elif name in ("version", "v"):
            return folder, arguments, "version"
        else:
            return folder, [option, *arguments], None
    return folder, arguments, None


def usage() -> str:
    """The page of `slactl -help`."""
    width = max(map(len, COMMANDS))
    lines = [f"  {verb:<{width}}  {text}" for verb, (_, text) in COMMANDS.items()]
    return "\n".join(
        [
            f"slactl {__version__}: service level agreements as code: proved, planned, applied.",
            "",
            "Usage: slactl [-chdir=DIR] COMMAND [options]",
            "",
            "Commands:",
            *lines,
            "",
            "`slactl COMMAND -help` lists a command's options.",
        ]
    )
