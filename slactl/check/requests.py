"""Judges promises about requests: latency and throughput (SLA_MATH, section 3)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from slactl.base.quick_dataclass import dataclass
from slactl.base.rate import Rate
from slactl.check.capacity import per_second
from slactl.check.demand import Demand
from slactl.check.olas import OPEN, olas_bottom_up
from slactl.check.request_found import Found, latency_found, rate_found, worst_of
from slactl.check.request_latency import Latencies, allowed_miss, limit_ms
from slactl.check.request_rates import Rates
from slactl.check.request_view import Ask, SameHours, Seen, Sight, Views, in_force, term_s
from slactl.check.result import AmountResult
from slactl.check.terms import first_second
from slactl.check.times import span_of
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate

REQUESTS = ("latency", "throughput")
_CUSTOMER = "customer"
_MS = 1000


def judge_requests(estate: Estate, as_of: date, horizon_end: date) -> tuple[AmountResult, ...]:
    """Judge every promise about latency and throughput: of OLAs that rest on others, from the bottom up, then of SLAs.

    Latencies are in seconds, throughputs in requests a second beside what all other agreed SLAs commit us to carry.
    A promise about several services holds for each of them: the worst counts.

    Args:
        estate: all services and agreements.
        as_of: from the window of this day on, or from the first day of the objective's term.
        horizon_end: the last day that counts, where the term does not end before.
    """
    asked = tuple(request_objectives(estate))
    if not asked:
        return ()
    judge = _Judge(estate, as_of, horizon_end)
    for agreement, objective, service in asked:
        judge.judge(agreement, objective, service)
    return judge.results()


def request_objectives(estate: Estate) -> Iterator[tuple[Agreement, Objective, str]]:
    """The promises about requests that rest on others, with each of their services.

    Those of OLAs come first, each after all that its service rests on, then those of SLAs.
    """
    yield from olas_bottom_up(estate, REQUESTS)
    for agreement in estate.slas():
        if agreement.status in OPEN:
            for objective in agreement.objectives.values():
                if objective.metric in REQUESTS:
                    yield from ((agreement, objective, service) for service in objective.services)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found about one service of an objective."""

    agreement: Agreement
    objective: Objective
    local: Found
    chain: Found


class _Judge:
    """One run over one estate."""

    def __init__(self, estate: Estate, as_of: date, horizon_end: date) -> None:
        self._estate = estate
        self._as_of = as_of
        self._horizon_end = horizon_end
        begin, end = date(as_of.year - 1, 12, 1), horizon_end + timedelta(days=1)
        self._hours = SameHours(estate, first_second(begin), first_second(end))
        self._owners = frozenset(service.owner for service in estate.services.values())
        self._demand = Demand(estate)
        self._unsupported: set[tuple[str, str]] = set()
        self._views: dict[Sight, Views] = {}
        self._latencies: dict[tuple[Sight, Fraction], Latencies] = {}
        self._bounded = [one for one in estate.agreements.values() if term_s(one) != (None, None)]
        self._cut: dict[tuple[int, int], frozenset[str]] = {}
        self._judged: dict[str, list[_Judged]] = {}

    def judge(self, agreement: Agreement, objective: Objective, service: str) -> None:
        """Judge a service of an objective; an OLA that falls short there is looked through from then on."""
        span = span_of(self._estate, agreement, objective, self._as_of, self._horizon_end)
        if span is None:
            return
        local, leans = self._worst(agreement, objective, service, span, chain=False)
        chain = local
        if leans:
            chain = worst_of([local, self._worst(agreement, objective, service, span, chain=True)[0]])
        self._judged.setdefault(objective.address, []).append(_Judged(agreement, objective, local, chain))
        if agreement.kind == "OLA" and chain.verdict(promised(objective)) != "guaranteed":
            self._unsupported.add((objective.address, service))

    def results(self) -> tuple[AmountResult, ...]:
        """The results by address, each of the service at which least is guaranteed."""
        return tuple(_result(several) for _, several in sorted(self._judged.items()))

    def _worst(
        self, agreement: Agreement, objective: Objective, service: str, span: tuple[int, int], *, chain: bool
    ) -> tuple[Found, bool]:
        """The worst of all stretches of a span; each lies between days on which something below begins or ends.

        And whether a promise below is one that its own structure does not support.
        """
        waiting, found, leans = [span], list[Found](), False
        while waiting:
            start, end = waiting.pop()
            views = self._seen(agreement, objective, start, end, chain=chain)
            top = views.top(agreement, service)
            cone = views.cone(top)
            one = self._found(agreement, objective, views, cone, (start, end))
            inside = {at for at in self._edges(agreement, views, cone) if start < at < end}
            if objective.metric == "throughput" and one.verdict(promised(objective)) != "guaranteed":
                inside.update(self._demand.starts(start, end))
            if inside:
                waiting.extend(reversed(list(pairwise([start, *sorted(inside), end]))))
            else:
                found.append(one)
                leans = leans or any(self._leans(seen) for seen in cone)
        return worst_of(found), leans

    def _leans(self, seen: Seen) -> bool:
        service = seen.ask.service
        return any((one.objective.address, service) in self._unsupported for one in (*seen.whole, *seen.own))

    def _edges(self, agreement: Agreement, views: Views, cone: Sequence[Seen]) -> Iterator[int]:
        """The instants at which agreements below begin or end."""
        top = cone[-1].ask
        sold = [views.of(Ask(top.service, agreement.provider))] if agreement.kind == "SLA" else []
        for one in {one.address: one for seen in (*cone, *sold) for one in seen.cut}.values():
            yield from (at for at in term_s(one) if at is not None)

    def _found(
        self,
        agreement: Agreement,
        objective: Objective,
        views: Views,
        cone: Sequence[Seen],
        span: tuple[int, int],
    ) -> Found:
        top = cone[-1].ask
        if objective.metric == "latency":
            key = (views.sight, allowed_miss(objective))
            if key not in self._latencies:
                self._latencies[key] = Latencies(views, key[1])
            return latency_found(self._latencies[key], cone, top)
        total = self._demand.between(*span)
        own = self._demand.own(agreement, top.service, total)
        return rate_found(Rates(views, self._demand, top, total, own), cone, views)

    def _seen(
        self, agreement: Agreement, objective: Objective, start: int, end: int, *, chain: bool
    ) -> Views:
        customers = agreement.customers if agreement.kind == "SLA" else ()
        if (start, end) not in self._cut:
            cut = frozenset(one.address for one in self._bounded if not in_force(one, start, end))
            self._cut[start, end] = cut
        sight = Sight(
            metric=objective.metric,
            firmness=agreement.status.firmness,
            customers=self._owners & frozenset(customers),
            forgiving=any(_CUSTOMER in one for one in objective.excludes),
            hours=objective.hours,
            window=objective.window,
            cut=self._cut[start, end],
            chain=chain,
        )
        if sight not in self._views:
            unsupported = self._unsupported if chain else frozenset[tuple[str, str]]()
            self._views[sight] = Views(self._estate, sight, self._hours, unsupported)
        return self._views[sight]


def promised(objective: Objective) -> Fraction:
    """What an objective about requests promises: seconds, or requests a second."""
    if isinstance(objective.target, Rate):
        return per_second(objective.target)
    return Fraction(limit_ms(objective), _MS)


def _result(several: list[_Judged]) -> AmountResult:
    objective, agreement = several[0].objective, several[0].agreement
    chain, local = worst_of([one.chain for one in several]), worst_of([one.local for one in several])
    amount = promised(objective)
    return AmountResult(
        address=objective.address,
        place=objective.place,
        metric=objective.metric,
        target=str(objective.target),
        unit=chain.unit,
        verdict=chain.verdict(amount),
        local_verdict=local.verdict(amount),
        promised=amount,
        supported=chain.supported,
        worst=chain.worst,
        links=chain.links,
        customers=agreement.customers,
        agreed=objective.agreed,
    )
