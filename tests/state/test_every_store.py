"""What every store promises: SQLite, a real PostgreSQL, and a server that speaks Terraform's protocol."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from state_server import state_server

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.workspace import Workspace
from slactl.state.chain import breaks
from slactl.state.imported import imported
from slactl.state.locking import is_dead, new_lock
from slactl.state.open import store_of
from slactl.state.records import Applied, Entry, Recorded
from slactl.state.store import Store

if TYPE_CHECKING:
    from postgres_server import PostgresServer

ENTRY = Entry(0, datetime(2026, 11, 23, tzinfo=UTC), "me@here", "apply", "2026-11-23", "d", None, {}, {})


@dataclass(frozen=True)
class Home:
    """A place for states, and how another process opens one."""

    settings: dict[str, str]
    root: Path

    def store(self, workspace: str = "estate") -> Store:
        return store_of(self.settings, Workspace(workspace, Place("slactl.yaml"), "org"), self.root)

    def process(self, *lines: str) -> "subprocess.Popen[str]":
        code = [
            "import os, signal, sys, time",
            "from pathlib import Path",
            "from slactl.base.diagnostics import Place",
            "from slactl.model.workspace import Workspace",
            "from slactl.state.open import store_of",
            "from slactl.state.records import Recorded, Entry",
            "from datetime import UTC, datetime",
            f"store = store_of({self.settings!r}, Workspace('estate', Place('slactl.yaml'), 'org'), Path({str(self.root)!r}))",
            *lines,
        ]
        return subprocess.Popen([sys.executable, "-c", "\n".join(code)], stdout=subprocess.PIPE, text=True)


@pytest.fixture(params=["sqlite", "postgres", "http"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    with ExitStack() as stack:
        settings = {"type": request.param}
        if request.param == "postgres":
            server: PostgresServer = request.getfixturevalue("postgres")
            settings["dsn"] = server.new_database()
        if request.param == "http":
            settings["address"] = stack.enter_context(state_server()).address
        yield Home(settings, tmp_path)


@pytest.fixture
def store(home: Home) -> Store:
    return home.store()


def recorded(name: str) -> Recorded:
    return Recorded(
        f"prom.rules.{name}", "p", f"{name}.yaml", {"groups": [name, "é\u0000"]}, {"x": 1}, ("sla.a",)
    )


def test_what_was_never_written_reads_as_nothing(store: Store) -> None:
    assert (store.read().lineage, store.read().resources, [*store.history()]) == ("", {}, [])
    assert store.export()["history"] == []
    assert store.holder() is None


def test_what_is_recorded_is_read_back(store: Store) -> None:
    with store.lock("apply", 0) as writer:
        writer.begin("d", [("prom.rules.a", "create"), ("prom.rules.b", "create")])
        assert [one.address for one in store.read().intents] == ["prom.rules.a", "prom.rules.b"]
        writer.begin("d", [("prom.rules.c", "create")])
        writer.resolve([recorded("a"), recorded("c")], [], ["prom.rules.b"])
        applied = Applied("sla.a", {"kind": "SLA"}, {"availability": "guaranteed"}, True)
        added = writer.finish(
            {"sla.a": applied}, replace(ENTRY, results={"a": "create: done"}, dirty=True, commit="c0ffee")
        )
    snapshot = store.read()
    assert added.serial == snapshot.serial == 1
    assert snapshot.head == added.hash
    assert snapshot.intents == ()
    assert snapshot.resources == {"prom.rules.a": recorded("a"), "prom.rules.c": recorded("c")}
    assert snapshot.agreements == {"sla.a": applied}
    (entry,) = store.history()
    assert entry == added
    assert store.export()["lineage"] == snapshot.lineage != ""
    with store.lock("apply", 0) as writer:
        writer.resolve([], ["prom.rules.a"], [])
        writer.finish({"sla.a": None}, ENTRY)
    after = store.read()
    assert ([*after.resources], after.agreements, after.serial) == (["prom.rules.c"], {}, 2)
    assert after.lineage == snapshot.lineage
    assert not [*breaks([*store.history()], after.head, after.lineage)]


def test_addresses_are_in_the_order_of_their_characters(store: Store) -> None:
    names = ["a-b", "a.b", "aB", "ab", "a_b", "Z", "é"]
    with store.lock("apply", 0) as writer:
        writer.resolve([Recorded(f"b.t.{one}", "p", one, {}) for one in names], [], [])
    assert [*store.read().resources] == sorted(f"b.t.{one}" for one in names)


def test_a_locked_state_names_holder_age_and_remedy(store: Store) -> None:
    with store.lock("apply", 0):
        held = store.holder()
        assert held is not None
        assert held.operation == "apply"
        with pytest.raises(SlactlError, match="The state is locked") as caught, store.lock("destroy", 0):
            pass
        detail = caught.value.diagnostics[0].detail
        assert held.who in detail
        assert f"slactl force-unlock {held.id}" in detail
        with pytest.raises(SlactlError, match="The lock's ID is"):
            store.force_unlock("another")
    assert store.holder() is None
    with pytest.raises(SlactlError, match="not locked"):
        store.force_unlock("x")


def test_a_lock_by_hand_outlives_its_process_and_holds_others_off(home: Home, store: Store) -> None:
    with home.process("store.hold('moving house', 0)") as other:
        assert other.wait() == 0
    held = store.holder()
    assert held is not None
    assert (held.by_hand, held.info) == (True, "moving house")
    with pytest.raises(SlactlError) as caught, store.lock("apply", 0):
        pass
    assert "moving house" in caught.value.diagnostics[0].detail
    store.force_unlock(held.id)
    with store.lock("apply", 0) as writer:
        assert not writer.note


def test_a_lock_is_waited_for(home: Home, store: Store) -> None:
    with home.process(
        "with store.lock('apply', 0):", "    print('held', flush=True); time.sleep(1.5)"
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        begin = time.monotonic()
        with store.lock("apply", 30):
            assert time.monotonic() - begin > 0.5


def test_the_lock_of_a_killed_process_is_taken_over_and_its_intents_stay(home: Home, store: Store) -> None:
    with home.process(
        "with store.lock('apply', 0) as writer:",
        "    writer.begin('d', [('prom.rules.a', 'create'), ('prom.rules.b', 'create')])",
        "    writer.resolve([Recorded('prom.rules.a', 'p', '1', {})], [], [])",
        "    os.kill(os.getpid(), signal.SIGKILL)",
    ) as other:
        assert other.wait() == -9
    snapshot = store.read()
    assert [one.address for one in snapshot.intents] == ["prom.rules.b"]
    assert [*snapshot.resources] == ["prom.rules.a"]
    with store.lock("apply", 10) as writer:
        assert "was taken over" in writer.note
        held = store.holder()
        assert held is not None
        assert held.pid == os.getpid()
        writer.resolve([], [], ["prom.rules.b"])
    snapshot = store.read()
    assert ([*snapshot.resources], snapshot.intents) == (["prom.rules.a"], ())


def test_hosts_made_from_one_image_are_told_apart_by_their_start() -> None:
    lock, boot = new_lock("apply"), Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    dead = replace(lock, pid=2**22 + 1)  # no process of this host has this number
    assert is_dead(dead)
    assert not is_dead(replace(dead, host=lock.host.replace(boot, "0" * len(boot))))


def test_a_writer_that_lost_its_lock_writes_nothing_more(store: Store) -> None:
    with store.lock("apply", 0) as writer:
        held = store.holder()
        assert held is not None
        store.force_unlock(held.id)
        with store.lock("apply", 5) as other:
            with pytest.raises(SlactlError, match=r"released by somebody else|connection to the state"):
                writer.begin("d", [("b.t.x", "create")])
            other.begin("d", [("b.t.y", "create")])
        assert [one.address for one in store.read().intents] == ["b.t.y"]


def test_the_first_step_of_an_apply_raises_the_serial_and_the_others_do_not(store: Store) -> None:
    with store.lock("apply", 0) as writer:
        assert store.read().serial == 0
        writer.begin("d", [("b.t.x", "create")])
        assert store.read().serial == 1
        writer.resolve([Recorded("b.t.x", "p", "1", {})], [], [])
        assert writer.finish({}, ENTRY).serial == 1
        assert writer.finish({}, ENTRY).serial == 2
    with store.lock("apply", 0) as writer:
        assert writer.finish({}, ENTRY).serial == 3
    assert [one.serial for one in store.history()] == [1, 2, 3]


def test_new_verdicts_are_recorded_without_a_new_promise(store: Store) -> None:
    with store.lock("apply", 0) as writer:
        writer.finish({"sla.a": Applied("sla.a", {"kind": "SLA"}, {"availability": "guaranteed"})}, ENTRY)
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY, {"sla.a": {"availability": "unsupported"}, "sla.none": {"x": "y"}})
    (applied,) = store.read().agreements.values()
    assert (applied.promise, applied.support) == ({"kind": "SLA"}, {"availability": "unsupported"})


def test_two_addresses_change_places_in_one_step(store: Store) -> None:
    with store.lock("apply", 0) as writer:
        writer.resolve(
            [
                Recorded("b.t.one", "p", "1", {}, {}, ("sla.one.availability",), ("b.t.two",)),
                Recorded("b.t.two", "p", "2", {}),
            ],
            [],
            [],
        )
        writer.finish({"sla.one": Applied("sla.one", {"name": "one"}, {})}, ENTRY)
        moved = writer.move({"b.t.one": "b.t.two", "b.t.two": "b.t.one", "sla.one": "sla.uno"}, ENTRY)
    snapshot = store.read()
    assert {address: one.id for address, one in snapshot.resources.items()} == {
        "b.t.one": "2",
        "b.t.two": "1",
    }
    assert snapshot.resources["b.t.two"].needed_by == ("sla.uno.availability",)
    assert snapshot.resources["b.t.two"].depends_on == ("b.t.one",)
    assert snapshot.agreements["sla.uno"].promise == {"name": "uno"}
    assert moved.agreements == {"sla.one": None, "sla.uno": {"name": "uno"}}
    assert snapshot.serial == moved.serial == 2
    assert not [*breaks([*store.history()], snapshot.head, snapshot.lineage)]


def test_a_copy_of_the_state_before_is_named(store: Store) -> None:
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
        assert not writer.backup
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
        assert "1" in writer.backup


def test_a_state_is_replaced_by_another_whole(store: Store, tmp_path: Path) -> None:
    with store.lock("apply", 0) as writer:
        writer.resolve([recorded("old")], [], [])
        writer.finish({}, ENTRY)
    other = Home({"type": "sqlite", "path": "other.db"}, tmp_path).store()
    with other.lock("apply", 0) as writer:
        writer.begin("d", [("b.t.open", "create")])
        writer.resolve([recorded("new")], [], [])
        writer.finish({"sla.a": Applied("sla.a", {"kind": "SLA"}, {}, True)}, ENTRY)
        writer.finish({}, ENTRY)
    document = other.export()
    with store.lock("state push", 0) as writer:
        writer.replace(imported(document, "other"))
    assert store.export() == document
    with store.lock("apply", 0) as writer:
        assert writer.finish({}, ENTRY).serial == 3
    assert not [*breaks([*store.history()], store.read().head, store.read().lineage)]


def test_another_workspaces_state_is_not_touched(home: Home, store: Store) -> None:
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
    if home.settings["type"] == "postgres":
        assert home.store("other").read().serial == 0
    else:
        with pytest.raises(SlactlError, match="belongs to the workspace estate"):
            home.store("other").read()


APPLY = """
for turn in range(5):
    with store.lock('apply', 120) as writer:
        inside = store.read()
        writer.begin('d', [(f'b.t.{os.getpid()}-{turn}', 'create')])
        time.sleep(0.002)
        assert [one.address for one in store.read().intents] == [f'b.t.{os.getpid()}-{turn}'], 'another was inside'
        writer.resolve([Recorded(f'b.t.{os.getpid()}-{turn}', 'p', '1', {})], [], [])
        added = writer.finish({}, Entry(0, datetime.now(UTC), 'me', 'apply', '2026-11-23', 'd', None, {}, {}))
        assert added.serial == inside.serial + 1, 'another wrote'
"""


def test_eight_processes_that_apply_at_once_take_turns_and_lose_nothing(home: Home, store: Store) -> None:
    quick = "import slactl.state.locking as l; l._FIRST_PAUSE_S = 0.01; l._LONGEST_PAUSE_S = 0.05"
    others = [home.process(quick, APPLY) for _ in range(8)]
    assert [one.wait() for one in others] == [0] * 8
    for one in others:
        assert one.stdout is not None
        one.stdout.close()
    snapshot = store.read()
    assert (len(snapshot.resources), snapshot.serial, snapshot.intents) == (40, 40, ())
    assert not [*breaks([*store.history()], snapshot.head, snapshot.lineage)]
