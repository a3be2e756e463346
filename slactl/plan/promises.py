"""The first layer of a plan: how promises change, whom that touches, and whether they are still supported."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slactl.base.duration import spoken
from slactl.base.quick_dataclass import replace
from slactl.base.ratio import parse_ratio, plain
from slactl.base.windows import parse_window
from slactl.check.result import Assessment
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.promise import promise_of
from slactl.plan.plan import AgreementAction, AgreementChange, FieldChange, ObjectiveChange, SupportChange
from slactl.state.records import Applied

_SHARES = ("availability", "success-ratio")


def agreement_changes(
    estate: Estate,
    assessment: Assessment,
    applied: Mapping[str, Applied],
    *,
    destroying: bool,
    previous: Mapping[str, str] | None = None,
) -> tuple[AgreementChange, ...]:
    """How each promise differs from the one that was applied; unchanged ones are left out.

    `previous` are the addresses that agreements had before a move; `applied` has them under the new ones.
    """
    was = previous or {}
    wanted = {} if destroying else {address: promise_of(one) for address, one in estate.agreements.items()}
    affected = _Affected(estate)
    changes = []
    for address in sorted(wanted.keys() | applied.keys()):
        before = applied[address].promise if address in applied else None
        after = wanted.get(address)
        if before != after:
            change = _change(address, before, after, estate, assessment, applied.get(address), affected)
            changes.append(replace(change, previous=was.get(address, "")))
    return tuple(changes)


def _change(  # noqa: PLR0917 - two sides of one comparison
    address: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    estate: Estate,
    assessment: Assessment,
    applied: Applied | None,
    affected: "_Affected",
) -> AgreementChange:
    action = (
        AgreementAction.CREATE
        if before is None
        else AgreementAction.DELETE
        if after is None
        else AgreementAction.UPDATE
    )
    ends = action is AgreementAction.DELETE
    agreement = estate.agreements.get(address)
    support = support_of(agreement, assessment) if agreement is not None else {}
    return AgreementChange(
        address=address,
        action=action,
        before=before,
        after=after,
        objectives=tuple(_objectives(before or {}, after or {}, applied.support if applied else {}, support)),
        fields=tuple(_fields(before, after)) if action is AgreementAction.UPDATE else (),
        customers=affected.by(after or before or {}),
        support=support,
        prevent_destroy=bool(agreement and agreement.prevent_destroy)
        or (ends and bool(applied and applied.prevent_destroy)),
    )


def support_of(agreement: Agreement, assessment: Assessment) -> dict[str, str]:
    """Verdicts by objective name, for the objectives that were judged."""
    return {
        name: assessment.objectives[objective.address].verdict
        for name, objective in agreement.objectives.items()
        if objective.address in assessment.objectives
    }


def support_changes(
    estate: Estate, assessment: Assessment, applied: Mapping[str, Applied]
) -> tuple[SupportChange, ...]:
    """SLA objectives that passed when they were applied and do not now, and the other way round."""
    found = []
    for sla in estate.slas():
        before = applied[sla.address].support if sla.address in applied else {}
        for name, verdict in support_of(sla, assessment).items():
            if name in before and (before[name] == "guaranteed") != (verdict == "guaranteed"):
                found.append(SupportChange(f"{sla.address}.{name}", before[name], verdict))
    return tuple(found)


def restated(
    estate: Estate, assessment: Assessment, applied: Mapping[str, Applied], changed: Iterable[str]
) -> dict[str, dict[str, str]]:
    """New verdicts of agreements that were applied, are not among `changed`, and are supported otherwise than recorded."""
    leave = set(changed)
    found = {}
    for address, agreement in estate.agreements.items():
        if address in applied and address not in leave:
            verdicts = support_of(agreement, assessment)
            if verdicts != applied[address].support:
                found[address] = verdicts
    return found


def _objectives(
    before: Mapping[str, Any], after: Mapping[str, Any], was: Mapping[str, str], is_: Mapping[str, str]
) -> Iterator[ObjectiveChange]:
    old, new = before.get("objectives", {}), after.get("objectives", {})
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        if (
            one is None
            or other is None
            or _promised(one) != _promised(other)
            or was.get(name) != is_.get(name)
        ):
            yield ObjectiveChange(
                name, _target(one), _target(other), allowed(one), allowed(other), was.get(name), is_.get(name)
            )


def _promised(objective: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        objective.get(key) for key in ("metric", "target", "window", "hours", "percentile", "agreed")
    )


def _target(objective: Mapping[str, Any] | None) -> str | None:
    if objective is None:
        return None
    percentile = f" at p{objective['percentile']}" if "percentile" in objective else ""
    priority = f" for {objective['priority']}" if "priority" in objective else ""
    return f"{objective['target']}{percentile}{priority}"


def allowed(objective: Mapping[str, Any] | None) -> str | None:
    """Downtime that a target allows in a window of usual length, around the clock: `43m 12s a month`."""
    if objective is None or objective.get("metric") not in _SHARES:
        return None
    text = objective.get("window", "calendar-month")
    window = parse_window({"rolling": text.removeprefix("rolling ")} if text.startswith("rolling ") else text)
    target = parse_ratio(objective["target"])
    hours = f" of {objective['hours']}" if "hours" in objective else ""
    if hours:  # how long a month of service hours is depends on the month
        return f"{plain(100 - target.percent)}% of each {window.noun}{hours}"
    return f"{spoken(target.complement * window.nominal_s)} a {window.noun}"


_SHOWN_ELSEWHERE = ("target", "window", "hours", "percentile", "metric", "agreed")


def _fields(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[FieldChange]:
    old, new = dict(flat(before or {})), dict(flat(after or {}))
    for path in sorted(old.keys() | new.keys()):
        parts = path.split(".")
        in_objective = parts[0] == "objectives" and len(parts) == 3 and parts[2] in _SHOWN_ELSEWHERE[:1]  # noqa: PLR2004 - objectives.NAME.FIELD
        if old.get(path) != new.get(path) and not in_objective:
            yield FieldChange(path, old.get(path), new.get(path))


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of nested data with its dotted path."""
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from flat(below, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list)) for item in value):
        for index, below in enumerate(value):
            yield from flat(below, f"{path}[{index}]")
    else:
        yield path, list(value) if isinstance(value, tuple) else value


class _Affected:
    """Whose SLAs lie above an agreement."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._slas: dict[str, list[Agreement]] = {}
        for sla in estate.slas():
            for service in sla.services:
                self._slas.setdefault(service, []).append(sla)

    def by(self, promise: Mapping[str, Any]) -> tuple[str, ...]:
        """Customers of an SLA, or of every SLA that an OLA or UC supports (or supported, where it ends)."""
        if promise.get("kind") == "SLA":
            return tuple(promise.get("customers", ()))
        above: dict[str, None] = dict.fromkeys(promise.get("services", ()))
        ahead = list(above)
        while ahead:
            for consumer in self._estate.consumers_of.get(ahead.pop(), ()):
                if consumer not in above:
                    above[consumer] = None
                    ahead.append(consumer)
        customers = (
            customer for service in above for sla in self._slas.get(service, ()) for customer in sla.customers
        )
        return tuple(sorted(dict.fromkeys(customers)))
