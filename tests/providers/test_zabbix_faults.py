"""What a real Zabbix does not do on demand: other versions, nonsense, faults in the middle."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from told_server import BAD, LATE, Answer, answering

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.backend import Backend
from slactl.provider import Action, Change, Context
from slactl_zabbix import Provider
from slactl_zabbix.connection import ZabbixConnection


def result(value: Any) -> Answer:
    return (
        200,
        {"Content-Type": "application/json"},
        json.dumps({"jsonrpc": "2.0", "result": value, "id": 1}).encode(),
    )


VERSION, NONE = result("6.0.14"), result([])
NODE = {
    "name": "a", "description": "", "bad_when": "most critical child", "rules": [], "children": [], "problem_tags": [],
    "node": "",
}  # fmt: skip


def connect(port: int, timeout: str = "2s") -> ZabbixConnection:
    config = {"url": f"http://127.0.0.1:{port}", "token": "t0ken-of-ours", "timeout": timeout}
    backend = Backend("noc", Place("x.yaml"), "zabbix", config)
    connection = Provider().connect(backend, config, Context(Path(), "estate", date(2026, 11, 24)))
    assert isinstance(connection, ZabbixConnection)
    return connection


@pytest.mark.parametrize("version", ["5.4.9", "8.0.0"])
def test_a_version_that_is_not_known_is_refused(version: str) -> None:
    with (
        answering(result(version)) as (port, _),
        pytest.raises(SlactlError, match=rf"\(backend.noc\) is Zabbix {version}, which slactl does not know"),
    ):
        connect(port)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {"Content-Type": "text/html"}, b"<html>Log in</html>"), "answers 200 with text/html"),
        ((404, {"Content-Type": "text/html"}, b"<html>nginx</html>"), "answers 404 with text/html"),
        ((200, {"Content-Type": "application/json"}, b'{"hello": 1}'), "JSON that is no answer to a call"),
        ((200, {"Content-Type": "application/json"}, b"[1]"), "JSON that is no answer to a call"),
        (result("latest"), "refuses to tell its version"),
        (result(None), "refuses to tell its version"),
    ],
)
def test_nonsense_is_a_message(answer: Answer, words: str) -> None:
    with answering(answer) as (port, _), pytest.raises(SlactlError) as caught:
        connect(port)
    assert words in caught.value.diagnostics[0].summary


def test_a_read_that_fails_for_a_moment_is_made_again() -> None:
    with answering(VERSION, BAD, NONE, NONE) as (port, asked):
        assert connect(port).read_all() == []
    assert len(asked) == 4


def test_from_6_4_on_the_token_stands_in_the_header() -> None:
    with answering(result("7.0.3"), NONE, NONE) as (port, asked):
        connect(port).read_all()
    assert [one[2] for one in asked] == [None, "Bearer t0ken-of-ours", "Bearer t0ken-of-ours"]


def test_a_change_that_is_not_answered_is_unknown_and_nothing_is_tried_behind_it() -> None:
    changes = [Change(Action.CREATE, f"noc.service.n{one}", None, NODE, None) for one in range(300)]
    with answering(VERSION, LATE) as (port, asked):
        outcomes = connect(port, "1s").execute(changes)
    assert [one.status for one in outcomes] == ["unknown"] * 250 + ["failed"] * 50
    assert "does not answer in time" in outcomes[0].error
    assert outcomes[-1].error.startswith("not tried, since")
    assert len(asked) == 2
