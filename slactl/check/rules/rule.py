"""What a rule is: a stable id, why it exists, what to do, and the function that finds where it is broken."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar, cast

from slactl.base.diagnostics import Place, Severity
from slactl.base.quick_dataclass import dataclass, field
from slactl.check.result import AmountResult, Finding, ObjectiveResult
from slactl.model.agreement import Agreement, Joint, Objective
from slactl.model.estate import Estate

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gap:
    """A service below an objective that no agreement backs for the objective's metric."""

    objective: str
    metric: str
    service: str


@dataclass(frozen=True, slots=True)
class Weaker:
    """An agreement below an objective that is less firm than what rests on it, and so does not count."""

    objective: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules look at: the estate, and what the engine found out about it."""

    estate: Estate
    as_of: date
    horizon_end: date
    results: Mapping[str, ObjectiveResult]
    gaps: tuple[Gap, ...]
    weaker: tuple[Weaker, ...]
    unbudgeted: Mapping[str, tuple[str, ...]]
    """By objective address: services whose own failures have no budget."""
    supports: Mapping[str, tuple[tuple[Agreement, Objective], ...]]
    """By objective address: the promises that it rests on."""
    open_ways: frozenset[str] = frozenset()
    """Addresses of objectives measured further out than what is promised below, where the way between counts as down."""
    amounts: Mapping[str, AmountResult] = field(default_factory=dict)
    """Objectives on times and rates, by address."""
    unsupported_joint: tuple[tuple[Agreement, Joint], ...] = ()
    """Promises of OLAs on joint downtime that what is below them does not support."""
    findings: tuple[Finding, ...] = ()
    """What the other rules found: for the rules about waivers, which come last."""
    _once: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, find: Callable[["Evidence"], T]) -> T:
        """What a function finds in this evidence, which several rules ask for; it is called once."""
        if find not in self._once:
            self._once[find] = find(self)
        return cast("T", self._once[find])


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where a rule is broken; the rule's id and severity are added to it."""

    address: str
    message: str
    detail: str = ""
    place: Place | None = None
    severity: Severity | None = None
    """Where it differs from the rule's own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the check."""

    id: str
    severity: Severity
    title: str
    rationale: str
    source: str
    """The clause or text that the rule serves."""
    fix: str
    find: Callable[[Evidence], Iterator[Broken]]

    def findings(self, evidence: Evidence) -> Iterator[Finding]:
        """Where the rule is broken; its severity may be changed by the workspace, `off` silences it."""
        changed = evidence.estate.workspace.check.severity.get(self.id)
        if changed == "off":
            return
        for broken in self.find(evidence):
            severity = Severity(changed) if changed else broken.severity or self.severity
            yield Finding(
                self.id, severity, broken.address, broken.message, broken.detail or self.fix, broken.place
            )


def rule(
    id: str,  # noqa: A002 - the rule's own name for it
    severity: Severity,
    *,
    title: str,
    rationale: str,
    source: str,
    fix: str,
) -> Callable[[Callable[[Evidence], Iterator[Broken]]], Rule]:
    """Turn the function that finds breaches into a rule."""

    def made(find: Callable[[Evidence], Iterator[Broken]]) -> Rule:
        return Rule(id, severity, title, rationale, source, fix, find)

    return made
