"""All monitoring systems that slactl drives, real ones, started side by side on free loopback ports."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import alertmanager_server
import icinga2_server
import prometheus_server
import victoria_server
import zabbix_server

S = TypeVar("S")

_ALERTMANAGER = """\
# Others own this file; slactl keeps to parts that it marks as its own.
global: {smtp_smarthost: "127.0.0.1:1", smtp_from: alerts@example.com}
route:
  receiver: others
  group_wait: 1s
  group_interval: 5s
  routes: []
receivers:
  - name: others
"""
_AT_ONCE = "-search.latencyOffset=0s"
"""VictoriaMetrics hides what is younger than 30 s, unless it is told not to."""
_NOTHING_SCRAPED = "scrape_configs: []\n"


@dataclass(frozen=True)
class RealServers:
    """The running servers, as tests drive them."""

    folder: Path
    prometheus: prometheus_server.PrometheusServer
    alertmanager: alertmanager_server.AlertmanagerServer
    zabbix: zabbix_server.ZabbixServer
    icinga2: icinga2_server.Icinga2Server
    victoria: victoria_server.VictoriaServer
    vmalert: victoria_server.VmalertServer
    vmalert_rules: Path

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables of `examples/webshop-live` that lead there."""
        return {
            "rules_dir": str(self.prometheus.rules),
            "prometheus_url": self.prometheus.url,
            "vmalert_rules_dir": str(self.vmalert_rules),
            "victoria_url": self.victoria.url,
            "vmalert_url": self.vmalert.url,
            "alertmanager_file": str(self.alertmanager.config),
            "alertmanager_url": self.alertmanager.url,
            "zabbix_url": self.zabbix.url,
            "icinga_url": self.icinga2.url,
            "icinga_ca": str(self.icinga2.ca),
        }

    @property
    def secrets(self) -> Mapping[str, str]:
        """The environment variables that `examples/webshop-live` takes secrets from."""
        return {"ZABBIX_PASSWORD": self.zabbix.password, "ICINGA_PASSWORD": icinga2_server.PASSWORD}

    @property
    def addresses(self) -> list[tuple[str, str, str]]:
        """For a person: what it is, where, and how to log in."""
        user = f"{self.zabbix.user} / {self.zabbix.password}"
        return [
            ("Prometheus", self.prometheus.url, f"no login; reads {self.prometheus.rules}/*.yaml"),
            ("VictoriaMetrics", self.victoria.url, "no login"),
            ("vmalert", self.vmalert.url, f"no login; reads {self.vmalert_rules}/*.yaml"),
            ("Alertmanager", self.alertmanager.url, f"no login; reads {self.alertmanager.config}"),
            ("Zabbix", self.zabbix.url.removesuffix("api_jsonrpc.php"), user),
            ("", f"127.0.0.1:{self.zabbix.port}", "for zabbix_sender"),
            (
                "Icinga 2 (API)",
                f"{self.icinga2.url}/v1",
                f"{icinga2_server.USER} / {icinga2_server.PASSWORD}; authority: {self.icinga2.ca}",
            ),
        ]


@contextmanager
def all_running(folder: Path, scrape: str = _NOTHING_SCRAPED) -> Iterator[RealServers]:
    """Start all of them, with what they keep below the folder; `scrape` are the `scrape_configs` of Prometheus and VictoriaMetrics.

    When one does not start, or this is interrupted, those that run are stopped.
    """
    config = folder / "alertmanager" / "alertmanager.yml"
    config.parent.mkdir(parents=True)
    config.write_text(_ALERTMANAGER)
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        enter = _Entering(stack)
        zabbix = pool.submit(enter, zabbix_server.running)
        icinga2 = pool.submit(enter, lambda: icinga2_server.running(folder / "icinga2"))
        alertmanager = enter(lambda: alertmanager_server.running(folder / "alertmanager", config))
        settings = f"{scrape}{_alerting(alertmanager.url)}"
        prometheus = enter(
            lambda: prometheus_server.running(folder / "prometheus", folder / "rules", settings)
        )
        scraped = folder / "victoria.yml"
        scraped.write_text(scrape)
        victoria = enter(
            lambda: victoria_server.running(folder / "victoria", f"-promscrape.config={scraped}", _AT_ONCE)
        )
        vmalert_rules = folder / "vmalert-rules"
        vmalert = enter(
            lambda: victoria_server.evaluating(
                folder / "vmalert", vmalert_rules, victoria, notifier=alertmanager.url
            )
        )
        yield RealServers(
            folder,
            prometheus,
            alertmanager,
            zabbix.result(),
            icinga2.result(),
            victoria,
            vmalert,
            vmalert_rules,
        )


class _Entering:
    """Enters contexts from several threads, for one stack that leaves them."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._lock = threading.Lock()

    def __call__(self, make: Callable[[], AbstractContextManager[S]]) -> S:
        context = make()
        entered = context.__enter__()
        with self._lock:
            self._stack.push(context)
        return entered


def _alerting(url: str) -> str:
    target: Any = url.removeprefix("http://")
    return f'alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{target}"]}}]}}]}}\n'
