"""Durations as people write them: `300ms`, `30s`, `15m`, `4h`, `5d`, `2w`, `12M`, `1Y`, `1h30m`.

Months and years have no fixed length: they are kept apart and added to a date, never to seconds.
A lower-case `m` is minutes, an upper-case `M` months.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from slactl.base.quick_dataclass import dataclass

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

_T = TypeVar("_T", date, datetime)

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMY])")
_WHOLE = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdwMY]))+\Z")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_LONGEST_YEARS = 1000
_MONTHS = {"M": 1, "Y": 12}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: whole milliseconds, and calendar months apart."""

    milliseconds: int = 0
    months: int = 0

    @property
    def seconds(self) -> Fraction:
        """The length in seconds, exact.

        Raises:
            ValueError: for a duration with months, which have no fixed length.
        """
        if self.months:
            raise ValueError(f"{self} has months, whose length depends on the date")
        return Fraction(self.milliseconds, 1000)

    def after(self, start: _T) -> _T:
        """The moment this long after `start`; a month's end is kept within the month (31 January + 1M).

        From a date, parts of a day do not count.
        """
        return start + self._delta(start)

    def before(self, end: _T) -> _T:
        """The moment this long before `end`; from a date, parts of a day do not count."""
        return end - self._delta(end)

    def _delta(self, where: date) -> "relativedelta":
        from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - costs start-up time, seldom used

        if isinstance(where, datetime):
            return relativedelta(months=self.months, microseconds=self.milliseconds * 1000)
        return relativedelta(months=self.months, days=self.milliseconds // _MILLISECONDS["d"])

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        words = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        rest = self.milliseconds
        for unit in ("d", "h", "m", "s", "ms"):
            count, rest = divmod(rest, _MILLISECONDS[unit])
            words += f"{count}{unit}" if count else ""
        return words or "0s"


@lru_cache(maxsize=4096)
def parse_duration(text: str) -> Duration:
    """Read a duration such as `1h30m`.

    Raises:
        ValueError: with a sentence for the user.
    """
    compact = text.strip().replace(" ", "")
    if not _WHOLE.match(compact):
        raise ValueError(
            f'"{text}" is no duration; write a number with its unit (ms, s, m, h, d, w; M months, Y years), '
            "like 15m, 4h or 1h30m."
        )
    milliseconds, months = Decimal(0), Decimal(0)
    for number, unit in _PART.findall(compact):
        if unit in _MONTHS:
            months += Decimal(number) * _MONTHS[unit]
        else:
            milliseconds += Decimal(number) * _MILLISECONDS[unit]
    if milliseconds != int(milliseconds) or months != int(months):
        raise ValueError(f'"{text}" is finer than a millisecond or a month can say.')
    return Duration(int(milliseconds), int(months))


def parse_length(text: str) -> Duration:
    """Read a duration that calendars can hold, added to any day of theirs.

    Raises:
        ValueError: with a sentence for the user.
    """
    read = parse_duration(text)
    if read.milliseconds > _LONGEST_YEARS * 366 * _MILLISECONDS["d"] or read.months > _LONGEST_YEARS * 12:
        raise ValueError(
            f'"{text:.60}" is longer than {_LONGEST_YEARS:,} years, and no calendar reaches so far.'
        )
    return read


def spoken(seconds: Fraction | int, units: int = 3) -> str:
    """Seconds as a person says them: `43m 12s`, `1d 3h 20m`, `0.4s`; rounded down to the last unit shown."""
    return _spoken(seconds.numerator, seconds.denominator, units)


@lru_cache(maxsize=4096)
def _spoken(numerator: int, of: int, units: int) -> str:
    number = abs(numerator)
    sign = "-" if numerator < 0 else ""
    left = number // of
    if left < 60:  # noqa: PLR2004 - below a minute tenths of seconds matter
        tenth = number * 10 // of % 10
        if number and not left and not tenth:
            return f"{sign}<0.1s"
        return f"{sign}{left}.{tenth}s" if tenth else f"{sign}{left}s"
    words: list[str] = []
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, _MILLISECONDS[unit] // 1000)
        if count:
            words.append(f"{count}{unit}")
    return sign + " ".join(words[:units])
