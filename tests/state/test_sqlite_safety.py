"""The SQLite file under stress: foreign databases, old schemas, lost locks, races, folders that may not be written."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slactl.base.diagnostics import SlactlError
from slactl.state.migrations import m0001_initial
from slactl.state.records import Applied, Entry, Recorded
from slactl.state.sqlite import SqliteStore

NOBODY = 65534
ENTRY = Entry(0, datetime(2026, 11, 23, tzinfo=UTC), "me@here", "apply", "2026-11-23", "d", None, {}, {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> SqliteStore:
    return SqliteStore(path, "estate")


def test_somebody_elses_database_is_refused_and_left_alone(path: Path, store: SqliteStore) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE users (name)")
    before = path.read_bytes()
    with pytest.raises(SlactlError, match="is no state of slactl"), store.lock("apply", 0):
        pass
    assert path.read_bytes() == before


def test_a_state_appears_whole_and_nothing_is_left_beside_it(path: Path, store: SqliteStore) -> None:
    with store.lock("apply", 0):
        assert store.read().lineage
    assert [one.name for one in path.parent.iterdir()] == ["state.db"]


def test_history_can_only_grow(path: Path, store: SqliteStore) -> None:
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("DELETE FROM history", "UPDATE history SET who = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                connection.execute(statement)


def test_an_older_schema_is_read_as_it_is_and_migrated_by_the_next_writer(
    path: Path, store: SqliteStore
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        m0001_initial.migrate(connection)
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO meta VALUES ('line', 7, 'estate')")
        connection.execute("INSERT INTO resources VALUES ('b.t.x', 'p', '1', '{}', '{}', '[]')")
    before = path.read_bytes()
    assert store.read().resources == {"b.t.x": Recorded("b.t.x", "p", "1", {})}
    assert path.read_bytes() == before
    with store.lock("apply", 0):
        pass
    assert (store.read().serial, list(store.read().resources)) == (7, ["b.t.x"])
    assert path.read_bytes() != before


def test_the_document_of_an_export_names_its_format(store: SqliteStore) -> None:
    assert store.export()["history"] == []
    with store.lock("apply", 0) as writer:
        writer.resolve([Recorded("b.t.x", "p", "1", {"size": 1}, {}, ("sla.a",), ("b.t.y",))], [], [])
        writer.finish({}, ENTRY)
    document = store.export()
    assert (document["format"], document["version"], document["serial"]) == ("slactl-state", 1, 1)
    assert document["resources"] == [
        {
            "address": "b.t.x",
            "provider": "p",
            "id": "1",
            "body": {"size": 1},
            "attributes": {},
            "needed_by": ["sla.a"],
            "depends_on": ["b.t.y"],
        }
    ]
    assert [one["who"] for one in document["history"]] == ["me@here"]


def test_processes_that_race_for_a_new_state_take_turns(path: Path, store: SqliteStore) -> None:
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from slactl.state.sqlite import SqliteStore; from slactl.state.records import Entry\n"
        "entry = Entry(0, datetime.now(UTC), 'x', 'apply', '2026-11-23', 'd', None, {}, {})\n"
        "with SqliteStore(Path(sys.argv[1]), 'estate').lock('apply', 60) as writer:\n"
        "    writer.begin('d', [('b.t.x', 'create')]); writer.resolve([], [], ['b.t.x'])\n"
        "    print(writer.finish({}, entry).serial)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, env=environment)
        for _ in range(4)
    ]
    serials = sorted(int(process.communicate(timeout=60)[0]) for process in processes)
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert serials == [1, 2, 3, 4]
    assert [one.serial for one in store.history()] == [1, 2, 3, 4]


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that everybody may read and nobody but its owner may write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def by_a_stranger(folder: Path, action: Callable[[], str]) -> str:
    """What the action says when a user without rights to the folder runs it."""
    folder.chmod(0o555)
    if os.getuid() != 0:
        return action()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(NOBODY)
        try:
            os.write(writing, action().encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def test_a_folder_that_may_not_be_written_is_a_message_and_can_still_be_read(closed_folder: Path) -> None:
    store = SqliteStore(closed_folder / "state.db", "estate")

    def write() -> str:
        try:
            with store.lock("apply", 0):
                return "written"
        except SlactlError as error:
            return f"{error}"

    assert by_a_stranger(closed_folder, write).startswith("The state cannot be made: Permission denied")
    closed_folder.chmod(0o755)
    with store.lock("apply", 0) as writer:
        writer.resolve([Recorded("b.t.x", "p", "1", {})], [], [])
    assert by_a_stranger(closed_folder, lambda: ",".join(store.read().resources)) == "b.t.x"
    closed_folder.chmod(0o755)
    assert "cannot be used" in by_a_stranger(closed_folder, write)


def test_a_copy_is_as_private_as_the_state(path: Path, store: SqliteStore) -> None:
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
        assert writer.backup == ""
    path.chmod(0o600)
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
        assert writer.backup == f"{path}.backup-1"
    assert Path(writer.backup).stat().st_mode & 0o777 == 0o600


def test_a_damaged_page_never_pushes_out_a_good_copy(path: Path, store: SqliteStore) -> None:
    many = [Recorded(f"b.t.x{number}", "p", "1", {"text": "x" * 3000}) for number in range(50)]
    with store.lock("apply", 0) as writer:
        writer.resolve(many, [], [])
        writer.finish({}, ENTRY)
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
    good = Path(f"{path}.backup-1").read_bytes()
    spoiled = bytearray(path.read_bytes())
    spoiled[20 * 4096 : 40 * 4096] = b"\xff" * (20 * 4096)
    path.write_bytes(spoiled)
    with pytest.raises(SlactlError, match="is damaged") as caught, store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
    assert f"cp {path}.backup-1 {path}" in caught.value.diagnostics[0].detail
    assert sorted(one.name for one in path.parent.glob("*backup*")) == ["state.db.backup-1"]
    assert Path(f"{path}.backup-1").read_bytes() == good


def test_a_state_that_cannot_be_copied_is_not_changed(path: Path, store: SqliteStore) -> None:
    with store.lock("apply", 0) as writer:
        writer.finish({}, ENTRY)
    Path(f"{path}.backup-1").mkdir()
    with pytest.raises(SlactlError, match="cannot be copied"), store.lock("apply", 0) as writer:
        writer.begin("d", [("b.t.x", "create")])
    assert (store.read().serial, store.read().intents) == (1, ())


def test_a_row_that_is_no_json_is_a_damaged_state(path: Path, store: SqliteStore) -> None:
    with store.lock("apply", 0) as writer:
        writer.resolve([Recorded("b.t.x", "p", "1", {})], [], [])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE resources SET body = 'x'")
    with pytest.raises(SlactlError, match="a row is no JSON"):
        store.read()


def whole_state(store: SqliteStore) -> None:
    promise = {"name": "a", "objectives": {"availability": {"target": "99.9%"}}}
    with store.lock("apply", 0) as writer:
        writer.resolve([Recorded(f"b.t.x{number}", "p", "1", {"n": number}) for number in range(40)], [], [])
        writer.finish({"sla.a": Applied("sla.a", promise, {"availability": "guaranteed"})}, ENTRY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE resources SET body = NULL",
        "UPDATE resources SET body = '[]'",
        "UPDATE resources SET needed_by = '7'",
        "UPDATE resources SET id = x'ff'",
        "UPDATE resources SET id = CAST(x'ff' AS TEXT)",
        "UPDATE agreements SET promise = '1'",
        "UPDATE meta SET serial = 'x'",
        "UPDATE meta SET lineage = x'00'",
        "INSERT INTO under_way VALUES (1, '{}')",
    ],
)
def test_a_row_that_no_release_writes_is_a_damaged_state(
    path: Path, store: SqliteStore, statement: str
) -> None:
    whole_state(store)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    with pytest.raises(SlactlError, match="is damaged"):
        store.export()


def test_a_lock_that_cannot_be_read_is_a_damaged_state(path: Path, store: SqliteStore) -> None:
    whole_state(store)
    store.hold("", 0)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE lock SET created = 'yesterday'")
    with pytest.raises(SlactlError, match="is damaged"), store.lock("apply", 0):
        pass


def test_whatever_happens_to_the_file_is_a_message(path: Path, store: SqliteStore) -> None:
    whole_state(store)
    good = path.read_bytes()
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)  # noqa: S311 - damage, not secrets
    print("seed", seed)  # noqa: T201 - shown when the test fails
    for _ in range(150):
        spoiled = bytearray(good)
        for _ in range(chance.randint(1, 30)):
            begin = chance.randrange(len(spoiled))
            length = min(chance.choice([1, 1, 1, 8, 3000]), len(spoiled) - begin)
            spoiled[begin : begin + length] = chance.randbytes(length)
        path.write_bytes(
            spoiled[: chance.choice([len(spoiled), len(spoiled), chance.randrange(len(spoiled))])]
        )
        for beside in path.parent.glob("state.db-*"):
            beside.unlink()
        for look in (store.read, store.export, store.holder):
            with suppress(SlactlError):
                look()
