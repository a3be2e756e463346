"""What Prometheus counts as down, as the core compares it with other backends."""

from slactl.base.duration import Duration
from slactl.model.indicator import Indicator
from slactl.provider import Definition
from slactl_prometheus.rules import Watched

MAINTENANCE = "planned-maintenance"


def definition_of(watched: Watched, indicator: Indicator, backend: str) -> Definition:
    """How an objective is measured by its rule."""
    objective, how = watched.objective, watched.how
    timed = how.unit == "time"
    by_slice = indicator.timeslice if timed and indicator.ratio is not None else None
    return Definition(
        objective=objective.address,
        backend=backend,
        counts="time" if timed else "requests",
        down=_down(indicator, timed=timed),
        indicators=(indicator.address,),
        window=str(objective.window),
        no_data="up",
        slice=by_slice.of if by_slice is not None else None,
        step=Duration(how.interval_s * 1000) if timed else None,
        excludes=objective.excludes & {MAINTENANCE},
    )


def _down(indicator: Indicator, *, timed: bool) -> str:
    if not timed:
        return "requests that are not good"
    if indicator.timeslice is not None and indicator.ratio is not None:
        return f"fewer than {indicator.timeslice.good} of the requests of {indicator.timeslice.of} are good"
    return f"{' '.join((indicator.probe or '').split())} is 0"
