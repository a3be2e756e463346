"""The provider: compiles an estate to rule files, and connects to the folder and server that hold them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.text import plural
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider import Compilation, Connection, Context, Definition, Notice, Resource
from slactl.provider.config import BadConfigError, clear_secrets, config_notices
from slactl_prometheus.definition import MAINTENANCE, definition_of
from slactl_prometheus.fleet import PAIRS, fires, shared_groups
from slactl_prometheus.formats import groups_of
from slactl_prometheus.indicators import METRICS, indicator_notices, measured
from slactl_prometheus.limits import limits
from slactl_prometheus.mask import Mask, counted, mask_expression
from slactl_prometheus.names import IN_SERVICE
from slactl_prometheus.promql import length
from slactl_prometheus.rules import BurnClass, Watched, base_rule, budget_text
from slactl_prometheus.settings import KEYS, SECRETS, Settings, read_settings

MASK_INTERVAL_S = 15
_SERIES_A_BASE_RULE = 4
"""bad, total, nodata at times, budget."""


class Provider:
    """Prometheus rule files in a folder, and the server that reads them."""

    name = "prometheus"

    def validate(self, backend: Backend) -> Sequence[Notice]:
        """Check the configuration."""
        return (*config_notices(backend, KEYS, read_settings), *clear_secrets(backend, SECRETS))

    def compile(self, estate: Estate, backend: Backend, context: Context) -> Compilation:
        """Derive the rule files: one an agreement (or a shard), one a calendar, one for what the fleet shares."""
        try:
            settings = read_settings(backend.config)
        except BadConfigError:
            return Compilation(())  # `validate` has said what is wrong
        return _Compiler(estate, backend, settings, context).compile()

    def cost(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        """Rules, and series that they write; a shared rule writes one an objective and is counted once."""
        rules = [rule for group in groups_of(body) for rule in group.get("rules", ())]
        series = sum(
            _SERIES_A_BASE_RULE if "objective" in rule.get("labels", {}) else 1
            for rule in rules
            if "record" in rule
        )
        return {"rules": len(rules), "series": series}

    def connect(self, backend: Backend, config: Mapping[str, Any], context: Context) -> Connection:
        """Open the folder, and the server where one is named.

        Raises:
            SlactlError: when the configuration is wrong.
        """
        from slactl_prometheus.connection import open_connection  # noqa: PLC0415 - plans of pure files need no I/O

        return open_connection(backend, config, context)


def recorded(estate: Estate, backend: Backend, context: Context) -> list[Watched]:
    """The objectives whose series a backend's rules record, and how: for those who show them."""
    try:
        settings = read_settings(backend.config)
    except BadConfigError:
        return []  # `validate` has said what is wrong
    return _Compiler(estate, backend, settings, context).watched()


class _Compiler:
    def __init__(self, estate: Estate, backend: Backend, settings: Settings, context: Context) -> None:
        self._estate = estate
        self._backend = backend
        self._settings = settings
        self._context = context
        self._notices: list[Notice] = []
        self._masks: dict[str, tuple[Mask, list[str]]] = {}
        self._classes: dict[tuple[int, str], BurnClass] = {}
        self._silent: dict[tuple[str, str], bool] = {}
        """By burn class and budget, whether no alert can fire."""

    def watched(self) -> list[Watched]:
        return list(self._plans())

    def compile(self) -> Compilation:
        plans = self.watched()
        resources = [*self._files(plans), *self._calendars()]
        if plans:
            resources.append(self._shared([plan.burn for plan in plans]))
        self._notices.extend(limits(resources, self._backend, self._settings))
        return Compilation(tuple(resources), tuple(self._notices), tuple(map(self._definition, plans)))

    def _plans(self) -> Iterator[Watched]:
        elsewhere = 0
        for agreement, objective in self._estate.objectives():
            if agreement.status is not Status.AGREED or not self._asked(objective):
                continue
            if objective.metric not in METRICS:
                elsewhere += 1
                continue
            plan = self._plan(agreement, objective)
            if plan is not None:
                yield plan
        if elsewhere:
            self._note(
                Severity.NOTE, self._backend.address,
                f"{plural(elsewhere, 'objective')} on times, throughput or support hours {'is' if elsewhere == 1 else 'are'} not measured by Prometheus.",
            )  # fmt: skip

    def _asked(self, objective: Objective) -> bool:
        return objective.backends is None or self._backend.name in objective.backends

    def _plan(self, agreement: Agreement, objective: Objective) -> Watched | None:
        name = objective.indicator_for(self._backend.name)
        if name is None:
            if agreement.kind == "SLA":
                self._note(
                    Severity.WARNING,
                    objective.address,
                    "No indicator says how Prometheus measures it, so nothing watches it.",
                    objective,
                )
            return None
        indicator = self._estate.indicators[name]
        mask = self._mask(agreement, objective)
        how = measured(objective, indicator, self._settings.interval_s, masked=mask is not None)
        if how is None:
            wanted = "histogram" if objective.metric == "latency" else "ratio, timeslice or probe"
            self._note(
                Severity.ERROR,
                objective.address,
                f"{indicator.address} has no {wanted}, which {objective.metric} needs.",
                objective,
            )
            return None
        self._notices.extend(indicator_notices(objective, indicator, self._settings.interval_s))
        burn = self._class(objective, mask)
        self._warn_of_silent_alerts(objective, burn)
        return Watched(agreement, objective, how, mask, burn)

    def _definition(self, plan: Watched) -> Definition:
        name = plan.objective.indicator_for(self._backend.name)
        return definition_of(plan, self._estate.indicators[name or ""], self._backend.address)

    def _note(
        self, severity: Severity, address: str, message: str, objective: Objective | None = None
    ) -> None:
        self._notices.append(Notice(severity, address, message, objective.place if objective else None))

    def _warn_of_silent_alerts(self, objective: Objective, burn: BurnClass) -> None:
        key = (burn.name, budget_text(objective))
        if key not in self._silent:
            self._silent[key] = not any(fires(pair, burn, Decimal(key[1])) for pair in PAIRS)
        if self._silent[key]:
            self._note(
                Severity.WARNING, objective.address,
                "Its budget is so large that no burn-rate alert can fire: even a total outage burns it too slowly.", objective,
            )  # fmt: skip

    def _mask(self, agreement: Agreement, objective: Objective) -> Mask | None:
        maintenance = agreement.maintenance if MAINTENANCE in objective.excludes else None
        windows = maintenance.windows if maintenance is not None else ()
        if objective.hours is None and not windows:
            return None
        key = objective.hours or "24x7"
        if windows:
            key = f"{key}:{agreement.address}"
        mask, users = self._masks.setdefault(key, (Mask(key, objective.hours, windows), []))
        users.append(objective.address)
        return mask

    def _class(self, objective: Objective, mask: Mask | None) -> BurnClass:
        period_s = objective.window.nominal_s
        key = (period_s, mask.key if mask else "")
        if key not in self._classes:
            self._classes[key] = self._new_class(period_s, mask)
        return self._classes[key]

    def _new_class(self, period_s: int, mask: Mask | None) -> BurnClass:
        if mask is None:
            return BurnClass(length(period_s), period_s, period_s, period_s)
        start, end = self._horizon()
        service = counted(mask, self._estate.hours, start, end)
        usual_s = period_s * service.seconds // (end - start)
        longest_s = max((stop - begin for begin, stop in service), default=0)
        return BurnClass(f"{length(period_s)}:{mask.key}", period_s, usual_s, max(1, longest_s))

    def _horizon(self) -> tuple[int, int]:
        """From the first of January of this year to the end of next year: the same tomorrow."""
        year = self._context.as_of.year
        last = self._context.horizon_end
        return (
            int(datetime(year, 1, 1, tzinfo=UTC).timestamp()),
            int(datetime(last.year + 1, 1, 1, tzinfo=UTC).timestamp()),
        )

    def _files(self, plans: Sequence[Watched]) -> Iterator[Resource]:
        files: dict[str, list[Watched]] = {}
        for plan in plans:
            files.setdefault(self._file_of(plan.agreement), []).append(plan)
        for name, members in files.items():
            needed_by = {plan.agreement.address for plan in members}
            yield self._file(f"rules.{name}", [*_groups(name, members)], needed_by)

    def _file_of(self, agreement: Agreement) -> str:
        if self._settings.shards is None:
            return agreement.address
        number = int.from_bytes(hashlib.blake2b(agreement.address.encode(), digest_size=8).digest())
        return f"shard-{number % self._settings.shards:03}"

    def _calendars(self) -> Iterator[Resource]:
        for key, (mask, users) in sorted(self._masks.items()):
            lead_s = MASK_INTERVAL_S + self._settings.format.lag_s
            expression = mask_expression(mask, self._estate.calendars, self._horizon(), lead_s)
            rule = {"record": IN_SERVICE, "expr": expression, "labels": {"calendar": key}}
            group = {"name": f"slactl-calendar-{key}", "interval": length(MASK_INTERVAL_S), "rules": [rule]}
            name = key.replace(":", ".")
            yield self._file(f"calendar.{name}", [group], users)

    def _shared(self, classes: Sequence[BurnClass]) -> Resource:
        settings = self._settings
        groups = shared_groups(classes, settings.interval_s, settings.minimum_events, settings.step_delay_s)
        return self._file("shared.fleet", groups, ())

    def _file(self, name: str, groups: Sequence[Mapping[str, Any]], needed_by: Iterable[str]) -> Resource:
        address = f"{self._backend.name}.{name}"
        body = self._settings.format.body(self._context.workspace, address, groups)
        return Resource(address, body, tuple(sorted(needed_by)))


def _groups(name: str, plans: Sequence[Watched]) -> Iterator[dict[str, Any]]:
    """One group for each interval: a slice of 30 seconds is evaluated every 30 seconds."""
    for interval_s in sorted({plan.how.interval_s for plan in plans}):
        rules = [base_rule(plan) for plan in plans if plan.how.interval_s == interval_s]
        yield {"name": f"{name}-{length(interval_s)}", "interval": length(interval_s), "rules": rules}
