"""Indicators: how a thing is measured, for each kind of backend."""

from collections.abc import Mapping
from typing import Any

from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.ratio import Ratio


@dataclass(frozen=True, slots=True)
class RatioIndicator:
    """Two counters: good events and all events (PromQL selectors without a range)."""

    good: str
    total: str


@dataclass(frozen=True, slots=True)
class Timeslice:
    """A slice of time counts as up when at least `good` of its events were good."""

    of: Duration
    good: Ratio


@dataclass(frozen=True, slots=True)
class Indicator:
    """One way to measure, as each backend sees it; at most one of ratio, probe, histogram for PromQL backends."""

    name: str
    place: Place
    ratio: RatioIndicator | None = None
    timeslice: Timeslice | None = None
    """With `ratio` only: count by time instead of by event."""
    probe: str | None = None
    """A PromQL expression that is 1 while up and 0 while down."""
    histogram: str | None = None
    """A PromQL selector of cumulative `_bucket` series in seconds, for latency objectives."""
    backends: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What other providers need, by provider name: `zabbix`, `icinga2`, ..."""

    @property
    def address(self) -> str:
        """`indicator.shop-requests`."""
        return f"indicator.{self.name}"
