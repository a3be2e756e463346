"""The estate: every document of a workspace, resolved and cross-referenced."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from slactl.base.quick_dataclass import dataclass, field
from slactl.model.agreement import Agreement, Objective
from slactl.model.backend import Backend
from slactl.model.calendar import Calendar, Calendars
from slactl.model.indicator import Indicator
from slactl.model.level import ServiceLevel
from slactl.model.party import Party
from slactl.model.refactoring import Refactoring
from slactl.model.service import Service
from slactl.model.waiver import Waiver
from slactl.model.workspace import Workspace


@dataclass(frozen=True)
class Estate:
    """All that the files say; keys are names, for agreements addresses; in name order."""

    workspace: Workspace
    parties: Mapping[str, Party] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    levels: Mapping[str, ServiceLevel] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    backends: Mapping[str, Backend] = field(default_factory=dict)
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    refactorings: Mapping[str, Refactoring] = field(default_factory=dict)
    digest: str = ""
    """A digest of all files read and variables used: a saved plan of other files is refused."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Every variable's value; None where it is sensitive."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The values of sensitive variables, for connections alone: they must not be stored, printed or logged."""

    @cached_property
    def hours(self) -> Calendars:
        """Service hours as sets of UTC time."""
        return Calendars(self.calendars)

    @cached_property
    def agreements_on(self) -> Mapping[str, tuple[Agreement, ...]]:
        """The OLAs and UCs on each service, in address order."""
        found: dict[str, list[Agreement]] = {}
        for agreement in self.agreements.values():
            if agreement.kind != "SLA":
                for service in agreement.services:
                    found.setdefault(service, []).append(agreement)
        return {service: tuple(list_) for service, list_ in found.items()}

    @cached_property
    def directly_below(self) -> Mapping[str, tuple[str, ...]]:
        """The services that each service rests on directly, each once, in the order written."""
        return {
            name: tuple(dict.fromkeys(call.service for call in one.calls()))
            for name, one in self.services.items()
        }

    @cached_property
    def consumers_of(self) -> Mapping[str, tuple[str, ...]]:
        """The services that rest directly on each service, in name order."""
        found: dict[str, dict[str, None]] = {}
        for name, below in self.directly_below.items():
            for service in below:
                found.setdefault(service, {})[name] = None
        return {name: tuple(consumers) for name, consumers in found.items()}

    @cached_property
    def bottom_up(self) -> Mapping[str, int]:
        """The services with their ranks: each after all that it rests on. References must be free of circles."""
        order = TopologicalSorter(self.directly_below)
        return {name: rank for rank, name in enumerate(order.static_order())}

    def serves(self, agreement: Agreement, consumer_owner: str) -> bool:
        """Whether the agreement's customer is the consumer's owner, the organization, or left out."""
        return (
            not agreement.customers
            or consumer_owner in agreement.customers
            or self.workspace.organization in agreement.customers
        )

    def may_rest_on(self, agreement: Agreement, consumer_owner: str) -> bool:
        """Whether the consumer's services may rest on an OLA or UC; a supplier's never rest on agreements made with us."""
        consumer = self.parties.get(consumer_owner)
        foreign = consumer is not None and "supplier" in consumer.roles and not consumer.inside
        return not foreign and self.serves(agreement, consumer_owner)

    def slas(self) -> Iterator[Agreement]:
        """The SLAs, in address order."""
        return (agreement for agreement in self.agreements.values() if agreement.kind == "SLA")

    def objectives(self) -> Iterator[tuple[Agreement, Objective]]:
        """Every objective of every agreement, in address order."""
        for agreement in self.agreements.values():
            for objective in agreement.objectives.values():
                yield agreement, objective
