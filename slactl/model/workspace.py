"""The workspace: home organization, files, state, policy."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from slactl.base.diagnostics import Place
from slactl.base.duration import Duration
from slactl.base.quick_dataclass import dataclass, field
from slactl.base.ratio import Ratio

DEFAULT = "default"
_SEPARATOR = "--"


def full_name(name: str, selected: str) -> str:
    """The name under which a workspace's state and objects go: two workspaces of one set of files share neither."""
    return name if selected == DEFAULT else f"{name}{_SEPARATOR}{selected}"


@dataclass(frozen=True, slots=True)
class CheckPolicy:
    """How the check decides: the assumption, the confidence asked for, severities that were changed, the horizon."""

    assume: Literal["worst-case", "independent"] = "worst-case"
    confidence: Ratio = field(default_factory=lambda: Ratio(Decimal(99)))
    severity: Mapping[str, str] = field(default_factory=dict)
    horizon: Duration = field(default_factory=lambda: Duration(months=24))


@dataclass(frozen=True, slots=True)
class Guard:
    """The largest share of existing objects that a plan may update or delete without `--force`."""

    update: Ratio = field(default_factory=lambda: Ratio(Decimal(30)))
    delete: Ratio = field(default_factory=lambda: Ratio(Decimal(30)))


@dataclass(frozen=True, slots=True)
class Rates:
    """Exchange rates: one unit of a currency in units of `base`."""

    base: str
    rates: Mapping[str, Decimal]
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """What `slactl.yaml` says."""

    name: str
    """With the selected workspace behind it, where that is not the default one: `shop--staging`."""
    place: Place
    organization: str
    files: tuple[str, ...] = ()
    state: Mapping[str, Any] = field(default_factory=lambda: {"type": "sqlite"})
    check: CheckPolicy = field(default_factory=CheckPolicy)
    guard: Guard = field(default_factory=Guard)
    approval_required: bool = False
    """Whether an apply must name the digest of the plan that was approved."""
    measurement_points: tuple[str, ...] = ()
    """Outermost first."""
    priorities: tuple[str, ...] = ()
    """The organization's scale, most urgent first, as its impact and urgency matrix lists it."""
    rates: Rates | None = None
    selected: str = DEFAULT
    """Which of the workspaces of these files (`slactl workspace`)."""
