"""Builds a plan: desired objects against what is there, promises against what was applied. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slactl.base.diagnostics import Severity, SlactlError
from slactl.base.text import plural
from slactl.check.result import Assessment
from slactl.model.estate import Estate
from slactl.plan.plan import (
    AgreementAction,
    AgreementChange,
    Cost,
    Drift,
    Kept,
    Mode,
    ObjectChange,
    Plan,
    PlanFinding,
    PlanNotice,
    Support,
    Why,
)
from slactl.plan.promises import agreement_changes, support_changes
from slactl.plan.references import resolved, waves
from slactl.provider import Action, Compilation, Notice, Observed, Resource
from slactl.state.records import Recorded, Snapshot


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a plan is a function of."""

    estate: Estate
    assessment: Assessment
    snapshot: Snapshot
    desired: Mapping[str, Compilation]
    """By backend name."""
    observed: Mapping[str, Sequence[Observed]]
    """By backend name: what is there; a backend that was not read is taken to be as state says."""
    providers: Mapping[str, str]
    """Provider names by backend name."""
    cost: Callable[[str, Mapping[str, Any]], Mapping[str, int]]
    """What a body costs the backend of a name."""
    mode: Mode = "normal"


def build_plan(inputs: Inputs) -> Plan:
    """Compare everything, and say what is to be done.

    Raises:
        SlactlError: when two resources claim one address with different bodies, or bodies refer in a circle.
    """
    objects = _Objects(inputs)
    agreements = agreement_changes(
        inputs.estate, inputs.assessment, inputs.snapshot.agreements, destroying=inputs.mode == "destroy"
    )
    notices = [notice for compilation in inputs.desired.values() for notice in compilation.notices]
    return Plan(
        workspace=inputs.estate.workspace.name,
        lineage=inputs.snapshot.lineage,
        serial=inputs.snapshot.serial,
        files_digest=inputs.estate.digest,
        as_of=inputs.assessment.as_of.isoformat(),
        mode=inputs.mode,
        agreements=agreements,
        changes=tuple(objects.changes()),
        kept=tuple(objects.kept()),
        gone=tuple(objects.gone()),
        drift=tuple(objects.drift()),
        costs=tuple(_costs(inputs, objects)),
        support=tuple(_support(inputs.assessment)),
        support_changes=support_changes(inputs.estate, inputs.assessment, inputs.snapshot.agreements),
        findings=tuple(
            PlanFinding(one.rule, one.severity.value, one.address, one.message, one.waived_by is not None)
            for one in inputs.assessment.findings
        ),
        notices=tuple(PlanNotice(one.severity.value, one.address, one.message) for one in notices),
        errors=tuple(_errors(inputs, agreements, notices)),
    )


class _Objects:
    """Desired, recorded and observed objects by address."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._recorded = inputs.snapshot.resources
        self.desired = {} if inputs.mode == "destroy" else _merged(inputs.desired)
        self.current = _current(inputs)
        self._bodies = {address: resolved(one.body, self._known) for address, one in self.desired.items()}
        self._waves = waves(self._bodies)

    def changes(self) -> Iterator[ObjectChange]:
        """Everything to do, in order of waves and addresses; deletions last."""
        found = [*self._wanted(), *self._unwanted()]
        yield from sorted(found, key=lambda one: (one.wave, one.address))

    def kept(self) -> Iterator[Kept]:
        """Objects that are as they should be."""
        for address, resource in self.desired.items():
            there = self.current.get(address)
            if there is not None and _same(there.body, self._bodies[address]):
                recorded = self._recorded.get(address)
                known = (
                    recorded is not None
                    and recorded.id == there.id
                    and recorded.needed_by == resource.needed_by
                    and _same(recorded.body, there.body)
                )
                yield Kept(
                    address,
                    self._provider(address),
                    there.id,
                    there.body,
                    there.attributes,
                    resource.needed_by,
                    new=not known,
                )

    def gone(self) -> Iterator[str]:
        """What state knows and nobody wants or has any more."""
        return (
            address
            for address in self._recorded
            if address not in self.desired and address not in self.current
        )

    def drift(self) -> Iterator[Drift]:
        """What differs from what was applied."""
        for address, recorded in self._recorded.items():
            there = self.current.get(address)
            if there is None:
                yield Drift(address, recorded.body, None)
            elif not _same(there.body, recorded.body):
                yield Drift(address, recorded.body, there.body)

    def _wanted(self) -> Iterator[ObjectChange]:
        for address, resource in self.desired.items():
            there, after = self.current.get(address), self._bodies[address]
            if there is None:
                why: Why = "missing" if address in self._recorded else ""
                yield self._change(resource, Action.CREATE, None, None, why)
            elif not _same(there.body, after):
                fixed = any(there.body.get(key) != after.get(key) for key in resource.replace_on)
                yield self._change(
                    resource,
                    Action.REPLACE if fixed else Action.UPDATE,
                    there.body,
                    there.id,
                    self._why(there),
                )

    def _change(
        self, resource: Resource, action: Action, before: Mapping[str, Any] | None, name: str | None, why: Why
    ) -> ObjectChange:
        address = resource.address
        return ObjectChange(
            address,
            self._provider(address),
            action,
            before,
            self._bodies[address],
            name,
            resource.needed_by,
            self._waves[address],
            why,
        )

    def _unwanted(self) -> Iterator[ObjectChange]:
        last = max(self._waves.values(), default=-1) + 1
        for address, there in self.current.items():
            if address not in self.desired:
                recorded = self._recorded.get(address)
                needed_by = recorded.needed_by if recorded else ()
                yield ObjectChange(
                    address,
                    self._provider(address),
                    Action.DELETE,
                    there.body,
                    None,
                    there.id,
                    needed_by,
                    last,
                    "" if recorded else "orphan",
                )

    def _why(self, there: Observed) -> Why:
        recorded = self._recorded.get(there.address)
        return "drift" if recorded is not None and not _same(recorded.body, there.body) else ""

    def _provider(self, address: str) -> str:
        recorded = self._recorded.get(address)
        return self._inputs.providers.get(address.split(".", 1)[0]) or (recorded.provider if recorded else "")

    def _known(self, address: str, field: str) -> Any:
        there = self.current.get(address)
        if there is None:
            return None
        return there.id if field == "id" else there.attributes.get(field)


def _merged(desired: Mapping[str, Compilation]) -> dict[str, Resource]:
    """Every resource once; those that several agreements need list all of them."""
    found: dict[str, Resource] = {}
    for compilation in desired.values():
        for resource in compilation.resources:
            other = found.get(resource.address)
            if other is not None and other.body != resource.body:
                raise SlactlError(
                    f"Two different objects claim the address {resource.address}",
                    f"One is needed by {', '.join(other.needed_by)}, one by {', '.join(resource.needed_by)}. "
                    "Rename one of what they are made from.",
                )
            needed_by = (*(other.needed_by if other else ()), *resource.needed_by)
            found[resource.address] = Resource(
                resource.address, resource.body, tuple(sorted(set(needed_by))), resource.replace_on
            )
    return dict(sorted(found.items()))


def _current(inputs: Inputs) -> dict[str, Observed]:
    """What each backend has; for one that was not read, what state says."""
    found = {one.address: one for observed in inputs.observed.values() for one in observed}
    for address, recorded in inputs.snapshot.resources.items():
        if recorded.backend not in inputs.observed:
            found[address] = _as_observed(recorded)
    return dict(sorted(found.items()))


def _as_observed(recorded: Recorded) -> Observed:
    return Observed(recorded.address, recorded.id, recorded.body, recorded.attributes)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other)


def _costs(inputs: Inputs, objects: _Objects) -> Iterator[Cost]:
    names = sorted({address.split(".", 1)[0] for address in (*objects.desired, *objects.current)})
    for name in names:
        before = _sum(inputs, name, {address: one.body for address, one in objects.current.items()})
        after = _sum(inputs, name, {address: one.body for address, one in objects.desired.items()})
        if before or after:
            yield Cost(name, before, after)


def _sum(inputs: Inputs, backend: str, bodies: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for address, body in bodies.items():
        if address.split(".", 1)[0] == backend:
            for term, number in inputs.cost(backend, body).items():
                total[term] = total.get(term, 0) + number
    return dict(sorted(total.items()))


def _support(assessment: Assessment) -> Iterator[Support]:
    for one in assessment.objectives.values():
        yield Support(
            one.address,
            one.target,
            one.verdict,
            one.local_verdict,
            str(int(one.margin_s)),
            one.window,
            one.customers,
        )


def _errors(
    inputs: Inputs, agreements: Sequence[AgreementChange], notices: Sequence[Notice]
) -> Iterator[str]:
    """Why the plan must not be applied."""
    for change in agreements:
        if change.action is AgreementAction.DELETE and change.prevent_destroy:
            yield (
                f"{change.address} has lifecycle.preventDestroy, and this plan would end it. Take the protection out of "
                "its file and apply that first, or keep the agreement."
            )
    yield from (f"{one.address}: {one.message}" for one in notices if one.severity is Severity.ERROR)
    if inputs.mode == "destroy":
        return
    failing = [one for one in inputs.assessment.findings if one.fails]
    if failing:
        rules = ", ".join(sorted({one.rule for one in failing}))
        yield f"The check fails with {plural(len(failing), 'error')} ({rules}). Mend them, or waive them with a reason."
