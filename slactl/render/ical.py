"""What falls due as an iCalendar (RFC 5545): an all-day event each."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from slactl import __version__
from slactl.check.due import DueList, Duty
from slactl.model.workspace import Workspace
from slactl.render.due import concerned

if TYPE_CHECKING:
    from icalendar import Event


def due_calendar(found: DueList, workspace: Workspace) -> str:
    """The calendar as text, lines ended by CRLF: the same list gives the same text.

    An event keeps its UID when its day moves, so that calendars that subscribe move it too.
    """
    from icalendar import Calendar, Timezone  # noqa: PLC0415 - costs start-up time, and only this format needs it

    calendar = Calendar()
    calendar.add("prodid", f"-//slactl//slactl due {__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Due in {workspace.name}")
    for duty in found.duties:
        calendar.add_component(_event(duty, found, workspace))
    if not found.duties:  # RFC 5545 section 3.6: a calendar has at least one component
        calendar.add_component(Timezone.from_tzid("UTC"))
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _event(duty: Duty, found: DueList, workspace: Workspace) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - the same

    event = Event()
    event.add("uid", f"{duty.address}.{duty.mark}@{workspace.name}.{workspace.organization}.slactl")
    event.add("dtstamp", datetime.combine(found.as_of, time(), UTC))
    event.add("dtstart", duty.on)
    overdue = "Overdue: " if duty.on < found.as_of else ""
    event.add("summary", _line(f"{overdue}{duty.address}: {duty.what}{concerned(duty)}"))
    place = f" Written in {duty.place.file}." if duty.place else ""
    event.add("description", _line(f"{duty.todo}{place}"))
    event.add("categories", [duty.kind])
    event.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy
    return event


def _line(text: str) -> str:
    """A text as one line: whatever breaks lines, anywhere in Unicode, is a space."""
    return " ".join(text.split())
