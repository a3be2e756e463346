"""The credits of one agreement in money, as functions of downtime in its own windows and hours."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from fractions import Fraction

from slactl.assurance.credits import Steps, credit_share, total
from slactl.base.intervals import IntervalSet
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.windows import Span, Window
from slactl.check.clock import clock_of
from slactl.check.failing import objectives_down
from slactl.check.fees import Exchange, fee_in_window, fee_of
from slactl.check.population import dilution
from slactl.check.terms import start_of_window
from slactl.model.agreement import Agreement, Objective
from slactl.model.calendar import occurrences
from slactl.model.estate import Estate

_ONE = Fraction(1)
_Shares = tuple[Window, Span, Steps]
"""A window as it is meant, one on real dates, and the share of its fee that downtime costs."""


@dataclass(slots=True)
class CreditSteps:
    """Credits on the windows that a day lies in; what agreements share is computed once.

    An agreement states one fee. Where it names several services, a credit on the service's fee is a share of the whole fee
    when we owe it, and of an equal part of it when we are owed it: an exposure is rather too large than too small.
    """

    estate: Estate
    exchange: Exchange
    day: date
    _known: dict[object, IntervalSet] = field(default_factory=dict)

    def owed(self, sla: Agreement, services: Collection[str], currency: str) -> Steps:
        """What downtime of some services costs under an SLA, to all its customers, in one window of each objective."""
        shares = [self._in_one(sla, one) for one in objectives_down(sla, services)]
        return self._in_money(sla, shares, currency).times(Fraction(max(1, len(sla.customers))))

    def recovered(
        self, contract: Agreement, services: Collection[str], currency: str, span: Span, asked: IntervalSet
    ) -> Steps:
        """What a supplier owes for downtime in a stretch of time, its windows there filled one after another.

        Those with most time in the stretch come first, so that a mere corner of one, as time zones make it, does not pay
        for an outage that it need not have had. As long as there is time that counts for those whom we owe and not for the supplier, downtime falls there first.

        Args:
            contract: with the supplier.
            services: that are down.
            currency: of the result.
            span: the stretch, in UTC seconds.
            asked: the time in it that counts for those whom we owe.
        """
        down = objectives_down(contract, services)
        shares = [found for one in down for found in self._in_turn(contract, one, span, asked)]
        return self._in_money(contract, shares, currency, _part(contract, services))

    def window_of(self, objective: Objective) -> Span:
        """The window of an objective that the day lies in; a rolling one begins with the day."""
        zone = self.estate.hours.zone(objective.hours)
        start = start_of_window(objective.window, zone, self.day)
        if objective.window.rolling_s is not None:
            return start, start + objective.window.rolling_s
        return objective.window.spans(zone, start, start + 1)[0]

    def measured(self, agreement: Agreement, objective: Objective, span: Span) -> IntervalSet:
        """The time in a stretch that counts for an objective: service hours less dated maintenance that it excludes."""
        clock = clock_of(agreement, objective, *span)
        key = (clock.hours, clock.maintenance, span)
        if key not in self._known:
            time = self.estate.hours.in_service(clock.hours, *span)
            for window in clock.maintenance:
                time -= occurrences(window, *span)
            self._known[key] = time
        return self._known[key]

    def cap(self, agreement: Agreement, currency: str) -> Fraction | None:
        """The limit of liability, whatever period it is for: one event lies in one; None: no limit."""
        cap = agreement.liability_cap
        return None if cap is None else self.exchange.worth(cap, currency)

    def _in_one(self, agreement: Agreement, objective: Objective) -> _Shares:
        span = self.window_of(objective)
        time = self.measured(agreement, objective, span)
        return objective.window, span, credit_share(_rungs(agreement, objective), time.seconds)

    def _in_turn(
        self, contract: Agreement, objective: Objective, span: Span, asked: IntervalSet
    ) -> Iterator[_Shares]:
        passed = (asked - self.measured(contract, objective, span)).seconds
        times = {
            window: self.measured(contract, objective, window) for window in self._windows_in(objective, span)
        }
        for window in sorted(times, key=lambda one: (-times[one].clip(*span).seconds, one)):
            time = times[window]
            # We are down that much longer before a promise about all of a supplier's requests notices.
            shares = credit_share(_rungs(contract, objective), time.seconds * dilution(objective))
            inside = time.clip(*span).seconds
            reached = tuple((edge, share) for edge, share in shares.edges if edge < inside)
            yield objective.window, window, Steps(reached).later(passed)
            passed += inside

    def _windows_in(self, objective: Objective, span: Span) -> tuple[Span, ...]:
        if objective.window.rolling_s is not None:
            return ((span[0], span[0] + objective.window.rolling_s),)
        return objective.window.spans(self.estate.hours.zone(objective.hours), *span)

    def _in_money(
        self, agreement: Agreement, shares: Iterable[_Shares], currency: str, part: Fraction = _ONE
    ) -> Steps:
        fee, terms = fee_of(agreement, self.estate), agreement.credits
        if fee is None or terms is None:
            return Steps()
        by_window: dict[tuple[Window, Span], list[Steps]] = {}
        for window, span, steps in shares:
            by_window.setdefault((window, span), []).append(steps)
        most = terms.max.share if terms.max else None
        rate = self.exchange.rate(fee.currency, currency) * part
        money = (
            total(steps).capped(most).times(fee_in_window(fee, window) * rate)
            for (window, _), steps in by_window.items()
        )
        return total(money).capped(self.cap(agreement, currency))


def credited(agreement: Agreement, objective: Objective) -> bool:
    """Whether a credit is owed on an objective."""
    return bool(_rungs(agreement, objective))


def _rungs(agreement: Agreement, objective: Objective) -> list[tuple[Fraction, Fraction]]:
    steps = agreement.credits.steps if agreement.credits else ()
    return [(one.below.share, one.credit.share) for one in steps if one.objective == objective.name]


def _part(contract: Agreement, services: Collection[str]) -> Fraction:
    """The least part of the fee that credits are a share of: that of the services that are down."""
    if contract.credits is None or contract.credits.of == "total-fee" or not contract.services:
        return _ONE
    return Fraction(sum(name in services for name in contract.services), len(contract.services))
