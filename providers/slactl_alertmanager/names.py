"""What alerts carry, as the rules of the Prometheus provider write it, and how objects are named in Alertmanager's file."""

from dataclasses import dataclass

ALERT = "SlactlBudgetBurn"
SEVERITIES = ("page", "ticket")
LONG_WINDOWS = ("1h", "6h", "1d", "3d")
"""The label `long` of burn-rate alerts, the fastest first."""
METRICS = ("availability", "success-ratio", "latency")
"""Metrics of objectives that burn a budget."""
ALERTING = "prometheus"
"""The provider whose backends raise the alerts."""

SECTIONS = ("time_intervals", "receivers", "inhibit_rules", "routes")
"""The lists of the file that slactl has a part in; `routes` are those of the root route."""


@dataclass(frozen=True, slots=True)
class Namer:
    """Names within the one file that workspaces, backends and people share."""

    workspace: str
    backend: str

    def inside(self, name: str) -> str:
        """A receiver's or a time interval's name in the file."""
        return f"slactl/{self.workspace}/{self.backend}/{name}"

    def address(self, kind: str, name: str) -> str:
        """An object's address."""
        return f"{self.backend}.{kind}.{name}"


def matcher(label: str, value: str) -> str:
    """A matcher of one value."""
    return f'{label}="{_escaped(value)}"'


def any_of(label: str, values: tuple[str, ...]) -> str:
    """A matcher of several values: names of ours hold letters, digits, dashes and dots."""
    if len(values) == 1:
        return matcher(label, values[0])
    return f'{label}=~"{"|".join(value.replace(".", "[.]") for value in values)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
