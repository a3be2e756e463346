"""Reading what calendars say: hours, time zones, countries, recurrence rules."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from slactl.base.text import did_you_mean, sentence_list
from slactl.base.zones import find_zone
from slactl.model.calendar.country_days import country_days
from slactl.model.calendar.kinds import Hours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*\Z")
_DAY_MIN = 1440
_COUNTRY = re.compile(r"[A-Z]{2,3}")


def parse_hours(hours: Mapping[str, Any]) -> Hours:
    """Read `{"mon-fri": ["08:00-18:00"]}`: days or ranges of days, each with ranges of local time.

    A range that ends before it begins runs past midnight into the next day; `24:00` is a day's end. A day that
    is named twice has the ranges of both.

    Raises:
        ValueError: with a sentence for the user.
    """
    week: list[set[tuple[int, int]]] = [set() for _ in _DAYS]
    for days, texts in hours.items():
        ranges = [_range(text) for text in ([texts] if isinstance(texts, str) else texts)]
        for day in _days(str(days)):
            week[day].update(ranges)
    if not any(week):
        raise ValueError(
            'These hours are empty; write some like {mon-fri: ["08:00-18:00"]}, or leave them out for 24x7.'
        )
    return tuple(tuple(sorted(ranges)) for ranges in week)


def _days(text: str) -> list[int]:
    names = [name.strip().lower() for name in text.split("-")]
    for name in names:
        if name not in _DAYS:
            raise ValueError(
                f'"{text}" names no days; write mon, tue, wed, thu, fri, sat, sun, or a range like mon-fri.'
                f"{did_you_mean(name, _DAYS) if len(name) > 1 else ''}"
            )
    if len(names) > 2:  # noqa: PLR2004 - a range has two ends
        raise ValueError(f'"{text}" has more than two ends; write a range of days like mon-fri.')
    first, last = _DAYS.index(names[0]), _DAYS.index(names[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _range(text: Any) -> tuple[int, int]:
    match = _RANGE.match(str(text))
    if match is None:
        raise ValueError(f'"{text}" is no range of hours; write it like 08:00-18:00.')
    hour, minute, end_hour, end_minute = map(int, match.groups())
    start, end = 60 * hour + minute, 60 * end_hour + end_minute
    if max(minute, end_minute) > 59 or start >= _DAY_MIN or end > _DAY_MIN:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f'"{text}" has a time that no day has; a day runs from 00:00 to 24:00.')
    if start == end:
        raise ValueError(f'"{text}" could be nothing or a whole day; write 00:00-24:00 for a whole day.')
    return (start, end) if start < end else (start, end + _DAY_MIN)


def check_timezone(text: str) -> str:
    """The name of a time zone, checked.

    Raises:
        ValueError: with a sentence for the user.
    """
    find_zone(text)
    return text


_SOME_YEAR = 2026
"""Any year tells whether a country is known."""


def check_country(country: str, subdivision: str | None = None) -> str:
    """The code of a country whose holidays are known, checked with its subdivision.

    Raises:
        ValueError: with a sentence for the user.
    """
    if _COUNTRY.fullmatch(country):
        with suppress(NotImplementedError):  # unlike the list of all, this loads one country
            country_days(country, subdivision, _SOME_YEAR)
            return country
    import holidays  # noqa: PLC0415 - costs start-up time, and is needed for the message alone

    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError(
            f'No holidays are known for the country "{country}"; write its ISO 3166 code, like DE.'
            f"{did_you_mean(country.upper(), known)}"
        )
    raise ValueError(
        f'No holidays are known for "{subdivision}" in {country}; known there: {", ".join(known[country]) or "none"}.'
    )


_RULE_PARTS = {
    "FREQ", "UNTIL", "COUNT", "INTERVAL", "WKST", "BYSETPOS", "BYYEARDAY", "BYWEEKNO",
    "BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND",
}  # fmt: skip
_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")


def check_rrule(text: str, starts: datetime) -> str:
    """A recurrence rule of RFC 5545, checked: it can be read, and it occurs.

    Raises:
        ValueError: with a sentence for the user.
    """
    parts = _rule_parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        known = sentence_list([f"FREQ={name}" for name in _FREQUENCIES], "or")
        raise ValueError(f'"{text}" does not say how often; begin with {known}.')
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not (parts[name].isdigit() and int(parts[name]) > 0):
            raise ValueError(f"{name} is a whole number above zero, not {parts[name]}.")
    if parts.get("UNTIL", "").endswith("Z"):
        raise ValueError(f"UNTIL is local time here, like the start; write UNTIL={parts['UNTIL'][:-1]}.")
    _check_occurs(text, starts)
    return text


def _rule_parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, sign, value = part.partition("=")
        if not sign or name not in _RULE_PARTS or not value:
            raise ValueError(
                f'"{part}" is no part of a recurrence rule; write one like FREQ=MONTHLY;BYDAY=1SU.'
                f"{did_you_mean(name, _RULE_PARTS) if name not in _RULE_PARTS else ''}"
            )
        parts[name] = value
    return parts


def _check_occurs(text: str, starts: datetime) -> None:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - costs start-up time, seldom used

    try:
        rule = rrulestr(text.strip().upper(), dtstart=starts)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as reason:
        raise ValueError(
            f'"{text}" is no recurrence rule: {reason}. Write one like FREQ=MONTHLY;BYDAY=1SU.'
        ) from None
    if next(iter(rule), None) is None:
        raise ValueError(f'"{text}" never occurs from {starts.isoformat(sep=" ", timespec="minutes")} on.')
