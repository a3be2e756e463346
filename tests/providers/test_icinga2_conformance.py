"""The conformance suite, run by the Icinga 2 provider against a real server."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from icinga2_server import Icinga2Server, running

from slactl.base.diagnostics import Place
from slactl.model.backend import Backend
from slactl.provider import Connection, Context, Observed
from slactl.provider.conformance import Subject, run_conformance
from slactl_icinga2 import Provider


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Icinga2Server]:
    with running(tmp_path_factory.mktemp("icinga2")) as one:
        yield one


def connect(config: Mapping[str, Any]) -> Connection:
    backend = Backend("noc", Place("x.yaml"), "icinga2", config)
    return Provider().connect(backend, config, Context(Path("/"), "estate", date(2026, 11, 23)))


def checked(command: str = "passive", **more: Any) -> dict[str, Any]:
    return {
        "check_command": command,
        "enable_active_checks": command != "passive",
        "check_period": "",
        "vars": {
            "slactl_agreements": {"sla.a.availability": {"target": "99.9%", "excludes": ["x"]}},
            "team": {"size": 3, "share": 0.5, "on": True, "none": None, "names": ["a", "b"], "empty": {}},
        },
        **more,
    }


def period(*excludes: str, **ranges: str) -> dict[str, Any]:
    return {"display_name": "Hours", "ranges": ranges, "excludes": [*excludes], "vars": {}}


def link(*, silent: bool) -> dict[str, Any]:
    ends = {
        "child_host_name": "web",
        "child_service_name": "http",
        "parent_host_name": "db",
        "parent_service_name": "",
    }
    return {**ends, "disable_checks": False, "disable_notifications": silent, "vars": {}}


CREATED = {
    "noc.service.web.http": checked(host_name="web", name="http"),
    "noc.timeperiod.office": period("slactl-estate-office.left-out", monday="08:00-18:00"),
    "noc.timeperiod.office.left-out": period(**{"2026-12-25": "00:00-24:00"}),
    "noc.host.web": checked(name="web", address="192.0.2.1"),
    "noc.host.db": checked(name="db", address=""),
    "noc.dependency.web/http@db": link(silent=True),
}
UPDATED = {
    "noc.service.web.http": checked(
        "probe", host_name="web", name="http", check_period="slactl-estate-office"
    ),
    "noc.timeperiod.office": period(monday="08:00-12:00,13:00-18:00", sunday="00:00-24:00"),
    "noc.host.web": checked("probe", name="web", address="192.0.2.2", vars={}),
    "noc.dependency.web/http@db": link(silent=False),
}
PATHS = {"host": "hosts", "service": "services", "timeperiod": "timeperiods", "dependency": "dependencies"}


def test_conformance_on_a_live_server(server: Icinga2Server) -> None:
    server.create("hosts", "of-others", check_command="dummy", vars={"slactl_workspace": "another"})
    server.create("services", "of-others!disk", check_command="dummy")

    def touch(found: Observed) -> None:
        kind, _, name = found.id.partition("/")
        server.modify(PATHS[kind], name, **{"vars.by_hand": 1})

    def remove(found: Observed) -> None:
        kind, _, name = found.id.partition("/")
        server.delete(PATHS[kind], name)

    def foreign() -> object:
        others = [server.attrs("hosts", name) for name in ("theirs", "of-others")]
        others.append(server.attrs("services", "of-others!disk"))
        return [{key: one[key] for key in ("__name", "vars", "check_command", "version")} for one in others]

    run_conformance(
        Subject(
            connect=partial(connect, server.config),
            created=CREATED,
            updated=UPDATED,
            touch=touch,
            remove=remove,
            foreign=foreign,
        )
    )
