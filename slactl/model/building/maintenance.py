"""Builds calendars and planned maintenance windows."""

from datetime import datetime
from functools import partial
from typing import Any

from slactl.base.days import parse_date
from slactl.base.diagnostics import Diagnostics
from slactl.documents.document import Document
from slactl.model.building.fields import Fields, of_document
from slactl.model.calendar import (
    Calendar,
    Holidays,
    MaintenanceWindow,
    check_country,
    check_rrule,
    check_timezone,
    parse_hours,
)


def calendar(document: Document, problems: Diagnostics) -> Calendar:
    """Build a calendar."""
    spec = of_document(document.spec, document.place, problems)
    zone = spec.text("timezone")
    if zone is not None:
        spec.attempt(lambda: check_timezone(zone), "timezone")
    hours = spec.data.get("hours")
    return Calendar(
        name=document.name,
        place=document.place,
        timezone=zone,
        hours=None if not isinstance(hours, dict) else spec.attempt(lambda: parse_hours(hours), "hours"),
        holidays=_holidays(spec.below("holidays")),
        union=spec.texts("union"),
        except_=spec.texts("except"),
    )


def _holidays(fields: Fields) -> Holidays | None:
    if not fields.data:
        return None
    country, subdivision = fields.text("country"), fields.text("subdivision")
    if country is not None:
        known = fields.attempt(lambda: check_country(country), "country")
        if known is not None and subdivision is not None:
            fields.attempt(lambda: check_country(country, subdivision), "subdivision")
    extra = [
        day
        for index, text in enumerate(fields.texts("extra"))
        if (day := fields.attempt(partial(parse_date, text), "extra", index)) is not None
    ]
    return Holidays(country, subdivision, tuple(sorted(extra)))


def maintenance_window(fields: Fields) -> MaintenanceWindow | None:
    """Build one planned maintenance window, or None where it is wrong (and reported)."""
    starts = fields.attempt(lambda: _local(fields.data.get("starts")), "starts")
    duration = fields.duration("duration")
    zone, rrule = fields.text("timezone") or "UTC", fields.text("rrule")
    fields.attempt(lambda: check_timezone(zone), "timezone")
    if duration is not None and (duration.months or duration.milliseconds < 1000):  # noqa: PLR2004 - a second
        fields.error(
            "A maintenance window has a fixed length of a second or more", "Write 2h or 90m.", "duration"
        )
        return None
    if starts is None or duration is None:
        return None
    if rrule is not None and fields.attempt(lambda: check_rrule(rrule, starts), "rrule") is None:
        return None
    return MaintenanceWindow(
        name=fields.text("name") or "",
        starts=starts,
        duration_s=duration.milliseconds // 1000,
        rrule=rrule,
        timezone=zone,
    )


def _local(value: Any) -> datetime:
    try:
        starts = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f'"{value}" is no local time; write it as 2026-01-04T02:00.') from None
    if starts.tzinfo is not None:
        raise ValueError(f"{value} carries an offset; write local time, and the zone as timezone.")
    parse_date(starts.date().isoformat())
    return starts
