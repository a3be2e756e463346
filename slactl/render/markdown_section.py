"""A section of a comment: a heading, rows, and what stands around them, so that it can be broken off and gone on with."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from slactl.base.quick_dataclass import dataclass

_WHOLE = re.compile(
    r"(?<!`)(?P<run>`+)(?!`).*?(?<!`)(?P=run)(?!`)|\\.|&#?\w+;|[^`\\&]|.",
    re.DOTALL,
)
"""What is never cut in two: code with its backticks, an escaped character, an entity."""

EVERYTHING = 1_000_000
"""Characters, more than any part has."""


class Row(NamedTuple):
    """Lines that stay together."""

    text: str
    under: str = ""
    """Repeated above when a part of the comment begins with this row; empty where something new begins."""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading; nothing at all when there are no rows."""

    title: str
    """Markdown of the heading; empty: none."""
    rows: Iterable[Row]
    """Made as far as there is room for them."""
    count: int
    """How many things the rows are about: those with an empty `under`."""
    noun: str
    """What one of them is, for the line that says how many are elsewhere."""
    share: int
    """Characters of the first part that it is sure of: frame and a row at least."""
    most: int = EVERYTHING
    """What it takes of the first part at the most where not everything fits, so that others have room."""
    folded: bool = False
    opening: Sequence[str] = ()
    """Lines before the rows, in each part: a table's head, the begin of a fence."""
    closing: Sequence[str] = ()
    comes_last: bool = False
    """Whether it waits, behind the first part, until all others are through: it is what may be left out."""

    def lines(self, rows: Sequence[Row], *, again: bool = False, rest: str = "") -> list[str]:
        """Some of the rows in their frame, all that is opened closed; `rest` is a line on what is missing."""
        body: list[str] = []
        if rows:
            repeated = [rows[0].under] if rows[0].under else []
            body = [*self.opening, *repeated, *(one.text for one in rows), *self.closing]
        told = [""] * bool(rows and rest) + [rest] * bool(rest)
        return [*self._heading(again=again), *body, *told, *(["", "</details>"] if self.folded else []), ""]

    def _heading(self, *, again: bool) -> list[str]:
        title = f"{self.title}, continued" if again else self.title
        if self.folded:
            return [f"<details><summary>{title}</summary>", ""]
        return [f"### {title}", ""] if title else []


def listed(
    title: str,
    rows: Sequence[str],
    noun: str,
    share: int,
    most: int = EVERYTHING,
    *,
    folded: bool = False,
) -> Section:
    """A section whose rows are a line each."""
    return Section(title, map(Row, rows), len(rows), noun, share, most, folded)


def paragraph(text: str, share: int) -> Section:
    """Words without a heading, which are not broken off."""
    return Section("", [Row(text)], 1, "paragraph", share)


def cut(text: str, most: int) -> str:
    """A row, or as much of it as stays valid Markdown and how long it is."""
    if len(text) <= most:
        return text
    told = f"... ({len(text):,} characters)"
    end = 0
    for piece in _WHOLE.finditer(text):
        if piece.end() > most - len(told):
            break
        end = piece.end()
    return text[:end] + told


def size(lines: Sequence[str]) -> int:
    """Characters, line ends included."""
    return sum(map(len, lines)) + len(lines)
