"""What falls due, in words and as JSON."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from slactl.base.diagnostics import Place
from slactl.base.text import plural, sentence_list
from slactl.check.due import DueList, Duty, Undated
from slactl.documents.locate import Locator
from slactl.render.diagnostics import range_document
from slactl.render.style import Style

_MOST_NAMED = 3


def due_text(found: DueList, locator: Locator, style: Style) -> str:
    """What is overdue, what is coming, what should have a day and has none; each with its file and line."""
    parts = [
        _section("Overdue", found.overdue, found.as_of, locator, style),
        _section(f"Due until {found.until}", found.coming, found.as_of, locator, style),
        _without_a_day(found.undated, locator, style),
        _sum(found),
    ]
    return "\n".join(part for part in parts if part)


def _section(title: str, duties: Sequence[Duty], as_of: date, locator: Locator, style: Style) -> str:
    if not duties:
        return ""
    width = max(len(_when(one, as_of)) for one in duties)
    lines = [style.bold(title)]
    for one in duties:
        paint = style.bad if one.on < as_of else style.good
        when = f"{paint(str(one.on))}  {_when(one, as_of):<{width}}"
        lines.append(f"  {when}  {style.bold(one.address)}: {one.what}{concerned(one)}")
        lines.append(f"  {'':{12 + width}}  {one.todo}  {style.dim(_where(one.place, locator))}")
    return "\n".join(lines) + "\n"


def _when(duty: Duty, as_of: date) -> str:
    days = (duty.on - as_of).days
    if days == 0:
        return "today"
    return f"in {plural(days, 'day')}" if days > 0 else f"{plural(-days, 'day')} ago"


def concerned(duty: Duty) -> str:
    """Whose move it is: ` (acme, birch, cedar and 4 more)`, or nothing."""
    if not duty.who:
        return ""
    named = list(duty.who[:_MOST_NAMED])
    more = len(duty.who) - len(named)
    return f" ({sentence_list([*named, f'{more} more'] if more else named)})"


def _where(place: Place | None, locator: Locator) -> str:
    if place is None:
        return ""
    found = locator.range(place)
    return place.file if found is None else f"{found.file}:{found.start.line}"


def _without_a_day(undated: Sequence[Undated], locator: Locator, style: Style) -> str:
    if not undated:
        return ""
    lines = [style.bold("Without a day")]
    for one in undated:
        lines.append(f"  {style.bold(one.address)}: {one.what}")
        lines.append(f"      {one.todo}  {style.dim(_where(one.place, locator))}")
    return "\n".join(lines) + "\n"


def _sum(found: DueList) -> str:
    if not found.duties:
        return f"Nothing is due until {found.until}. As of {found.as_of}."
    return f"{len(found.overdue)} overdue, {len(found.coming)} due until {found.until}. As of {found.as_of}."


def due_json(found: DueList, locator: Locator) -> str:
    """The document of `due -json` as text."""
    return json.dumps(due_document(found, locator), indent=2, ensure_ascii=False)


def due_document(found: DueList, locator: Locator) -> dict[str, Any]:
    """The document of `due -json` as data."""
    return {
        "format_version": "1.0",
        "as_of": found.as_of.isoformat(),
        "until": found.until.isoformat(),
        "overdue": len(found.overdue),
        "due": [_duty_document(one, found.as_of, locator) for one in found.duties],
        "undated": [
            {"address": one.address, "what": one.what, "todo": one.todo, **_range(one.place, locator)}
            for one in found.undated
        ],
    }


def _duty_document(duty: Duty, as_of: date, locator: Locator) -> dict[str, Any]:
    return {
        "on": duty.on.isoformat(),
        "days": (duty.on - as_of).days,
        "overdue": duty.on < as_of,
        "kind": duty.kind,
        "address": duty.address,
        "mark": duty.mark,
        "what": duty.what,
        "todo": duty.todo,
        "who": list(duty.who),
        **_range(duty.place, locator),
    }


def _range(place: Place | None, locator: Locator) -> dict[str, Any]:
    found = None if place is None else locator.range(place)
    return {} if found is None else {"range": range_document(found)}
