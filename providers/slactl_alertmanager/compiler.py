"""From an estate to the objects of one Alertmanager; pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slactl.base.diagnostics import Severity
from slactl.base.text import did_you_mean, plural, sentence_list
from slactl.model.backend import Backend
from slactl.model.estate import Estate
from slactl.provider import Compilation, Context, Notice, Resource
from slactl_alertmanager.contacts import Contacts, Target
from slactl_alertmanager.hours import ServiceTimes, maintenance_times, service_times
from slactl_alertmanager.inhibition import Quieting, Structure, faster_burn, quieted
from slactl_alertmanager.names import SEVERITIES, Namer
from slactl_alertmanager.routes import routes_of
from slactl_alertmanager.settings import Settings
from slactl_alertmanager.watched import Coverage, Times, Watched, by_agreement, watched

_MINUTE_S = 60


class Compiler:
    """Compiles one estate for one backend."""

    def __init__(self, estate: Estate, backend: Backend, settings: Settings, context: Context) -> None:
        self._estate = estate
        self._backend = backend
        self._settings = settings
        self._namer = Namer(context.workspace, backend.name)
        self._contacts = Contacts(estate, settings, self._namer)
        self._span = _horizon(context)
        self._notices: list[Notice] = []
        self._service: dict[str, ServiceTimes] = {}
        """By calendar: many agreements share one."""
        self._made: dict[str, dict[str, Any]] = {}
        """Bodies by address."""
        self._users: dict[str, dict[str, None]] = {}
        """By address: the agreements that need it."""

    def compile(self) -> Compilation:
        """Everything that the estate needs, and what Alertmanager cannot hold."""
        found = [*watched(self._estate)]
        if not found:
            self._note(
                Severity.WARNING,
                "No objective in force is measured by a Prometheus backend of this workspace: there is nobody to tell of anything.",
            )
        told = {address: self._agreement(members) for address, members in by_agreement(found).items()}
        if found:
            self._made[self._namer.address("inhibit", "faster-burn")] = {"inhibit_rules": faster_burn()}
        self._inhibit(found, told)
        self._say_whom_nobody_reaches()
        self._say_what_is_unused()
        resources = (
            Resource(address, body, tuple(self._users.get(address, ())))
            for address, body in sorted(self._made.items())
        )
        return Compilation(tuple(resources), tuple(self._notices))

    def _agreement(self, members: Sequence[Watched]) -> tuple[str, ...]:
        """Its routes, and what they lead to; the severities that reach somebody."""
        agreement = members[0].agreement
        first = {severity: self._contacts.first(agreement, severity) for severity in SEVERITIES}
        escalation = [*self._contacts.escalation(agreement)]
        silent = [severity for severity, targets in first.items() if not targets]
        if silent:
            self._say_nobody_is_told(agreement.address, silent)
        for target in (
            *(one for targets in first.values() for one in targets),
            *(t for s in escalation for t in s.targets),
        ):
            self._receiver(target, agreement.address)
        intervals = {one.times: self._intervals(one.times, agreement.address) for one in members}
        routes = [*routes_of(members, first, escalation, intervals)]
        if routes:
            self._use(self._namer.address("route", agreement.address), {"routes": routes}, agreement.address)
        return tuple(severity for severity in SEVERITIES if severity not in silent)

    def _receiver(self, target: Target, user: str) -> None:
        if target.made is not None:
            address, integrations = target.made
            self._use(address, {"receivers": [{"name": target.receiver, **integrations}]}, user)

    def _intervals(self, times: Times, user: str) -> Mapping[str, Any]:
        """What routes say about the time that counts."""
        active: list[str] = []
        muted: list[str] = []
        if times.calendar is not None:
            self._calendar(times.calendar, user, active, muted)
        if times.windows:
            name = self._namer.inside(f"maintenance/{times.agreement}")
            items = maintenance_times(times.windows, self._span)
            body = {"time_intervals": [{"name": name, "time_intervals": [*items]}]}
            self._use(self._namer.address("maintenance", times.agreement), body, user)
            muted.append(name)
            self._say_what_is_rounded(times)
        said = {"active_time_intervals": active, "mute_time_intervals": muted}
        return {key: names for key, names in said.items() if names}

    def _calendar(self, calendar: str, user: str, active: list[str], muted: list[str]) -> None:
        if calendar not in self._service:
            self._service[calendar] = service_times(
                calendar, self._estate.hours, self._estate.calendars, self._span
            )
        times = self._service[calendar]
        intervals: list[dict[str, Any]] = []
        if times.active is not None:
            active.append(self._namer.inside(f"hours/{calendar}"))
            intervals.append({"name": active[-1], "time_intervals": [*times.active]})
        if times.muted:
            muted.append(self._namer.inside(f"off/{calendar}"))
            intervals.append({"name": muted[-1], "time_intervals": [*times.muted]})
        if intervals:
            self._use(self._namer.address("hours", calendar), {"time_intervals": intervals}, user)

    def _inhibit(self, found: Sequence[Watched], told: Mapping[str, Sequence[str]]) -> None:
        structure = Structure(self._estate)
        coverage = Coverage(self._estate, self._span)
        for one in quieted(structure, found, told, coverage):
            if one.rules:
                address = self._namer.address("inhibit", f"service.{one.service}")
                for user in one.needed_by:
                    self._use(address, {"inhibit_rules": [*one.rules]}, user)
            self._say_who_listens_at_other_hours(one)
        alerting = {one.objective.service for one in found}
        for service, spare in structure.loose.items():
            if alerting.intersection(spare):
                self._say_what_has_spares(service, spare)

    def _use(self, address: str, body: dict[str, Any], user: str) -> None:
        self._made[address] = body
        self._users.setdefault(address, {})[user] = None

    def _note(self, severity: Severity, message: str, address: str = "") -> None:
        self._notices.append(Notice(severity, address or self._backend.address, message))

    def _say_nobody_is_told(self, agreement: str, silent: Sequence[str]) -> None:
        keys = sentence_list([self._settings.priorities[one] for one in silent], "or")
        self._note(
            Severity.WARNING,
            f"No receiver is named for its {sentence_list(silent)} alerts: they go where the routes of others lead them. Name one in "
            f"config.receivers under {agreement} or {keys}, or give its provider a contact service-desk.",
            agreement,
        )

    def _say_whom_nobody_reaches(self) -> None:
        for party, contact in self._contacts.unreachable:
            self._note(
                Severity.WARNING,
                f'The contact "{contact}" is neither an e-mail address nor a URL, so Alertmanager cannot tell them. Name a receiver for '
                f'it: receivers: {{"{contact}": ...}}.',
                f"party.{party}",
            )
        if any(".escalation-" in address for address in self._made):
            self._note(
                Severity.NOTE,
                "Alertmanager escalates by waiting: a later contact is told of a page that still fires then. It knows of no "
                "acknowledgement; a silence ends the escalation.",
            )

    def _say_what_is_unused(self) -> None:
        known = [*self._settings.priorities.values(), *self._estate.agreements]
        for key in self._settings.receivers:
            if key not in self._contacts.used:
                self._notices.append(
                    Notice(
                        Severity.WARNING,
                        self._backend.address,
                        f'Nothing leads to the receiver "{key}": it is no priority, agreement or contact of an objective that alerts.'
                        f"{did_you_mean(key, known)}",
                        self._backend.place.at("spec", "config").key_at("receivers", key),
                    )
                )

    def _say_what_is_rounded(self, times: Times) -> None:
        for window in times.windows:
            if window.duration_s % _MINUTE_S or window.starts.second:
                self._note(
                    Severity.NOTE,
                    f"The maintenance {window.name} has a part of a minute; Alertmanager counts whole ones.",
                    times.agreement,
                )

    def _say_who_listens_at_other_hours(self, quieting: Quieting) -> None:
        if quieting.uncovered:
            cause, symptom = quieting.uncovered[0]
            more = len(quieting.uncovered) - 1
            also = f" The same holds for {plural(more, 'other pair')}." if more else ""
            self._note(
                Severity.NOTE,
                f"Alerts of {cause} do not keep those of {symptom} quiet: they are told in fewer hours.{also}",
                f"service.{quieting.service}",
            )

    def _say_what_has_spares(self, service: str, spare: Sequence[str]) -> None:
        self._note(
            Severity.NOTE,
            f"It can do without some of {sentence_list(spare)}: Alertmanager cannot count how many of them alert, so their alerts keep "
            "none of its own quiet.",
            f"service.{service}",
        )


def _horizon(context: Context) -> tuple[int, int]:
    """From the first of January of this year to the end of next year: the same tomorrow."""
    first, last = context.as_of.year, context.horizon_end.year + 1
    return int(datetime(first, 1, 1, tzinfo=UTC).timestamp()), int(
        datetime(last, 1, 1, tzinfo=UTC).timestamp()
    )
