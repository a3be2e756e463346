"""The throughput that the structure below a service guarantees, beside what everybody else has been promised.

Each promise below is brought into requests at the top: what it carries, less what others send it, divided by the calls
that one request makes on it along all ways. Then every request needs all of a chain, and of members that share a load
those that must be up carry it together.
"""

from collections.abc import Iterable
from fractions import Fraction

from slactl.assurance.throughput import Carried, in_series, left_for, spread
from slactl.base.ratio import decimal_text
from slactl.check.backing import Backer
from slactl.check.capacity import Limit, limits_of
from slactl.check.demand import ITSELF, Demand, Edge, Flow, at_once
from slactl.check.request_view import Ask, Seen, Views
from slactl.check.result import AmountLink
from slactl.model.service import Call, Group

_NOTHING = Fraction(0)


def edge_of(ask: Ask) -> Edge:
    """The edge on which an ask's calls arrive."""
    return ask.service, ask.consumer or ITSELF


class Rates:
    """The throughput of each ask below one top, in requests a second at the top."""

    def __init__(self, views: Views, demand: Demand, top: Ask, total: Flow, own: Flow) -> None:
        self._views = views
        self._demand = demand
        self._top = top
        self._total = total
        """The calls a second that all send."""
        self._own = own
        """Those among them that are sent through the top."""
        self._calls = demand.at_most(edge_of(top))
        self._known: dict[Ask, Carried] = {}
        self._links: dict[AmountLink, None] = {}

    def found(self, cone: Iterable[Seen]) -> Carried:
        """What is guaranteed at the top of its cone; None: nothing that is stated limits it."""
        for seen in cone:
            self._known[seen.ask] = self._carried(seen)
        return self._known[self._top]

    def links(self) -> tuple[AmountLink, ...]:
        """What each promise carries of the requests at the top, the narrowest first."""
        return tuple(sorted(self._links, key=lambda link: (link.amount, link.address)))

    def _carried(self, seen: Seen) -> Carried:
        if seen.missing:
            return _NOTHING
        rates: list[Carried] = [self._promised(seen.whole, seen.ask.service)] if seen.whole else []
        if seen.through:
            service = self._views.estate.services[seen.ask.service]
            own = self._promised(seen.own, service.name) if seen.own else None
            below = self._group(service.depends_on, service.owner) if service.depends_on else None
            rates.append(in_series((own, below)))
        known = [rate for rate in rates if rate is not None]
        return max(known, default=None)

    def _group(self, group: Group, owner: str) -> Carried:
        rates = [
            self._known[Ask(part.service, owner)] if isinstance(part, Call) else self._group(part, owner)
            for part in group.parts
        ]
        if group.at_least == len(group.parts) or at_once(group):
            return in_series(rates)
        return spread(group.at_least, rates)

    def _promised(self, backers: Iterable[Backer], service: str) -> Fraction:
        """The most that any of some promises leaves for the top; each is void above its agreement's workload."""
        return max(
            min(self._left(limit) for limit in limits_of(one.agreement) if _binds(limit, one, service))
            for one in backers
        )

    def _left(self, limit: Limit) -> Fraction:
        calls = self._demand.reaching(self._calls, limit)
        sent, own = (self._demand.reaching(flow, limit) for flow in (self._total, self._own))
        taken = max(_NOTHING, sent - own)
        left = left_for(limit.rate, taken, calls)
        words = limit.words
        words += f", {decimal_text(calls, 3, up=True)} calls a request" if calls != 1 else ""
        words += f", {spoken_rate(taken)} taken by others" if taken else ""
        self._links[AmountLink(limit.address, words, left, limit.place)] = None
        return left


def _binds(limit: Limit, backer: Backer, service: str) -> bool:
    """Whether a limit of an agreement is that of one of its promises, or of its workload."""
    named = limit.address in (backer.objective.address, backer.agreement.address)
    return named and service in limit.services


def spoken_rate(rate: Fraction) -> str:
    """A rate as a person says it, rounded up: `0.5/s`."""
    return f"{decimal_text(rate, 3, up=True)}/s"
