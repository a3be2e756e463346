"""Options that several commands share, and what they mean."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from slactl.base.diagnostics import SlactlError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from slactl.documents.variables import Given


class _InOrder(argparse.Action):
    """Collects `-var` and `-var-file` in the order of the command line: later wins."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - the protocol of argparse
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        kind = "file" if option_string and option_string.endswith("var-file") else "var"
        namespace.given = [*getattr(namespace, "given", []), (kind, str(values))]


def add_inputs(parser: argparse.ArgumentParser) -> None:
    """What decides how files are read: variables, and the day."""
    parser.add_argument(
        "--var", action=_InOrder, metavar="NAME=VALUE", help="set a variable; may be repeated"
    )
    parser.add_argument(
        "--var-file", action=_InOrder, metavar="FILE", help="set variables from a file; may be repeated"
    )
    parser.add_argument(
        "--as-of", metavar="DATE", help="the day to read the files for (2026-11-23); default: today"
    )
    parser.add_argument("--no-cache", action="store_true", help="parse every file again")
    add_output(parser)


def add_output(parser: argparse.ArgumentParser) -> None:
    """How results are printed."""
    parser.add_argument("--no-color", action="store_true", help="no colour, on a terminal either")


def given(parsed: argparse.Namespace) -> Given:
    """The variables of the command line."""
    from slactl.documents.variables import Given  # noqa: PLC0415 - reads YAML, which `version` and `-help` need not

    return Given(tuple(getattr(parsed, "given", ())))


def as_of(parsed: argparse.Namespace) -> date:
    """The day to read the files for: `-as-of`, or today (UTC).

    Raises:
        SlactlError: when it is no date.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - some commands have no use for a day

    from slactl.base.days import parse_date  # noqa: PLC0415 - the same

    if not parsed.as_of:
        return datetime.now(UTC).date()
    try:
        return parse_date(parsed.as_of)
    except ValueError as reason:
        raise SlactlError(f'-as-of "{parsed.as_of}" is no date to look from', str(reason)) from None
