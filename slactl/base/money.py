"""Sums of money as agreements write them: `12000 EUR`, `10 kEUR`, `3000 EUR/month`."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import plain

_MONEY = re.compile(
    r"\s*(\d+(?:\.\d+)?)\s*([kM]?)([A-Z]{3})(?:\s*/\s*(month|quarter|year|week|day|incident))?\s*\Z"
)
_SCALE = {"": 1, "k": 1_000, "M": 1_000_000}
_PER_YEAR = {
    "month": Fraction(12),
    "quarter": Fraction(4),
    "year": Fraction(1),
    "week": Fraction(36525, 700),
    "day": Fraction(36525, 100),
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217), once or for each `per` (month, quarter, year, week, day, incident)."""

    amount: Decimal
    currency: str
    per: str | None = None

    @property
    def yearly(self) -> Decimal | None:
        """The amount a year, or None where it is not a rate over time; a year has 365.25 days here."""
        if self.per not in _PER_YEAR:
            return None
        share = _PER_YEAR[self.per]
        return self.amount * share.numerator / share.denominator

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}" + (f"/{self.per}" if self.per else "")


@lru_cache(maxsize=4096)
def parse_money(text: str) -> Money:
    """Read a sum of money.

    Raises:
        ValueError: with a sentence for the user.
    """
    match = _MONEY.match(text)
    if match is None:
        raise ValueError(
            f'"{text}" is no sum of money; write amount, currency and period, like 12000 EUR, 10 kEUR '
            "or 3000 EUR/month."
        )
    amount, scale, currency, per = match.groups()
    return Money(Decimal(amount) * _SCALE[scale], currency, per)
