"""Standard levels: what is on offer, and what binds corporate-wide."""

from collections.abc import Mapping
from typing import Any, Literal

from slactl.base.diagnostics import Place
from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass, field
from slactl.model.agreement import Kind


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A level that agreements extend; a corporate one binds all agreements of the kinds it applies to."""

    name: str
    place: Place
    scope: Literal["corporate", "customer", "service"]
    spec: Mapping[str, Any]
    """As written: it is merged into agreements before it is typed."""
    applies_to: tuple[Kind, ...] = ()
    customer: str | None = None
    price: Money | None = None
    price_per: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """`level.gold`."""
        return f"level.{self.name}"
