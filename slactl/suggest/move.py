"""One change that somebody could agree to, with what it costs."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass, field
from slactl.model.agreement import Agreement
from slactl.model.workspace import Rates
from slactl.suggest.edit import Edit

Kind = Literal["target", "level", "replica", "window", "hours", "new-promise", "promise-less"]
MONTH_S = 30 * 86_400
"""Figures "a month" are for 30 days."""
_EACH_S = 60
"""Every change is a talk with somebody: it counts as a minute more, so that few changes win over many."""
_CONTRACT = 3
"""A minute in a supplier's contract counts as three inside the house: it must be negotiated."""


@dataclass(frozen=True, slots=True)
class Price:
    """Money a month in one currency; negative: saved."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What changes ask of those who make the promises."""

    tightening_s: Fraction = Fraction(0)
    """Less downtime a month (of 30 days) than is promised now."""
    time_s: Fraction = Fraction(0)
    """Less time for each incident than is promised now."""
    hours_s: Fraction = Fraction(0)
    """More time a month in service hours than now."""
    prices: tuple[Price, ...] = ()
    """One for each currency."""
    contracts: frozenset[str] = frozenset()
    """The contracts with suppliers that must be negotiated."""
    changes: int = 0
    effort_s: Fraction = Fraction(0)
    """All but money in one number: contracts weigh more, and each change counts by itself."""

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.tightening_s + other.tightening_s,
            self.time_s + other.time_s,
            self.hours_s + other.hours_s,
            _summed((*self.prices, *other.prices)),
            self.contracts | other.contracts,
            self.changes + other.changes,
            self.effort_s + other.effort_s,
        )

    def money(self, rates: Rates | None) -> Decimal:
        """The prices as one amount in the workspace's base currency, for sorting; without rates as they stand."""
        known = rates.rates if rates else {}
        return sum((one.amount * known.get(one.currency, Decimal(1)) for one in self.prices), Decimal(0))


def cost_of(
    tightening_s: Fraction = Fraction(0),
    time_s: Fraction = Fraction(0),
    hours_s: Fraction = Fraction(0),
    *,
    contract: str = "",
    prices: tuple[Price, ...] = (),
) -> Cost:
    """The cost of one change, of a contract where one is named; a looser one costs nothing but the talk."""
    tighter, faster, longer = (max(Fraction(0), one) for one in (tightening_s, time_s, hours_s))
    effort = _effort(tighter + faster + longer, contract=contract)
    return Cost(tighter, faster, longer, prices, _contracts(contract), 1, effort)


def cost_of_new(below_loosest_s: Fraction, *, contract: str = "") -> Cost:
    """The cost of a promise that nobody makes yet, by how far it is from the loosest usual one."""
    return Cost(
        contracts=_contracts(contract), changes=1, effort_s=_effort(below_loosest_s, contract=contract)
    )


def _contracts(name: str) -> frozenset[str]:
    return frozenset((name,)) if name else frozenset()


def contract_of(agreement: Agreement) -> str:
    """The agreement, if it is one with a supplier; else nothing."""
    return agreement.address if agreement.kind == "UC" else ""


def _effort(seconds: Fraction, *, contract: str) -> Fraction:
    return (seconds + _EACH_S) * (_CONTRACT if contract else 1)


def _summed(prices: Iterable[Price]) -> tuple[Price, ...]:
    sums: dict[str, Decimal] = {}
    for one in prices:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.amount
    return tuple(Price(amount, currency) for currency, amount in sorted(sums.items()) if amount)


def a_month(money: Money) -> Price | None:
    """A sum over time as money a month; None for one that is paid once or by incident."""
    yearly = money.yearly
    return None if yearly is None else Price(yearly / 12, money.currency)


@dataclass(frozen=True, slots=True)
class Move:
    """One change; of all moves with the same knob a proposal makes at most one."""

    kind: Kind
    knob: str
    edits: tuple[Edit, ...]
    cost: Cost
    at: str = field(default="")
    """Where on its knob it stands, in words: `99.95%`."""

    @property
    def key(self) -> str:
        """Equal for moves that change the same things to the same values."""
        return "; ".join(edit.key for edit in self.edits)


def total(moves: Iterable[Move]) -> Cost:
    """The cost of several moves."""
    return sum((one.cost for one in moves), Cost())
