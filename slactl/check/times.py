"""Judges promises about time: response, resolution, recovery, data lost, support hours (SLA_MATH, section 4).

`mtbf` is not judged: a mean says nothing about any one window, so it is evidence only.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from slactl.base.quick_dataclass import replace
from slactl.check.handover import Handovers, sight_of
from slactl.check.olas import OPEN, judged_services, last_judged, olas_bottom_up
from slactl.check.result import AmountResult
from slactl.check.terms import first_second, start_of_window
from slactl.check.times_found import Found, found_in_stretch
from slactl.check.times_work import Reckoner, target_s
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate

TIMES = ("response-time", "resolution-time", "recovery-time", "recovery-point", "support-hours")


def judge_times(estate: Estate, as_of: date, horizon_end: date) -> tuple[AmountResult, ...]:
    """Judge every promise about time: of OLAs that rest on others, from the bottom up, then of SLAs.

    Support hours are judged by the promised seconds in which somebody below is not there: none are allowed. The other
    amounts are seconds on the objective's own clock, those of a recovery point seconds as they pass.

    Args:
        estate: all services and agreements.
        as_of: starts from the window of this day on count, or from the first day of the objective's term.
        horizon_end: the last day on which work may begin, where the term does not end before.
    """
    judge = _Judge(estate, as_of, horizon_end)
    for agreement, objective, service in olas_bottom_up(estate, TIMES):
        judge.judge_ola(agreement, objective, service)
    for agreement, objective in _of_slas(estate):
        judge.judge(agreement, objective)
    return tuple(sorted(judge.results, key=lambda result: result.address))


def timed_objectives(estate: Estate) -> Iterator[tuple[Agreement, Objective]]:
    """The promises about time that rest on others: those of OLAs from the bottom up, then those of SLAs."""
    for agreement, objective, service in olas_bottom_up(estate, TIMES):
        if service == last_judged(estate, objective):
            yield agreement, objective
    yield from _of_slas(estate)


def _of_slas(estate: Estate) -> Iterator[tuple[Agreement, Objective]]:
    for agreement in estate.slas():
        if agreement.status in OPEN:
            yield from ((agreement, one) for one in agreement.objectives.values() if one.metric in TIMES)


def span_of(
    estate: Estate, agreement: Agreement, objective: Objective, as_of: date, horizon_end: date
) -> tuple[int, int] | None:
    """The UTC seconds in which an objective is looked at; None where its term is over."""
    term = agreement.term
    start = start_of_window(objective.window, estate.hours.zone(objective.hours), as_of)
    end = first_second(horizon_end + timedelta(days=1))
    if term.start is not None:
        start = max(start, first_second(term.start))
    if term.until is not None and term.renewal is None:
        end = min(end, first_second(term.until + timedelta(days=1)))
    return (start, end) if start < end else None


class _Judge:
    """One run over one estate."""

    def __init__(self, estate: Estate, as_of: date, horizon_end: date) -> None:
        self.results: list[AmountResult] = []
        self._estate = estate
        self._as_of = as_of
        self._horizon_end = horizon_end
        self._reckoner = Reckoner(estate.hours)
        self._unsupported = set[tuple[str, str]]()

    def judge_ola(self, agreement: Agreement, objective: Objective, service: str) -> None:
        """Judge what an OLA promises of one service; where that falls short it is looked through from then on."""
        result = self._judged(agreement, replace(objective, services=(service,)))
        if result is not None and result.verdict != "guaranteed":
            self._unsupported.add((objective.address, service))
        if service == last_judged(self._estate, objective):
            self.judge(agreement, replace(objective, services=judged_services(self._estate, objective)))

    def judge(self, agreement: Agreement, objective: Objective) -> None:
        """Judge an objective as a whole."""
        result = self._judged(agreement, objective)
        if result is not None:
            self.results.append(result)

    def _judged(self, agreement: Agreement, objective: Objective) -> AmountResult | None:
        span = span_of(self._estate, agreement, objective, self._as_of, self._horizon_end)
        if span is None:
            return None
        local = self._found(agreement, objective, span, frozenset())
        chain = self._found(agreement, objective, span, self._unsupported) if self._unsupported else local
        promised = Fraction(0) if objective.metric == "support-hours" else Fraction(target_s(objective))
        verdict = chain.verdict(promised)
        return AmountResult(
            address=objective.address,
            place=objective.place,
            metric=objective.metric,
            target=str(objective.target),
            unit="s",
            verdict=verdict,
            local_verdict=local.verdict(promised),
            promised=promised,
            supported=chain.supported,
            worst=chain.worst,
            links=chain.links,
            customers=agreement.customers,
            agreed=objective.agreed,
        )

    def _found(
        self,
        agreement: Agreement,
        objective: Objective,
        span: tuple[int, int],
        unsupported: AbstractSet[tuple[str, str]],
    ) -> Found:
        """The worst of all stretches of a span; each lies between days on which a term below begins or ends."""
        waiting, found = [span], list[Found]()
        while waiting:
            start, end = waiting.pop()
            handovers = Handovers(self._estate, sight_of(agreement, objective, start, end), unsupported)
            one = found_in_stretch(agreement, objective, handovers, self._reckoner)
            if handovers.ends:
                edges = [start, *sorted(handovers.ends), end]
                waiting.extend(reversed(list(pairwise(edges))))
            else:
                found.append(one)
        worst = max(found, key=lambda one: one.badness)
        return replace(worst, open=any(one.open for one in found))
