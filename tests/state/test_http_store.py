"""A state server that fails, lies, moves or goes away: what is told, what is kept, and that no secret shows."""

import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from state_server import StateServer, state_server

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.workspace import Workspace
from slactl.state import http_lock
from slactl.state.http import HttpStore
from slactl.state.http_lock import HttpLock
from slactl.state.http_transport import Transport
from slactl.state.locking import is_dead, new_lock
from slactl.state.open import store_of
from slactl.state.records import Entry, LockInfo, Recorded
from slactl.state.store import DamagedStateError

PLACE = Place("slactl.yaml")
ENTRY = Entry(0, datetime(2026, 11, 23, tzinfo=UTC), "me@here", "apply", "2026-11-23", "d", None, {}, {})
RECOVERY = "errored.slactl-state.json"


@pytest.fixture
def server() -> Iterator[StateServer]:
    with state_server() as server:
        yield server


@pytest.fixture
def store(server: StateServer, tmp_path: Path) -> HttpStore:
    """With short pauses between tries: that they are longer is told nowhere."""
    transport = Transport(PLACE, pauses_s=(0.01, 0.01))
    lock = HttpLock(transport, server.address, server.address)
    return HttpStore(server.address, "estate", tmp_path, transport, lock)


def recorded(name: str) -> Recorded:
    return Recorded(f"b.t.{name}", "p", name, {"size": 1})


def cut_off(store: HttpStore, server: StateServer, intents: list[tuple[str, str]]) -> None:
    """An apply that makes b.t.a while the server is away, and is stopped; then the server is back, and the lock is gone."""

    def apply() -> None:
        with store.lock("apply", 0) as writer:
            writer.begin("d", intents)
            server.away = True
            writer.resolve([recorded("a")], [], [])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply()
    server.away, server.lock = False, None


def message(error: SlactlError) -> str:
    one = error.diagnostics[0]
    return f"{one.summary} {one.detail}"


@pytest.mark.parametrize("fault", [500, 502, 503, 429, "drop", "lose"])
def test_faults_that_pass_are_waited_out(store: HttpStore, server: StateServer, fault: int | str) -> None:
    for _ in range(5):
        server.faults.append(fault)
        with store.lock("apply", 0) as writer:
            server.faults.append(fault)
            writer.begin("d", [("b.t.a", "create")])
            writer.resolve([recorded("a")], [], [])
            server.faults.append(fault)
            writer.finish({}, ENTRY)
            server.faults.append(fault)
        assert server.lock is None
    assert [one.serial for one in store.history()] == [1, 2, 3, 4, 5]
    assert not server.faults


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "does not know these credentials"),
        (403, "may not do this"),
        (404, "There is nothing at this address"),
        (418, "Look at the server's log"),
        (302, "answers LOCK with a redirect to http://127.0.0.1:1/elsewhere"),
        (500, "answers LOCK with 500"),
    ],
)
def test_what_does_not_pass_is_told_with_what_to_do(
    store: HttpStore, server: StateServer, status: int, words: str
) -> None:
    server.faults.extend([status] * 3)
    with pytest.raises(SlactlError) as raised, store.lock("apply", 0):
        pass
    assert words in message(raised.value)
    assert "secret" not in message(raised.value)


def test_a_server_that_is_not_there_is_told(store: HttpStore, server: StateServer) -> None:
    server.away = True
    with pytest.raises(SlactlError, match="cannot be reached: the connection failed"):
        store.read()


def test_nothing_is_begun_that_the_server_does_not_know_of(store: HttpStore, server: StateServer) -> None:
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
    with store.lock("apply", 0) as writer:
        server.away = True
        with pytest.raises(SlactlError, match="cannot be reached"):
            writer.begin("d", [("b.t.a", "create")])
        server.away = False
        assert writer.finish({}, ENTRY).serial == 2, "what failed left nothing behind"
    assert store.read().intents == ()


def test_a_server_that_goes_away_in_the_middle_and_comes_back_has_everything(
    store: HttpStore, server: StateServer
) -> None:
    with store.lock("apply", 0) as writer:
        writer.begin("d", [("b.t.a", "create")])
        server.away = True
        writer.resolve([recorded("a")], [], [])
        writer.begin("d", [("b.t.b", "create")])
        server.away = False
        writer.resolve([recorded("b")], [], [])
        writer.finish({}, ENTRY)
    assert [*store.read().resources] == ["b.t.a", "b.t.b"]


def test_a_server_away_at_the_end_leaves_a_recovery_file_and_the_command(
    store: HttpStore, server: StateServer, tmp_path: Path
) -> None:

    def apply() -> None:
        with store.lock("apply", 0) as writer:
            writer.begin("d", [("b.t.a", "create")])
            server.away = True
            writer.resolve([recorded("a")], [], [])
            writer.finish({}, ENTRY)

    with pytest.raises(SlactlError) as raised:
        apply()
    assert "slactl state push errored.slactl-state.json" in message(raised.value)
    path = tmp_path / RECOVERY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    document = json.loads(path.read_text())
    assert [one["address"] for one in document["resources"]] == ["b.t.a"]
    assert (document["intents"], len(document["history"])) == ([], 1)
    server.away = False
    assert not (tmp_path / ".slactl" / "estate.ledger").exists()
    for attempt in (store.read, lambda: store.lock("apply", 0).__enter__()):
        with pytest.raises(SlactlError, match="waits to be pushed"):
            attempt()


def test_an_apply_that_ends_early_while_the_server_is_away_is_folded_in_by_the_next(
    store: HttpStore, server: StateServer
) -> None:
    cut_off(store, server, [("b.t.a", "create"), ("b.t.b", "create")])
    assert server.document()["resources"] == [], "the server knows the beginning only"
    snapshot = store.read()
    assert [*snapshot.resources] == ["b.t.a"]
    assert [one.address for one in snapshot.intents] == ["b.t.b"]
    with store.lock("apply", 0) as writer:
        writer.resolve([], [], ["b.t.b"])
        writer.finish({}, ENTRY)
    assert [one["address"] for one in server.document()["resources"]] == ["b.t.a"]


def test_what_others_applied_since_is_newer_than_this_machines_ledger(
    store: HttpStore, server: StateServer, tmp_path: Path
) -> None:
    cut_off(store, server, [("b.t.a", "create")])
    elsewhere = store_of(
        {"type": "http", "address": server.address}, Workspace("estate", PLACE, "o"), tmp_path / "x"
    )
    with elsewhere.lock("apply", 0) as writer:
        writer.resolve([recorded("z")], [], ["b.t.a"])
        writer.finish({}, ENTRY)
    assert [*store.read().resources] == ["b.t.z"]


def test_a_cut_line_of_the_ledger_is_left_out(store: HttpStore, server: StateServer, tmp_path: Path) -> None:
    cut_off(store, server, [("b.t.a", "create")])
    ledger = tmp_path / ".slactl" / "estate.ledger"
    ledger.write_bytes(ledger.read_bytes()[:-9])
    snapshot = store.read()
    assert (snapshot.resources, [one.address for one in snapshot.intents]) == ({}, ["b.t.a"])


def test_a_large_apply_sends_the_state_a_few_times_only(store: HttpStore, server: StateServer) -> None:
    with store.lock("apply", 0) as writer:
        for batch in range(100):
            names = [f"{batch:03}-{number:02}" for number in range(50)]
            writer.begin("d", [(f"b.t.{one}", "create") for one in names])
            writer.resolve([recorded(one) for one in names], [], [])
        writer.finish({}, ENTRY)
    assert len(store.read().resources) == 5000
    assert server.posts() <= 4


def test_a_long_apply_sends_it_now_and_then(
    store: HttpStore, server: StateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slactl.state.http_writer._SEND_EVERY_S", 0.0)
    monkeypatch.setattr("slactl.state.http_writer._SHARE_OF_TIME", 0)
    with store.lock("apply", 0) as writer:
        writer.begin("d", [("b.t.a", "create"), ("b.t.b", "create")])
        writer.resolve([recorded("a")], [], [])
        assert [one["address"] for one in server.document()["resources"]] == ["b.t.a"]
        writer.resolve([recorded("b")], [], [])
        writer.finish({}, ENTRY)


def test_a_lock_of_another_tool_is_named_as_far_as_it_tells(store: HttpStore, server: StateServer) -> None:
    server.lock = {
        "ID": "42",
        "Operation": "OperationTypeApply",
        "Who": "ann@ci",
        "Created": "2026-11-23T10:00:00Z",
    }
    with pytest.raises(SlactlError) as raised, store.lock("apply", 0):
        pass
    assert "ann@ci" in message(raised.value)
    assert "slactl force-unlock 42" in message(raised.value)
    held = store.holder()
    assert held is not None
    assert held.created == datetime(2026, 11, 23, 10, tzinfo=UTC)
    store.force_unlock("42")
    assert server.lock is None


def dead_lock() -> dict[str, object]:
    lock = new_lock("apply")
    info = json.dumps({"pid": 2**22 + 1, "host": lock.host})  # no process of this host has this number
    return {
        "ID": lock.id,
        "Operation": "apply",
        "Who": lock.who,
        "Created": lock.created.isoformat(),
        "Info": info,
    }


def test_a_dead_holder_is_named_and_can_be_released_by_its_id(store: HttpStore, server: StateServer) -> None:
    server.lock = dead_lock()
    held = store.holder()
    assert held is not None
    assert held.id == server.lock["ID"]
    store.force_unlock(held.id)
    assert server.lock is None


def test_a_dead_holders_lock_goes_to_one_of_two_that_want_it(
    store: HttpStore, server: StateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.lock = dead_lock()
    faster = dead_lock() | {"Who": "ann@ops", "Info": "{}"}

    def look(held: LockInfo) -> bool:
        server.lock = faster
        return is_dead(held)

    monkeypatch.setattr(http_lock, "is_dead", look)
    with pytest.raises(SlactlError, match="is locked") as caught, store.lock("apply", 0):
        pass
    assert "ann@ops" in caught.value.diagnostics[0].detail
    assert "process" not in caught.value.diagnostics[0].detail, "it has not told which"
    assert server.lock == faster


def test_a_server_with_verbs_of_its_own_is_spoken_to_in_them(server: StateServer, tmp_path: Path) -> None:
    settings = {
        "type": "http",
        "address": server.address,
        "lockAddress": f"{server.address}/lock",
        "lockMethod": "POST",
        "unlockMethod": "DELETE",
    }
    store = store_of(settings, Workspace("estate", PLACE, "o"), tmp_path)
    with store.lock("apply", 0) as writer:
        assert server.lock is not None
        writer.finish({}, ENTRY)
    assert server.lock is None
    assert [line.split()[0] for line in server.log] == ["POST", "GET", "POST", "POST", "DELETE"]


def test_credentials_go_to_the_server_and_nowhere_else(
    server: StateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_PASSWORD", "hush-hush")
    server.credentials = "ci:hush-hush"
    settings = {
        "type": "http",
        "address": server.address,
        "username": "ci",
        "password": "${env.STATE_PASSWORD}",
    }
    store = store_of(settings, Workspace("estate", PLACE, "o"), tmp_path)
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
    assert all("Basic" in line for line in server.log)
    server.credentials = "ci:changed"
    with pytest.raises(SlactlError) as raised:
        store.read()
    assert "hush" not in message(raised.value) + repr(store.__dict__)
    for one in tmp_path.rglob("*"):
        assert one.is_dir() or b"hush" not in one.read_bytes()


def test_a_damaged_state_is_told_and_can_be_put_aside(
    store: HttpStore, server: StateServer, tmp_path: Path
) -> None:
    server.state = b'{"format": "slactl-state", "version": 1'
    with pytest.raises(DamagedStateError) as raised:
        store.read()
    assert "slactl state rebuild -force" in message(raised.value)
    aside = Path(store.set_aside())
    assert aside.parent == tmp_path / ".slactl"
    assert aside.read_bytes().startswith(b'{"format"')
    assert store.read().serial == 0
    server.state = b'{"format": "slactl-state", "version": 99}'
    with pytest.raises(SlactlError, match="newer slactl"):
        store.read()


@pytest.mark.parametrize(
    ("document", "what"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "it is a page"),
        (b'{"version": 4, "terraform_version": "1.11.0", "serial": 3}', "it is one of Terraform's"),
        (b'{"message": "hello"}', "it is other JSON"),
        (b"[]", "it is other JSON"),
    ],
)
def test_what_was_never_a_state_of_slactl_is_left_as_it_is(
    store: HttpStore, server: StateServer, document: bytes, what: str
) -> None:
    server.state = document
    with pytest.raises(SlactlError, match="is no state of slactl: " + what) as raised:
        store.read()
    assert not isinstance(raised.value, DamagedStateError)  # `state rebuild -force` would delete it
    assert "force" not in message(raised.value)
    with pytest.raises(SlactlError, match=what), store.lock("state push", 0):
        pass
    assert server.state == document


def test_few_copies_are_kept(store: HttpStore, tmp_path: Path) -> None:
    for number in range(9):
        with store.lock("apply", 0) as writer:
            writer.finish({}, replace(ENTRY, command=str(number)))
    copies = sorted((tmp_path / ".slactl").glob("estate.backup-*"))
    assert [one.name for one in copies] == [f"estate.backup-{number}" for number in range(4, 9)]
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in copies)


def test_a_clock_that_jumps_makes_no_lock_older_than_nothing(store: HttpStore, server: StateServer) -> None:
    ahead = datetime.fromtimestamp(time.time() + 86_400, UTC).isoformat()
    server.lock = {
        "ID": "1",
        "Who": "ann",
        "Operation": "apply",
        "Created": ahead,
        "Info": json.dumps({"pid": os.getpid()}),
    }
    with pytest.raises(SlactlError, match="The state is locked") as raised, store.lock("apply", 0):
        pass
    assert "-" not in message(raised.value).split("lock for ")[1].split(" (")[0]
