"""A thousand objects in a real Icinga 2: few requests to read them, whatever their number."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from icinga2_server import Icinga2Server, running

from slactl.base.diagnostics import Place
from slactl.base.http import Http
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Connection, Context
from slactl_icinga2 import Provider

_HOSTS, _SERVICES_A_HOST = 100, 9
_MOST_REQUESTS = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Icinga2Server]:
    with running(tmp_path_factory.mktemp("icinga2")) as one:
        yield one


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many requests were sent, by method."""
    sent: Counter[str] = Counter()
    send = Http.send

    def counted(self: Http, method: str, *rest: Any, **more: Any) -> Any:
        sent[method] += 1
        return send(self, method, *rest, **more)

    monkeypatch.setattr(Http, "send", counted)
    return sent


def connect(server: Icinga2Server) -> Connection:
    backend = Backend("noc", Place("x.yaml"), "icinga2", server.config)
    return Provider().connect(backend, server.config, Context(Path("/"), "estate", date(2026, 11, 23)))


def wanted() -> Mapping[str, Mapping[str, Any]]:
    checked = {"check_command": "passive", "enable_active_checks": False, "check_period": "", "vars": {}}
    found: dict[str, Mapping[str, Any]] = {}
    for host in range(_HOSTS):
        found[f"noc.host.h{host}"] = {**checked, "name": f"h{host}", "address": ""}
        for one in range(_SERVICES_A_HOST):
            found[f"noc.service.h{host}.s{one}"] = {**checked, "host_name": f"h{host}", "name": f"s{one}"}
    return found


def test_reading_takes_a_handful_of_requests(server: Icinga2Server, requests: Counter[str]) -> None:
    bodies = wanted()
    creations = [Change(Action.CREATE, address, None, body, None) for address, body in bodies.items()]
    with connect(server) as connection:
        outcomes = connection.execute(creations)
    assert {one.status for one in outcomes} == {"done"}
    assert requests["PUT"] == len(bodies) == 1000

    requests.clear()
    with connect(server) as connection:
        found = {one.address: one for one in connection.read_all()}
    assert {address: one.body for address, one in found.items()} == bodies
    assert sum(requests.values()) <= _MOST_REQUESTS

    requests.clear()
    deletions = [Change(Action.DELETE, one.address, one.body, None, one.id) for one in found.values()]
    with connect(server) as connection:
        assert {one.status for one in connection.execute(deletions)} == {"done"}
        assert connection.read_all() == []
    assert sum(requests.values()) - requests["DELETE"] <= _MOST_REQUESTS
