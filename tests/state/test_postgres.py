"""What only a PostgreSQL state has to keep: sessions that end, schemas of others, rights, passwords. The server is a real one."""

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer
from psycopg.conninfo import conninfo_to_dict

from slactl.base.diagnostics import Place, SlactlError
from slactl.model.workspace import Workspace
from slactl.state import postgres_tables
from slactl.state.open import store_of
from slactl.state.postgres import PostgresStore
from slactl.state.postgres_address import database_of, resolved
from slactl.state.postgres_connection import connected, explained
from slactl.state.postgres_schema import MIGRATIONS, VERSION
from slactl.state.records import Entry, Recorded
from slactl.state.store import DamagedStateError, Store

PLACE = Place("slactl.yaml")
ENTRY = Entry(0, datetime(2026, 11, 23, tzinfo=UTC), "me@here", "apply", "2026-11-23", "d", None, {}, {})


@pytest.fixture
def dsn(postgres: PostgresServer) -> str:
    return postgres.new_database()


@pytest.fixture
def store(dsn: str) -> PostgresStore:
    return PostgresStore(dsn, "estate", PLACE)


def administer(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def apply_once(store: PostgresStore) -> None:
    with store.lock("apply", 0) as writer:
        writer.resolve([Recorded("b.t.x", "p", "1", {})], [], [])
        writer.finish({}, ENTRY)


def end_other_sessions(dsn: str) -> None:
    administer(
        dsn,
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


@pytest.fixture
def colleague(dsn: str) -> str:
    """The address for another role, which may create nothing in the database."""
    name = f"c{conninfo_to_dict(dsn)['dbname']}"
    administer(dsn, f"CREATE ROLE {name} LOGIN")
    return dsn.replace("tester@", f"{name}@")


def role(colleague: str) -> str:
    return str(conninfo_to_dict(colleague)["user"])


def test_a_connection_lost_in_the_middle_is_said_and_intents_stay(dsn: str, store: PostgresStore) -> None:
    def apply() -> None:
        with store.lock("apply", 0) as writer:
            writer.begin("d", [("b.t.x", "create"), ("b.t.y", "create")])
            writer.resolve([Recorded("b.t.x", "p", "1", {})], [], [])
            end_other_sessions(dsn)
            writer.resolve([Recorded("b.t.y", "p", "2", {})], [], [])

    with pytest.raises(SlactlError) as caught:
        apply()
    assert "The connection to the state's database broke" in caught.value.diagnostics[0].summary
    assert "What was recorded is safe" in caught.value.diagnostics[0].detail
    snapshot = store.read()
    assert [*snapshot.resources] == ["b.t.x"]
    assert [one.address for one in snapshot.intents] == ["b.t.y"]
    with store.lock("apply", 0) as writer:
        assert "its session with the database has ended" in writer.note
        writer.resolve([Recorded("b.t.y", "p", "2", {})], [], [])
    assert (len(store.read().resources), store.read().intents, store.holder()) == (2, (), None)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM resources", "UPDATE meta SET serial = 7", "DROP TABLE lock"]
)
def test_readers_cannot_write(store: PostgresStore, dsn: str, statement: str) -> None:
    apply_once(store)
    with store._reading() as connection:  # noqa: SLF001 - no method of the store tries to write there
        assert connection is not None
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute(statement)
    with connected(dsn, PLACE, write=False) as connection:
        connection.execute("SET search_path TO slactl_estate")
        with pytest.raises(SlactlError, match="may only be read"), explained():
            connection.execute(statement)
    assert (len(store.read().resources), store.read().serial) == (1, 1)


def test_a_pooler_is_asked_for_nothing_special_and_silence_has_an_end(dsn: str) -> None:
    with connected(dsn, PLACE, write=False) as connection:
        assert connection.raw.info.options == "", (
            "PgBouncer refuses settings of the server that are part of connecting"
        )
        assert int(connection.raw.info.get_parameters()["tcp_user_timeout"]) == 60_000
    with connected(f"{dsn}&tcp_user_timeout=7", PLACE, write=False) as connection:
        assert connection.raw.info.get_parameters()["tcp_user_timeout"] == "7"


def test_a_schema_of_somebody_else_is_neither_read_as_empty_nor_filled(
    dsn: str, store: PostgresStore
) -> None:
    administer(dsn, "CREATE SCHEMA slactl_estate", "CREATE TABLE slactl_estate.meta (x INT)")
    for use in (store.read, store.export, store.holder, lambda: apply_once(store)):
        with pytest.raises(SlactlError, match="is no state of slactl"):
            use()
    administer(dsn, "DROP TABLE slactl_estate.meta", "CREATE TABLE slactl_estate.slactl (x INT)")
    with pytest.raises(SlactlError, match="is no state of slactl"):
        store.read()
    assert store.workspaces() == []
    with psycopg.connect(dsn) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'slactl_estate'")
        assert tables.fetchall() == [("slactl",)]


def test_a_newer_schema_is_refused_whatever_is_asked(dsn: str, store: PostgresStore) -> None:
    apply_once(store)
    administer(dsn, "UPDATE slactl_estate.slactl SET version = 99")
    for use in (
        store.read,
        lambda: [*store.history()],
        lambda: store.hold("why", 0),
        lambda: apply_once(store),
    ):
        with pytest.raises(SlactlError, match="written by a newer slactl"):
            use()


def test_an_older_schema_is_brought_up_to_date_by_who_writes(
    dsn: str, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_once(store)
    before = store.export()
    further = "ALTER TABLE meta ADD COLUMN motto TEXT NOT NULL DEFAULT 'still here'"
    monkeypatch.setattr(postgres_tables, "MIGRATIONS", (*MIGRATIONS, further))
    monkeypatch.setattr(postgres_tables, "VERSION", VERSION + 1)
    with pytest.raises(SlactlError, match="older slactl") as caught:
        store.read()
    assert "slactl init" in caught.value.diagnostics[0].detail
    with store.lock("init", 0):
        pass
    assert store.export() == before
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT motto FROM slactl_estate.meta").fetchall() == [("still here",)]


def test_a_migration_that_fails_leaves_the_state_as_it_was(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_once(store)
    before = store.export()
    with monkeypatch.context() as patched:
        steps = ("ALTER TABLE meta ADD COLUMN motto TEXT", "ALTER TABLE nowhere ADD COLUMN x TEXT")
        patched.setattr(postgres_tables, "MIGRATIONS", (*MIGRATIONS, *steps))
        patched.setattr(postgres_tables, "VERSION", VERSION + 2)
        with pytest.raises(SlactlError), store.lock("init", 0):
            pass
    assert store.export() == before


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DROP TABLE slactl_estate.resources", 'relation "resources" does not exist'),
        ("ALTER TABLE slactl_estate.agreements DROP COLUMN promise", 'column "promise" does not exist'),
        ("UPDATE slactl_estate.resources SET body = '{'", "a row is no JSON"),
        ("DELETE FROM slactl_estate.slactl", "it has lost its version"),
        ("DELETE FROM slactl_estate.meta", "it has lost its name"),
    ],
)
def test_a_damaged_state_is_said_to_be_and_can_be_set_aside(
    dsn: str, store: PostgresStore, damage: str, words: str
) -> None:
    apply_once(store)
    administer(dsn, damage)
    with pytest.raises(DamagedStateError) as caught:
        store.read()
    assert words in caught.value.diagnostics[0].summary
    assert "state rebuild -force" in caught.value.diagnostics[0].detail
    assert store.set_aside() == "the schema slactl_estate_damaged_1"
    assert store.read().serial == 0
    apply_once(store)
    assert store.workspaces() == ["estate"], "one that was set aside is no workspace"
    assert store.set_aside() == "the schema slactl_estate_damaged_2"


def test_a_schema_that_an_administrator_made_is_used_by_who_may_make_none(dsn: str, colleague: str) -> None:
    store = PostgresStore(colleague, "estate", PLACE)
    with pytest.raises(SlactlError, match="permission denied for database") as caught:
        apply_once(store)
    assert "an empty schema of their own" in caught.value.diagnostics[0].detail
    administer(dsn, f"CREATE SCHEMA slactl_estate AUTHORIZATION {role(colleague)}")
    assert store.read().serial == 0
    apply_once(store)
    assert store.read().serial == 1


def test_a_state_that_may_not_be_read_is_not_empty(store: PostgresStore, colleague: str) -> None:
    apply_once(store)
    with pytest.raises(SlactlError, match="permission denied for schema slactl_estate"):
        PostgresStore(colleague, "estate", PLACE).read()


def test_who_may_only_select_reads_everything_and_takes_no_lock(
    dsn: str, store: PostgresStore, colleague: str
) -> None:
    apply_once(store)
    name = role(colleague)
    administer(
        dsn,
        f"GRANT USAGE ON SCHEMA slactl_estate TO {name}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA slactl_estate TO {name}",
    )
    reader = PostgresStore(colleague, "estate", PLACE)
    assert reader.export() == store.export()
    with pytest.raises(SlactlError, match="permission denied for table lock"), reader.lock("apply", 0):
        pass
    apply_once(store)
    assert reader.read().serial == 2


def test_a_session_that_one_may_not_end_keeps_its_lock_and_its_name(
    dsn: str, store: PostgresStore, colleague: str
) -> None:
    apply_once(store)
    name = role(colleague)
    administer(
        dsn,
        f"GRANT USAGE ON SCHEMA slactl_estate TO {name}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA slactl_estate TO {name}",
    )
    other = PostgresStore(colleague, "estate", PLACE)
    with store.lock("apply", 0) as writer:
        held = store.holder()
        assert held is not None
        with pytest.raises(SlactlError, match="as another user of the database") as caught:
            other.force_unlock(held.id)
        assert "pg_terminate_backend" in caught.value.diagnostics[0].detail
        assert store.holder() == held
        writer.begin("d", [("b.t.y", "create")])
        with pytest.raises(SlactlError) as refused, other.lock("apply", 0):
            pass
        assert held.id in refused.value.diagnostics[0].detail


def test_a_lock_that_was_released_by_force_can_be_taken_at_once(dsn: str, store: PostgresStore) -> None:
    with store.lock("apply", 0) as writer:
        held = store.holder()
        assert held is not None
        session = session_of_the_lock(dsn)
        os.kill(session, signal.SIGSTOP)  # a server under load, which ends sessions late
        later = threading.Timer(0.5, os.kill, (session, signal.SIGCONT))
        later.start()
        store.force_unlock(held.id)
        with store.lock("apply", 0), pytest.raises(SlactlError, match="connection to the state"):
            writer.begin("d", [("b.t.x", "create")])
        later.join()


def session_of_the_lock(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        (row,) = connection.execute(
            "SELECT pid FROM pg_locks JOIN pg_database ON oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()"
        ).fetchall()
    return int(row[0])


def test_workspaces_of_one_database_are_locked_one_by_one(dsn: str, store: PostgresStore) -> None:
    other = PostgresStore(dsn, "other", PLACE)
    long = PostgresStore(dsn, "w" * 70, PLACE), PostgresStore(dsn, "w" * 71, PLACE)
    with store.lock("apply", 0), other.lock("apply", 0), long[0].lock("apply", 0), long[1].lock("apply", 0):
        assert len({one.holder() for one in (store, other, *long)}) == 4
    assert store.workspaces() == ["estate", "other", "w" * 70, "w" * 71]
    other.erase()
    assert "other" not in store.workspaces()


def test_the_history_can_only_grow(dsn: str, store: PostgresStore) -> None:
    apply_once(store)
    for statement in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
            administer(dsn, f"{statement} slactl_estate.history")


def test_five_copies_are_kept_and_a_copy_is_the_whole_state(dsn: str, store: PostgresStore) -> None:
    documents = []
    for _ in range(8):
        apply_once(store)
        documents.append(store.export())
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT document FROM slactl_estate.backups ORDER BY serial").fetchall()
    assert [json.loads(one) for (one,) in found] == documents[2:7]


PASSWORD = "p@ss/w: #r?d%41 '\\ü"


@pytest.mark.parametrize(
    "form",
    [
        "postgresql://{0}:${{env.PG_PASS}}@/{1}?host={2}",
        "user={0} dbname={1} host={2} password=${{env.PG_PASS}}",
    ],
)
def test_a_password_is_taken_as_it_is_and_a_wrong_one_is_not_shown(
    postgres: PostgresServer, dsn: str, colleague: str, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    name = role(colleague)
    postgres.ask_for_password(name, PASSWORD)
    administer(dsn, f"CREATE SCHEMA slactl_estate AUTHORIZATION {name}")
    settings = {
        "type": "postgres",
        "dsn": form.format(name, conninfo_to_dict(dsn)["dbname"], postgres.folder),
    }
    monkeypatch.setenv("PG_PASS", PASSWORD)
    with opened(settings).lock("apply", 0):
        pass
    monkeypatch.setenv("PG_PASS", "Wr0ng@nother")
    with pytest.raises(SlactlError, match="password authentication failed") as caught:
        opened(settings).read()
    assert not any(part in str(caught.value.diagnostics) for part in ("Wr0ng", "nother"))


def opened(settings: dict[str, str]) -> Store:
    return store_of(settings, Workspace("estate", PLACE, "org"), Path())


@pytest.mark.parametrize("password", ["hu@sh", "hu/sh", "12/hush", "hu%zzsh", "h@u@sh"])
def test_an_address_that_its_password_cuts_in_the_wrong_place_is_refused_unseen(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("PG", f"postgresql://u:{password}@127.0.0.1:1/db")
    with pytest.raises(SlactlError, match="is no PostgreSQL address") as caught:
        opened({"type": "postgres", "dsn": "${env.PG}"}).read()
    said = str(caught.value.diagnostics)
    assert "hush" not in said
    assert "sh@" not in said
    assert "percent-encoded" in said


def test_a_missing_library_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [one for one in sys.modules if one.startswith("slactl.state.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SlactlError, match="needs the library psycopg") as caught:
        opened({"type": "postgres", "dsn": "postgresql://u@h/d"})
    assert caught.value.diagnostics[0].detail == "pip install 'slactl[postgres]'"


def test_a_database_is_named_without_who_logs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGPORT", "PGDATABASE", "PGSERVICE", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    one = database_of("postgresql://ann:secret@db.example.com/shop?connect_timeout=3")
    assert (
        one
        == database_of("host=db.example.com port=5432 dbname=shop user=ben")
        == "shop on db.example.com:5432"
    )
    assert database_of("service=shop user=ann password=secret") == "the service shop"
    monkeypatch.setenv("PGHOST", "elsewhere")
    assert database_of("dbname=shop") == "shop on elsewhere:5432"
    assert resolved("dbname=shop", str, PLACE) == "dbname=shop"


def test_a_holder_that_has_not_said_who_it_is_has_no_made_up_process(dsn: str, store: PostgresStore) -> None:
    with store.lock("apply", 0), psycopg.connect(dsn, autocommit=True) as other:
        other.execute(
            "DELETE FROM slactl_estate.lock"
        )  # as it is between the lock and the row that names its holder
        with pytest.raises(SlactlError, match="locked") as failure, store.lock("apply", 0):
            raise AssertionError
        (said,) = failure.value.diagnostics
        assert "Another session has just taken it" in said.detail
        assert "-1" not in said.detail
