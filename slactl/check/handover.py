"""Whom a ticket is handed to: for each service as its consumer sees it, who promises what, and who is asked next.

The rules on backing are those of the language's page. Every dependency that a service names counts, redundant or not:
it can be the cause of a ticket before it is the cause of an outage.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.check.backing import Backer, backing
from slactl.check.priorities import Offer, offer, own_priority
from slactl.check.terms import first_second
from slactl.model.agreement import Agreement, Metric, Objective
from slactl.model.estate import Estate
from slactl.model.service import Service

TRIAGED: tuple[Metric, ...] = ("response-time", "resolution-time", "recovery-time")
"""What a team begins with its own work: it needs its triage time before others are asked."""
_OF_CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Ask:
    """A service as a consumer asks it for help; without a consumer: its own team is at work."""

    service: str
    consumer: str | None
    priority: str | None
    """On the consumer's scale; None: any."""
    hours: str | None
    """The calendar that the asking promise is made in."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service promises for an ask, and whom it asks in turn."""

    ask: Ask
    promises: Offer = ()
    triage: Duration | None = None
    """The team's own claim, where its service is looked through."""
    calls: tuple[Ask, ...] = ()
    missing: bool = False
    """Nobody promises anything."""
    unstated: bool = False
    """The team's own time is needed and not stated: it counts as none, and nothing is guaranteed by that."""
    considered: tuple[Backer, ...] = ()
    """Every promise of the metric that serves the consumer, for this priority or another."""

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for answers that mean the same work."""
        names = tuple(one.objective.address for group in self.promises for one in group)
        if names and not self.calls:
            return self.ask.service, names
        return self.ask.service, names, self.missing, self.ask.priority, self.ask.hours


@dataclass(frozen=True, slots=True)
class Sight:
    """How an objective sees what is below it."""

    metric: Metric
    firmness: int
    customers: tuple[str, ...]
    """Its customers: what they own themselves is a duty, not a dependency."""
    forgiving: bool
    """Whether the clock stands still where a customer has to act."""
    start: int
    end: int
    """Promises must be in force all the time between these UTC seconds."""


def sight_of(agreement: Agreement, objective: Objective, start: int, end: int) -> Sight:
    """How an objective sees what is below it between two instants."""
    pauses = objective.clock.get("pauses") or ()
    forgiven = any(_OF_CUSTOMER in str(state) for state in (*pauses, *objective.excludes))
    customers = agreement.customers if agreement.kind == "SLA" else ()
    return Sight(objective.metric, agreement.status.firmness, customers, forgiven, start, end)


@dataclass(slots=True)
class Handovers:
    """Answers to asks, each worked out once."""

    estate: Estate
    sight: Sight
    unsupported: AbstractSet[tuple[str, str]] = frozenset()
    """Addresses of OLA objectives, each with a service for which it is looked through."""
    ends: set[int] = field(default_factory=set)
    """Instants inside the sight at which an agreement begins or ends: what is promised differs on both sides."""
    _known: dict[Ask, Answer] = field(default_factory=dict)

    def tops(self, agreement: Agreement, objective: Objective) -> tuple[Ask, ...]:
        """What an objective asks first, for each of its services."""
        return tuple(self._top(agreement, objective, name) for name in objective.services)

    def _top(self, agreement: Agreement, objective: Objective, service: str) -> Ask:
        itself = Ask(service, None, objective.priority, objective.hours)
        if agreement.kind == "SLA" and agreement.provider != self.estate.services[service].owner:
            bought = Ask(service, agreement.provider, objective.priority, objective.hours)
            if self.of(bought).promises:
                return bought
        return itself

    def below(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """The answers to some asks and to all that they lead to, each once."""
        waiting, seen = list(asks)[::-1], set[tuple[object, ...]]()
        while waiting:
            answer = self.of(waiting.pop())
            if answer.key not in seen:
                seen.add(answer.key)
                yield answer
                waiting.extend(answer.calls[::-1])

    def of(self, ask: Ask) -> Answer:
        """The answer to an ask."""
        if ask not in self._known:
            self._known[ask] = self._answer(ask)
        return self._known[ask]

    def _answer(self, ask: Ask) -> Answer:
        service = self.estate.services[ask.service]
        if ask.consumer is None:
            return self._through(ask, service, new_hands=True)
        if service.owner in self.sight.customers:
            return Answer(ask, missing=not self.sight.forgiving)
        found = backing(self.estate, service.name, ask.consumer, self.sight.metric, self.sight.firmness)
        backers = [one for one in found.backers if self._in_force(one.agreement)]
        kept = [one for one in backers if (one.objective.address, service.name) not in self.unsupported]
        answer = self._promised(ask, service, kept)
        if answer is None and len(kept) < len(backers):
            answer = self._behind(ask, service, [one for one in backers if one not in kept])
        if answer is None and found.same_owner:
            answer = self._through(ask, service, new_hands=False)
        return _considering(answer or Answer(ask, missing=True), found.backers)

    def _promised(self, ask: Ask, service: Service, backers: Sequence[Backer]) -> Answer | None:
        """An end-to-end promise, else one of the team's own part beside what its service rests on."""
        whole = offer([one for one in backers if one.objective.scope == "end-to-end"], ask.priority)
        if whole:
            return Answer(ask, whole)
        own = offer([one for one in backers if one.objective.scope == "own"], ask.priority)
        if not own:
            return None
        return Answer(ask, own, calls=self._calls(service, *_as_told(own, ask)))

    def _behind(self, ask: Ask, service: Service, backers: Sequence[Backer]) -> Answer | None:
        """What stands behind an OLA that its own structure does not support: that structure."""
        promised = offer(backers, ask.priority)
        if not promised:
            return None
        priority, hours = _as_told(promised, ask)
        return self._through(Ask(ask.service, ask.consumer, priority, hours), service, new_hands=True)

    def _through(self, ask: Ask, service: Service, *, new_hands: bool) -> Answer:
        """A service looked through: its team's own work, then all that it rests on.

        A ticket that stays with one team need not be triaged again, but where nothing is left to ask, the team's
        own time is all there is.
        """
        triaged = self.sight.metric in TRIAGED
        triage = service.intrinsic.triage_time if triaged else None
        needed = (service.depends_on is None or new_hands) if triaged else service.depends_on is None
        return Answer(
            ask,
            triage=triage,
            calls=self._calls(service, ask.priority, ask.hours),
            unstated=needed and triage is None and (triaged or self.sight.metric == "recovery-point"),
        )

    def _calls(self, service: Service, priority: str | None, hours: str | None) -> tuple[Ask, ...]:
        asks = (Ask(call.service, service.owner, priority, hours) for call in service.calls())
        return tuple(dict.fromkeys(asks))

    def _in_force(self, agreement: Agreement) -> bool:
        """Whether an agreement holds during all of the sight; where it does not, its days are noted."""
        first, last = _term_s(agreement)
        inside = [at for at in (first, last) if at is not None and self.sight.start < at < self.sight.end]
        self.ends.update(inside)
        begun = first is None or first <= self.sight.start
        return begun and (last is None or last >= self.sight.end)


def _considering(answer: Answer, backers: tuple[Backer, ...]) -> Answer:
    return Answer(
        answer.ask, answer.promises, answer.triage, answer.calls, answer.missing, answer.unstated, backers
    )


def _as_told(promised: Offer, ask: Ask) -> tuple[str | None, str | None]:
    """The priority and the hours in which the team that promised hands a ticket on."""
    backer = promised[0][0]
    return own_priority(backer.agreement, ask.priority), backer.objective.hours


def _term_s(agreement: Agreement) -> tuple[int | None, int | None]:
    """The first instant of an agreement's term, and the first after it, in UTC seconds; None: open."""
    term = agreement.term
    last = None if term.until is None or term.renewal is not None else term.until + timedelta(days=1)
    return (
        None if term.start is None else first_second(term.start),
        None if last is None else first_second(last),
    )
