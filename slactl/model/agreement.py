"""Agreements: SLA, OLA and UC have one shape."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.money import Money
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.rate import Rate
from slactl.base.ratio import Ratio
from slactl.base.windows import Window
from slactl.model.calendar import MaintenanceWindow
from slactl.model.cover import FlowDown, Indemnity, Insurance

Kind = Literal["SLA", "OLA", "UC"]
Metric = Literal[
    "availability",
    "latency",
    "success-ratio",
    "throughput",
    "response-time",
    "resolution-time",
    "recovery-time",
    "recovery-point",
    "mtbf",
    "support-hours",
]
Target = Ratio | Duration | Rate | str
"""A share, a length of time, a rate of events, or (support hours) the name of a calendar."""


class Status(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"
    EXPIRED = "expired"
    TERMINATED = "terminated"

    @property
    def firmness(self) -> int:
        """How much can rest on it: nothing on an expired or terminated one, most on an agreed one."""
        return _FIRMNESS.get(self, 0)


_FIRMNESS = {Status.DRAFT: 1, Status.PROPOSED: 2, Status.AGREED: 3}


@dataclass(frozen=True, slots=True)
class Term:
    """In force from and until (both days included); None: open on that side."""

    start: date | None = None
    until: date | None = None
    renewal: Duration | None = None
    """Renews by itself for this long; None: ends."""
    notice_provider: Duration | None = None
    notice_customer: Duration | None = None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned maintenance: an allowance in each window, or dated windows, or both."""

    allowance: Duration | None = None
    notice: Duration | None = None
    windows: tuple[MaintenanceWindow, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What counts as down, and where it is measured."""

    slice: Duration | None = None
    down_when: str | None = None
    counts_after: Duration | None = None
    point: str | None = None
    source: Literal["own", "supplier-report"] = "own"


@dataclass(frozen=True, slots=True)
class Population:
    """Of whose requests a supplier speaks: all of theirs, of which ours are a part."""

    all: Rate
    ours: Rate


@dataclass(frozen=True, slots=True)
class Joint:
    """A promise on being down together: at least `at_least` of the services at once, for at most `downtime`."""

    services: tuple[str, ...]
    at_least: int
    downtime: Duration
    window: Window
    place: Place


@dataclass(frozen=True, slots=True)
class CreditStep:
    """Below this attainment of the objective, this share of the fee is owed."""

    objective: str
    below: Ratio
    credit: Ratio


@dataclass(frozen=True, slots=True)
class Credits:
    """Service credits: steps, the fee they are a share of, and their limits."""

    steps: tuple[CreditStep, ...]
    of: Literal["service-fee", "total-fee"] = "service-fee"
    max: Ratio | None = None
    claim_within: Duration | None = None
    sole_remedy: bool = False


@dataclass(frozen=True, slots=True)
class Reviews:
    """How often the parties meet, and by which process targets are adjusted."""

    every: Duration | None = None
    first: date | None = None
    adjustment: str | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One source of an effective agreement: a standard level, or the agreement itself."""

    address: str
    place: Place
    spec: Mapping[str, Any]
    """As written, before merging; texts are not yet typed."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One promised aspect of a service."""

    name: str
    address: str
    """`sla.acme-shop.availability`."""
    place: Place
    metric: Metric
    services: tuple[str, ...]
    """Usually one; several: the promise holds for each of them."""
    target: Target
    window: Window
    hours: str | None
    """A calendar's name; None is 24x7."""
    excludes: frozenset[str]
    agreed: bool
    """False: a target only, never reported as an SLA objective."""
    provisional: bool = False
    scope: Literal["end-to-end", "own"] = "end-to-end"
    percentile: Decimal | None = None
    priority: str | None = None
    share: Ratio | None = None
    minimum: int | None = None
    measure: Measure = field(default_factory=Measure)
    population: Population | None = None
    requires: Mapping[str, int] = field(default_factory=dict)
    clock: Mapping[str, Any] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    """Indicator names by backend; the key `*` holds for every backend without its own."""
    backends: tuple[str, ...] | None = None
    """The backends that measure it; None: every backend that can."""

    @property
    def service(self) -> str:
        """The service, the first where there are several."""
        return self.services[0]

    def indicator_for(self, backend: str) -> str | None:
        """The name of the indicator by which a backend measures it, or None."""
        return self.indicators.get(backend) or self.indicators.get("*")


@dataclass(frozen=True, slots=True)
class Agreement:
    """An effective agreement: its own values merged over the levels that it extends."""

    kind: Kind
    name: str
    place: Place
    services: tuple[str, ...]
    provider: str
    customers: tuple[str, ...]
    """Empty: any team of the organization (OLA and UC only)."""
    status: Status
    objectives: Mapping[str, Objective]
    extends: tuple[str, ...] = ()
    binding: Literal["legal", "informal"] = "informal"
    signed: tuple[Mapping[str, Any], ...] = ()
    term: Term = field(default_factory=Term)
    hours: str | None = None
    maintenance: Maintenance | None = None
    fee: Money | None = None
    liability_cap: Money | None = None
    indemnities: tuple[Indemnity, ...] = ()
    insurance: tuple[Insurance, ...] = ()
    flow_down: FlowDown = field(default_factory=FlowDown)
    duties: tuple[Mapping[str, Any], ...] = ()
    workload: Mapping[str, Any] = field(default_factory=dict)
    excludes: frozenset[str] = frozenset()
    exit: Mapping[str, Any] = field(default_factory=dict)
    reviews: Reviews = field(default_factory=Reviews)
    reporting_every: Duration | None = None
    priority_scale: tuple[str, ...] = ()
    priority_map: Mapping[str, str] = field(default_factory=dict)
    joint: tuple[Joint, ...] = ()
    credits: Credits | None = None
    display_name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    prevent_destroy: bool = False
    ignore_changes: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()
    """Farthest first, the agreement itself last; `slactl.model.merge` finds a value's origin in them."""
    address: str = field(init=False, compare=False, repr=False)
    """`sla.acme-shop`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", f"{self.kind.lower()}.{self.name}")
