"""The conformance suite, run by the Alertmanager provider against a real server, with amtool."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alertmanager_server import running

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Connection, Context, Observed
from slactl.provider.conformance import Subject, run_conformance
from slactl_alertmanager import Provider
from slactl_alertmanager.part import Part

THEIRS = """\
# Who is on duty: ask the network team.
global: {resolve_timeout: 5m}
route:
  receiver: everybody   # theirs
  routes:
    # pages of the network team
    - matchers: [team="net"]
      receiver: net
receivers:
- name: everybody
- name: net
"""
P1 = "slactl/estate/am/p1"


def receiver(name: str, url: str = "http://127.0.0.1:9/x") -> Mapping[str, Any]:
    return {"receivers": [{"name": name, "webhook_configs": [{"url": url, "send_resolved": "true"}]}]}


def route(severity: str, **more: Any) -> Mapping[str, Any]:
    matchers = ['alertname="SlactlBudgetBurn"', f'severity="{severity}"']
    return {"routes": [{"receiver": "everybody", "matchers": matchers, "continue": "true", **more}]}


CREATED: Mapping[str, Mapping[str, Any]] = {
    "am.receiver.p1": receiver(P1),
    "am.route.sla.a": route("page"),
    "am.hours.office": {
        "time_intervals": [
            {"name": "slactl/estate/am/hours/office", "time_intervals": [{"weekdays": ["monday", "friday"]}]}
        ]
    },
    "am.inhibit.faster-burn": {
        "inhibit_rules": [{"source_matchers": ['long="1h"'], "target_matchers": ['long="6h"'], "equal": ["objective"]}]
    },
}
UPDATED = {
    "am.receiver.p1": receiver(P1, "http://127.0.0.1:9/y"),
    "am.route.sla.a": route("page", active_time_intervals=["slactl/estate/am/hours/office"]),
}


def connect(config: Path, workspace: str = "estate", **more: object) -> Connection:
    backend = Backend("am", Place("x.yaml"), "alertmanager", {"configFile": str(config), **more})
    return Provider().connect(backend, backend.config, Context(config.parent, workspace, date(2026, 11, 23)))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "alertmanager.yml"
    path.write_text(THEIRS)
    return path


def others(config: Path) -> str:
    return Part.of(config.read_bytes(), str(config)).others


def block_of(config: Path, address: str) -> str:
    part = Part.of(config.read_bytes(), str(config))
    return next("".join(one.lines) for one in part.blocks.values() if one.address == address)


def test_conformance_on_a_live_server(tmp_path: Path, config: Path) -> None:
    def touch(found: Observed) -> None:
        block = block_of(config, found.id)
        begin, first, *rest = block.splitlines(keepends=True)
        spaces = " " * (len(first) - len(first.lstrip()))
        edited = "".join([begin, f"{spaces}- extra: 1\n", first.replace("- ", "  ", 1), *rest])
        config.write_text(config.read_text().replace(block, edited))

    def remove(found: Observed) -> None:
        config.write_text(config.read_text().replace(block_of(config, found.id), ""))

    with running(tmp_path / "server", config) as server:
        run_conformance(
            Subject(
                connect=partial(connect, config, url=server.url, reload="true", amtool="required"),
                created=CREATED,
                updated=UPDATED,
                touch=touch,
                remove=remove,
                foreign=partial(others, config),
            )
        )
    assert config.read_text() == THEIRS
