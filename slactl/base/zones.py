"""Local wall time on real dates: the instant of a local time, and a zone's changes of offset.

Everywhere in slactl a local time that does not exist (the clock jumped over it) stands for the first instant
after the jump, and one that exists twice for its first occurrence. Ranges of local time so keep their order.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from slactl.base.text import did_you_mean

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local wall times are naive here
_SECOND = timedelta(seconds=1)
_PROBE_S = 21_600
"""Offsets are compared this often; no zone changed twice within it since 1970."""


def find_zone(name: str) -> ZoneInfo:
    """The time zone of a name such as `Europe/Berlin`.

    Raises:
        ValueError: with a sentence for the user.
    """
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError(
            f'"{name}" is no time zone; write a name such as Europe/Berlin or UTC.'
            f"{did_you_mean(name, available_timezones())}"
        ) from None


def instant(local: datetime, zone: ZoneInfo) -> int:
    """The UTC seconds of a naive local time."""
    wall = (local - _EPOCH) // _SECOND
    first = _offset_s(local, zone, 0)
    second = _offset_s(local, zone, 1)
    if second <= first:
        return wall - first
    return _change(zone, wall - second, wall - first)


def midnight(day: date, zone: ZoneInfo) -> int:
    """The UTC seconds at which a local day begins."""
    return instant(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001 - local wall time


def local_time(seconds: int, zone: ZoneInfo) -> datetime:
    """The naive local time at an instant."""
    return datetime.fromtimestamp(seconds, zone).replace(tzinfo=None)


def local_date(seconds: int, zone: ZoneInfo) -> date:
    """The local day that an instant falls on."""
    return datetime.fromtimestamp(seconds, zone).date()


@lru_cache(maxsize=1024)
def transitions(zone_name: str, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
    """Every change of a zone's offset from UTC at an instant in `[start, end)`.

    Each as (instant in UTC seconds, offset before in seconds, offset from then on in seconds).
    """
    zone = find_zone(zone_name)
    found: list[tuple[int, int, int]] = []
    edge, before = start - 1, utc_offset(start - 1, zone)
    while edge < end - 1:
        probe = min(edge + _PROBE_S, end - 1)
        after = utc_offset(probe, zone)
        if after != before:
            found.append((_change(zone, edge, probe), before, after))
        edge, before = probe, after
    return tuple(found)


def utc_offset(seconds: int, zone: ZoneInfo) -> int:
    """How many seconds local time is ahead of UTC at an instant."""
    offset = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - ZoneInfo always knows its offset
    return offset // _SECOND


def _offset_s(local: datetime, zone: ZoneInfo, fold: int) -> int:
    offset = local.replace(tzinfo=zone, fold=fold).utcoffset()
    assert offset is not None  # noqa: S101 - ZoneInfo always knows its offset
    return offset // _SECOND


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first instant with the offset that holds at `after`, where `before` still has another."""
    offset = utc_offset(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if utc_offset(middle, zone) == offset:
            after = middle
        else:
            before = middle
    return after
