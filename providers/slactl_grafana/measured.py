"""Which objectives Prometheus measures, in which data source, and why it does not measure the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from slactl.base.text import sentence_list
from slactl.model.agreement import Objective
from slactl.model.estate import Estate
from slactl.provider import Context
from slactl_prometheus import recorded
from slactl_prometheus.indicators import METRICS
from slactl_prometheus.rules import Watched


@dataclass(frozen=True, slots=True)
class Shown:
    """An objective whose series Prometheus records, and where Grafana finds them."""

    watched: Watched
    datasource: str
    """The uid of Grafana's data source."""


class Measured:
    """The objectives of an estate, as the Prometheus backends measure them."""

    def __init__(self, estate: Estate, datasources: Mapping[str, str], context: Context) -> None:
        """`datasources` are uids by Prometheus backend; the first that measures an objective shows it."""
        self._datasources = datasources
        self._watching = [name for name, one in estate.backends.items() if one.provider != "grafana"]
        self._shown: dict[str, Shown] = {}
        for name, uid in datasources.items():
            backend = estate.backends.get(name)
            for one in recorded(estate, backend, context) if backend is not None else ():
                self._shown.setdefault(one.objective.address, Shown(one, uid))

    def shown(self, objective: Objective) -> Shown | None:
        """Where an objective is seen, or None where no Prometheus backend measures it."""
        return self._shown.get(objective.address)

    def why_not(self, objective: Objective) -> str:
        """Why no Prometheus backend measures it: the end of a sentence."""
        if objective.metric not in METRICS:
            return f"Prometheus does not measure {objective.metric}"
        elsewhere = [name for name in objective.backends or objective.indicators if name in self._watching]
        if elsewhere and not any(name in elsewhere for name in self._datasources):
            return f"it is measured by {sentence_list(elsewhere)}"
        if objective.backends is not None and not elsewhere:
            return "its backends name no Prometheus"
        if not any(objective.indicator_for(name) for name in self._datasources):
            return "no indicator says how"
        return "its indicator does not say how"
