"""Whom an agreement's alerts reach: receivers of the configuration, else the contacts of its provider."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slactl.base.duration import parse_duration
from slactl.model.agreement import Agreement
from slactl.model.estate import Estate
from slactl.model.party import Party
from slactl_alertmanager.names import Namer
from slactl_alertmanager.settings import CONFIGS, Receiver, Settings

_FIRST = "service-desk"
_MONTH_MS = 30 * 86_400_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_URL = re.compile(r"https?://[^@\s]+\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """One receiver that a route leads to."""

    receiver: str
    """Its name in the file."""
    made: tuple[str, Mapping[str, Any]] | None = None
    """The address and integrations of one that slactl makes."""


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to tell when an alert has lasted so long."""

    after: str
    targets: tuple[Target, ...]


class Contacts:
    """Finds receivers, and remembers which of the configuration were of use and whom nobody can reach."""

    def __init__(self, estate: Estate, settings: Settings, namer: Namer) -> None:
        self._estate = estate
        self._settings = settings
        self._namer = namer
        self.used: set[str] = set()
        """Keys of `receivers`."""
        self.unreachable: dict[tuple[str, str], None] = {}
        """Parties and contacts that are no address Alertmanager knows."""

    def first(self, agreement: Agreement, severity: str) -> tuple[Target, ...]:
        """Who is told at once; empty: nobody."""
        priority = self._settings.priorities[severity]
        named = self._named(agreement, priority)
        if named is not None:
            return (named,)
        party = self._party(agreement, _FIRST)
        return () if party is None else self._targets(party, _FIRST, [str(party.contacts[_FIRST])])

    def escalation(self, agreement: Agreement) -> Iterator[Step]:
        """Who is told later, soonest first."""
        party = self._party(agreement, "escalation")
        steps: dict[int, list[str]] = {}
        for step in party.contacts["escalation"] if party is not None else ():
            wait = parse_duration(str(step["after"]))
            after_ms = wait.milliseconds + wait.months * _MONTH_MS
            steps.setdefault(after_ms, []).append(str(step["to"]))
        for after_ms, contacts in sorted(steps.items()):
            after = prometheus_duration(after_ms)
            targets = self._targets(party, f"escalation-{after}", contacts) if party is not None else ()
            if targets:
                yield Step(after, targets)

    def _named(self, agreement: Agreement, priority: str) -> Target | None:
        """By agreement and priority, by agreement, by priority: the nearest."""
        receivers = self._settings.receivers
        own = receivers.get(agreement.address)
        if isinstance(own, Mapping) and not _is_receiver(own):
            below = own.get(priority)
            if below is not None:
                self.used.add(agreement.address)
                return self._target(f"{agreement.address}.{priority}", below)
        elif own is not None:
            self.used.add(agreement.address)
            return self._target(agreement.address, own)
        found = receivers.get(priority)
        if found is None or (isinstance(found, Mapping) and not _is_receiver(found)):
            return None
        self.used.add(priority)
        return self._target(priority, found)

    def _target(self, name: str, receiver: Receiver) -> Target:
        if isinstance(receiver, str):
            return Target(receiver)
        return Target(self._namer.inside(name), (self._namer.address("receiver", name), receiver))

    def _party(self, agreement: Agreement, contact: str) -> Party | None:
        """The provider, or where that has no such contact (the organization as a whole), the owner of the service."""
        names = (agreement.provider, *(self._estate.services[one].owner for one in agreement.services))
        parties = (self._estate.parties.get(name) for name in names)
        return next((one for one in parties if one is not None and one.contacts.get(contact)), None)

    def _targets(self, party: Party, purpose: str, contacts: Sequence[str]) -> tuple[Target, ...]:
        """One receiver of ours for all addresses, and those of the configuration that bear a contact's name."""
        named: dict[str, None] = {}
        integrations: dict[str, list[Any]] = {}
        for contact in contacts:
            found = self._integrations(contact)
            if isinstance(found, str):
                named[found] = None
            elif found is None:
                self.unreachable[party.name, contact] = None
            else:
                for kind, entries in found.items():
                    integrations.setdefault(kind, []).extend(entries)
        made = (self._target(f"party.{party.name}.{purpose}", integrations),) if integrations else ()
        return (*made, *(Target(name) for name in named))

    def _integrations(self, contact: str) -> Receiver | None:
        found = self._settings.receivers.get(contact)
        if found is not None and (isinstance(found, str) or _is_receiver(found)):
            self.used.add(contact)
            return found
        if _EMAIL.match(contact):
            return {"email_configs": [{"to": contact}]}
        return {"webhook_configs": [{"url": contact}]} if _URL.match(contact) else None


def _is_receiver(value: Mapping[str, Any]) -> bool:
    return any(key.endswith(CONFIGS) for key in value)


def prometheus_duration(milliseconds: int) -> str:
    """`1h30m`: a length of time as Alertmanager writes it."""
    words = ""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, milliseconds = divmod(milliseconds, size)
        words += f"{count}{unit}" if count else ""
    return words or "0s"
