"""`init`, `state push`, and states in other places: nothing is begun anew unseen, and what moves arrives whole."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer
from state_server import StateServer, state_server

from slactl.apply import executor
from tests.running import Run


@pytest.fixture
def server() -> Iterator[StateServer]:
    with state_server() as server:
        yield server


def keep(shop: Path, state: str) -> None:
    """Say where the state is kept."""
    lines = [
        line for line in (shop / "slactl.yaml").read_text().splitlines() if not line.startswith("  state:")
    ]
    index = lines.index("spec:")
    (shop / "slactl.yaml").write_text(
        "\n".join([*lines[: index + 1], f"  state: {state}", *lines[index + 1 :]]) + "\n"
    )


def pulled(run: Run) -> dict[str, object]:
    return dict(json.loads(run("state", "pull")[1]))


def test_init_makes_the_place_ready_and_says_what_is_there(run: Run, shop: Path) -> None:
    code, out, _ = run("init")
    assert (code, "The state is in .slactl/state.db: empty." in out) == (0, True), out
    assert run("apply", "-auto-approve")[0] == 0
    assert "serial 1, 5 objects, " in run("init")[1]
    keep(shop, "{type: sqlite, path: .slactl/other.db}")
    for command in ("plan", "drift", "history"):
        code, _, err = run(command)
        assert (code, "slactl init -migrate-state" in err) == (1, True), err
    assert not (shop / ".slactl" / "other.db").exists()


def test_a_state_moves_from_place_to_place_and_back_unchanged(
    run: Run, shop: Path, postgres: PostgresServer, server: StateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    before = pulled(run)
    monkeypatch.setenv("PG", postgres.new_database())
    for place in (
        "{type: postgres, dsn: '${env.PG}'}",
        f"{{type: http, address: '{server.address}'}}",
        "{type: sqlite, path: elsewhere.db}",
    ):
        keep(shop, place)
        assert run("plan")[0] == 1
        assert run("init")[0] == 1, "it is not decided by itself"
        code, out, _ = run("init", "-migrate-state")
        assert (code, "The old one is untouched" in out) == (0, True), out
        assert pulled(run) == before
        assert run("plan", "-detailed-exitcode")[0] == 0
        assert run("history", "verify")[0] == 0
        assert "Nothing to migrate" in run("init", "-migrate-state")[1]
    assert run("destroy", "-auto-approve", "-exclude=sla.acme-shop")[0] == 0
    assert (shop / ".slactl" / "state.db").exists()


def test_a_state_comes_back_from_a_database_with_what_was_under_way(
    run: Run, shop: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG", postgres.new_database())
    keep(shop, "{type: postgres, dsn: '${env.PG}'}")
    assert run("apply", "-auto-approve")[0] == 0
    with psycopg.connect(os.environ["PG"]) as connection:
        connection.execute("INSERT INTO slactl_webshop.intents VALUES ('prom.rules.left', 'create', 'd')")
    before = pulled(run)
    assert before["intents"] == [{"address": "prom.rules.left", "action": "create"}]
    keep(shop, "{type: sqlite, path: .slactl/state.db}")
    assert run("plan")[0] == 1
    assert run("init", "-migrate-state")[0] == 0
    assert pulled(run) == before
    assert run("apply", "-auto-approve")[0] == 0
    with psycopg.connect(os.environ["PG"]) as connection:
        assert connection.execute("SELECT serial FROM slactl_webshop.meta").fetchall() == [
            (before["serial"],)
        ]


def test_a_variable_that_leads_to_another_database_begins_no_state_unseen(
    run: Run, shop: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    keep(shop, "{type: postgres, dsn: '${env.PG}'}")
    monkeypatch.setenv("PG", first)
    assert run("apply", "-auto-approve")[0] == 0
    (shop / "state.json").write_text(run("state", "pull")[1])
    before = pulled(run)
    monkeypatch.setenv("PG", second)
    for command in (
        ("plan",),
        ("state", "list"),
        ("apply", "-auto-approve"),
        ("init",),
        ("init", "-migrate-state"),
    ):
        code, _, err = run(*command)
        assert (code, "slactl init -reconfigure" in err, "state push" in err) == (1, True, True), err
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regnamespace('slactl_webshop')").fetchall() == [(None,)]
    assert run("init", "-reconfigure")[0] == 0
    assert run("state", "push", "state.json")[0] == 0
    assert pulled(run) == before
    for place in (first, second, first.replace("tester@", "") + "&user=tester&connect_timeout=9"):
        monkeypatch.setenv("PG", place)
        assert run("plan", "-detailed-exitcode")[0] == 0, "both have a state: the variable chooses"
        assert run("init")[0] == 0
    monkeypatch.delenv("PG")
    keep(shop, "{type: sqlite, path: .slactl/state.db}")
    code, _, err = run("plan")
    assert (code, "PG is not set" in " ".join(err.split())) == (1, True), err


def test_the_lock_of_another_tool_is_shown_without_a_process_that_it_has_not_told(
    run: Run, shop: Path, server: StateServer
) -> None:
    keep(shop, f"{{type: http, address: '{server.address}'}}")
    server.lock = {
        "ID": "42",
        "Operation": "OperationTypeApply",
        "Who": "ann@ci",
        "Created": "2026-11-23T10:00:00Z",
    }
    code, out, _ = run("state", "locks")
    assert (code, out.endswith(" (OperationTypeApply). ID: 42\n")) == (0, True), out


def test_a_place_that_never_answered_is_no_place_to_take_a_state_from(
    run: Run, shop: Path, postgres: PostgresServer
) -> None:
    keep(shop, "{type: postgres, dsn: 'postgresql://tester@127.0.0.1:1/mistyped'}")
    for command in (("plan",), ("apply", "-auto-approve"), ("state", "list")):
        code, _, err = run(*command)
        assert (code, "cannot be reached" in err) == (1, True), err
    keep(shop, f"{{type: postgres, dsn: '{postgres.new_database()}'}}")
    assert run("plan")[0] == 0
    assert run("apply", "-auto-approve")[0] == 0
    keep(shop, "{type: sqlite, path: .slactl/state.db}")
    code, _, err = run("plan")
    assert (code, "The state is in PostgreSQL" in err) == (1, True), "that one answered"


def test_a_damaged_database_state_is_made_anew_and_its_copy_brings_back_the_history(
    run: Run, shop: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG", postgres.new_database())
    keep(shop, "{type: postgres, dsn: '${env.PG}'}")
    assert run("apply", "-auto-approve")[0] == 0
    before = pulled(run)
    assert run("state", "rm", "prom.shared.fleet")[0] == 0
    with psycopg.connect(os.environ["PG"]) as connection:
        connection.execute("DROP TABLE slactl_webshop.agreements")
    code, _, err = run("plan")
    assert (code, "is damaged" in err, "state rebuild -force" in err) == (1, True, True), err
    code, out, err = run("state", "rebuild", "-force", "-auto-approve")
    assert (code, "kept as the schema slactl_webshop_damaged_1" in out) == (0, True), err
    with psycopg.connect(os.environ["PG"]) as connection:
        copies = connection.execute("SELECT document FROM slactl_webshop_damaged_1.backups").fetchall()
    (shop / "copy.json").write_text(copies[0][0])
    assert run("state", "push", "-force", "copy.json")[0] == 0
    assert pulled(run) == before
    assert run("history", "verify")[0] == 0


def test_a_place_that_has_another_state_is_not_written_over(run: Run, shop: Path) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    keep(shop, "{type: sqlite, path: other.db}")
    assert run("init", "-reconfigure")[0] == 0
    assert run("apply", "-auto-approve")[0] == 0
    keep(shop, "{type: sqlite, path: .slactl/state.db}")
    code, _, err = run("init", "-migrate-state")
    assert (code, "has another state, at serial 1" in err) == (1, True), err
    assert run("init", "-migrate-state", "-force")[0] == 0
    assert run("history", "verify")[0] == 0


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("{type: postgres}", "spec.state.dsn is missing"),
        ("{type: http}", "spec.state.address is missing"),
        ("{type: postgres, dsn: 'nonsense here'}", "is no PostgreSQL address"),
        ("{type: postgres, dsn: 'postgresql://u@127.0.0.1:1/db?connect_timeout=2'}", "cannot be reached"),
        ("{type: postgres, dsn: 'postgresql://u:hush@127.0.0.1/db'}", "has a password written out"),
        ("{type: postgres, dsn: 'host=h password=hush'}", "has a password written out"),
        ("{type: postgres, dsn: 'host=h sslpassword=hush'}", "has a password written out"),
        (
            "{type: postgres, dsn: 'postgresql://u@h/db?sslkey=k&sslpassword=hush'}",
            "has a password written out",
        ),
        ("{type: http, address: 'https://u:hush@example.com/s'}", "has a password written out"),
        ("{type: http, address: 'https://example.com/s', password: hush}", "has a password written out"),
        ("{type: postgres, dsn: '${env.NOT_SET_ANYWHERE}'}", "NOT_SET_ANYWHERE is not set"),
        (
            "{type: postgres, dsn: '${env.NOT_SET_ANYWHERE}'}",
            "The place of the state takes a secret from it. Set it: export NOT_SET_ANYWHERE=",
        ),
        ("{type: http, address: 'not an address'}", "cannot be reached: the address is none"),
    ],
)
def test_a_place_that_cannot_be_meant_is_one_message(run: Run, shop: Path, state: str, words: str) -> None:
    keep(shop, state)
    for command in (("init",), ("plan",)):
        code, _, err = run(*command)
        assert (code, words in " ".join(err.split())) == (1, True), err
        assert "hush@" not in err.replace(state, "")


def test_a_password_of_the_database_is_never_shown(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_PASSWORD", "hush-hush")
    keep(shop, "{type: postgres, dsn: 'postgresql://u:${env.PG_PASSWORD}@127.0.0.1:1/db'}")
    code, out, err = run("plan")
    assert (code, "cannot be reached" in err) == (1, True)
    assert "hush" not in out + err
    assert all(one.is_dir() or b"hush" not in one.read_bytes() for one in shop.rglob("*"))


def test_what_is_pulled_can_be_pushed_and_older_or_foreign_states_are_refused(run: Run, shop: Path) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    first = run("state", "pull")[1]
    (shop / "first.json").write_text(first)
    assert run("state", "rm", "prom.shared.fleet")[0] == 0
    code, _, err = run("state", "push", "first.json")
    assert (code, "What is there is newer: serial" in err) == (1, True), err
    code, out, _ = run("state", "push", "-force", "first.json")
    assert (code, "Pushed serial 1 over serial" in out, "is kept as" in out) == (0, True, True), out
    assert pulled(run) == json.loads(first)
    for change, words in (
        ({"lineage": "another"}, "history does not hold"),
        ({"workspace": "another"}, "is a state of the workspace another"),
        ({"version": 99}, "newer slactl"),
        ({"head": "0" * 64}, "history does not hold"),
    ):
        (shop / "odd.json").write_text(json.dumps({**json.loads(first), **change}))
        code, _, err = run("state", "push", "odd.json")
        assert (code, words in err) == (1, True), err
    for name, words in (("none.json", "cannot be read"), ("slactl.yaml", "is no state of slactl")):
        code, _, err = run("state", "push", name)
        assert (code, words in err) == (1, True), err
    assert run("state", "push")[0] == 1
    assert pulled(run) == json.loads(first)


def test_a_server_away_at_the_end_of_an_apply_and_what_brings_the_state_back(
    run: Run, shop: Path, server: StateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slactl.base.http.PAUSES_S", ())
    keep(shop, f"{{type: http, address: '{server.address}'}}")
    assert run("init")[0] == 0
    made = executor._outcomes  # noqa: SLF001 - the moment at which a backend has been changed

    def then_away(connection: object, asked: object) -> object:
        server.away = True
        return made(connection, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(executor, "_outcomes", then_away)
    code, _, err = run("apply", "-auto-approve")
    assert (code, "slactl state push errored.slactl-state.json" in err) == (1, True), err
    server.away = False
    monkeypatch.setattr(executor, "_outcomes", made)
    assert "waits to be pushed" in run("plan")[2]
    server.lock = None
    code, out, err = run("state", "push", "errored.slactl-state.json")
    assert (code, "is removed: the store has it" in out) == (0, True), err
    assert run("plan", "-detailed-exitcode")[0] == 0
    assert run("history", "verify")[0] == 0


def test_an_address_that_leads_elsewhere_begins_no_state_unseen(
    run: Run, shop: Path, server: StateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.by_path = True
    monkeypatch.setenv("STATE", f"{server.address}-token-4711")
    keep(shop, "{type: http, address: '${env.STATE}'}")
    assert run("apply", "-auto-approve")[0] == 0
    assert run("plan", "-detailed-exitcode")[0] == 0
    monkeypatch.setenv("STATE", f"{server.address}-other")
    code, _, err = run("plan")
    assert (code, "${env.STATE} leads to the state server" in " ".join(err.split())) == (1, True), err
    assert "token-4711" not in err + (shop / ".slactl" / "place.json").read_text()
    assert run("init", "-reconfigure")[0] == 0
    assert run("apply", "-auto-approve")[0] == 0
    monkeypatch.setenv("STATE", f"{server.address}-token-4711")
    assert run("plan", "-detailed-exitcode")[0] == 0, "both have a state: the environment chooses"
