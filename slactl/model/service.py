"""Services and the structure that each rests on."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.ratio import Ratio


@dataclass(frozen=True, slots=True)
class Call:
    """A dependency on one service, as `dependsOn` names it."""

    service: str
    place: Place
    calls: int = 1
    mode: Literal["sequence", "parallel"] = "sequence"
    retries: int = 0
    timeout: Duration | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """At least `at_least` of the parts are needed: all of them, any one, or k of n."""

    at_least: int
    parts: tuple["Call | Group", ...]
    place: Place

    def calls(self) -> Iterator[Call]:
        """Every service named in the group, in the order written."""
        for part in self.parts:
            if isinstance(part, Call):
                yield part
            else:
                yield from part.calls()


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """The owner's claim about the service itself, apart from what it rests on."""

    availability: Ratio | None = None
    triage_time: Duration | None = None
    latency_percentile: str | None = None
    latency_target: Duration | None = None


@dataclass(frozen=True, slots=True)
class Independence:
    """Recorded evidence that members of a redundant group do not fail together."""

    between: tuple[str, ...]
    evidence: str
    signed_by: str
    until: str
    place: Place


@dataclass(frozen=True, slots=True)
class Service:
    """Something that is provided and promised; `depends_on` is None where it rests on nothing."""

    name: str
    place: Place
    owner: str
    depends_on: Group | None = None
    intrinsic: Intrinsic = field(default_factory=Intrinsic)
    deployment: Mapping[str, Any] = field(default_factory=dict)
    escalation: Literal["serial", "parallel"] = "serial"
    risk_groups: tuple[str, ...] = ()
    independence: tuple[Independence, ...] = ()
    display_name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """`service.shop`."""
        return f"service.{self.name}"

    def calls(self) -> Iterator[Call]:
        """Every service it rests on, as often as it is named."""
        if self.depends_on is not None:
            yield from self.depends_on.calls()
