"""What one objective rests on: services and agreements turned into a structure over promises.

Gates and leaves are named by what they are, and kept for the whole estate: agreements that share services share gates.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from slactl.assurance.structure import Gate, Structure
from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.check.backing import Backer, Backing, backing
from slactl.check.clock import BY_REQUEST
from slactl.check.olas import judged_services
from slactl.check.points import Outside, further_in, outside
from slactl.model.agreement import Agreement, Joint, Objective
from slactl.model.estate import Estate
from slactl.model.service import Call, Group, Independence, Service

LeafKind = Literal["promise", "intrinsic", "none", "way", "duty"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Something that can be down by itself, and what is promised about it."""

    name: str
    kind: LeafKind
    service: str
    backers: tuple[Backer, ...] = ()
    place: Place | None = None
    times: int = 1
    """How often one request above asks for it: each time it may fail."""


@dataclass(frozen=True, slots=True)
class Redundancy:
    """A redundant group with evidence that some of its members do not fail together."""

    service: str
    evidence: Independence
    members: Mapping[str, str]
    """The nodes of the members that the evidence names, by their services."""


@dataclass(frozen=True, slots=True)
class View:
    """How an agreement sees what is below it: two agreements with the same view share every gate."""

    metric: str
    firmness: int
    customers: tuple[str, ...] = ()
    """Customers of the agreement that own services themselves: theirs are duties, not dependencies."""
    chain: bool = True
    """Whether OLAs that their own structure does not support are looked through."""
    threshold_ms: int = 0
    """Outages up to this long do not count above."""
    outside: Outside | None = None
    """Where it is measured, if something below is measured further in."""
    words: str = field(init=False, compare=False, repr=False)
    """What it adds to the name of a node."""

    def __post_init__(self) -> None:
        customers = f" of {','.join(self.customers)}" if self.customers else ""
        after = f" after {Duration(self.threshold_ms)}" if self.threshold_ms else ""
        out = self.outside
        at = f" at {out.point}{', covered' if out.covered else ''}" if out is not None else ""
        chain = "" if self.chain else " local"
        words = f"{customers} [{self.metric} {self.firmness}{chain}{after}{at}]"
        object.__setattr__(self, "words", words)


@dataclass(slots=True)
class Cones:
    """The structure of the whole estate, grown as objectives ask for it."""

    estate: Estate
    unsupported: set[tuple[str, str]] = field(default_factory=set)
    """Addresses of OLA objectives, each with a service of which what is below does not support what it promises."""
    gates: dict[str, Gate] = field(default_factory=dict)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    """By the name of a node for a service that nothing backs: the service."""
    unbudgeted: dict[str, str] = field(default_factory=dict)
    """By the name of a node for a service whose own failures have no budget: the service."""
    uncounted: dict[str, str] = field(default_factory=dict)
    """By the name of a node for a service whose promises leave out outages that count above: the service."""
    weaker: dict[str, tuple[Agreement, ...]] = field(default_factory=dict)
    """By node: agreements that are less firm than what rests on them."""
    redundant: dict[str, tuple[Redundancy, ...]] = field(default_factory=dict)
    """By the name of a redundant group's gate: every piece of evidence about it."""
    titles: dict[str, str] = field(default_factory=dict)
    """By gate: what people call it."""
    consumed: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the name of a node for a service as somebody consumes it: the service, and who does."""

    structure: Structure = field(init=False)
    """All gates made so far."""

    def __post_init__(self) -> None:
        self.structure = Structure(self.gates)

    def of_agreement(self, agreement: Agreement, objective: Objective, view: View) -> str:
        """The node that an objective of an SLA or OLA rests on."""
        resting = judged_services(self.estate, objective) if agreement.kind == "OLA" else ()
        services = resting or objective.services
        tops = [self._top(agreement, service, view) for service in services]
        if len(tops) == 1:
            return tops[0]
        name = f"{objective.address} {view}"
        self.titles[name] = objective.address
        self.gates[name] = Gate(len(tops), tuple(tops))
        return name

    def outside(self, top: str, point: str) -> Outside | None:
        """How what is promised below a node lies to the point at which the promise above is measured."""
        leaves = (self.leaves[name] for name in self.structure.leaves(top))
        promises = {leaf.name: [one.objective for one in leaf.backers] for leaf in leaves}
        return outside(self.structure, top, promises, point, self.estate.workspace.measurement_points)

    def of_joint(self, agreement: Agreement, joint: Joint, view: View) -> str | None:
        """The node that is down while so many services of a joint promise are, by what these rest on.

        None where too few of them rest on anything: the promise is then taken as it stands.
        """
        services = [name for name in joint.services if self.estate.services[name].depends_on is not None]
        if len(services) < joint.at_least:
            return None
        nodes = tuple(self._grown([_Ask(name, None)], view) for name in services)
        top = f"{agreement.address} joint {joint.at_least} of {','.join(services)} {view}"
        self.gates[top] = Gate(len(nodes) - joint.at_least + 1, nodes)
        return top

    def rests_on_unsupported(self, top: str) -> bool:
        """Whether a promise below a node is an OLA that its own structure does not support."""
        if not self.unsupported:
            return False
        leaves = (self.leaves[name] for name in self.structure.order(top) if name in self.leaves)
        return any(
            (one.objective.address, leaf.service) in self.unsupported
            for leaf in leaves
            for one in leaf.backers
        )

    def _top(self, agreement: Agreement, service: str, view: View) -> str:
        owner = self.estate.services[service].owner
        if agreement.kind == "SLA" and agreement.provider != owner:
            found = backing(self.estate, service, agreement.provider, view.metric, view.firmness)
            if found.backers:
                return self._grown([_Ask(service, agreement.provider)], view)
        return self._grown([_Ask(service, None)], view)

    def _grown(self, asks: list["_Ask"], view: View) -> str:
        """Make the node of the first ask and, without recursion, everything below it."""
        top = asks[0].node(view)
        while asks:
            ask = asks.pop()
            name = ask.node(view)
            if name not in self.gates and name not in self.leaves:
                asks.extend(self._make(ask, name, view))
        return top

    def _make(self, ask: "_Ask", name: str, view: View) -> Iterable["_Ask"]:
        service = self.estate.services[ask.service]
        self.titles[name] = f"service.{service.name}{ask.often}"
        if ask.consumer is None:
            return self._look_through(service, ask, view)
        self.consumed[name] = (service.name, ask.consumer)
        if service.owner in view.customers:
            self.leaves[name] = Leaf(name, "duty", service.name, (), service.place, ask.times)
            return ()
        found = backing(self.estate, service.name, ask.consumer, view.metric, view.firmness)
        if found.weaker:
            self.weaker[name] = found.weaker
        return self._backed(service, found, ask, view)

    def _backed(self, service: Service, found: Backing, ask: "_Ask", view: View) -> Iterable["_Ask"]:
        name = ask.node(view)
        through = _Ask(service.name, None, ask.times)
        kept = [
            one
            for one in found.backers
            if not (view.chain and (one.objective.address, service.name) in self.unsupported)
        ]
        counting = [one for one in kept if threshold_ms(one.objective) <= view.threshold_ms]
        if len(counting) < len(kept):
            if not counting:
                self.uncounted[name] = service.name
            kept = counting or kept
        name, kept = self._reached(service, kept, name, ask, view)
        end_to_end = tuple(one for one in kept if one.objective.scope == "end-to-end")
        own = tuple(one for one in kept if one.objective.scope == "own")
        if end_to_end:
            self.gates[name] = Gate(1, (self._promised(service, end_to_end, ask),))
            return ()
        if own:
            leaf = self._promised(service, own, ask)
            below = self._group_parts(service, ask, view)
            self.gates[name] = Gate.all_of((leaf, *below.parts))
            return below.asks
        if not found.backers and not found.same_owner:
            self.gaps[name] = service.name
        if service.depends_on is None and service.intrinsic.availability is None:
            self.gaps[name] = service.name
            self.leaves[name] = Leaf(name, "none", service.name, (), service.place)
            return ()
        self.gates[name] = Gate(1, (through.node(view),))
        return (through,)

    def _reached(
        self, service: Service, kept: list[Backer], name: str, ask: "_Ask", view: View
    ) -> tuple[str, list[Backer]]:
        """The promises measured at the view's point or further out, if there are any, and the node that they are about.

        Else it is a node further in: the way to it is a leaf of its own, which nobody promises anything about.
        """
        points = self.estate.workspace.measurement_points
        point = view.outside.point if view.outside is not None else None
        inside = [one for one in kept if further_in(one.objective, point, points)]
        if len(inside) < len(kept):
            return name, [one for one in kept if one not in inside]
        if view.outside is None or view.outside.covered or not inside:
            return name, kept
        nearest = min((one.objective.measure.point or "" for one in inside), key=points.index)
        way = f"the way from {point} to {nearest} before service.{service.name}{ask.often}"
        self.leaves.setdefault(way, Leaf(way, "way", service.name, (), service.place, ask.times))
        inner = f"{name} at {nearest}"
        self.gates[name] = Gate.all_of((inner, way))
        self.titles[inner] = f"{self.titles[name]} at {nearest}"
        self.consumed[inner] = self.consumed.pop(
            name
        )  # a promise on joint downtime says nothing of the way either
        return inner, inside

    def _promised(self, service: Service, backers: tuple[Backer, ...], ask: "_Ask") -> str:
        """The leaf of promises on a service: whoever consumes it, its downtime is one and the same."""
        name = " and ".join(sorted(one.objective.address for one in backers))
        name = (
            f"{name} on {service.name}{ask.often}"
            if len(backers[0].objective.services) > 1
            else name + ask.often
        )
        self.leaves.setdefault(name, Leaf(name, "promise", service.name, backers, service.place, ask.times))
        return name

    def _look_through(self, service: Service, ask: "_Ask", view: View) -> Iterable["_Ask"]:
        """A service's own failures and what it rests on."""
        name = ask.node(view)
        parts: list[str] = []
        if service.intrinsic.availability is not None:
            leaf = f"service.{service.name}.intrinsic{ask.often}"
            self.leaves.setdefault(leaf, Leaf(leaf, "intrinsic", service.name, (), service.place, ask.times))
            parts.append(leaf)
        elif service.depends_on is None:
            self.leaves[name] = Leaf(name, "none", service.name, (), service.place)
            self.gaps[name] = service.name
            return ()
        else:
            self.unbudgeted[name] = service.name
        below = self._group_parts(service, ask, view)
        parts.extend(below.parts)
        self.gates[name] = Gate(len(parts), tuple(parts))
        return below.asks

    def _group_parts(self, service: Service, ask: "_Ask", view: View) -> "_Parts":
        """The nodes of `dependsOn`; an `all` at the root is dissolved into the gate above."""
        found = _Parts(service, ask.times, view, [], [])
        if service.depends_on is None:
            return found
        name = ask.node(view)
        if service.depends_on.at_least == len(service.depends_on.parts):
            for index, part in enumerate(service.depends_on.parts):
                found.parts.append(self._part(part, f"{name}/{index}", found))
        else:
            found.parts.append(self._part(service.depends_on, f"{name}/0", found))
        return found

    def _part(self, part: Call | Group, name: str, found: "_Parts") -> str:
        if isinstance(part, Call):
            times = part.calls if found.view.metric in BY_REQUEST else 1
            ask = _Ask(part.service, found.service.owner, found.times * times)
            found.asks.append(ask)
            return ask.node(found.view)
        parts = tuple(self._part(one, f"{name}.{index}", found) for index, one in enumerate(part.parts))
        self.gates[name] = Gate(part.at_least, parts)
        self.titles[name] = f"{_words(part)} below service.{found.service.name}"
        if part.at_least < len(parts):
            self._note_evidence(part, name, parts, found.service)
        return name

    def _note_evidence(self, group: Group, name: str, nodes: tuple[str, ...], service: Service) -> None:
        members = {
            part.service: node
            for part, node in zip(group.parts, nodes, strict=True)
            if isinstance(part, Call)
        }
        found = tuple(
            Redundancy(service.name, evidence, {one: members[one] for one in evidence.between})
            for evidence in service.independence
            if set(evidence.between) <= members.keys()
        )
        if found:
            self.redundant[name] = found


def threshold_ms(objective: Objective) -> int:
    """How long an outage lasts before an objective counts it, in milliseconds."""
    counts_after = objective.measure.counts_after
    return counts_after.milliseconds if counts_after is not None else 0


def _words(group: Group) -> str:
    parts = ", ".join(part.service if isinstance(part, Call) else f"({_words(part)})" for part in group.parts)
    return f"{'all' if group.at_least == len(group.parts) else group.at_least} of {parts}"


class _Ask(NamedTuple):
    """A service as a consumer sees it; without a consumer: looked through."""

    service: str
    consumer: str | None
    times: int = 1

    @property
    def often(self) -> str:
        """How often it is asked for by one request, where that is more than once."""
        return f" x{self.times}" if self.times > 1 else ""

    def node(self, view: View) -> str:
        often = self.often if self.times > 1 else ""
        if self.consumer is None:
            return f"{self.service} itself{often}{view.words}"
        return f"{self.service} for {self.consumer}{often}{view.words}"


@dataclass(slots=True)
class _Parts:
    service: Service
    times: int
    view: View
    parts: list[str]
    asks: list[_Ask]


def names_of(nodes: Iterable[str], table: Mapping[str, str]) -> tuple[str, ...]:
    """What a table says of some nodes, each once."""
    return tuple(dict.fromkeys(table[node] for node in nodes if node in table))
