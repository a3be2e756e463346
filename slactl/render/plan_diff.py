"""The diff of a plan for Markdown: a folded block of rows, none of which can close its fence.

Every line of the block begins with `+`, `-`, `!`, `@` or `#`, whatever the values hold.
"""

from collections.abc import Iterator

from slactl.base.text import plural
from slactl.plan.plan import AgreementChange, ObjectChange, Plan
from slactl.render.markdown import shortened
from slactl.render.markdown_section import Row, Section
from slactl.render.plan_attributes import attributes, differences, visible
from slactl.render.style import Style

_LONGEST_LINE = 600
_WILL = {
    "create": "is created",
    "update": "changes in place",
    "replace": "is replaced",
    "delete": "is destroyed",
}


def diff(plan: Plan, share: int) -> Section:
    """What changes in promises and objects, value by value."""
    promises, objects = plural(len(plan.agreements), "promise"), plural(len(plan.changes), "object")
    of = " and ".join([promises] * bool(plan.agreements) + [objects] * bool(plan.changes))
    return Section(
        f"The diff of {of}",
        _rows(plan),
        len(plan.agreements) + len(plan.changes),
        "change",
        share,
        folded=True,
        opening=["```diff"],
        closing=["```"],
        comes_last=True,
    )


def _rows(plan: Plan) -> Iterator[Row]:
    for promise in plan.agreements:
        yield from _promise(promise)
    for changed in plan.changes:
        yield from _object(changed)


def _promise(change: AgreementChange) -> Iterator[Row]:
    title = f"{change.address} {'ends' if change.action.value == 'delete' else _WILL[change.action.value]}"
    return _block(title, differences(change.before, change.after, Style()))


def _object(change: ObjectChange) -> Iterator[Row]:
    return _block(f"{change.address} {_WILL[change.action.value]}", attributes(change, Style()))


def _block(title: str, lines: Iterator[str]) -> Iterator[Row]:
    """A title with the first line below it, then each other line, which may stand below the title said anew."""
    shown = visible(shortened(title, _LONGEST_LINE))
    first = next(lines, None)
    yield Row(f"@@ {shown} @@" if first is None else f"@@ {shown} @@\n{_marked(first)}")
    for line in lines:
        yield Row(_marked(line), under=f"@@ {shown}, continued @@")


def _marked(line: str) -> str:
    """The line with its sign in the first column, where colours come from; a change has Markdown's sign for it."""
    words = line.lstrip(" ")
    sign, rest = words[0], words[2:]
    if sign == "#":
        return words
    indent = " " * (len(line) - len(words))
    return f"{'!' if sign == '~' else sign} {indent}{shortened(rest, _LONGEST_LINE)}"
