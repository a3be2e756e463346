"""How a promise about requests sees what is below it: for each service as its consumer sees it, who promises what.

The rules on backing are those of the language's page. A promise counts for another one only where it speaks of the same
requests: in force all the time, in the same service hours and, where it is one of a share of requests, in windows of
which the other's are made.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import timedelta

from slactl.base.quick_dataclass import dataclass, field
from slactl.base.windows import Window
from slactl.check.backing import Backer, backing
from slactl.check.terms import first_second
from slactl.model.agreement import Agreement, Metric, Objective
from slactl.model.estate import Estate
from slactl.model.service import Service


@dataclass(frozen=True, slots=True)
class Ask:
    """A service as a consumer's owner calls it; without one: the service itself, with all that it rests on."""

    service: str
    consumer: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What counts for an ask. Nothing at all: a duty of a customer whose faults do not count here."""

    ask: Ask
    whole: tuple[Backer, ...] = ()
    """Promises about the service with all that it rests on."""
    own: tuple[Backer, ...] = ()
    """Promises about the service apart from what it rests on; where `through`, instead of its owner's claim."""
    through: bool = False
    """Whether its own part and what it rests on count, beside or instead of the promises about the whole."""
    missing: str = ""
    """Why nothing counts, in words: `nothing is promised about db`; empty where something does."""
    wider: tuple[Backer, ...] = ()
    """Promises that also count requests of other hours: what they leave for ours is not known."""
    cut: tuple[Agreement, ...] = ()
    """Agreements that are in force only part of the time: they do not count."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How an objective sees what is below it."""

    metric: Metric
    firmness: int
    customers: frozenset[str]
    """Its customers that own services: theirs are duties, not dependencies."""
    forgiving: bool
    """Whether a customer's faults do not count."""
    hours: str | None
    window: Window
    cut: frozenset[str]
    """Addresses of agreements that are not in force all the time."""
    chain: bool
    """Whether promises that their own structure does not support are looked through."""


@dataclass(slots=True)
class Views:
    """What counts for each ask in one sight, worked out once."""

    estate: Estate
    sight: Sight
    hours: "SameHours"
    unsupported: AbstractSet[tuple[str, str]]
    """OLA objectives, each with a service of theirs, that are looked through."""
    _known: dict[Ask, Seen] = field(default_factory=dict)

    def top(self, agreement: Agreement, service: str) -> Ask:
        """What an agreement about a service rests on."""
        if agreement.kind == "SLA" and agreement.provider != self.estate.services[service].owner:
            bought = Ask(service, agreement.provider)
            seen = self.of(bought)
            if seen.whole or seen.own:
                return bought
        return Ask(service, None)

    def below(self, seen: Seen) -> Iterator[Ask]:
        """What a service that is looked through calls."""
        if seen.through:
            service = self.estate.services[seen.ask.service]
            for name in dict.fromkeys(call.service for call in service.calls()):
                yield Ask(name, service.owner)

    def cone(self, top: Ask) -> list[Seen]:
        """An ask and all that it leads to, each once and after what it calls."""
        order: list[Seen] = []
        waiting, seen = [(top, False)], set[Ask]()
        while waiting:
            ask, done = waiting.pop()
            if done:
                order.append(self.of(ask))
            elif ask not in seen:
                seen.add(ask)
                waiting.append((ask, True))
                waiting.extend((below, False) for below in self.below(self.of(ask)))
        return order

    def of(self, ask: Ask) -> Seen:
        """What counts for an ask."""
        if ask not in self._known:
            self._known[ask] = self._seen(ask)
        return self._known[ask]

    def _seen(self, ask: Ask) -> Seen:
        service, sight = self.estate.services[ask.service], self.sight
        if ask.consumer is not None and service.owner in sight.customers:
            return Seen(ask, missing="" if sight.forgiving else f"{service.name} is the customer's own")
        consumer = service.owner if ask.consumer is None else ask.consumer
        found = backing(self.estate, service.name, consumer, sight.metric, sight.firmness)
        backers = [one for one in found.backers if ask.consumer is not None or one.objective.scope == "own"]
        cut = tuple(one.agreement for one in backers if one.agreement.address in sight.cut)
        held = [one for one in backers if one.agreement.address not in sight.cut]
        kept = [one for one in held if (one.objective.address, service.name) not in self.unsupported]
        counted, wider, passed = self._counted(kept)
        whole = tuple(one for one in counted if one.objective.scope == "end-to-end")
        own = tuple(one for one in counted if one.objective.scope == "own")
        free = ask.consumer is None or found.same_owner
        through = bool(own) or len(kept) < len(held) or (free and not whole)
        missing = "" if whole or through else _why(service, cut, passed)
        if through and not whole and self._empty(service, own):
            missing = nothing_promised(service.name)
        return Seen(ask, whole, own, through and not missing, missing, wider, cut)

    def _counted(self, backers: Iterable[Backer]) -> tuple[list[Backer], tuple[Backer, ...], list[Backer]]:
        """The promises that count, those among them that hold in wider hours, and those that do not count."""
        counted: list[Backer] = []
        wider: list[Backer] = []
        passed: list[Backer] = []
        for one in backers:
            there = self.hours.cover(one.objective.hours, self.sight.hours)
            if not there or not self._in_our_windows(one.objective):
                passed.append(one)
            elif self.sight.metric == "latency" and not self.hours.same(
                one.objective.hours, self.sight.hours
            ):
                wider.append(one)
            else:
                counted.append(one)
        if counted:
            return counted, (), passed
        return wider, tuple(wider), passed

    def _in_our_windows(self, objective: Objective) -> bool:
        """Whether a share of requests in its windows is one in ours: all that miss may fall into a part."""
        theirs, ours = objective.window, self.sight.window
        if self.sight.metric != "latency" or theirs == ours or theirs.tiles(ours):
            return True
        return bool(theirs.rolling_s and ours.rolling_s and ours.rolling_s % theirs.rolling_s == 0)

    def _empty(self, service: Service, own: tuple[Backer, ...]) -> bool:
        """Whether a service rests on nothing and says nothing of its own."""
        claimed = self.sight.metric == "latency" and service.intrinsic.latency_target is not None
        return service.depends_on is None and not own and not claimed


def nothing_promised(names: str) -> str:
    """That nobody promises anything about some services, in words."""
    return f"nothing is promised about {names}"


def _why(service: Service, cut: tuple[Agreement, ...], passed: list[Backer]) -> str:
    """Why no promise about a service counts."""
    if passed:
        return f"{passed[0].objective.address} speaks of other hours or of a longer window"
    if cut:
        return f"{cut[0].address} is not in force"
    return nothing_promised(service.name)


@dataclass(slots=True)
class SameHours:
    """Service hours compared on the real dates between two UTC seconds."""

    estate: Estate
    start: int
    end: int
    _known: dict[tuple[str | None, str | None], bool] = field(default_factory=dict)

    def cover(self, wide: str | None, narrow: str | None) -> bool:
        """Whether one calendar is in service whenever another one is."""
        if wide is None or wide == narrow:
            return True
        if (wide, narrow) not in self._known:
            inside = self.estate.hours.in_service(wide, self.start, self.end)
            self._known[wide, narrow] = not (
                self.estate.hours.in_service(narrow, self.start, self.end) - inside
            )
        return self._known[wide, narrow]

    def same(self, one: str | None, other: str | None) -> bool:
        """Whether two calendars are in service at the same time, with windows of one time zone."""
        hours = self.estate.hours
        alike = self.cover(one, other) and self.cover(other, one)
        return alike and hours.zone(one).key == hours.zone(other).key


def term_s(agreement: Agreement) -> tuple[int | None, int | None]:
    """The first instant of an agreement's term, and the first after it, in UTC seconds; None: open."""
    term = agreement.term
    ends = term.until is not None and term.renewal is None
    return (
        None if term.start is None else first_second(term.start),
        first_second(term.until + timedelta(days=1)) if ends and term.until is not None else None,
    )


def in_force(agreement: Agreement, start: int, end: int) -> bool:
    """Whether an agreement is in force all the time between two UTC seconds."""
    first, last = term_s(agreement)
    return (first is None or first <= start) and (last is None or last >= end)
