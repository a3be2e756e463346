"""Options that decide what a plan covers, and how it is made."""

import argparse

from slactl.base.diagnostics import SlactlError
from slactl.base.quick_dataclass import dataclass, field
from slactl.plan.narrow import Selection
from slactl.plan.plan import Mode

PARALLELISM = 10


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What is asked of a plan."""

    mode: Mode = "normal"
    refresh: bool = True
    """False: state is trusted, and no backend is read."""
    selection: Selection = field(default_factory=Selection)
    replaced: tuple[str, ...] = ()


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Options that limit a plan to a part."""
    parser.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="SELECTOR",
        help="plan this part alone, with what it needs: sla.acme-shop, sla.acme+, +ola.db, tag:gold, path:eu/, "
        "state:modified; may be repeated",
    )
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="SELECTOR",
        help="leave this part out; may be repeated",
    )


def add_planning(parser: argparse.ArgumentParser) -> None:
    """Options of commands that make a plan."""
    add_selection(parser)
    parser.add_argument(
        "--replace",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="make this object anew; may be repeated",
    )
    parser.add_argument(
        "--refresh", choices=("true", "false"), default="true", help="false: trust state, read no backend"
    )
    parser.add_argument(
        "--refresh-only",
        action="store_true",
        help="change nothing but state: it is to say what the backends have",
    )
    add_parallelism(parser)


def add_parallelism(parser: argparse.ArgumentParser) -> None:
    """How many backends are read or changed at once."""
    parser.add_argument(
        "--parallelism",
        type=int,
        default=PARALLELISM,
        metavar="N",
        help=f"how many backends are read or changed at once; default: {PARALLELISM}",
    )


def parallelism(parsed: argparse.Namespace) -> int:
    """The number that was asked for; the default for commands without the option.

    Raises:
        SlactlError: when it is below one.
    """
    number = int(getattr(parsed, "parallelism", PARALLELISM))
    if number < 1:
        raise SlactlError(f"-parallelism={number} leaves nobody to do the work", "Give 1 or more.")
    return number


def selection_of(parsed: argparse.Namespace) -> Selection:
    """What `-target` and `-exclude` say."""
    return Selection(tuple(parsed.target), tuple(parsed.exclude))


def plan_options(parsed: argparse.Namespace, *, destroy: bool = False) -> PlanOptions:
    """What the options of a command ask of its plan.

    Raises:
        SlactlError: when they contradict one another.
    """
    mode: Mode = "destroy" if destroy else "refresh-only" if parsed.refresh_only else "normal"
    refresh = parsed.refresh == "true"
    if parsed.refresh_only and (destroy or not refresh):
        other = "-destroy" if destroy else "-refresh=false"
        raise SlactlError(f"-refresh-only and {other} contradict each other", "Give one of them.")
    if parsed.replace and mode != "normal":
        raise SlactlError(f"-replace means nothing with -{mode}", "Give one of them.")
    return PlanOptions(mode, refresh, selection_of(parsed), tuple(parsed.replace))


def were_given(parsed: argparse.Namespace) -> list[str]:
    """The options that decide what a plan covers, as far as they were given: a saved plan has decided already."""
    found = {
        "-target": parsed.target,
        "-exclude": parsed.exclude,
        "-replace": parsed.replace,
        "-refresh=false": parsed.refresh == "false",
        "-refresh-only": parsed.refresh_only,
    }
    return [option for option, value in found.items() if value]
