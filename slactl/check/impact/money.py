"""Service credits and fees of the SLAs concerned, in one currency."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from slactl.assurance.credits import credit_share
from slactl.base.diagnostics import SlactlError
from slactl.base.text import sentence_list
from slactl.base.windows import Window
from slactl.check.fees import Exchange, fee_in_window, fee_of
from slactl.check.result import ObjectiveResult
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate

_MONTH = Window("calendar-month")


def credit_of(sla: Agreement, result: ObjectiveResult) -> Fraction:
    """The share of the fee that is owed if downtime is as long as it can be in the worst window; nothing for a mere target."""
    steps = sla.credits.steps if sla.credits and result.agreed else ()
    name = result.address.rpartition(".")[2]
    rungs = [(one.below.share, one.credit.share) for one in steps if one.objective == name]
    return credit_share(rungs, result.window_s).at((1 - result.guaranteed.lower) * result.window_s)


class Purse:
    """Money of some SLAs in their common currency."""

    def __init__(self, estate: Estate, slas: Iterable[Agreement]) -> None:
        self._estate = estate
        self._exchange = Exchange(estate.workspace.rates)
        fees = {sla.address: fee for sla in slas if (fee := fee_of(sla, estate)) is not None}
        self._fees = fees
        self.currency = self._common({fee.currency for fee in fees.values()})

    def _common(self, currencies: set[str]) -> str | None:
        found = self._exchange.common(currencies) if currencies else None
        if currencies and found is None:
            raise SlactlError(
                f"Fees in {sentence_list(sorted(currencies))} cannot be added up",
                "Say what they are worth under spec.rates of slactl.yaml: a base currency, and one unit of each other in it.",
                self._estate.workspace.place.at("spec"),
            )
        return found

    def monthly_fee(self, sla: Agreement) -> Fraction | None:
        """What each customer pays in a month; None where no fee over time is stated."""
        fee = self._fees.get(sla.address)
        if fee is None or fee.yearly is None or self.currency is None:
            return None
        return fee_in_window(fee, _MONTH) * self._exchange.rate(fee.currency, self.currency)

    def owed(self, sla: Agreement, earned: Mapping[str, Fraction]) -> Fraction | None:
        """The credits that each customer is owed, each objective's in a window of its own; None where no fee is stated.

        Args:
            sla: the agreement.
            earned: by objective name the share of the window's fee.
        """
        fee = self._fees.get(sla.address)
        if fee is None or self.currency is None:
            return None
        by_window: dict[Window, Fraction] = {}
        for name, share in earned.items():
            window = sla.objectives[name].window
            by_window[window] = by_window.get(window, Fraction(0)) + share
        most = sla.credits.max.share if sla.credits and sla.credits.max else None
        shares = {window: share if most is None else min(share, most) for window, share in by_window.items()}
        rate = self._exchange.rate(fee.currency, self.currency)
        return sum(
            (fee_in_window(fee, window) * share * rate for window, share in shares.items()), Fraction(0)
        )
