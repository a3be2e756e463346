"""Every reference leads somewhere, every agreement has its parties, and nothing rests on itself."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from slactl.base.diagnostics import Diagnostics, Path, Place
from slactl.base.text import did_you_mean
from slactl.documents.lost import Lost
from slactl.model.agreement import Agreement, Objective
from slactl.model.building.agreement import calendar_name
from slactl.model.estate import Estate
from slactl.model.merge import merged, origin
from slactl.model.service import Service


def check_references(estate: Estate, problems: Diagnostics, lost: Lost) -> None:
    """Report every name that leads nowhere, every missing party, and every cycle; what was lost is not reported again."""
    look = _Look(estate, problems, lost)
    for service in estate.services.values():
        at = service.place.at
        look.needs("party", service.owner, f"It owns the service {service.name}.", at, "spec", "owner")
        for call in service.calls():
            look.needs("service", call.service, f"The service {service.name} depends on it.", call.place.at)
        _check_independence(service, look)
    for agreement in estate.agreements.values():
        _check_agreement(agreement, look)
        _check_joint(agreement, look)
        _check_credits(agreement, look)
    _check_calendars(estate, look)
    for level in estate.levels.values():
        if level.customer:
            look.needs("party", level.customer, "The level is for it.", level.place.at, "spec", "customer")
    _check_cycles(estate, problems)


class _Look:
    """Looks names up by kind, and reports those that are not there."""

    def __init__(self, estate: Estate, problems: Diagnostics, lost: Lost) -> None:
        self.problems = problems
        self._lost = lost
        self.known: Mapping[str, Mapping[str, Any]] = {
            "party": estate.parties,
            "service": estate.services,
            "calendar": estate.calendars,
            "indicator": estate.indicators,
            "backend": estate.backends,
        }

    def needs(self, kind: str, name: str, why: str, at: Callable[..., Place], *path: str | int) -> None:
        """Report `name`, at a path that `at` makes a place of, unless there is one of that kind."""
        if name not in self.known[kind] and not self._lost.may_have(kind.capitalize(), name):
            self.problems.error(
                f'There is no {kind} "{name}"', f"{why}{did_you_mean(name, self.known[kind])}", at(*path)
            )

    def promised_in_vain(self, agreement: Agreement) -> bool:
        """Whether it does promise something that could not be read: that is reported there."""
        effective = merged(agreement.layers)
        levels = effective.get("extends") or ()
        return bool(effective.get("objectives")) or any(
            self._lost.may_have("ServiceLevel", one) for one in levels
        )


def _check_independence(service: Service, look: _Look) -> None:
    for one in service.independence:
        place = one.place or service.place
        if len(set(one.between)) < 2:  # noqa: PLR2004 - nothing is independent of itself
            look.problems.error("Independence is between two services or more", "Name all of them.", place)
        for name in one.between:
            look.needs(
                "service", name, f"The service {service.name} records that it is independent.", place.at
            )


def _check_agreement(agreement: Agreement, look: _Look) -> None:
    def at(*path: str | int) -> Place:
        return origin(agreement.layers, path)[1]

    if not agreement.services:
        look.problems.error(
            f"The {agreement.kind} {agreement.name} is about no service",
            "Say service: NAME.",
            agreement.place,
        )
    for index, name in enumerate(agreement.services):
        path: Path = ("service",) if len(agreement.services) == 1 else ("services", index)
        look.needs("service", name, "The agreement is about it.", at, *path)
    if agreement.provider:
        look.needs("party", agreement.provider, "It is the agreement's provider.", at, "provider")
    said = "customer" if len(agreement.customers) == 1 else "customers"
    for customer in agreement.customers:
        look.needs("party", customer, "It is the agreement's customer.", at, said)
    if agreement.hours:
        look.needs("calendar", agreement.hours, "The agreement's hours are its hours.", at, "hours")
    if not agreement.objectives and not look.promised_in_vain(agreement):
        look.problems.error(
            f"The {agreement.kind} {agreement.name} promises nothing",
            "Write at least one objective, or extend a service level that has one.",
            agreement.place,
        )
    for objective in agreement.objectives.values():
        _check_objective(objective, agreement, look)


def _check_joint(agreement: Agreement, look: _Look) -> None:
    for joint in agreement.joint:
        for name in joint.services:
            look.needs("service", name, "The joint downtime is of it.", (joint.place or agreement.place).at)


def _check_credits(agreement: Agreement, look: _Look) -> None:
    """Every step is on an objective that some layer speaks of; one that a nearer layer removes takes its steps along."""
    spoken_of = {name for layer in agreement.layers for name in layer.spec.get("objectives") or {}}
    for step in agreement.credits.steps if agreement.credits is not None else ():
        if step.objective not in spoken_of:
            look.problems.error(
                f'Credits are for the objective "{step.objective}", and there is none of that name',
                did_you_mean(step.objective, spoken_of).strip(),
                origin(agreement.layers, ("credits",))[1],
            )


def _check_objective(objective: Objective, agreement: Agreement, look: _Look) -> None:
    def at(*path: str | int) -> Place:
        return origin(agreement.layers, ("objectives", objective.name, *path))[1]

    for name in objective.services:
        if name not in agreement.services:
            look.needs("service", name, "The objective is about it.", at, "service")
    if objective.hours and objective.hours != agreement.hours:
        look.needs("calendar", objective.hours, "The objective's hours are its hours.", at, "hours")
    promised = calendar_name(str(objective.target)) if objective.metric == "support-hours" else None
    if promised is not None:
        look.needs("calendar", promised, "A support-hours target names a calendar, or is 24x7.", at, "target")
    for backend, indicator in objective.indicators.items():
        path = ("indicator",) if backend == "*" else ("indicator", backend)
        look.needs("indicator", indicator, "The objective is measured by it.", at, *path)
        if backend != "*":
            look.needs("backend", backend, "The objective has an indicator for it.", at, "indicator")
    for backend in objective.backends or ():
        look.needs("backend", backend, "The objective is measured there.", at, "backends")


def _check_calendars(estate: Estate, look: _Look) -> None:
    for calendar in estate.calendars.values():
        place = calendar.place or Place("")
        for key, names in (("union", calendar.union), ("except", calendar.except_)):
            for index, name in enumerate(names):
                look.needs("calendar", name, "The calendar is composed of it.", place.at, "spec", key, index)


def _check_cycles(estate: Estate, problems: Diagnostics) -> None:
    for cycle in find_cycles(estate.directly_below):
        problems.error(
            f"The service {cycle[0]} rests on itself",
            f"{' -> '.join((*cycle, cycle[0]))}. Take one of these dependencies out.",
            next(
                call.place
                for call in estate.services[cycle[0]].calls()
                if call.service == (cycle[1:] or cycle)[0]
            ),
        )
    calendars = {name: [*one.union, *one.except_] for name, one in estate.calendars.items()}
    for cycle in find_cycles(calendars):
        problems.error(
            f"The calendar {cycle[0]} is composed of itself",
            f"{' -> '.join((*cycle, cycle[0]))}. Take one of these out.",
            estate.calendars[cycle[0]].place,
        )


def find_cycles(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """One cycle of each knot, its smallest name first; without recursion, linear in the edges."""
    unseen, open_, done = 0, 1, 2
    state = dict.fromkeys(edges, unseen)
    cycles: list[tuple[str, ...]] = []
    for root in edges:
        if state[root] != unseen:
            continue
        way = [root]
        ahead = [iter(edges[root])]
        state[root] = open_
        while ahead:
            following = next(ahead[-1], None)
            if following is None:
                state[way.pop()] = done
                ahead.pop()
            elif state.get(following, done) == open_:
                cycles.append(_turned(way[way.index(following) :]))
            elif state.get(following, done) == unseen:
                state[following] = open_
                way.append(following)
                ahead.append(iter(edges[following]))
    return cycles


def _turned(cycle: list[str]) -> tuple[str, ...]:
    first = cycle.index(min(cycle))
    return tuple(cycle[first:] + cycle[:first])
