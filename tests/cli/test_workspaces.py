"""Several states of one set of files: each has its own state and its own objects, and none touches another's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from state_server import StateServer, state_server

from tests.running import Run

if TYPE_CHECKING:
    from postgres_server import PostgresServer


@pytest.fixture
def server() -> Iterator[StateServer]:
    with state_server() as server:
        yield server


def keep(shop: Path, state: str) -> None:
    text = (shop / "slactl.yaml").read_text()
    (shop / "slactl.yaml").write_text(text.replace("spec:\n", f"spec:\n  state: {state}\n", 1))


def listed(run: Run) -> tuple[list[str], str]:
    document = json.loads(run("workspace", "list", "-json")[1])
    return document["workspaces"], document["selected"]


@pytest.mark.parametrize("kind", ["sqlite", "postgres", "http"])
def test_workspaces_share_neither_state_nor_objects(
    shop: Path, run: Run, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "postgres":
        postgres: PostgresServer = request.getfixturevalue("postgres")
        monkeypatch.setenv("PG", postgres.new_database())
        keep(shop, "{type: postgres, dsn: '${env.PG}'}")
    if kind == "http":
        server: StateServer = request.getfixturevalue("server")
        keep(shop, f"{{type: http, address: '{server.address}-${{workspace.name}}'}}")
        server.by_path = True
    assert run("apply", "-auto-approve")[0] == 0
    before = sorted(one.name for one in (shop / "rules").iterdir())
    assert "carry the mark webshop--staging" in run("workspace", "new", "staging")[1]
    assert listed(run) == (["default", "staging"], "staging")
    assert run("workspace", "show")[1] == "staging\n"
    assert run("state", "list")[1] == ""
    assert run("apply", "-auto-approve")[0] == 0
    assert run("plan", "-detailed-exitcode")[0] == 0
    both = sorted(one.name for one in (shop / "rules").iterdir())
    assert len(both) == 2 * len(before)
    assert sum("webshop--staging" in name for name in both) == len(before)
    assert "* staging" in run("workspace", "list")[1].splitlines()
    code, _, err = run("workspace", "delete", "staging")
    assert (code, "it is selected" in err) == (1, True)
    assert run("workspace", "select", "default")[0] == 0
    code, _, err = run("workspace", "delete", "staging")
    assert (code, "still has 5 objects in its backends" in err) == (1, True), err
    monkeypatch.setenv("SLACTL_WORKSPACE", "staging")
    assert run("destroy", "-auto-approve", "-exclude=sla.acme-shop", "-exclude=prom.shared.*")[0] == 0
    monkeypatch.delenv("SLACTL_WORKSPACE")
    code, out, _ = run("workspace", "delete", "-force", "staging")
    assert (code, "2 objects stay where they are" in out) == (0, True), out
    assert listed(run) == (["default"], "default")
    assert run("plan", "-detailed-exitcode")[0] == 0
    assert run("drift")[0] == 0


def test_files_can_say_which_workspace_is_selected(shop: Path, run: Run) -> None:
    sla = shop / "agreements/slas/birch-shop.yaml"
    text = sla.read_text()
    assert "name: birch-shop" in text
    sla.write_text(text.replace("name: birch-shop", 'name: "birch-${workspace.name}"', 1))
    assert run("show", "sla.birch-default")[0] == 0
    assert run("workspace", "new", "eu")[0] == 0
    assert run("show", "sla.birch-eu")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("new", "default"), "There is a workspace default"),
        (("new", "Staging"), "is no name for a workspace"),
        (("new", "a--b"), "is no name for a workspace"),
        (("new", "a" * 60), "too long a name"),
        (("select", "none"), "There is no workspace none"),
        (("delete", "none"), "There is no workspace none"),
        (("delete", "default"), "it is the default one"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = run("workspace", *arguments)
    assert (code, words in err) == (1, True), err
    assert listed(run) == (["default"], "default")


def test_a_workspace_can_be_made_by_selecting_it(run: Run) -> None:
    assert run("workspace", "select", "-or-create", "blue")[0] == 0
    assert run("workspace", "select", "default")[0] == 0
    assert run("workspace", "select", "-or-create", "blue")[0] == 0
    assert listed(run) == (["blue", "default"][::-1], "blue")


def test_the_environment_decides_and_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACTL_WORKSPACE", "ci")
    assert run("workspace", "show")[1] == "ci\n"
    assert run("workspace", "new", "ci")[0] == 1
    code, _, err = run("workspace", "select", "default")
    assert (code, "SLACTL_WORKSPACE says ci" in err) == (1, True), err


def test_a_plan_of_one_workspace_is_refused_in_another(shop: Path, run: Run) -> None:
    assert run("plan", f"-out={shop}/plan")[0] == 0
    assert run("workspace", "new", "staging")[0] == 0
    code, _, err = run("apply", f"{shop}/plan")
    assert (code, "is for the workspace webshop, not webshop--staging" in " ".join(err.split())) == (
        1,
        True,
    ), err


def test_a_state_server_needs_an_address_for_each(shop: Path, run: Run, server: StateServer) -> None:
    keep(shop, f"{{type: http, address: '{server.address}'}}")
    code, _, err = run("workspace", "new", "staging")
    assert (code, "at the same address" in err) == (1, True), err
