"""The diff of a plan for Markdown: a folded block that is cut between lines, never in the middle of its fences.

Every line of the block begins with `+`, `-`, `!`, `@` or `#`, whatever the values hold; so none can close the fence.
"""

from collections.abc import Callable, Iterator

from slactl.base.text import plural
from slactl.plan.plan import AgreementChange, ObjectChange, Plan
from slactl.render.markdown import shortened
from slactl.render.markdown_page import fitting, size
from slactl.render.plan_attributes import attributes, differences, visible
from slactl.render.style import Style

_TAIL = ["```", "", "</details>", ""]
_SAYING_SO = 160
_LONGEST_LINE = 600
_WISH = 1_000_000
"""More than any page has: how long the whole would be is not worth finding out."""
_WILL = {
    "create": "is created",
    "update": "changes in place",
    "replace": "is replaced",
    "delete": "is destroyed",
}


class Diff:
    """What changes in promises and objects, value by value; made as far as there is room for it."""

    def __init__(self, plan: Plan, share: int) -> None:
        self.share = share
        promises, objects = plural(len(plan.agreements), "promise"), plural(len(plan.changes), "object")
        self._of = " and ".join([promises] * bool(plan.agreements) + [objects] * bool(plan.changes))
        self._blocks: list[Callable[[], list[str]]] = [
            *(lambda one=one: _promise(one) for one in plan.agreements),
            *(lambda one=one: _object(one) for one in plan.changes),
        ]

    @property
    def wish(self) -> int:
        """All the room that there is, if there is anything to show."""
        return _WISH if self._blocks else 0

    def lines(self, room: int) -> list[str]:
        """The block, in at most so many characters."""
        if not self._blocks:
            return []
        head = [f"<details><summary>The diff of {self._of}</summary>", "", "```diff"]
        return [*head, *self._body(room - size([*head, *_TAIL]) - _SAYING_SO), *_TAIL]

    def _body(self, room: int) -> list[str]:
        lines: list[str] = []
        for index, block in enumerate(self._blocks):
            made, behind = block(), len(self._blocks) - index - 1
            shown = fitting(made, room)
            if shown == len(made):
                lines += made
                room -= size(made)
            elif shown > 1:
                return [*lines, *made[:shown], _left_out(len(made) - shown, behind)]
            else:
                return [*lines, f"# And {behind + 1:,} more, not shown for want of room."]
        return lines


def _left_out(lines: int, blocks: int) -> str:
    there = f", and {blocks:,} more" if blocks else ""
    return f"# And {lines:,} more {'line' if lines == 1 else 'lines'} of this one{there}, not shown for want of room."


def _promise(change: AgreementChange) -> list[str]:
    title = f"{change.address} {'ends' if change.action.value == 'delete' else _WILL[change.action.value]}"
    return _block(title, differences(change.before, change.after, Style()))


def _object(change: ObjectChange) -> list[str]:
    return _block(f"{change.address} {_WILL[change.action.value]}", attributes(change, Style()))


def _block(title: str, lines: Iterator[str]) -> list[str]:
    return [f"@@ {visible(shortened(title, _LONGEST_LINE))} @@", *map(_marked, lines)]


def _marked(line: str) -> str:
    """The line with its sign in the first column, where colours come from; a change has Markdown's sign for it."""
    words = line.lstrip(" ")
    sign, rest = words[0], words[2:]
    if sign == "#":
        return words
    indent = " " * (len(line) - len(words))
    return f"{'!' if sign == '~' else sign} {indent}{shortened(rest, _LONGEST_LINE)}"
