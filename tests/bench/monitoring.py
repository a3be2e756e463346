"""What plans and applies of many SLAs cost real monitoring systems: requests, our CPU time, and the time that we wait for them."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import icinga2_server
import zabbix_server

from slactl.base.http import Http
from slactl.cli.main import main

Say = Callable[..., None]

_PEOPLE = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: web}
spec: {type: internal}
"""
_SLA = """\
---
apiVersion: slactl/v1
kind: Service
metadata: {{name: shop-{number}}}
spec: {{owner: web, intrinsic: {{availability: 99.99%}}, dependsOn: {{any: [db-{first}, db-{second}]}}}}
---
apiVersion: slactl/v1
kind: Indicator
metadata: {{name: shop-{number}}}
spec: {{zabbix: {{problemTags: {{service: shop-{number}}}}}, icinga2: {{host: shop-{number}, service: http}}}}
---
apiVersion: slactl/v1
kind: SLA
metadata: {{name: shop-{number}}}
spec:
  service: shop-{number}
  customer: acme
  status: agreed
  objectives: {{availability: {{target: 99.9%, indicator: shop-{number}}}}}
"""
_DATABASE = """\
---
apiVersion: slactl/v1
kind: Service
metadata: {{name: db-{number}}}
spec: {{owner: web, intrinsic: {{availability: 99.99%}}}}
"""
_DATABASES = 50
_WORKSPACE = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: bench}
spec: {organization: example-inc, files: ["*.yaml"]}
"""


@dataclass(frozen=True, slots=True)
class _Budget:
    """Most requests, and seconds of ours and of the server together; None: no limit is set."""

    requests: int | None = None
    seconds: float | None = None


@dataclass(slots=True)
class _Traffic:
    requests: int = 0
    waited_s: float = 0.0


def measure(folder: Path, slas: int, say: Say) -> list[str]:
    """Apply so many SLAs to Zabbix and to Icinga 2, plan again, change one, destroy; what is over its budget."""
    os.environ.update(ZABBIX_PASSWORD="zabbix", ICINGA_PASSWORD=icinga2_server.PASSWORD)
    say(f"{slas:,} SLAs with their services", "our CPU", "server", "requests", "budget")
    with zabbix_server.running() as zabbix:
        config = f'url: "{zabbix.url}", user: Admin, password: "${{env.ZABBIX_PASSWORD}}"'
        root = _estate(folder / "zabbix", slas, "zabbix", config)
        over = _all(root, "Zabbix", _Budget(40, 5.0), say)
    with icinga2_server.running(folder / "icinga2-server") as icinga:
        config = f'url: "{icinga.url}", user: {icinga2_server.USER}, password: "${{env.ICINGA_PASSWORD}}", ca: "{icinga.ca}"'
        root = _estate(folder / "icinga2", slas, "icinga2", config)
        return over + _all(root, "Icinga 2", _Budget(), say)


def _estate(root: Path, slas: int, provider: str, config: str) -> Path:
    root.mkdir(parents=True)
    (root / "slactl.yaml").write_text(_WORKSPACE)
    documents = [_DATABASE.format(number=number) for number in range(_DATABASES)]
    documents += [
        _SLA.format(number=number, first=number % _DATABASES, second=(number + 1) % _DATABASES)
        for number in range(slas)
    ]
    backend = f"---\napiVersion: slactl/v1\nkind: Backend\nmetadata: {{name: noc}}\nspec: {{provider: {provider}, config: {{{config}}}}}\n"
    (root / "estate.yaml").write_text(_PEOPLE + "".join(documents) + backend)
    return root


def _all(root: Path, name: str, budget: _Budget, say: Say) -> list[str]:
    few = _Budget(10)
    steps: Sequence[tuple[str, tuple[str, ...], _Budget]] = (
        ("apply, all new", ("apply", "-auto-approve"), budget),
        ("plan, nothing changed", ("plan",), few),
        ("report", ("report",), _Budget()),
        ("destroy", ("destroy", "-auto-approve"), _Budget()),
    )
    return [
        over
        for what, arguments, most in steps
        if (over := _step(root, f"{name}: {what}", arguments, most, say))
    ]


def _step(root: Path, what: str, arguments: Sequence[str], budget: _Budget, say: Say) -> str:
    with _watched() as traffic, Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        began = time.process_time()
        code = main([f"-chdir={root}", *arguments])
        cpu_s = time.process_time() - began
    if code:
        raise SystemExit(f"slactl {' '.join(arguments)} ended with {code}")
    told = " and ".join(
        f"{limit:g} {noun}" for limit, noun in ((budget.requests, "requests"), (budget.seconds, "s")) if limit
    )
    say(what, f"{cpu_s:.2f} s", f"{traffic.waited_s:.2f} s", traffic.requests, told)
    if budget.requests is not None and traffic.requests > budget.requests:
        return f"{what}: {traffic.requests} requests, and {budget.requests} are the budget"
    if budget.seconds is not None and cpu_s + traffic.waited_s > budget.seconds:
        return f"{what}: {cpu_s + traffic.waited_s:.1f} s, and {budget.seconds:g} s are the budget"
    return ""


@contextmanager
def _watched() -> Iterator[_Traffic]:
    """Count requests, and the time until each is answered."""
    traffic = _Traffic()
    send = Http.send

    def watched(self: Http, *rest: Any, **more: Any) -> Any:
        traffic.requests += 1
        began, cpu = time.monotonic(), time.process_time()
        try:
            return send(self, *rest, **more)
        finally:
            traffic.waited_s += time.monotonic() - began - (time.process_time() - cpu)

    Http.send = watched  # type: ignore[method-assign]  # put back below
    try:
        yield traffic
    finally:
        Http.send = send  # type: ignore[method-assign]  # as above
