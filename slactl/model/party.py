"""Parties: customers, teams of the home organization, suppliers."""

from collections.abc import Mapping
from typing import Any, Literal

from slactl.base.diagnostics import Place
from slactl.base.quick_dataclass import dataclass, field
from slactl.model.cover import Insurance

Role = Literal["customer", "internal", "supplier"]


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who provides or receives a service; one party may have several roles."""

    name: str
    place: Place
    roles: frozenset[Role]
    internal_customer: bool = False
    """A customer that is a business unit of the home organization."""
    display_name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, Any] = field(default_factory=dict)
    insurance: tuple[Insurance, ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return self.display_name or self.name

    @property
    def inside(self) -> bool:
        """Whether it belongs to the home organization."""
        return "internal" in self.roles or self.internal_customer
