"""Fees in real time, and sums over currencies."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import decimal_text
from slactl.base.windows import Window
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.workspace import Rates

_MONTHS_OF_WINDOW = {"calendar-month": 1, "calendar-quarter": 3, "calendar-year": 12}
_MONTHS_OF_FEE = {"month": 1, "quarter": 3, "year": 12}
_DAYS_OF_FEE = {"day": 1, "week": 7}
_DAYS_OF_MONTH = Fraction(146_097, 4_800)
"""The mean over the 400 years of the Gregorian cycle."""
_CENTS = 2


@dataclass(frozen=True, slots=True)
class Exchange:
    """Sums of money in different currencies, added by the workspace's rates."""

    rates: Rates | None

    def common(self, currencies: Iterable[str]) -> str | None:
        """The currency in which sums can be added: the base, or the only one there is; None where a rate is missing."""
        distinct = sorted(set(currencies))
        if self.rates is not None and all(self._rate(one) for one in distinct):
            return self.rates.base
        return distinct[0] if len(distinct) == 1 else None

    def worth(self, money: Money, currency: str) -> Fraction:
        """The amount in a currency that `common` gave for it.

        Raises:
            KeyError: there is no rate.
        """
        return Fraction(money.amount) * self.rate(money.currency, currency)

    def rate(self, of: str, currency: str) -> Fraction:
        """What one unit of a currency is worth in another, that `common` gave for it.

        Raises:
            KeyError: there is no rate.
        """
        if of == currency:
            return Fraction(1)
        rate = self._rate(of)
        if rate is None or self.rates is None or currency != self.rates.base:
            raise KeyError(of)
        return Fraction(rate)

    def _rate(self, currency: str) -> Decimal | None:
        if self.rates is None:
            return None
        return Decimal(1) if currency == self.rates.base else self.rates.rates.get(currency)


def rounded(amount: Fraction, currency: str, *, up: bool = True) -> Money:
    """An exact amount in whole cents; what is owed is rounded up, what comes back down."""
    if amount < 0:
        return Money(-Decimal(decimal_text(-amount, _CENTS, up=not up)), currency)
    return Money(Decimal(decimal_text(amount, _CENTS, up=up)), currency)


def spoken_money(money: Money) -> str:
    """A sum as a person reads it: `600,000 EUR`, `1,250.50 EUR`."""
    whole = money.amount == money.amount.to_integral_value()
    return f"{money.amount:,.0f} {money.currency}" if whole else f"{money.amount:,.2f} {money.currency}"


def fee_of(agreement: Agreement, estate: Estate) -> Money | None:
    """What each customer pays: the agreement's fee, else the price of the nearest level that it extends.

    A price for a user or a service says nothing about the sum, and so counts as none.
    """
    if agreement.fee is not None:
        return agreement.fee
    for name in reversed(agreement.extends):
        level = estate.levels.get(name)
        if level is not None and level.price is not None:
            return level.price if level.price_per in (None, "customer") else None
    return None


def fee_in_window(fee: Money, window: Window) -> Fraction:
    """The fee of one window, in the fee's currency.

    Months, quarters and years are counted as such; against windows of days a month has the Gregorian cycle's mean length.
    A fee that is paid once, or for an incident, counts in full.
    """
    amount = Fraction(fee.amount)
    months = _MONTHS_OF_WINDOW.get(window.kind)
    if fee.per in _MONTHS_OF_FEE:
        length = months if months is not None else Fraction(window.nominal_s, 86_400) / _DAYS_OF_MONTH
        return amount * length / _MONTHS_OF_FEE[fee.per]
    if fee.per in _DAYS_OF_FEE:
        days = months * _DAYS_OF_MONTH if months is not None else Fraction(window.nominal_s, 86_400)
        return amount * days / _DAYS_OF_FEE[fee.per]
    return amount


def fee_between(fee: Money, first: date, last: date) -> Fraction | None:
    """The fee from one day to another, both included, in the fee's currency; None where it does not run over time.

    Calendar months count as such, and days of a month as their share of it.
    """
    days = (last - first).days + 1
    if fee.per in _DAYS_OF_FEE:
        return Fraction(fee.amount) * max(0, days) / _DAYS_OF_FEE[fee.per]
    if fee.per not in _MONTHS_OF_FEE:
        return None
    months, day = Fraction(0), first
    while day <= last:
        next_first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        stop = min(next_first, last + timedelta(days=1))
        months += Fraction((stop - day).days, (next_first - day.replace(day=1)).days)
        day = stop
    return Fraction(fee.amount) * months / _MONTHS_OF_FEE[fee.per]
