"""Checks an estate: three numbers and two verdicts for each availability objective, then the rules."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from time import process_time

from slactl.base.processes import shared_out
from slactl.base.quick_dataclass import dataclass, replace
from slactl.check.cone import Cones, View, names_of, threshold_ms
from slactl.check.evaluate import Evaluator
from slactl.check.olas import OPEN, last_judged, olas_bottom_up
from slactl.check.requests import judge_requests
from slactl.check.result import AmountResult, Assessment, Finding, ObjectiveResult
from slactl.check.rules import rules_on_agreements, rules_on_waivers
from slactl.check.rules.rule import Evidence, Gap, Weaker
from slactl.check.sight import Sight
from slactl.check.times import judge_times
from slactl.check.waiving import waived
from slactl.model.agreement import Agreement, Objective
from slactl.model.estate import Estate

_SAMPLE = 32
_HARD_S = 0.005
"""CPU time for one objective from which it pays to share the work among processes."""
SHARES = ("availability", "success-ratio")
"""Metrics whose promise is a share of downtime, or of requests that fail."""


def check(estate: Estate, as_of: date, *, explain: bool = True) -> Assessment:
    """Check an estate as of a day.

    Everything is a function of estate and day: the same ones give the same assessment. Without `explain` only promises that
    are not supported name their weakest links, which saves a fifth of the time.
    """
    return _assessed(_Engine(estate, as_of, explain=explain))


def judged(estate: Estate, as_of: date) -> tuple[Assessment, "Judgement"]:
    """Check an estate, and keep what the verdicts stand on."""
    engine = _Engine(estate, as_of, explain=True)
    return _assessed(engine), Judgement(engine)


def _assessed(engine: "_Engine") -> Assessment:
    engine.judge_all()
    asked = engine.estate, engine.as_of, engine.evaluator.horizon_end
    for result in (*judge_times(*asked), *judge_requests(*asked)):
        engine.amounts[result.address] = result
    evidence = engine.evidence()
    findings = [finding for rule in rules_on_agreements() for finding in rule.findings(evidence)]
    marked = waived(findings, engine.estate, engine.as_of)
    evidence = replace(evidence, findings=tuple(marked))
    marked += [finding for rule in rules_on_waivers() for finding in rule.findings(evidence)]
    return Assessment(
        engine.as_of,
        engine.evaluator.horizon_end,
        dict(sorted(engine.results.items())),
        tuple(sorted(marked, key=_order)),
        dict(sorted(engine.amounts.items())),
    )


class Judgement:
    """What the verdicts of one run stand on."""

    def __init__(self, engine: "_Engine") -> None:
        self._engine = engine
        self.structure = engine.cones.structure
        self.tops = engine.tops
        """By objective address the node that was judged."""
        self.titles = engine.cones.titles
        """By gate: what people call it."""

    def objective(self, address: str) -> tuple[Agreement, Objective]:
        """The objective of an address that was judged."""
        agreement, name = address.rsplit(".", 1)
        found = self._engine.estate.agreements[agreement]
        return found, found.objectives[name]

    def sight(self, address: str) -> Sight:
        """The structure as seen in the objective's own measured time."""
        found = self._engine.evaluator.sight(*self.objective(address))
        if found is None:
            raise KeyError(address)
        return found


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.address, finding.message


@dataclass(frozen=True, slots=True)
class _Asked:
    """One objective on a share, and the nodes that it rests on: as the chain is, and with the next promises kept."""

    agreement: Agreement
    objective: Objective
    top: str
    local: str


class _Engine:
    """One run over one estate; OLAs from the bottom up first, since SLAs rest on what they really guarantee."""

    def __init__(self, estate: Estate, as_of: date, *, explain: bool) -> None:
        self.estate = estate
        self.as_of = as_of
        self.cones = Cones(estate)
        self.evaluator = Evaluator(estate, as_of, self.cones, explain=explain)
        self.results: dict[str, ObjectiveResult] = {}
        self.amounts: dict[str, AmountResult] = {}
        self.tops: dict[str, str] = {}
        self._gaps: dict[Gap, None] = {}
        self._weaker: dict[tuple[str, str], Weaker] = {}
        self._owners = frozenset(service.owner for service in estate.services.values())
        self._unbudgeted: dict[str, tuple[str, ...]] = {}
        self._open_ways: set[str] = set()
        self._supports: dict[str, tuple[tuple[Agreement, Objective], ...]] = {}

    def judge_all(self) -> None:
        """Judge every objective that rests on something."""
        for agreement, objective, service in olas_bottom_up(self.estate, SHARES):
            self._judge_ola(agreement, objective, service)
        slas = [
            self._asked(agreement, objective)
            for agreement, objective in self._sla_objectives()
            if objective.metric in SHARES
        ]
        for asked, result in zip(slas, self._judged_all(slas), strict=True):
            self._note(asked, result)
        for agreement, objective in self._sla_objectives():
            if objective.metric not in SHARES:
                self._look_for_gaps(agreement, objective)

    def evidence(self) -> Evidence:
        """What the rules look at."""
        return Evidence(
            estate=self.estate,
            as_of=self.as_of,
            horizon_end=self.evaluator.horizon_end,
            results=self.results,
            gaps=tuple(self._gaps),
            weaker=tuple(self._weaker.values()),
            unbudgeted=self._unbudgeted,
            supports=self._supports,
            open_ways=frozenset(self._open_ways),
            amounts=self.amounts,
            unsupported_joint=self.evaluator.unsupported_joint,
        )

    def _judge_ola(self, agreement: Agreement, objective: Objective, service: str) -> None:
        """Judge what an OLA promises of one service, and with the last of them the objective as a whole."""
        asked = self._asked(agreement, replace(objective, services=(service,)))
        result = self._judged(asked)
        if result is not None and not result.passes:
            self.cones.unsupported.add((objective.address, service))
        if service == last_judged(self.estate, objective):
            if len(objective.services) > 1:
                asked = self._asked(agreement, objective)
                result = self._judged(asked)
            self._note(asked, result)

    def _sla_objectives(self) -> Iterable[tuple[Agreement, Objective]]:
        for sla in self.estate.slas():
            if sla.status in OPEN:
                yield from ((sla, objective) for objective in sla.objectives.values())

    def _view(self, agreement: Agreement, objective: Objective, *, chain: bool) -> View:
        customers = agreement.customers if agreement.kind == "SLA" else ()
        owners = tuple(customer for customer in customers if customer in self._owners)
        return View(objective.metric, agreement.status.firmness, owners, chain, threshold_ms(objective))

    def _asked(self, agreement: Agreement, objective: Objective) -> "_Asked":
        local = self._rests_on(agreement, objective, chain=False)
        top = local
        if self.cones.rests_on_unsupported(local):
            top = self._rests_on(agreement, objective, chain=True)
        return _Asked(agreement, objective, top, local)

    def _rests_on(self, agreement: Agreement, objective: Objective, *, chain: bool) -> str:
        """The node that it rests on, with the ways to what is measured further in, where nobody promises those."""
        view, point = self._view(agreement, objective, chain=chain), objective.measure.point
        top = self.cones.of_agreement(agreement, objective, view)
        outside = self.cones.outside(top, point) if point is not None else None
        if outside is None:
            return top
        if not outside.covered:
            self._open_ways.add(objective.address)
        return self.cones.of_agreement(agreement, objective, replace(view, outside=outside))

    def _judged(self, asked: "_Asked") -> ObjectiveResult | None:
        return self.evaluator.judge(asked.agreement, asked.objective, asked.top, asked.local)

    def _judged_all(self, asked: Sequence["_Asked"]) -> Iterator[ObjectiveResult | None]:
        """Promises to customers rest on what is judged already, so that processes may share the hard ones."""
        begin = process_time()
        yield from map(self._judged, asked[:_SAMPLE])
        rest = asked[_SAMPLE:]
        if process_time() - begin < _HARD_S * _SAMPLE:
            yield from map(self._judged, rest)
        else:
            yield from shared_out(lambda index: self._judged(rest[index]), range(len(rest)))

    def _look_for_gaps(self, agreement: Agreement, objective: Objective) -> None:
        """For a time or a rate: does everything below it promise that metric at all?"""
        top = self.cones.of_agreement(agreement, objective, self._view(agreement, objective, chain=False))
        nodes = self.cones.structure.order(top)
        self._note_gaps(objective, nodes)

    def _note(self, asked: "_Asked", result: ObjectiveResult | None) -> None:
        if result is None:  # its term is over
            return
        address, nodes = asked.objective.address, self.cones.structure.order(asked.top)
        leaves = (self.cones.leaves[node] for node in nodes if node in self.cones.leaves)
        self.results[address], self.tops[address] = result, asked.top
        self._supports[address] = tuple(
            (one.agreement, one.objective) for leaf in leaves for one in leaf.backers
        )
        unbudgeted = names_of(nodes, self.cones.unbudgeted)
        if unbudgeted:
            self._unbudgeted[address] = unbudgeted
        if asked.agreement.kind == "SLA":
            self._note_gaps(asked.objective, nodes)

    def _note_gaps(self, objective: Objective, nodes: Iterable[str]) -> None:
        for node in nodes:
            if node in self.cones.gaps:
                self._gaps[Gap(objective.address, objective.metric, self.cones.gaps[node])] = None
            for agreement in self.cones.weaker.get(node, ()):
                self._weaker[objective.address, agreement.address] = Weaker(objective.address, agreement)
