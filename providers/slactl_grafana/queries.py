"""PromQL over the series that the Prometheus provider's rules record; `slactl_prometheus.names` names them.

A range is a length like `30d`, or Grafana's `$__range`: the time that the dashboard shows. Sums over it are the sums that
`slactl report` makes, so a dashboard that shows a closed month shows the report's figures.
"""

from slactl_prometheus.names import BAD_RATIO, BASE, BURN, STEP, STEP_S
from slactl_prometheus.promql import length, quoted
from slactl_prometheus.rules import Watched

RANGE, RANGE_S = "$__range", "$__range_s"
"""The time that the dashboard shows, and its length in seconds, as Grafana puts them in."""


class Queries:
    """What can be asked about one objective."""

    def __init__(self, watched: Watched) -> None:
        self._of = f"objective={quoted(watched.objective.address)}"
        self._every_s = watched.how.interval_s
        self._period = length(watched.burn.period_s)

    def attained(self) -> str:
        """The good share of the time shown; nothing where nothing counted."""
        return f"1 - {self._bad_share()}"

    def budget_left(self) -> str:
        """The share of the error budget that is left of the time shown; negative: overspent."""
        return f"1 - {self._bad_share()} / on(objective) group_left {self._budget()}"

    def bad(self) -> str:
        """Seconds of downtime, or failed events, in the time shown."""
        return f"{self._every_s} * {self._sum('bad')}"

    def total(self) -> str:
        """Seconds, or events, that count in the time shown."""
        return f"{self._every_s} * {self._sum('total')}"

    def recorded(self) -> str:
        """The share of the time shown for which figures are recorded."""
        steps = f"count_over_time({self._steps('total')}[{RANGE}])"
        return f"clamp_max({STEP_S} * sum without(part) ({steps}) / {RANGE_S}, 1)"

    def without_data(self) -> str:
        """The share of the time that counts in which there was no data, for indicators that count time."""
        total = self._sum("total")
        return f"({self._sum('nodata')} or 0 * {total}) / ({total} > 0)"

    def rolling_attained(self) -> str:
        """The good share of the objective's own length of time, at each moment."""
        return f"1 - {self._rolling_bad()}"

    def rolling_budget_left(self) -> str:
        """The share of the error budget of the objective's own length of time that is left, at each moment."""
        return f"1 - {self._rolling_bad()} / on(objective) group_left {self._budget()}"

    def target(self) -> str:
        """The promise at each moment, as the rules had it then."""
        return f"1 - {self._budget()}"

    def burn_rates(self) -> str:
        """How many times faster than allowed the budget burns, one series a window."""
        return f"{BURN}{{{self._of}}}"

    def _bad_share(self) -> str:
        return f"({self._sum('bad')} / ({self._sum('total')} > 0))"

    def _sum(self, part: str) -> str:
        return f"sum without(part) (sum_over_time({self._steps(part)}[{RANGE}]))"

    def _steps(self, part: str) -> str:
        return f'{STEP}{{{self._of},part="{part}"}}'

    def _rolling_bad(self) -> str:
        return f'{BAD_RATIO}{{{self._of},window="{self._period}"}}'

    def _budget(self) -> str:
        """One series also while a changed target has two."""
        return f'max by(objective) ({BASE}{{{self._of},part="budget"}})'
