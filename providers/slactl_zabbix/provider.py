"""The provider: compiles an estate to service trees and SLA objects, and connects to the server that holds them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.intervals import IntervalSet
from slactl.base.ratio import Ratio, plain
from slactl.base.text import plural
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.backend import Backend
from slactl.model.calendar import occurrences
from slactl.model.estate import Estate
from slactl.model.indicator import Indicator
from slactl.provider import Compilation, Connection, Context, Definition, Notice, Resource
from slactl.provider.config import BadConfigError, clear_secrets, config_notices
from slactl_zabbix.definition import MAINTENANCE, definition_of
from slactl_zabbix.forms import sla_body
from slactl_zabbix.hours import Schedule, horizon_of, schedule_of
from slactl_zabbix.settings import KEYS, SECRETS, read_settings
from slactl_zabbix.tree import Tree, problem_tags

_FINEST = Decimal("0.0001")
"""Zabbix holds four decimals of a percentage."""
_PERIODS = {
    "calendar-day": "daily",
    "calendar-week": "weekly",
    "calendar-month": "monthly",
    "calendar-quarter": "quarterly",
    "calendar-year": "annually",
}
_FIRST_DAY = "2000-01-01"
"""For agreements that name no beginning: before everything that Zabbix knows."""


class Provider:
    """Zabbix services and SLAs."""

    name = "zabbix"

    def validate(self, backend: Backend) -> Sequence[Notice]:
        """Check the configuration."""
        return (*config_notices(backend, KEYS, read_settings), *clear_secrets(backend, SECRETS))

    def compile(self, estate: Estate, backend: Backend, context: Context) -> Compilation:
        """Derive the service tree, and an SLA object for each availability objective that something measures."""
        try:
            exact = read_settings(backend.config).exact_hours
        except BadConfigError:
            return Compilation(())  # `validate` has said what is wrong
        return _Compiler(estate, backend, context, exact=exact).compile()

    def cost(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        """Services and SLA objects; each excluded downtime is a row that every report goes through."""
        if "slo" in body:
            return {"SLAs": 1, "excluded downtimes": len(body["excluded_downtimes"].splitlines())}
        return {"services": 1}

    def connect(self, backend: Backend, config: Mapping[str, Any], context: Context) -> Connection:
        """Log in.

        Raises:
            SlactlError: when the server cannot be reached, refuses the credentials, or is of a version without SLAs.
        """
        from slactl_zabbix.connection import open_connection  # noqa: PLC0415 - plans without a refresh need no HTTP

        return open_connection(backend, config, context)


class _Compiler:
    def __init__(self, estate: Estate, backend: Backend, context: Context, *, exact: bool) -> None:
        self._exact = exact
        self._estate = estate
        self._backend = backend
        self._context = context
        self._notices: list[Notice] = []
        self._wrong = set[str]()
        self._schedules: dict[Any, Schedule] = {}
        self._targets: dict[str, Decimal] = {}
        """By objective: what Zabbix is told."""

    def compile(self) -> Compilation:
        asked = [*self._asked()]
        tree = Tree(self._estate, self._backend.name, self._context.workspace, self._leaves(asked))
        held = [one for one in asked if self._is_seen(*one, tree) and self._is_held(one[1])]
        slas = [self._sla(*one, tree) for one in held]
        return Compilation(
            (*tree.resources(), *slas),
            (*self._notices, *tree.notices),
            tuple(self._definition(*one, tree) for one in held),
        )

    def _asked(self) -> Iterator[tuple[Agreement, Objective]]:
        """The availability objectives that this backend shall measure."""
        elsewhere = 0
        for agreement, objective in self._estate.objectives():
            if agreement.status is not Status.AGREED or not self._is_for_us(objective):
                continue
            if objective.metric == "availability":
                yield agreement, objective
            elif objective.backends is None:
                elsewhere += 1
            else:
                self._note(
                    Severity.ERROR,
                    objective,
                    f"Zabbix knows whether a service is up, and no {objective.metric}. Name another backend in `backends`.",
                )
        if elsewhere:
            said = f"{plural(elsewhere, 'objective')} on other things than availability {'is' if elsewhere == 1 else 'are'} not measured by Zabbix."
            self._notices.append(Notice(Severity.NOTE, self._backend.address, said))

    def _is_for_us(self, objective: Objective) -> bool:
        return objective.backends is None or self._backend.name in objective.backends

    def _leaves(self, asked: Sequence[tuple[Agreement, Objective]]) -> Mapping[str, Sequence[Indicator]]:
        """By service: the indicators of its objectives that say how Zabbix sees it."""
        found: dict[str, dict[str, Indicator]] = {}
        for _, objective in asked:
            indicator = self._indicator(objective)
            if indicator is not None:
                for service in objective.services:
                    found.setdefault(service, {})[indicator.name] = indicator
        return {service: list(indicators.values()) for service, indicators in found.items()}

    def _indicator(self, objective: Objective) -> Indicator | None:
        name = objective.indicator_for(self._backend.name)
        indicator = None if name is None else self._estate.indicators[name]
        if indicator is None or "zabbix" not in indicator.backends or indicator.name in self._wrong:
            return None
        try:
            list(problem_tags(indicator))
        except ValueError as error:
            self._wrong.add(indicator.name)
            place = indicator.place.at("spec", "zabbix")
            self._notices.append(Notice(Severity.ERROR, indicator.address, str(error), place))
            return None
        return indicator

    def _is_seen(self, agreement: Agreement, objective: Objective, tree: Tree) -> bool:
        """Whether something can turn each of its services bad."""
        unseen = [one for one in objective.services if not tree.is_measured(one)]
        if unseen and (agreement.kind == "SLA" or objective.backends is not None):
            self._note(
                Severity.WARNING,
                objective,
                f"No indicator says how Zabbix sees {', '.join(unseen)} or anything below, so nothing watches it there. "
                "Give its indicator a part zabbix: {problemTags: {...}}.",
            )
        return not unseen

    def _is_held(self, objective: Objective) -> bool:
        """Whether Zabbix can say what is promised; what it says otherwise is told."""
        severity = Severity.WARNING if objective.backends is None else Severity.ERROR
        if objective.window.kind == "rolling":
            self._note(
                severity,
                objective,
                f"Zabbix reports on calendar periods and knows no window {objective.window}, so it does not watch this.",
            )
            return False
        return self._target_fits(objective)

    def _target_fits(self, objective: Objective) -> bool:
        """Whether four decimals hold the target; a finer one is told as the next stricter, unless that is all the time."""
        assert isinstance(objective.target, Ratio)  # noqa: S101 - the target of an availability
        percent = objective.target.percent
        held = percent.quantize(_FINEST, ROUND_CEILING)
        if held >= 100 > percent:  # noqa: PLR2004 - all of the time
            self._note(
                Severity.ERROR,
                objective,
                f"Zabbix holds four decimals: of {objective.target} it would make 100%. "
                "Have another backend measure it (`backends`), or agree on 99.9999% at most.",
            )
            return False
        if held != percent:
            said = f"Zabbix holds four decimals: it is told the next stricter target, {plain(held)}%."
            self._note(Severity.WARNING, objective, said)
        self._targets[objective.address] = held
        return True

    def _note(self, severity: Severity, objective: Objective, message: str) -> None:
        self._notices.append(Notice(severity, objective.address, message, objective.place))

    def _sla(self, agreement: Agreement, objective: Objective, tree: Tree) -> Resource:
        for service in objective.services:
            tree.add(service, objective.address)
        schedule = self._schedule(agreement, objective)
        if schedule.missing_s:
            self._note(
                Severity.WARNING,
                objective,
                f"After a change of the clocks Zabbix keeps the hours of the period's beginning: "
                f"{plural(schedule.missing_s // 3600, 'hour')} of service time up to "
                f"{self._context.horizon_end} do not count there. With hours: exact in the backend's config all do.",
            )
        body = sla_body(
            name=f"{objective.address} ({self._context.workspace})",
            description=_about(agreement, objective),
            slo=plain(self._targets[objective.address]),
            period=_PERIODS[objective.window.kind],
            timezone=str(self._estate.hours.zone(objective.hours)),
            effective=str(agreement.term.start or _FIRST_DAY),
            nodes=[tree.tag_of(one) for one in objective.services],
            schedule=schedule,
        )
        return Resource(f"{self._backend.name}.{objective.address}", body, (objective.address,))

    def _definition(self, agreement: Agreement, objective: Objective, tree: Tree) -> Definition:
        missing_s = self._schedule(agreement, objective).missing_s
        return definition_of(objective, self._indicator(objective), tree, self._backend.address, missing_s)

    def _schedule(self, agreement: Agreement, objective: Objective) -> Schedule:
        zone = self._estate.hours.zone(objective.hours)
        excluded = agreement.maintenance if MAINTENANCE in objective.excludes else None
        windows = excluded.windows if excluded is not None else ()
        horizon = horizon_of(self._context.as_of, agreement.term.start, zone)
        key = (objective.hours, windows, objective.window, horizon)
        if key not in self._schedules:
            service = self._estate.hours.in_service(objective.hours, *horizon)
            maintenance: dict[str, IntervalSet] = {}
            for one in windows:
                maintenance[one.name] = maintenance.get(one.name, IntervalSet()) | occurrences(one, *horizon)
            self._schedules[key] = schedule_of(
                service, maintenance, objective.window, zone, horizon, exact=self._exact
            )
        return self._schedules[key]


def _about(agreement: Agreement, objective: Objective) -> str:
    whom = f" for {', '.join(agreement.customers)}" if agreement.customers else ""
    return f"{objective.target} of {', '.join(objective.services)} in each {objective.window.noun}{whom}, by {agreement.provider}."
