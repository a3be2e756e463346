"""The provider: compiles an estate to Icinga's objects, and connects to the server that holds them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.text import plural
from slactl.model.agreement import Agreement, Objective, Status
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.model.indicator import Indicator
from slactl.provider import Compilation, Connection, Context, Notice, Resource
from slactl.provider.config import BadConfigError, clear_secrets, config_notices
from slactl_icinga2.calendars import calendar_resources
from slactl_icinga2.checks import BadPartError, Check, check_of
from slactl_icinga2.links import links_of
from slactl_icinga2.settings import KEYS, SECRETS, Settings, read_settings
from slactl_icinga2.watching import Asked, check_resources, link_resources, merged_checks

_HELD = "availability"


class Provider:
    """Icinga 2, by its API."""

    name = "icinga2"

    def validate(self, backend: Backend) -> Sequence[Notice]:
        """Check the configuration."""
        return (*config_notices(backend, KEYS, read_settings), *clear_secrets(backend, SECRETS))

    def compile(self, estate: Estate, backend: Backend, context: Context) -> Compilation:
        """Derive hosts, services, time periods, and where asked for dependencies."""
        try:
            settings = read_settings(backend.config)
        except BadConfigError:
            return Compilation(())  # `validate` has said what is wrong
        return _Compiler(estate, backend, settings, context).compile()

    def cost(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        """Objects, and checks that Icinga runs by itself."""
        active = body.get("enable_active_checks") is True
        return {"objects": 1, **({"active checks": 1} if active else {})}

    def connect(self, backend: Backend, config: Mapping[str, Any], context: Context) -> Connection:
        """Log in.

        Raises:
            SlactlError: when the configuration is wrong, or the server does not answer, is too old, or refuses the login.
        """
        from slactl_icinga2.connection import open_connection  # noqa: PLC0415 - plans without a server need no HTTP

        return open_connection(backend, config, context)


class _Compiler:
    def __init__(self, estate: Estate, backend: Backend, settings: Settings, context: Context) -> None:
        self._estate = estate
        self._backend = backend
        self._settings = settings
        self._context = context
        self._notices: list[Notice] = []

    def compile(self) -> Compilation:
        asked = merged_checks([*self._asked()], self._notices)
        calendars = sorted({one.objective.hours for one in asked if one.objective.hours})
        resources = [
            *check_resources(asked, self._backend.name, self._settings, self._notices),
            *self._calendars(calendars, asked),
            *self._links(asked),
        ]
        if asked:
            self._say_what_is_only_written(asked)
        return Compilation(tuple(resources), tuple(self._notices))

    def _asked(self) -> Iterator[Asked]:
        """The objectives that a check of Icinga watches."""
        unheld = unnamed = 0
        for agreement, objective in self._wanted():
            if objective.metric != _HELD:
                unheld += self._cannot(
                    objective, f"Icinga 2 cannot hold {objective.metric}: it knows up and down alone"
                )
                continue
            indicator = self._indicator(objective)
            if indicator is None:
                unnamed += self._cannot(
                    objective, "No indicator with an icinga2 part says what Icinga 2 checks for it"
                )
                continue
            check = self._check(objective, indicator)
            if check is not None:
                yield Asked(agreement, objective, check)
        self._count(unheld, "on latency, times, rates or support hours cannot be held by Icinga 2")
        self._count(
            unnamed, "on availability without an icinga2 part in an indicator: Icinga 2 does not watch them"
        )

    def _wanted(self) -> Iterator[tuple[Agreement, Objective]]:
        for agreement, objective in self._estate.objectives():
            named = objective.backends is None or self._backend.name in objective.backends
            if agreement.status is Status.AGREED and named:
                yield agreement, objective

    def _cannot(self, objective: Objective, why: str) -> int:
        """An error where the objective names this backend; else counted."""
        if objective.backends is None:
            return 1
        message = f"{why}, and its `backends` name {self._backend.name}. Name one that can, or leave it out."
        self._note(Severity.ERROR, objective.address, message, objective)
        return 0

    def _indicator(self, objective: Objective) -> Indicator | None:
        name = objective.indicator_for(self._backend.name)
        found = None if name is None else self._estate.indicators[name]
        return found if found is not None and self._backend.provider in found.backends else None

    def _check(self, objective: Objective, indicator: Indicator) -> Check | None:
        """The check of an objective, or None where it is wrong, and that is said."""
        try:
            check = check_of(indicator)
        except BadPartError as error:
            place = indicator.place.at("spec", "icinga2", *([error.key] if error.key else []))
            wrong = Notice(Severity.ERROR, indicator.address, str(error), place)
            self._notices.extend([] if wrong in self._notices else [wrong])
            return None
        if check.service is None and not self._settings.creates_hosts:
            self._note(
                Severity.ERROR, objective.address,
                f"{indicator.address} names the host {check.host} alone, and with hosts: existing slactl leaves hosts as they are. "
                "Name a service.", objective,
            )  # fmt: skip
            return None
        return check

    def _calendars(self, calendars: Sequence[str], asked: Sequence[Asked]) -> Iterator[Resource]:
        for name in calendars:
            users = tuple(sorted({one.objective.address for one in asked if one.objective.hours == name}))
            yield from calendar_resources(
                self._estate,
                self._backend,
                self._settings.timezone,
                name,
                users=users,
                horizon=self._horizon(),
                notices=self._notices,
            )

    def _links(self, asked: Sequence[Asked]) -> Iterator[Resource]:
        if not self._settings.dependencies:
            return
        watched: dict[str, dict[str, Check]] = {}
        for one in asked:
            if len(one.objective.services) == 1:
                watched.setdefault(one.objective.service, {})[one.check.name] = one.check
        found = links_of(
            self._estate.services, {name: [*checks.values()] for name, checks in watched.items()}
        )
        for name, why in found.unsaid.items():
            address = self._backend.address if name == "*" else self._estate.services[name].address
            self._note(Severity.NOTE, address, f"No dependency in Icinga 2: {why}.")
        yield from link_resources(found.links, asked, self._backend.name, self._settings)

    def _say_what_is_only_written(self, asked: Sequence[Asked]) -> None:
        self._note(
            Severity.NOTE, self._backend.address,
            f"Icinga 2 computes no attainment: targets and windows of {plural(len(asked), 'objective')} are custom variables "
            "there (slactl_agreements), and nothing more.",
        )  # fmt: skip

    def _count(self, number: int, what: str) -> None:
        if number:
            self._note(Severity.NOTE, self._backend.address, f"{plural(number, 'objective')} {what}.")

    def _note(
        self, severity: Severity, address: str, message: str, objective: Objective | None = None
    ) -> None:
        self._notices.append(Notice(severity, address, message, objective.place if objective else None))

    def _horizon(self) -> tuple[int, int]:
        """From the first of January of this year to the end of next year: the same tomorrow."""
        first, last = self._context.as_of.year, self._context.horizon_end.year + 1
        return int(datetime(first, 1, 1, tzinfo=UTC).timestamp()), int(
            datetime(last, 1, 1, tzinfo=UTC).timestamp()
        )
