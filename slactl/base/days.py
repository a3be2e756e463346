"""Days as people write them: `2026-11-23`."""

from datetime import date

_FIRST_YEAR, _LAST_YEAR = 1900, 2999
"""Beyond these a day is a slip, or stands for none (9999-12-31); and every sum of days and durations is a day."""


def parse_date(text: str) -> date:
    """Read `2026-11-23`.

    Raises:
        ValueError: with a sentence for the user.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f'"{text}" is no date of the calendar; write it as 2026-11-23.') from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(
            f"Days here lie between {_FIRST_YEAR}-01-01 and {_LAST_YEAR}-12-31. Leave out the end of what has none."
        )
    return day
