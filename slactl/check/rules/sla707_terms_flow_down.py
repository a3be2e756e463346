"""Terms about data and audits reach the suppliers."""

from collections.abc import Iterator, Sequence
from datetime import date

from slactl.base.diagnostics import Severity
from slactl.base.text import sentence_list
from slactl.check.exits import is_longer
from slactl.check.leaning import contracts_and_slas
from slactl.check.rules.rule import Broken, Evidence, rule
from slactl.model.agreement import Agreement
from slactl.model.cover import FlowDown
from slactl.model.merge import origin

_Breach = tuple[str, str, Severity]
"""The field, what is wrong with it in words, and how bad that is."""


@rule(
    "SLA707",
    Severity.ERROR,
    title="Data location, sub-processors, breach notification and audit rights flow down to suppliers",
    rationale="What we promised a customer about its data, a supplier breaks for us if its own contract allows more.",
    source="Flow-down; GDPR, Article 28(2) to (4), for processors and those that they engage",
    fix="Agree with the supplier on terms at least as strict; or leave it out of what this customer's service rests on.",
)
def terms_flow_down(evidence: Evidence) -> Iterator[Broken]:
    """Contracts whose terms are looser than those of an SLA above; a term that the contract does not state is a warning."""
    for contract, slas in contracts_and_slas(evidence):
        seen: dict[tuple[str, str, Severity], list[str]] = {}
        for sla in slas:
            for breach in _breaches(contract.flow_down, sla.flow_down, evidence.as_of):
                seen.setdefault(breach, []).append(sla.address)
        for breach, above in seen.items():
            yield _broken(contract, breach, above)


def _breaches(theirs: FlowDown, ours: FlowDown, as_of: date) -> Iterator[_Breach]:
    yield from _location(theirs.data_location, ours.data_location)
    yield from _sub_processors(theirs.sub_processors, ours.sub_processors)
    notice, limit = theirs.breach_notification, ours.breach_notification
    if limit is not None and is_longer(notice, limit, as_of):
        said = f"has breaches reported within {notice}, where {limit} is promised" if notice else ""
        yield _breach("breachNotification", said, f"says nothing on breaches, where {limit} is promised")
    if ours.audit_rights and not theirs.audit_rights:
        yield _breach("auditRights", "", "gives no right to audit, which is promised")


def _location(theirs: Sequence[str], ours: Sequence[str]) -> Iterator[_Breach]:
    allowed = {one.casefold() for one in ours}
    outside = [one for one in theirs if one.casefold() not in allowed]
    if ours and (outside or not theirs):
        where = sentence_list(ours, "or")
        said = f"allows data in {sentence_list(outside)}, where only {where} is promised" if outside else ""
        yield _breach("dataLocation", said, f"does not say where data may be, where only {where} is promised")


def _sub_processors(theirs: str | None, ours: str | None) -> Iterator[_Breach]:
    if ours is not None and theirs is None:
        yield _breach("subProcessors", "", f"says nothing on sub-processors, where this is promised: {ours}")
    elif ours is not None and theirs != ours:
        yield (
            "subProcessors",
            f"says on sub-processors: {theirs}. Promised is: {ours}. A person has to compare them",
            Severity.NOTE,
        )


def _breach(name: str, said: str, unsaid: str) -> _Breach:
    return (name, said, Severity.ERROR) if said else (name, unsaid, Severity.WARNING)


def _broken(contract: Agreement, breach: _Breach, above: Sequence[str]) -> Broken:
    name, words, severity = breach
    shown = sentence_list(above if len(above) <= 3 else [*above[:2], f"{len(above) - 2} others"])  # noqa: PLR2004 - names that still read as a sentence
    return Broken(
        contract.address,
        f"{contract.address} {words} ({shown}).",
        place=origin(contract.layers, ("flowDown", name))[1],
        severity=severity,
    )
