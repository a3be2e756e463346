"""Rates of events: `500/s`, `1000000/month`."""

import re
from decimal import Decimal
from functools import lru_cache

from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import plain

_RATE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*/\s*(s|m|h|d|w|month|year)\s*\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "month": 2_592_000, "year": 31_536_000}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many events a unit of time; a month counts 30 days and a year 365 when rates are compared."""

    count: Decimal
    per: str

    @property
    def per_second(self) -> Decimal:
        """The rate in events a second."""
        return self.count / _SECONDS[self.per]

    def __str__(self) -> str:
        return f"{plain(self.count)}/{self.per}"


@lru_cache(maxsize=1024)
def parse_rate(text: str) -> Rate:
    """Read `500/s`.

    Raises:
        ValueError: with a sentence for the user.
    """
    match = _RATE.match(text)
    if match is None:
        raise ValueError(
            f'"{text}" is no rate; write a number and a unit of time, like 500/s or 1000000/month.'
        )
    return Rate(Decimal(match[1]), match[2])
