"""What a provider sends, as data: each file says what is there, what is wanted, and the requests that follow.

No server: reads are answered with `existing`, changes with what the real system has answered once. Live tests stand beside.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from recorded_answers import Recorded, RecordedIcinga2, RecordedZabbix

from slactl.base.diagnostics import Place
from slactl.base.http import Http
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Connection, Context, Observed
from slactl.provider.registry import load_provider

CASES = sorted((Path(__file__).parent / "requests").glob("*/*.json"))
SYSTEMS: Mapping[str, tuple[type[RecordedZabbix | RecordedIcinga2], Mapping[str, str]]] = {
    "zabbix": (RecordedZabbix, {"url": "http://zabbix.example.com", "token": "t0ken"}),
    "icinga2": (
        RecordedIcinga2,
        {"url": "https://icinga.example.com:5665", "user": "slactl", "password": "pw"},
    ),
}
Case = Mapping[str, Any]


def changes(case: Case, found: Mapping[str, Observed]) -> Iterator[Change]:
    """From what is there to what is wanted, as the core plans it."""
    for address, body in case["desired"].items():
        there = found.get(address)
        if there is None:
            yield Change(Action.CREATE, address, None, body, None)
        elif there.body != body or address in case.get("replace", ()):
            fixed = case.get("replace_on", ())
            anew = address in case.get("replace", ()) or any(there.body[key] != body[key] for key in fixed)
            action = Action.REPLACE if anew else Action.UPDATE
            yield Change(action, address, there.body, body, there.id)
    for address, there in found.items():
        if address not in case["desired"]:
            yield Change(Action.DELETE, address, there.body, None, there.id)


def open_connection(provider: str, config: Mapping[str, str]) -> Connection:
    backend = Backend("noc", Place("x.yaml"), provider, config)
    return load_provider(provider).connect(backend, config, Context(Path(), "estate", date(2026, 11, 24)))


@pytest.fixture
def recorded(path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    system, _ = SYSTEMS[path.parent.name]
    answers = system(json.loads(path.read_text()))

    def send(_: Http, method: str, address: str, **more: Any) -> object:
        return answers.send(method, address, more.get("data") or b"", more.get("headers") or {})

    monkeypatch.setattr(Http, "send", send)
    return answers


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_sent(path: Path, recorded: Recorded) -> None:
    case: Case = json.loads(path.read_text())
    with open_connection(path.parent.name, SYSTEMS[path.parent.name][1]) as connection:
        found = {one.address: one for one in connection.read_all()}
        outcomes = connection.execute([*changes(case, found)])
        connection.commit()
    told = {one.address: f"{one.status}: {one.error}" if one.error else one.status for one in outcomes}
    assert recorded.sent == [one["send"] for one in case["requests"]]
    assert told == case["outcomes"]


@pytest.mark.parametrize("provider", SYSTEMS)
def test_every_kind_of_change_has_a_case(provider: str) -> None:
    names = {path.stem for path in CASES if path.parent.name == provider}
    assert names >= {"create", "update", "replace", "delete", "no-op", "refused"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_case_says_what_it_shows(path: Path) -> None:
    case = json.loads(path.read_text())
    assert case.keys() - {"replace", "replace_on"} == {"what", "existing", "desired", "requests", "outcomes"}
    assert case["what"].endswith(".")
