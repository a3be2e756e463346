"""A comment of Markdown in as many parts as it takes, each below a limit and valid by itself.

The first part is what a reviewer needs: every section has a share of it. What does not fit there goes on in the parts
behind it, section by section; there the sections that may wait come last, for there is a most of parts, too.
"""

import re
from collections import deque
from collections.abc import Collection, Sequence

from slactl.base.quick_dataclass import dataclass
from slactl.render.markdown import MOST_CHARACTERS
from slactl.render.markdown_section import Row, Section, cut, size

MOST_PARTS = 10
"""Nobody reads more; and hosts slow down who posts more comments than that at once."""
_LONGEST_ROW = 16
"""A row takes a sixteenth of a part at the most."""
_SAYING_SO = 160
"""Characters of the line that says how much is elsewhere."""
_OF_A_PART = re.compile(r"<!-- slactl-[^>]* part ([1-9][0-9]*) -->")


@dataclass(frozen=True, slots=True)
class Comment:
    """What all parts have in common."""

    name: str
    """What a pipeline finds its comments by, in a hidden marker: `slactl-plan webshop`."""
    title: str
    whole: str
    """Where everything is, however long it is: a sentence."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A comment ready to be posted."""

    parts: tuple[str, ...]
    alone: str
    """The first part, for where there is room for one only: it says how to have the others."""


def is_later_part(first_line: str, number: int) -> bool:
    """Whether a text that begins so is such a part of a comment, the second or one behind it."""
    found = _OF_A_PART.fullmatch(first_line)
    return found is not None and int(found[1]) == number


def in_parts(
    comment: Comment, sections: Sequence[Section], limit: int = MOST_CHARACTERS, most: int = MOST_PARTS
) -> Parts:
    """All sections, in at most `most` parts of at most `limit` characters, the line end behind each included.

    The shares of the sections and the head must fit into a part together. What is left out is counted in the last part.
    """
    waiting = [one for one in (_Waiting(section, limit // _LONGEST_ROW) for section in sections) if one]
    head = _head(comment, 1, 1)
    if _fit(waiting, limit - size(head)):
        text = _text([*head, *(line for one in waiting for line in one.take(limit).lines())])
        return Parts((text,), text)
    room = limit - size(_first_head(comment, most, _notes(most, alone=True, left_out=True)))
    first = _first_part(waiting, room)
    later = _later_parts(comment, waiting, limit, most)
    return _numbered(comment, first, later, [one for one in waiting if one])


def _fit(waiting: Sequence["_Waiting"], room: int) -> bool:
    """Whether that is all; nothing is made that is far beyond the room."""
    for one in waiting:
        room -= one.wish(room)
        if room < 0:
            return False
    return True


def _first_part(waiting: Sequence["_Waiting"], room: int) -> list["_Chunk"]:
    """Something of every section: what some leave of their shares goes to the others, the first ones first."""
    wishes = [min(one.wish(room), one.section.most) for one in waiting]
    granted = [min(wish, one.section.share) for wish, one in zip(wishes, waiting, strict=True)]
    left = room - sum(granted)
    chunks: list[_Chunk] = []
    for one, wish, sure in zip(waiting, wishes, granted, strict=True):
        more = min(wish - sure, left)
        left -= more
        chunks.append(one.take(sure + more))
    return chunks


def _later_parts(
    comment: Comment, waiting: Sequence["_Waiting"], limit: int, most: int
) -> list[list["_Chunk"]]:
    """What waits, in order, part by part; the last that there may be keeps room to say what it leaves out."""
    parts: list[list[_Chunk]] = []
    room = limit - size(_head(comment, most, most))
    queue = deque(sorted((one for one in waiting if one), key=lambda one: one.section.comes_last))
    while queue and len(parts) < most - 1:
        number = len(parts) + 2
        kept = size(_left_out(comment, queue)) if number == most else 0
        parts.append(_later_part(queue, room - kept, number))
    return parts


def _later_part(queue: deque["_Waiting"], room: int, number: int) -> list["_Chunk"]:
    """Rows of as many sections as fit; those that are through leave the queue."""
    chunks: list[_Chunk] = []
    while queue and (chunk := queue[0].take_on(room)) is not None:
        chunks.append(chunk)
        room -= size(chunk.lines())
        queue[0].goes_on_in = queue[0].goes_on_in or number
        if queue[0]:
            break
        queue.popleft()
    return chunks


def _numbered(
    comment: Comment, first: list["_Chunk"], later: list[list["_Chunk"]], left: Sequence["_Waiting"]
) -> Parts:
    """The texts, now that it is known how many there are and what each has."""
    of = 1 + len(later)
    body = [line for chunk in first for line in chunk.lines(is_first=True)]
    texts = [
        _text([*_first_head(comment, of, _notes(of, alone=alone, left_out=bool(left))), *body])
        for alone in (False, True)
    ]
    parts = [texts[0]]
    for number, chunks in enumerate(later, start=2):
        lines = [line for chunk in chunks for line in chunk.lines()]
        said = _left_out(comment, left) if left and number == of else []
        parts.append(_text([*_head(comment, number, of), *lines, *said]))
    return Parts(tuple(parts), texts[1])


def _notes(of: int, *, alone: bool, left_out: bool) -> str:
    """What stands below the title of the first of several parts."""
    have = f"`-markdown-into=FILE` writes all {of} parts, each for a comment of its own."
    lost = f"{of} comments are the most: the end of part {of} says what is left out."
    return " ".join([have] * alone + [lost] * left_out)


def _left_out(comment: Comment, left: Collection["_Waiting"]) -> list[str]:
    lines = [f'- {one.rest()}, under "{one.section.title}"' for one in left]
    return ["### Left out", "", *lines, "", comment.whole, ""]


def _first_head(comment: Comment, of: int, notes: str) -> list[str]:
    return [*_head(comment, 1, of), *([notes, ""] if notes else [])]


def _head(comment: Comment, number: int, of: int) -> list[str]:
    name = f"{comment.name} part {number}" if number > 1 else comment.name
    title = f"{comment.title} (part {number} of {of})" if of > 1 else comment.title
    return [f"<!-- {name} -->", f"## {title}", ""]


class _Waiting:
    """The rows of a section that no part has yet."""

    def __init__(self, section: Section, longest: int) -> None:
        self.section = section
        self._source = (Row(cut(one.text, longest), cut(one.under, longest)) for one in section.rows)
        self._ahead: deque[Row] = deque()
        self._ahead_size = 0
        self._frame = size(section.lines([Row("")])) - 1
        self._again = False
        self.left = section.count
        """Things that no part has begun."""
        self.goes_on_in = 0
        """The part that has the first of what the first part has not."""

    def __bool__(self) -> bool:
        return self._peek() is not None

    def wish(self, most: int) -> int:
        """Characters of all of it, or a number above `most`."""
        while self._frame + self._ahead_size <= most and self._read():
            pass
        return self._frame + self._ahead_size if self._ahead else 0

    def take(self, room: int) -> "_Chunk":
        """All rows where they fit; else as many as fit with a line that says where the others are."""
        whole = self.wish(room) <= room
        rows = self._rows(room - self._frame - (0 if whole else _SAYING_SO))
        return self._chunk(rows)

    def take_on(self, room: int) -> "_Chunk | None":
        """As many rows as fit where the next part goes on with the others; None: not one."""
        rows = self._rows(room - self._frame - len(", continued"))
        return self._chunk(rows) if rows else None

    def rest(self) -> str:
        """What no part has yet, in words."""
        more = f"{self.left:,} more {self.section.noun}{'' if self.left == 1 else 's'}"
        row = self._peek()
        if row is None or not row.under:
            return more
        return f"the rest of one {self.section.noun}{f' and {more}' if self.left else ''}"

    def _chunk(self, rows: list[Row]) -> "_Chunk":
        self.left -= sum(not one.under for one in rows)
        again, self._again = self._again, True
        return _Chunk(self, rows, again, self.rest() if self else "")

    def _rows(self, room: int) -> list[Row]:
        rows: list[Row] = []
        while (row := self._peek()) is not None:
            repeated = len(row.under) + 1 if row.under and not rows else 0
            room -= len(row.text) + 1 + repeated
            if room < 0:
                break
            rows.append(self._ahead.popleft())
            self._ahead_size -= len(row.text) + 1
        return rows

    def _peek(self) -> Row | None:
        return self._ahead[0] if self._ahead or self._read() else None

    def _read(self) -> bool:
        row = next(self._source, None)
        if row is not None:
            self._ahead.append(row)
            self._ahead_size += len(row.text) + 1
        return row is not None


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What one part has of a section."""

    of: _Waiting
    rows: list[Row]
    again: bool
    rest: str
    """What it has not, in words."""

    def lines(self, *, is_first: bool = False) -> list[str]:
        """Its lines; in the first part they say where the others are, for other sections follow there."""
        return self.of.section.lines(self.rows, again=self.again, rest=self._elsewhere() if is_first else "")

    def _elsewhere(self) -> str:
        if not self.rest:
            return ""
        where = f": in part {self.of.goes_on_in}." if self.of.goes_on_in else ", left out."
        return f"**And {self.rest}**{where}"


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip("\n")
