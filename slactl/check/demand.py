"""Committed demand: how many requests a second the agreed SLAs send down to each service, and through whom.

What an SLA commits us to carry is its workload limit, else the throughput that it promises. It flows down along the
calls, each multiplied by how often it is made and by its attempts. A redundant group of which k must be up shares its
load among k; where all are asked at once, each has all of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from slactl.assurance.throughput import calls_on, sent_down
from slactl.check.capacity import Limit, Source, sources_of
from slactl.check.request_view import term_s
from slactl.model.agreement import Agreement, Status
from slactl.model.estate import Estate
from slactl.model.service import Call, Group, Service

Edge = tuple[str, str]
"""A service, and the owner of the consumers that call it; without one: the service itself."""
ITSELF = ""
_NONE = Fraction(0)


Flow = Mapping[Edge, Fraction]
"""Calls a second by edge."""


class Demand:
    """The demand of an estate's agreed SLAs."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._calls: dict[Edge, tuple[tuple[Edge, Fraction], ...]] = {}
        self._most_calls: dict[Edge, tuple[tuple[Edge, int], ...]] = {}
        self._flows: dict[frozenset[str], Flow] = {}
        self._between: dict[tuple[int, int], Flow] = {}
        self._callers = _callers(estate)
        firsts = (term_s(sla)[0] for sla in estate.slas() if sla.status is Status.AGREED)
        self._starts = sorted({first for first in firsts if first is not None})

    def between(self, start: int, end: int) -> Flow:
        """What all SLAs that are in force at some time between two UTC seconds send down together."""
        if (start, end) not in self._between:
            slas = self._committed(start, end)
            key = frozenset(one.address for one in slas)
            if key not in self._flows:
                self._flows[key] = self._together([source for one in slas for source in sources_of(one)])
            self._between[start, end] = self._flows[key]
        return self._between[start, end]

    def of(self, source: Source) -> Flow:
        """What one source sends down at most."""
        flows = [self._down({edge: source.rate}) for edge in self._entries(source)]
        edges = dict.fromkeys(edge for flow in flows for edge in flow)
        return {edge: max(flow.get(edge, _NONE) for flow in flows) for edge in edges}

    def own(self, agreement: Agreement, service: str, total: Flow) -> Flow:
        """The part of a flow that comes in through an agreement about a service."""
        if agreement.kind == "SLA":
            committed = agreement.status is Status.AGREED
            return self._together(
                Source(agreement, one.rate, (service,))
                for one in (sources_of(agreement) if committed else ())
                if service in one.services
            )
        everyone = Limit(agreement, agreement.address, (service,), _NONE, "", None)
        return self._down({(service, ITSELF): self.reaching(total, everyone)})

    def starts(self, start: int, end: int) -> Iterator[int]:
        """The instants inside two UTC seconds at which demand may rise."""
        return (first for first in self._starts if start < first < end)

    def reaching(self, flow: Mapping[Edge, int] | Flow, limit: Limit) -> Fraction:
        """The calls a second of a flow that a limit is for."""
        return sum((Fraction(flow[edge]) for edge in self.edges(limit) if edge in flow), _NONE)

    def senders(self, start: int, end: int, limit: Limit) -> list[tuple[Agreement, Fraction]]:
        """The SLAs whose requests reach a limit between two UTC seconds, with the calls a second, the most first."""
        sources = [one for sla in self._committed(start, end) for one in sources_of(sla)]
        entries = dict.fromkeys(edge for one in sources for edge in self._entries(one))
        calls = calls_on(frozenset(self.edges(limit)), entries, self.calls_of)
        sent = dict[str, Fraction]()
        for one in sources:
            most = max((calls[edge] for edge in self._entries(one)), default=_NONE)
            sent[one.sla.address] = sent.get(one.sla.address, _NONE) + one.rate * most
        named = ((self._estate.agreements[address], rate) for address, rate in sent.items() if rate)
        return sorted(named, key=lambda pair: (-pair[1], pair[0].address))

    def _committed(self, start: int, end: int) -> list[Agreement]:
        agreed = (one for one in self._estate.slas() if one.status is Status.AGREED)
        return [one for one in agreed if _touches(one, start, end)]

    def edges(self, limit: Limit) -> Iterator[Edge]:
        """The edges whose calls a limit is for: those of the consumers that its agreement serves."""
        for service in limit.services:
            if limit.own:
                yield service, ITSELF
                continue
            for caller in self._callers.get(service, ()):
                if self._estate.may_rest_on(limit.agreement, caller):
                    yield service, caller

    def calls_of(self, edge: Edge) -> tuple[tuple[Edge, Fraction], ...]:
        """What one call on an edge makes: one request to the service itself, and from there calls on others."""
        service, caller = edge
        if caller != ITSELF:
            return (((service, ITSELF), Fraction(1)),)
        if edge not in self._calls:
            self._calls[edge] = _made_by(self._estate.services[service])
        return self._calls[edge]

    def at_most(self, entry: Edge) -> Mapping[Edge, int]:
        """The calls that one request makes at most: as if each member of a redundant group had to serve it."""
        return sent_down({entry: 1}, self._most_calls_of)

    def _most_calls_of(self, edge: Edge) -> tuple[tuple[Edge, int], ...]:
        service, caller = edge
        if caller != ITSELF:
            return (((service, ITSELF), 1),)
        if edge not in self._most_calls:
            one, made = self._estate.services[service], dict[Edge, int]()
            for call in one.calls():
                below = (call.service, one.owner)
                made[below] = made.get(below, 0) + attempts(call)
            self._most_calls[edge] = tuple(made.items())
        return self._most_calls[edge]

    def _together(self, sources: Iterable[Source]) -> Flow:
        """One pass for all sources with one way in, and one for each of the others."""
        single = dict[Edge, Fraction]()
        several = list[Source]()
        for one in sources:
            entries = self._entries(one)
            if len(entries) == 1:
                single[entries[0]] = single.get(entries[0], _NONE) + one.rate
            else:
                several.append(one)
        total = self._down(single)
        for one in several:
            for edge, rate in self.of(one).items():
                total[edge] = total.get(edge, _NONE) + rate
        return total

    def _down(self, entries: Mapping[Edge, Fraction]) -> dict[Edge, Fraction]:
        return sent_down(entries, self.calls_of)

    def _entries(self, source: Source) -> list[Edge]:
        """Where its requests come in: at the service itself, or at what its provider buys from the owner."""
        owners = ((name, self._estate.services[name].owner) for name in source.services)
        provider = source.sla.provider
        return [(name, ITSELF if provider == owner else provider) for name, owner in owners]


def _callers(estate: Estate) -> Mapping[str, tuple[str, ...]]:
    """For each service the parties whose calls may reach it."""
    found: dict[str, dict[str, None]] = {}
    for service in estate.services.values():
        for call in service.calls():
            found.setdefault(call.service, {})[service.owner] = None
    for sla in estate.slas():
        for name in (*sla.services, *(one for each in sla.objectives.values() for one in each.services)):
            found.setdefault(name, {})[sla.provider] = None
    return {name: tuple(callers) for name, callers in found.items()}


def _made_by(service: Service) -> tuple[tuple[Edge, Fraction], ...]:
    made = dict[Edge, Fraction]()
    if service.depends_on is not None:
        for call, share in _calls(service.depends_on, Fraction(1)):
            edge = (call.service, service.owner)
            made[edge] = made.get(edge, _NONE) + share * attempts(call)
    return tuple(made.items())


def _calls(group: Group, share: Fraction) -> Iterator[tuple[Call, Fraction]]:
    """Every call of a group with the share of requests that make it, spread over redundant members."""
    spread = group.at_least < len(group.parts) and not at_once(group)
    each = share / group.at_least if spread else share
    for part in group.parts:
        if isinstance(part, Call):
            yield part, each
        else:
            yield from _calls(part, each)


def at_once(group: Group) -> bool:
    """Whether every request asks all parts of a group at once."""
    return all(isinstance(part, Call) and part.mode == "parallel" for part in group.parts)


def attempts(call: Call) -> int:
    """How many calls one request makes at most: each is repeated when it fails."""
    return call.calls * (1 + call.retries)


def _touches(agreement: Agreement, start: int, end: int) -> bool:
    """Whether an agreement is in force at some time between two UTC seconds."""
    first, last = term_s(agreement)
    return (first is None or first < end) and (last is None or last > start)
