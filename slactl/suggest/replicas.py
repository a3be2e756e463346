"""One more replica, and promises that replicas are not down together.

Without a word on joint behaviour a second replica guarantees nothing: both may be down at once. It helps where several of
a group are needed anyway, and where its supplier promises how long both may be down together.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass
from slactl.base.ratio import Ratio
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.service import Call, Group, Service
from slactl.suggest.coverage import downtime_a_month
from slactl.suggest.edit import Edit
from slactl.suggest.ladder import TOGETHER
from slactl.suggest.move import Cost, Move, a_month, contract_of, cost_of

_NUMBER = re.compile(r"-(\d+)\Z")


def replica_moves(estate: Estate, metric: str, taken: frozenset[str]) -> Iterator[tuple[Move, ...]]:
    """Ladders of moves, each from loose to strict: one of each may be chosen.

    Args:
        estate: the part of the estate that is concerned.
        metric: what is promised above.
        taken: addresses that new documents may not have.
    """
    for service in estate.services.values():
        if service.depends_on is not None:
            for group in _groups(service.depends_on):
                yield from _Replicas(estate, metric, taken).of_group(service, group)


def _groups(group: Group) -> Iterator[Group]:
    yield group
    for part in group.parts:
        if isinstance(part, Group):
            yield from _groups(part)


@dataclass(frozen=True, slots=True)
class _Copy:
    """A service like another one, with the promise about that extended to it."""

    name: str
    edits: tuple[Edit, ...]
    cost: Cost
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class _Replicas:
    estate: Estate
    metric: str
    taken: frozenset[str]

    def of_group(self, service: Service, group: Group) -> Iterator[tuple[Move, ...]]:
        calls = [part for part in group.parts if isinstance(part, Call)]
        if group.at_least == len(group.parts):
            for call in calls:
                if (call.calls, call.retries, call.mode, call.timeout) == (1, 0, "sequence", None):
                    yield self._pair(service, call)
            return
        if len(calls) == len(group.parts):
            yield self._never_together(group, [one.service for one in calls])
        if group.at_least > 1 and calls:
            yield self._one_more(service, group, calls[-1])

    def _never_together(self, group: Group, names: list[str]) -> tuple[Move, ...]:
        """A promise of the one contract on all members: so many of them are down at once for so long at most."""
        found = (one for one in self._agreements(names[0]) if set(names) <= set(one.services))
        agreement = next(found, None)
        if agreement is None or any(set(one.services) == set(names) for one in agreement.joint):
            return ()
        at_least = len(group.parts) - group.at_least + 1
        knob = f"{agreement.address} together {' '.join(names)}"
        return tuple(
            Move("replica", knob, (edit,), cost, at)
            for edit, cost, at in self._clauses(agreement, names, at_least)
        )

    def _one_more(self, service: Service, group: Group, like: Call) -> tuple[Move, ...]:
        """A member more of a group of which several are needed, promised like the last one."""
        made = self._copied(like.service)
        if made is None:
            return ()
        edit = Edit(service.address, group.place.at(len(group.parts)), made.name)
        return (Move("replica", f"{service.address} {made.name}", (*made.edits, edit), made.cost, made.name),)

    def _pair(self, service: Service, call: Call) -> tuple[Move, ...]:
        """A second one beside a service that is needed, and a promise that they are not down together."""
        made = self._copied(call.service)
        if made is None:
            return ()
        pair = Edit(service.address, call.place, {"any": [call.service, made.name]}, call.service)
        knob = f"{service.address} {made.name}"
        return tuple(
            Move("replica", knob, (*made.edits, pair, edit), made.cost + cost, at)
            for edit, cost, at in self._clauses(made.agreement, [call.service, made.name], 2)
        )

    def _clauses(
        self, agreement: Agreement, names: list[str], at_least: int
    ) -> Iterator[tuple[Edit, Cost, str]]:
        """Promises on joint downtime, each shorter than what one member may be down by itself."""
        written = agreement.layers[-1].spec.get("joint")
        before = len(written) if isinstance(written, list) else 0
        place = agreement.layers[-1].place.at("spec", "joint", *([before] if before else []))
        alone = self._alone(agreement)
        for downtime in TOGETHER:
            if downtime.seconds < alone:
                clause = {"services": names, "atLeast": at_least, "downtime": str(downtime)}
                clause["window"] = "calendar-month"
                cost = cost_of(alone - downtime.seconds, contract=contract_of(agreement))
                yield Edit(agreement.address, place, clause if before else [clause]), cost, str(downtime)

    def _alone(self, agreement: Agreement) -> Fraction:
        """What one member may be down in a month: all of them together are never down for longer."""
        return min(
            downtime_a_month(self.estate, one.hours, one.target)
            for one in agreement.objectives.values()
            if one.metric == self.metric and isinstance(one.target, Ratio)
        )

    def _agreements(self, service: str) -> Iterator[Agreement]:
        """What promises the metric about a service."""
        for one in self.estate.agreements_on.get(service, ()):
            if any(objective.metric == self.metric for objective in one.objectives.values()):
                yield one

    def _copied(self, like: str) -> _Copy | None:
        """None where the service rests on others itself, or nobody promises anything about it."""
        service = self.estate.services[like]
        agreement = next(self._agreements(like), None)
        if agreement is None or service.depends_on is not None:
            return None
        name = self._free_name(like)
        new = Edit(
            f"service.{name}",
            Place(service.place.file, service.place.document),
            _service(service, name),
            adds=True,
        )
        contract = contract_of(agreement)
        services = agreement.layers[-1].spec.get("services")
        if isinstance(services, list):  # one contract on several: what it costs more is not written
            place = agreement.layers[-1].place.at("spec", "services", len(services))
            more = Edit(agreement.address, place, name)
            return _Copy(name, (new, more), cost_of(contract=contract), agreement)
        price = a_month(agreement.fee) if agreement.fee is not None else None
        second = self._second(agreement, like, name)
        cost = cost_of(contract=second.address if contract else "", prices=(price,) if price else ())
        return _Copy(name, (new, second), cost, agreement)

    def _free_name(self, like: str) -> str:
        found = _NUMBER.search(like)
        base, number = (like[: found.start()], int(found[1]) + 1) if found else (like, 2)
        while f"service.{base}-{number}" in self.taken:
            number += 1
        return f"{base}-{number}"

    def _second(self, agreement: Agreement, like: str, name: str) -> Edit:
        """The same agreement once more, on the new service; not signed yet."""
        own = agreement.layers[-1]
        wanted = agreement.name.replace(like, name) if like in agreement.name else f"{agreement.name}-{name}"
        address = f"{agreement.kind.lower()}.{wanted}"
        while address in self.taken:
            address += "-more"
        document = {
            "apiVersion": "slactl/v1",
            "kind": agreement.kind,
            "metadata": {"name": address.split(".", 1)[1]},
            "spec": {key: value for key, value in own.spec.items() if key != "signed"} | {"service": name},
        }
        return Edit(address, Place(own.place.file, own.place.document), document, adds=True)


def _service(like: Service, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"owner": like.owner}
    if like.intrinsic.availability is not None:
        spec["intrinsic"] = {"availability": str(like.intrinsic.availability)}
    if like.deployment:
        spec["deployment"] = dict(like.deployment)
    if like.risk_groups:
        spec["riskGroups"] = list(like.risk_groups)
    return {"apiVersion": "slactl/v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}
