"""While the files are broken a state can be looked into, unlocked and mended all the same: only slactl.yaml is read."""

from pathlib import Path

import pytest

from slactl.state.sqlite import SqliteStore
from tests.running import Run


@pytest.fixture
def broken(shop: Path, run: Run) -> None:
    """Applied, and then spoiled: a file that is no YAML, a wrong document, a variable that nobody gives a value."""
    assert run("apply", "-auto-approve")[0] == 0
    (shop / "agreements" / "torn.yaml").write_text("kind: [\n")
    (shop / "agreements" / "wrong.yaml").write_text("apiVersion: slactl/v1\nkind: SLA\nspec: {}\n")
    root = (shop / "slactl.yaml").read_text()
    (shop / "slactl.yaml").write_text(root.replace("variables:", "variables:\n    region: {}"))
    assert run("plan")[0] == 1


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("history",), "Entry 1"),
        (("history", "verify"), "The history is whole"),
        (("state", "list"), "sla.acme-shop"),
        (("state", "show", "sla.acme-shop"), '"prevent_destroy"'),
        (("state", "pull"), '"slactl-state"'),
        (("state", "locks"), "is not locked"),
        (("state", "rm", "prom.shared.fleet"), "Changed 1 address"),
        (("state", "mv", "ola.checkout", "ola.till"), "no backend was touched"),
        (("output",), "sla.acme-shop.availability"),
        (("workspace", "list"), "* default"),
        (("workspace", "new", "staging"), "Made the workspace staging"),
    ],
)
def test_the_state_is_open_to_its_operator(run: Run, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run(*arguments)
    assert code == 0, err
    assert words in out


@pytest.mark.usefixtures("broken")
def test_a_lock_is_taken_and_released(shop: Path, run: Run) -> None:
    store = SqliteStore(shop / ".slactl" / "state.db", "webshop")
    assert run("state", "lock")[0] == 0
    assert run("state", "unlock")[0] == 0
    with store.lock("apply", 0):
        held = store.holder()
        assert held is not None
        assert run("force-unlock", "-force", held.id)[0] == 0
    assert store.holder() is None


@pytest.mark.usefixtures("broken")
def test_what_was_promised_is_told_and_what_only_the_files_know_is_not(run: Run) -> None:
    code, out, _ = run("history", "-json", "-limit=1")
    day = out.split('"at": "')[1][:10]
    assert (code, run("show", f"-at={day}", "sla.acme-shop")[0]) == (0, 0)
    code, _, err = run("show", f"-at={day}", "sla.of-nobody")
    assert code == 1
    assert "torn.yaml" in err


@pytest.mark.usefixtures("broken")
def test_what_slactl_yaml_itself_says_must_hold(shop: Path, run: Run) -> None:
    code, _, err = run("history", "-var", "regoin=eu")
    assert code == 1
    assert 'The variable "regoin" is not declared' in err
    root = (shop / "slactl.yaml").read_text()
    (shop / "slactl.yaml").write_text(root + '  state: {type: sqlite, path: "${var.region}.db"}\n')
    assert run("history")[0] == 1
    assert run("history", "-var", "region=.slactl/state")[0] == 0
    (shop / "slactl.yaml").write_text("kind: [\n")
    assert run("history")[0] == 1


def test_one_address_is_shown_and_one_lock_released(run: Run) -> None:
    assert "wants one address" in run("state", "show")[2]
    assert "wants one address" in run("state", "show", "sla.a", "sla.b")[2]
    assert "wants one ID" in run("state", "unlock", "a", "b")[2]
