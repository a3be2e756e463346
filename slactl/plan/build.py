"""Builds a plan: desired objects against what is there, promises against what was applied. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.quick_dataclass import dataclass, field, replace
from slactl.base.text import plural
from slactl.check.result import Assessment
from slactl.model.estate import Estate
from slactl.plan.guard import too_much
from slactl.plan.ignored import Ignored
from slactl.plan.imports import Foreign
from slactl.plan.keyed import PREFIX, changed
from slactl.plan.known import Addresses, Known
from slactl.plan.narrow import Selection, narrowed
from slactl.plan.objects import Objects
from slactl.plan.one_definition import definition_notices
from slactl.plan.past import Past
from slactl.plan.plan import (
    Cost,
    Mode,
    Plan,
    PlanFinding,
    PlanNotice,
    Support,
)
from slactl.plan.promises import agreement_changes, restated, support_changes
from slactl.plan.protection import protected
from slactl.plan.refresh import refreshed
from slactl.provider import Compilation, Notice, Observed
from slactl.state.records import Snapshot


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
    past: Past = field(default_factory=Past)
    """What the history says about refactorings that stay in the files."""
    foreign: Foreign = field(default_factory=dict)
    """What imports name, as the backends have it."""
    selection: Selection = field(default_factory=Selection)
    replaced: tuple[str, ...] = ()
    """Objects that are to be made anew."""
    sensitive: Mapping[str, str] = field(default_factory=dict)
    """Keyed digests of sensitive variables."""
    sensitive_before: Mapping[str, str] = field(default_factory=dict)
    """The same, as they were applied last."""


def build_plan(inputs: Inputs) -> Plan:
    """Compare everything, and say what is to be done; what is selected alone.

    Raises:
        SlactlError: when two resources claim one address with different bodies, bodies refer in a circle or to nothing, or
            what is to be selected or replaced is not there.
    """
    estate = inputs.estate
    now = _known(inputs)
    whole = _refresh_plan(inputs) if inputs.mode == "refresh-only" else _whole_plan(inputs, now)
    part = narrowed(whole, estate, inputs.selection)
    protections = protected(estate, now.snapshot, part.agreements, part.changes)
    return replace(
        part,
        errors=(*protections, *part.errors),
        too_much=tuple(too_much(part, whole, estate.workspace.guard)),
    )


def _refresh_plan(inputs: Inputs) -> Plan:
    """State is to say what is there; neither promises nor backends change, and no check stands in its way."""
    snapshot, estate = inputs.snapshot, inputs.estate
    found = refreshed(snapshot, inputs.observed, estate, inputs.past)
    return Plan(
        workspace=estate.workspace.name,
        lineage=snapshot.lineage,
        serial=snapshot.serial,
        files_digest=estate.digest,
        as_of=inputs.assessment.as_of.isoformat(),
        mode=inputs.mode,
        agreements=(),
        changes=(),
        kept=found.kept,
        gone=found.gone,
        drift=found.drift,
        costs=(),
        support=tuple(_support(inputs.assessment)),
        support_changes=(),
        restated={},
        findings=(),
        notices=(),
        errors=(),
        head=snapshot.head,
        variables=estate.variables,
        sensitive=inputs.sensitive,
    )


def _whole_plan(inputs: Inputs, now: Known) -> Plan:
    destroying = inputs.mode == "destroy"
    estate, assessment = inputs.estate, inputs.assessment
    snapshot, ignored = now.snapshot, Ignored(estate)
    objects = Objects({} if destroying else inputs.desired, now, inputs.providers, ignored, inputs.replaced)
    agreements = agreement_changes(
        estate, assessment, snapshot.agreements, destroying=destroying, previous=now.previous
    )
    changes = tuple(objects.changes())
    notices = [*_notices(inputs)]
    return Plan(
        workspace=estate.workspace.name,
        lineage=snapshot.lineage,
        serial=snapshot.serial,
        files_digest=estate.digest,
        as_of=assessment.as_of.isoformat(),
        mode=inputs.mode,
        agreements=agreements,
        changes=changes,
        kept=tuple(objects.kept()),
        gone=tuple(objects.gone()),
        drift=tuple(objects.drift()),
        costs=tuple(_costs(inputs, objects)),
        support=tuple(_support(assessment)),
        support_changes=() if destroying else support_changes(estate, assessment, snapshot.agreements),
        restated=restated(estate, assessment, snapshot.agreements, (one.address for one in agreements)),
        findings=tuple(
            PlanFinding(one.rule, one.severity.value, one.address, one.message, one.waived_by is not None)
            for one in assessment.findings
        ),
        notices=(
            *(PlanNotice(one.severity.value, one.address, one.message) for one in notices),
            *objects.doubled(),
            *(() if destroying else ignored.unknown(objects.bodies())),
            *_changed_secrets(inputs),
        ),
        errors=tuple(_errors(inputs, notices)),
        head=snapshot.head,
        variables=estate.variables,
        sensitive=inputs.sensitive,
        moves=now.moves,
        forgotten=now.forgotten,
    )


def _notices(inputs: Inputs) -> Iterator[Notice]:
    """What backends cannot hold, and where they measure by other definitions than the agreements, or than each other."""
    made = inputs.desired.values()
    yield from (notice for compilation in made for notice in compilation.notices)
    yield from definition_notices(
        inputs.estate, (one for compilation in made for one in compilation.definitions)
    )


def _known(inputs: Inputs) -> Known:
    normal = inputs.mode == "normal"
    made = inputs.desired.values() if normal else ()
    wanted = frozenset(one.address for compilation in made for one in compilation.resources)
    addresses = Addresses(inputs.estate, wanted, inputs.past, inputs.foreign, moves=normal, imports=normal)
    return addresses.known(inputs.snapshot, inputs.observed)


def _changed_secrets(inputs: Inputs) -> Iterator[PlanNotice]:
    for name in changed(inputs.sensitive_before, inputs.sensitive):
        yield PlanNotice(
            "note", f"{PREFIX}{name}", "the sensitive value is another one than at the last apply."
        )


def _costs(inputs: Inputs, objects: Objects) -> Iterator[Cost]:
    before = _by_backend(inputs, {address: one.body for address, one in objects.current.items()})
    after = _by_backend(inputs, {address: one.body for address, one in objects.desired.items()})
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) or after.get(name):
            yield Cost(name, before.get(name, {}), after.get(name, {}))


def _by_backend(inputs: Inputs, bodies: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for address, body in bodies.items():
        backend = address.split(".", 1)[0]
        total = totals.setdefault(backend, {})
        for term, number in sorted(inputs.cost(backend, body).items()):
            total[term] = total.get(term, 0) + number
    return totals


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


def _errors(inputs: Inputs, notices: Sequence[Notice]) -> Iterator[str]:
    """Why no part of the plan must be applied."""
    yield from (f"{one.address}: {one.message}" for one in notices if one.severity is Severity.ERROR)
    if inputs.mode == "destroy":
        return
    failing = [one for one in inputs.assessment.findings if one.fails]
    if failing:
        rules = ", ".join(sorted({one.rule for one in failing}))
        yield f"The check fails with {plural(len(failing), 'error')} ({rules}). Mend what is wrong, or waive it with a reason."
