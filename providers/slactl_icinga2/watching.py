"""What agreements watch, as resources: one host or service for all that use it, with their targets as custom variables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.model.agreement import Agreement, Objective
from slactl.provider import Notice, Ref, Resource
from slactl_icinga2.calendars import period_address
from slactl_icinga2.checks import PASSIVE, Check
from slactl_icinga2.kinds import DEPENDENCY, HOST, SERVICE, label
from slactl_icinga2.links import Link
from slactl_icinga2.settings import Settings

AGREEMENTS = "slactl_agreements"
"""The custom variable that holds what is promised of a check, by objective."""
_ALWAYS = "24x7"


@dataclass(frozen=True, slots=True)
class Asked:
    """An objective, and the check that watches it."""

    agreement: Agreement
    objective: Objective
    check: Check


def merged_checks(asked: Sequence[Asked], notices: list[Notice]) -> list[Asked]:
    """Those whose check every indicator describes alike; the others are errors."""
    first: dict[str, Asked] = {}
    hosts: dict[str, Asked] = {}
    agreed: list[Asked] = []
    for one in asked:
        other = first.setdefault(one.check.own_address, one)
        host = hosts.setdefault(one.check.host, one) if one.check.host_address else one
        if _alike(other.check, one.check) and host.check.host_address == one.check.host_address:
            agreed.append(one)
        else:
            notices.append(_contradiction(one, host if _alike(other.check, one.check) else other))
    return agreed


def _alike(one: Check, other: Check) -> bool:
    return (one.name, one.command, one.vars) == (other.name, other.command, other.vars)


def _contradiction(one: Asked, other: Asked) -> Notice:
    message = (
        f"Its indicator describes {one.check.name} in Icinga 2 otherwise than that of {other.objective.address} "
        f"describes {other.check.name}. One object serves both: write the same check_command, vars and address, or one indicator."
    )
    return Notice(Severity.ERROR, one.objective.address, message, one.objective.place)


def check_resources(
    asked: Sequence[Asked], backend: str, settings: Settings, notices: list[Notice]
) -> Iterator[Resource]:
    """Hosts and services, each once."""
    users: dict[str, list[Asked]] = {}
    hosts: dict[str, list[Asked]] = {}
    for one in asked:
        users.setdefault(one.check.own_address, []).append(one)
        hosts.setdefault(one.check.host, []).append(one)
    if settings.creates_hosts:
        for name, those in hosts.items():
            yield _host(name, those, backend, settings, notices)
    for those in users.values():
        if those[0].check.service is not None:
            yield _service(those, backend, settings, notices)


def _host(
    name: str, those: Sequence[Asked], backend: str, settings: Settings, notices: list[Notice]
) -> Resource:
    """A host for its services, or one that is itself the check."""
    itself = [one for one in those if one.check.service is None]
    body = {
        "name": name,
        "address": next((one.check.host_address for one in those if one.check.host_address), ""),
        **_checked(itself, backend, settings, notices),
    }
    return Resource(f"{backend}.{HOST.name}.{label(name)}", body, _needed_by(those), frozenset(HOST.parts))


def _service(those: Sequence[Asked], backend: str, settings: Settings, notices: list[Notice]) -> Resource:
    check = those[0].check
    body = {
        "host_name": _host_of(check, backend, settings),
        "name": check.service,
        **_checked(those, backend, settings, notices),
    }
    return Resource(f"{backend}.{check.own_address}", body, _needed_by(those), frozenset(SERVICE.parts))


def _checked(
    those: Sequence[Asked], backend: str, settings: Settings, notices: list[Notice]
) -> dict[str, Any]:
    """How it is checked, and what is promised of it."""
    command = those[0].check.command if those else None
    promised = {AGREEMENTS: _promises(those, backend)} if those else {}
    return {
        "check_command": command or PASSIVE,
        "enable_active_checks": command is not None,
        "check_period": _check_period(those, backend, notices) if settings.check_period else "",
        "vars": {**(those[0].check.vars if those else {}), **promised},
    }


def _promises(those: Sequence[Asked], backend: str) -> dict[str, Mapping[str, Any]]:
    return {
        one.objective.address: {
            "target": str(one.objective.target),
            "window": str(one.objective.window),
            "hours": _hours(one.objective, backend),
            "excludes": sorted(one.objective.excludes),
        }
        for one in sorted(those, key=lambda one: one.objective.address)
    }


def _hours(objective: Objective, backend: str) -> Ref | str:
    return _ALWAYS if objective.hours is None else Ref(period_address(backend, objective.hours), "name")


def _check_period(those: Sequence[Asked], backend: str, notices: list[Notice]) -> Ref | str:
    """The hours that all agreements on a check share; none where they differ: a check never rests while one counts."""
    hours = {one.objective.hours for one in those}
    if len(hours) > 1:
        message = (
            f"{those[0].check.name} has no check period in Icinga 2: its agreements have different hours."
        )
        notices.append(Notice(Severity.NOTE, those[0].objective.address, message, those[0].objective.place))
    shared = hours.pop() if len(hours) == 1 else None
    return "" if shared is None else Ref(period_address(backend, shared), "name")


def _needed_by(those: Sequence[Asked]) -> tuple[str, ...]:
    return tuple(sorted({one.objective.address for one in those}))


def _host_of(check: Check, backend: str, settings: Settings) -> Ref | str:
    return Ref(f"{backend}.{HOST.name}.{label(check.host)}", "name") if settings.creates_hosts else check.host


def link_resources(
    links: Sequence[Link], asked: Sequence[Asked], backend: str, settings: Settings
) -> Iterator[Resource]:
    """Dependencies: no notifications for the one below while the one above is down; checks go on."""
    for link in links:
        body = {
            **_end("child", link.child, backend, settings),
            **_end("parent", link.parent, backend, settings),
            "disable_checks": False,
            "disable_notifications": True,
            "vars": {},
        }
        users = [one for one in asked if one.check.name in (link.child.name, link.parent.name)]
        address = f"{backend}.{DEPENDENCY.name}.{link.child.path}@{link.parent.path}"
        yield Resource(address, body, _needed_by(users), frozenset(DEPENDENCY.fixed))


def _end(side: str, check: Check, backend: str, settings: Settings) -> dict[str, Any]:
    service = "" if check.service is None else Ref(f"{backend}.{check.own_address}", "short_name")
    return {f"{side}_host_name": _host_of(check, backend, settings), f"{side}_service_name": service}
