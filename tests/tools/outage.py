"""One outage of the web shop's checkout, sent through every system as each is told of one, and what became of it there."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from alertmanager_server import Inbox
from real_servers import RealServers
from shop_target import ShopTarget

from slactl.base.duration import Duration, spoken
from slactl.base.intervals import IntervalSet
from slactl.documents.load import load_workspace
from slactl.measure.attainment import measured_time, target_share
from slactl.model.agreement import Agreement, Objective
from slactl.model.building.estate import build_estate
from slactl.provider import Context, Definition
from slactl.provider.registry import load_provider

Until = Callable[..., None]
Say = Callable[[str], None]

_HOST, _CHECKS = "shop-lb", ("front", "checkout")
_OK, _CRITICAL = 0, 2
"""States of services in Icinga 2."""
_ZABBIX_OFF_S = 3
_WHY_ZABBIX = "values carry whole seconds, and reach a service within a second"
_ROW = "  {:<34}{:>9}{:>9}{:>14}   {}"
_BAD = 'slactl:objective:now{part="bad"}'


@dataclass(frozen=True, slots=True)
class Promise:
    """An objective that the outage breaks, and how Prometheus measures it."""

    agreement: Agreement
    objective: Objective
    in_prometheus: Definition

    @property
    def address(self) -> str:
        """Of the objective."""
        return self.objective.address


class Outage:
    """The outage: what each system is told, what each should see, and what each has counted."""

    def __init__(
        self, root: Path, servers: RealServers, target: ShopTarget, inbox: Inbox, scrape_s: int
    ) -> None:
        """`root` is the workspace that was applied."""
        self._servers = servers
        self._target = target
        self._inbox = inbox
        self._scrape_s = scrape_s
        self._estate, _ = build_estate(load_workspace(root))
        self._began_s = self._ended_s = 0
        self._ends_s = 0.0
        context = Context(root, self._estate.workspace.name, datetime.now(UTC).date())
        measured = {
            name: load_provider(backend.provider).compile(self._estate, backend, context).definitions
            for name, backend in self._estate.backends.items()
        }
        by_zabbix = {one.objective for one in measured["noc"]}
        by_prometheus = {one.objective: one for one in measured["prom"]}
        self._promises = [
            Promise(agreement, objective, by_prometheus[objective.address])
            for agreement, objective in self._estate.objectives()
            if objective.address in by_zabbix & by_prometheus.keys()
        ]

    def prepare(self, until: Until) -> None:
        """Have every system watch, and see that all is up."""
        zabbix = self._servers.zabbix
        zabbix.watch("site", *((one, {"service": "shop" if one == "front" else one}) for one in _CHECKS))
        self._tell_icinga(_OK, "all is well")
        for one in _CHECKS:
            zabbix.send("site", one, "1")
        # a slice under service hours is evaluated once the hours of its beginning are known, too
        until("Prometheus evaluates", lambda: self._in_service() <= self._recorded(_BAD), 120)
        until("nothing is bad", lambda: not self._recorded(f"{_BAD} > 0") and not zabbix.bad())

    def begin(self, lasts_s: float) -> None:
        """Take the checkout down; what of it shows elsewhere, each system has to find out."""
        self._target.turn(up=False)
        self._servers.zabbix.send("site", "checkout", "0")
        self._tell_icinga(_CRITICAL, "cards are refused")
        self._began_s = int(time.time())
        self._ends_s = self._began_s + lasts_s

    def seen(self, until: Until, say: Say) -> None:
        """Wait until every system sees it against the promises that it breaks, and no others."""
        everything, counting = self._all(), self._in_service()
        until("Zabbix sees it", lambda: self._bad_in_zabbix() == everything)
        until("Prometheus sees it", lambda: self._recorded(f"{_BAD} > 0") == counting)
        always = {one.address for one in self._promises if one.objective.hours is None}
        until("VictoriaMetrics sees it", lambda: always <= self._recorded_by_vmalert(f"{_BAD} > 0"))
        until("Icinga 2 sees it", lambda: self._critical_in_icinga() == everything)
        told = {one.agreement.address for one in self._promises if one.objective.hours is None}
        until("Alertmanager is told", lambda: told <= self._paged().keys())
        until("the pager rings", lambda: "ola.checkout" in self._called())
        quiet = {agreement for agreement, state in self._paged().items() if state == "suppressed"}
        say(f"Zabbix           SLA objects whose service is bad:  {_listed(everything)}")
        say(f"Icinga 2         targets of checks that are critical:  {_listed(everything)}")
        say(f"Prometheus       objectives that count downtime:  {_listed(counting)}")
        if everything - counting:
            say(f"                 out of service hours:  {_listed(everything - counting)}")
        recorded = self._recorded_by_vmalert(f"{_BAD} > 0")
        say(f"VictoriaMetrics  objectives that count downtime:  {_listed(recorded)}")
        say(f"Alertmanager     pages for:  {_listed(self._paged())}")
        say(f"                 told to the pager:  {_listed(self._called())}")
        if quiet:
            say(f"                 quiet from now on, since what it rests on is down:  {_listed(quiet)}")
        time.sleep(max(0.0, self._ends_s - time.time()))

    def end(self, until: Until) -> None:
        """Bring it back, and wait until every system knows, and Prometheus has evaluated what was last."""
        self._target.turn(up=True)
        self._servers.zabbix.send("site", "checkout", "1")
        self._tell_icinga(_OK, "all is well")
        self._ended_s = int(time.time())
        until("Zabbix sees the end", lambda: not self._bad_in_zabbix())
        until("Icinga 2 sees the end", lambda: not self._critical_in_icinga())
        longest_s = max(_seconds(one.in_prometheus.slice) for one in self._promises)
        until("Prometheus sees the end", lambda: not self._recorded(f"{_BAD} > 0"), longest_s + 60)

    def compare(self, say: Say) -> list[str]:
        """The table of figures; what does not agree."""
        say(_ROW.format("downtime, s", "slactl", "Zabbix", "Prometheus", "may differ by"))
        wrong = []
        reasons = {f"Zabbix, {_ZABBIX_OFF_S} s: {_WHY_ZABBIX}"}
        for promise in self._promises:
            ours, off_s = self._counted(promise).seconds, self._off_s(promise)
            zabbix, prometheus = self._in_zabbix(promise), self._in_prometheus(promise)
            shown = f"{float(prometheus):.1f}"
            say(_ROW.format(promise.address, ours, zabbix, shown, f"{_ZABBIX_OFF_S}, {off_s}"))
            reasons.add(f"Prometheus, {off_s} s: {self._why(promise)}")
            if abs(zabbix - ours) > _ZABBIX_OFF_S:
                wrong.append(f"Zabbix counts {zabbix} s of {promise.address}, and slactl {ours} s")
            if abs(prometheus - ours) > off_s:
                wrong.append(f"Prometheus counts {shown} s of {promise.address}, and slactl {ours} s")
        say("")
        for reason in sorted(reasons):
            say(f"  {reason}")
        say("\n  of the month's downtime that was promised at most:")
        for promise in self._promises:
            ours, allowed = self._counted(promise).seconds, self._allowed_s(promise)
            say(f"  {promise.address:<34}{ours} s of {spoken(allowed)}, {float(ours / allowed):.2%}")
        return wrong

    def _all(self) -> set[str]:
        return {one.address for one in self._promises}

    def _in_service(self) -> set[str]:
        now = int(time.time())
        return {
            one.address
            for one in self._promises
            if measured_time(self._estate, one.agreement, one.objective, (now - 60, now + 60)).seconds
        }

    def _counted(self, promise: Promise) -> IntervalSet:
        """The outage, as far as it counts by the agreement."""
        span = (self._began_s, self._ended_s)
        return measured_time(self._estate, promise.agreement, promise.objective, span)

    def _allowed_s(self, promise: Promise) -> Fraction:
        objective = promise.objective
        zone = self._estate.hours.zone(objective.hours)
        (window,) = objective.window.spans(zone, self._began_s, self._began_s + 1)
        measured = measured_time(self._estate, promise.agreement, objective, window)
        return measured.seconds * (1 - target_share(objective))

    def _off_s(self, promise: Promise) -> int:
        """Both edges, each as far off as Prometheus can see it."""
        how = promise.in_prometheus
        return 2 * (_seconds(how.slice or how.step) + self._scrape_s)

    def _why(self, promise: Promise) -> str:
        how = promise.in_prometheus
        edge = f"a slice of {how.slice}" if how.slice else f"an evaluation of {how.step}"
        return f"each of two edges within {edge} and a scrape of {self._scrape_s} s"

    def _recorded(self, expression: str) -> set[str]:
        """The objectives of ours for which Prometheus records something now."""
        rows = self._servers.prometheus.query(expression)
        return {row["metric"]["objective"] for row in rows} & self._all()

    def _recorded_by_vmalert(self, expression: str) -> set[str]:
        """The same in VictoriaMetrics, where it shows some seconds later."""
        rows = self._servers.victoria.query(expression)
        return {row["metric"]["objective"] for row in rows} & self._all()

    def _in_prometheus(self, promise: Promise) -> Fraction:
        """The downtime that was recorded, in seconds: shares of evaluations."""
        since_s = int(time.time()) - self._began_s + 60
        series = f'slactl:objective:now{{part="bad",objective="{promise.address}"}}'
        rows = self._servers.prometheus.query(f"sum_over_time({series}[{since_s}s])")
        step = promise.in_prometheus.step
        return sum((Fraction(row["value"][1]) for row in rows), Fraction(0)) * _seconds(step)

    def _slas(self) -> Iterator[tuple[str, str]]:
        """Each objective with the number of its SLA object."""
        names = {f"{one.address} ({self._estate.workspace.name})": one.address for one in self._promises}
        for row in self._servers.zabbix.call(
            "sla.get", {"output": ["slaid", "name"], "filter": {"name": [*names]}}
        ):
            yield names[row["name"]], row["slaid"]

    def _bad_in_zabbix(self) -> set[str]:
        def is_bad(number: str) -> bool:
            found = self._servers.zabbix.call("service.get", {"output": ["status"], "slaids": number})
            return any(row["status"] != "-1" for row in found)

        return {address for address, number in self._slas() if is_bad(number)}

    def _in_zabbix(self, promise: Promise) -> int:
        """The downtime of the current period by Zabbix's own SLI."""
        number = dict(self._slas())[promise.address]
        found = self._servers.zabbix.call("sla.getsli", {"slaid": number, "periods": 1})
        return max(int(cell["downtime"]) for cell in found["sli"][0])

    def _tell_icinga(self, state: int, text: str) -> None:
        for one in _CHECKS:
            what = f'host.name=="{_HOST}" && service.name=="{one}"'
            body = {"type": "Service", "filter": what, "exit_status": state, "plugin_output": text}
            said = self._servers.icinga2.ask("POST", "actions/process-check-result", body)
            assert [row["code"] for row in said["results"]] == [200], said

    def _critical_in_icinga(self) -> set[str]:
        """The objectives that stand on checks that are critical now."""
        found = self._servers.icinga2.ask("GET", "objects/services?attrs=state&attrs=vars")["results"]
        return {
            address
            for row in found
            if row["attrs"]["state"] == _CRITICAL
            for address in row["attrs"]["vars"]["slactl_agreements"]
        }

    def _paged(self) -> dict[str, str]:
        """By agreement: the state of its page in Alertmanager."""
        return {
            one["labels"]["agreement"]: one["status"]["state"]
            for one in self._servers.alertmanager.alerts()
            if one["labels"].get("severity") == "page"
        }

    def _called(self) -> set[str]:
        """The agreements about which the pager was called."""
        return {alert["labels"]["agreement"] for message in self._inbox for alert in message["alerts"]}


def _seconds(duration: Duration | None) -> int:
    return 0 if duration is None else duration.milliseconds // 1000


def _listed(addresses: object) -> str:
    return ", ".join(sorted(addresses)) if isinstance(addresses, (set, dict)) and addresses else "none"
