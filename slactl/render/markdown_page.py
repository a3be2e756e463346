"""A page of Markdown that stays below a limit: each section has a share of the room, and says what it leaves out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

_SAYING_SO = 160
"""Characters of the line that says how much is left out."""


class Part(Protocol):
    """Something that takes room on a page."""

    @property
    def share(self) -> int:
        """Characters that it is sure of."""

    @property
    def wish(self) -> int:
        """Characters that it would take if it could."""

    def lines(self, room: int) -> list[str]:
        """Its lines, in at most so many characters, line ends included."""


def fitted(parts: Sequence[Part], room: int) -> list[str]:
    """The lines of all parts; what some leave of their shares goes to the others, the first ones first."""
    granted = [min(part.wish, part.share) for part in parts]
    left = room - sum(granted)
    lines: list[str] = []
    for part, sure in zip(parts, granted, strict=True):
        more = min(part.wish - sure, left)
        left -= more
        lines += part.lines(sure + more)
    return lines


@dataclass(frozen=True, slots=True)
class Section:
    """A head, rows, and what closes it; nothing at all when there are no rows."""

    head: Sequence[str]
    rows: Sequence[str]
    noun: str
    """What one row is, for the line that says how many there are no room for."""
    share: int
    most: int = 1_000_000
    """What it never goes beyond, so that the parts behind it have room."""
    tail: Sequence[str] = ()

    @property
    def wish(self) -> int:
        """The size of everything, or the most that it may take."""
        return min(size([*self.head, *self.rows, *self.tail, ""]), self.most) if self.rows else 0

    def lines(self, room: int) -> list[str]:
        """As many rows as fit, and how many do not."""
        if not self.rows:
            return []
        whole = [*self.head, *self.rows, *self.tail, ""]
        return whole if size(whole) <= room else self._shortened(room)

    def _shortened(self, room: int) -> list[str]:
        rest = room - size([*self.head, *self.tail, ""]) - _SAYING_SO
        shown = fitting(self.rows, rest)
        left = len(self.rows) - shown
        more = f"**And {left:,} more {self.noun if left == 1 else self.noun + 's'}**, not shown for want of room."
        return [*self.head, *self.rows[:shown], "", more, *self.tail, ""]


def fitting(rows: Sequence[str], room: int) -> int:
    """How many of the first rows fit."""
    for count, row in enumerate(rows):
        room -= len(row) + 1
        if room < 0:
            return count
    return len(rows)


def size(lines: Sequence[str]) -> int:
    """Characters, line ends included."""
    return sum(map(len, lines)) + len(lines)
