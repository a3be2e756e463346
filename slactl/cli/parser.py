"""Options that are not understood are messages like any other: what, what was probably meant, and where to look."""

import argparse
import os
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from slactl.base.diagnostics import SlactlError
from slactl.base.text import did_you_mean, nearest

_CHOICE = re.compile(
    r"argument (?P<name>\S+): invalid choice: '(?P<given>.*)' \(choose from (?P<known>.*)\)", re.DOTALL
)
_VALUE = re.compile(r"argument (?P<name>[^:]+): (?P<why>.*)", re.DOTALL)
_WHY = {"expected one argument": "it needs a value"}
_MISSING = "the following arguments are required: "


class Parser(argparse.ArgumentParser):
    """argparse with the messages of slactl; options are named with one dash, as they are written."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**{"formatter_class": _formatter, **told})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Read options; one that is unknown is refused by the verb that it was given to.

        Raises:
            SlactlError: when something is not understood.
        """
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self._refuse(*self._unknown(unknown))
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """End with what is wrong.

        Raises:
            SlactlError: always.
        """
        if message.startswith(_MISSING):
            self._refuse(f"{self.prog} needs {_one_dash(message.removeprefix(_MISSING))}")
        if found := _CHOICE.fullmatch(message):
            known = [one.strip("'") for one in found["known"].split(", ")]
            option = found["name"].startswith("-")
            does_not = f"does not know {_one_dash(found['name'])}" if option else "has no"
            guess = nearest(found["given"], known)
            meant = f'Did you mean "{guess}"? ' if guess else ""
            self._refuse(
                f'{self.prog} {does_not} "{found["given"]}"', f"{meant}Known here: {', '.join(known)}."
            )
        if found := _VALUE.fullmatch(message):
            self._refuse(f"{self.prog} {_one_dash(found['name'])}: {_WHY.get(found['why'], found['why'])}")
        self._refuse(f"{self.prog}: {message}")

    def _unknown(self, given: Sequence[str]) -> tuple[str, str]:
        option = next((one for one in given if one.startswith("-")), None)
        if option is None:
            return f'{self.prog} has no use for "{given[0]}"', "It is one argument too many."
        name = _one_dash(option.split("=")[0])
        names = [_one_dash(one) for one in self._option_string_actions if one.startswith("--")]
        return f"{self.prog} has no option {name}", did_you_mean(name, names).strip()

    def _refuse(self, summary: str, detail: str = "") -> NoReturn:
        more = f"`{self.prog} -help` lists its options."
        raise SlactlError(summary, f"{detail} {more}".strip())


def _formatter(prog: str) -> argparse.HelpFormatter:
    """The help as wide as the terminal; the one of the standard library loads archivers to find that out, in every run."""
    try:
        columns = int(os.environ.get("COLUMNS", "")) or os.get_terminal_size().columns
    except (ValueError, OSError):
        columns = 80
    return argparse.HelpFormatter(prog, width=columns - 2)


def _one_dash(text: str) -> str:
    return re.sub(r"(?<!\S)--", "-", text)
