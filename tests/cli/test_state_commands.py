"""`state mv`, `rm`, `lock`, `unlock`, `rebuild`, and the copies that are kept: what people do when something went wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slactl.state.sqlite import SqliteStore
from tests.running import Run

RULES = "prom.rules.sla.acme-shop"


@pytest.fixture
def store(shop: Path) -> SqliteStore:
    return SqliteStore(shop / ".slactl" / "state.db", "webshop")


@pytest.fixture
def applied(run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0


def edit(path: Path, before: str, after: str) -> None:
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def files(shop: Path, pattern: str) -> list[str]:
    return sorted(one.name for one in (shop / ".slactl").glob(pattern))


def newest(run: Run) -> dict[str, object]:
    (entry,) = json.loads(run("history", "-json", "-limit=1")[1])["entries"]
    return dict(entry)


@pytest.mark.usefixtures("applied")
def test_a_renamed_agreement_that_was_moved_is_no_end_and_no_beginning(
    shop: Path, run: Run, store: SqliteStore
) -> None:
    code, out, _ = run("state", "mv", "-lock-timeout=1s", "ola.checkout", "ola.till")
    assert code == 0
    assert "no backend was touched" in out
    assert newest(run)["results"] == {
        "ola.checkout": "move to ola.till: done",
        "ola.till": "move from ola.checkout: done",
        "prom.rules.ola.checkout": "move to prom.rules.ola.till: done",
        "prom.rules.ola.till": "move from prom.rules.ola.checkout: done",
    }
    assert store.read().resources["prom.rules.ola.till"].needed_by == ("ola.till",)
    edit(shop / "agreements/olas.yaml", "metadata: {name: checkout}", "metadata: {name: till}")
    plan = json.loads(run("plan", "-json")[1])
    assert plan["agreements"] == []
    changed = {one["address"]: one["change"]["actions"] for one in plan["resource_changes"]}
    assert changed["prom.rules.ola.till"] == ["update"]
    assert "prom.rules.ola.checkout" not in changed
    assert run("apply", "-auto-approve")[0] == 0
    assert not (shop / "rules/slactl.webshop.prom.rules.ola.checkout.yaml").exists()
    assert run("plan", "-detailed-exitcode")[0] == 0
    assert "ola.checkout" not in run("state", "list")[1].splitlines()
    assert run("history", "verify")[0] == 0


@pytest.mark.usefixtures("applied")
def test_a_move_that_makes_no_sense_is_refused_and_changes_nothing(run: Run, store: SqliteStore) -> None:
    before = store.export()
    for arguments, words in (
        (("ola.none", "ola.x"), 'State has no "ola.none"'),
        (("ola.checkout", "ola.catalogue"), "State has ola.catalogue already"),
        (("ola.checkout", "sla.checkout"), "no address of the kind"),
        (("ola.checkout", "ola."), "no address of the kind"),
        ((RULES, "prom.rules.x"), "is a backend object"),
        (("ola.checkout",), "wants two addresses"),
    ):
        code, _, err = run("state", "mv", *arguments)
        assert (code, words in err) == (1, True), (arguments, err)
    assert store.export() == before


@pytest.mark.usefixtures("applied")
def test_what_is_forgotten_is_found_again_by_the_next_plan(run: Run, store: SqliteStore) -> None:
    assert run("state", "rm", RULES, "ola.checkout")[0] == 0
    snapshot = store.read()
    assert RULES not in snapshot.resources
    assert "ola.checkout" not in snapshot.agreements
    assert newest(run)["agreements"] == {"ola.checkout": None}
    code, out, _ = run("drift")
    assert code == 2
    assert f"{RULES} carries this workspace's mark" in out
    out = run("apply", "-auto-approve")[1]
    assert f"{RULES} is as it should be" in out
    assert "Resources: 0 added, 0 changed, 0 destroyed." in out
    assert run("plan", "-detailed-exitcode")[0] == 0
    before = store.export()
    for arguments, words in (
        (("sla.acme-shop",), "preventDestroy"),
        (("sla.none",), 'State has no "sla.none"'),
        (("ola.checkout", "sla.none"), 'State has no "sla.none"'),
        ((), "wants addresses"),
    ):
        code, _, err = run("state", "rm", *arguments)
        assert (code, words in err) == (1, True), (arguments, err)
    assert store.export() == before


def test_a_lock_by_hand_outlives_its_process_and_names_its_reason(run: Run, store: SqliteStore) -> None:
    assert "The state is not locked." in run("state", "locks")[1]
    assert run("state", "lock", "-reason=release 4.2")[0] == 0
    held = store.holder()
    assert held is not None
    assert held.by_hand
    code, _, err = run("apply", "-auto-approve")
    assert code == 1
    assert "by hand" in err
    assert "release 4.2" in err
    assert "slactl state unlock" in err
    assert f"ID: {held.id}" in run("state", "locks")[1]
    assert run("state", "lock")[0] == 1
    assert run("plan")[0] == 0, "readers do not mind"
    assert run("state", "unlock", "wrong")[0] == 1
    assert run("state", "unlock")[0] == 0
    assert "not locked" in run("state", "unlock")[2]
    assert run("apply", "-auto-approve")[0] == 0


def test_the_lock_of_somebody_else_is_released_by_its_id_alone(run: Run, store: SqliteStore) -> None:
    with store.lock("apply", 0):
        code, _, err = run("state", "unlock")
        assert code == 1
        assert "is not yours" in err
        held = store.holder()
        assert held is not None
        assert run("state", "unlock", held.id)[0] == 0
        assert store.holder() is None


def test_a_copy_is_kept_before_each_apply_and_the_oldest_go(shop: Path, run: Run, store: SqliteStore) -> None:
    sla = shop / "agreements/slas/acme-shop.yaml"
    text = sla.read_text()
    assert run("apply", "-auto-approve")[0] == 0
    assert files(shop, "*.backup-*") == [], "there was nothing to keep"
    exports = {}
    for number in range(1, 8):
        exports[number] = store.export()
        sla.write_text(text.replace("target: 99.9%", f"target: 99.9{number % 5 + 1}%"))
        assert run("apply", "-auto-approve", "-lock-timeout=5s")[0] == 0
    assert store.read().serial == 8
    assert files(shop, "*backup*") == [f"state.db.backup-{serial}" for serial in range(3, 8)]
    assert run("apply", "-auto-approve")[0] == 0
    assert len(files(shop, "*.backup-*")) == 5, "an empty apply makes none"
    kept = SqliteStore(shop / ".slactl" / "state.db.backup-6", "webshop")
    assert kept.holder() is None, "a copy is not locked"
    assert kept.export() == exports[6]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "noise": lambda path: path.write_bytes(b"no database at all " * 500),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:5000]),
}


@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.usefixtures("applied")
def test_a_damaged_state_names_its_copy_and_the_copy_brings_it_back(
    shop: Path, run: Run, store: SqliteStore, damage: str
) -> None:
    edit(shop / "agreements/slas/acme-shop.yaml", "target: 99.9%", "target: 99.95%")
    assert run("apply", "-auto-approve")[0] == 0
    path = shop / ".slactl" / "state.db"
    DAMAGES[damage](path)
    for command in (("plan",), ("apply", "-auto-approve"), ("state", "list"), ("history",), ("drift",)):
        code, _, err = run(*command)
        assert code == 1, (command, err)
        assert f"{path} is damaged" in err, (command, err)
        assert f"cp {path}.backup-1 {path}" in err
    shutil.copy(f"{path}.backup-1", path)
    assert store.read().serial == 1
    assert run("history", "verify")[0] == 0
    code, out, _ = run("apply", "-auto-approve")
    assert code == 0
    assert "Resources: 0 added, 0 changed, 0 destroyed." in out
    assert run("plan", "-detailed-exitcode")[0] == 0


@pytest.mark.usefixtures("applied")
def test_a_lost_state_is_made_anew_from_the_marks(shop: Path, run: Run, store: SqliteStore) -> None:
    before = store.read().resources
    for path in (shop / ".slactl").glob("state.db*"):
        path.unlink()
    stray = shop / "rules" / f"slactl.webshop.{RULES}.yaml"
    old = stray.read_text().replace(f"address: {RULES}", "address: prom.rules.sla.old")
    (shop / "rules" / "slactl.webshop.prom.rules.sla.old.yaml").write_text(old)
    code, _, err = run("state", "rebuild")
    assert code == 1
    assert "Nobody can be asked to approve this\n\nReview it and run with -auto-approve.\n" in err
    code, out, _ = run("state", "rebuild", "-auto-approve")
    assert code == 0
    assert "prom.rules.sla.old (slactl.webshop.prom.rules.sla.old.yaml): an orphan" in out
    assert f"To record: {len(before)} objects. Left out: 1 orphan. Wanted and not there: 0." in out
    assert dict(store.read().resources) == dict(before)
    code, out, _ = run("drift")
    assert code == 2
    assert out.splitlines()[-1] == "Drift: 0 changed, 0 deleted, 1 orphan."
    code, out, _ = run("apply", "-auto-approve")
    assert code == 0
    assert "Resources: 0 added, 0 changed, 1 destroyed." in out
    assert newest(run)["agreements"]
    assert run("history", "verify")[0] == 0


@pytest.mark.usefixtures("applied")
def test_a_state_that_is_there_is_rebuilt_only_by_force_and_keeps_its_history(
    shop: Path, run: Run, store: SqliteStore
) -> None:
    code, _, err = run("state", "rebuild", "-auto-approve")
    assert code == 1
    assert "There is a state, at serial 1" in err
    gone = shop / "rules" / f"slactl.webshop.{RULES}.yaml"
    gone.unlink()
    with store.lock("apply", 0) as writer:
        writer.begin("d", [("prom.rules.sla.birch-shop", "update")])
    promises = store.read().agreements
    code, out, _ = run("state", "rebuild", "-auto-approve", "-force")
    assert code == 0
    assert f"The state from before is kept as {shop}/.slactl/state.db.backup-2." in out
    snapshot = store.read()
    assert (snapshot.intents, RULES in snapshot.resources) == ((), False)
    assert snapshot.agreements == promises
    assert [one.command for one in store.history()] == ["apply", "state rebuild"]
    assert run("history", "verify")[0] == 0
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in run("plan")[1]


@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.usefixtures("applied")
def test_a_damaged_state_is_set_aside_and_made_anew_by_force(
    shop: Path, run: Run, store: SqliteStore, damage: str
) -> None:
    path = shop / ".slactl" / "state.db"
    resources = store.read().resources
    DAMAGES[damage](path)
    spoiled = path.read_bytes()
    code, _, err = run("state", "rebuild", "-auto-approve")
    assert code == 1
    assert "slactl state rebuild -force" in err
    assert run("state", "rebuild", "-force")[0] == 1, "nobody was asked"
    assert path.read_bytes() == spoiled
    code, out, _ = run("state", "rebuild", "-force", "-auto-approve")
    assert code == 0
    assert f"kept as {path}.damaged-1" in out
    assert Path(f"{path}.damaged-1").read_bytes() == spoiled
    assert dict(store.read().resources) == dict(resources)
    assert run("apply", "-auto-approve")[0] == 0
    assert run("plan", "-detailed-exitcode")[0] == 0


def test_a_backend_that_cannot_be_read_leaves_a_damaged_state_where_it_is(shop: Path, run: Run) -> None:
    path = shop / ".slactl" / "state.db"
    path.parent.mkdir()
    path.write_bytes(b"")
    (shop / "rules").mkdir()
    (shop / "rules" / f"slactl.webshop.{RULES}.yaml").mkdir()
    code, _, err = run("state", "rebuild", "-force", "-auto-approve")
    assert code == 1
    assert "cannot be read" in err
    assert files(shop, "state.db*") == ["state.db"]


@pytest.mark.usefixtures("applied")
def test_drift_is_written_to_a_file_beside_the_text(shop: Path, run: Run, tmp_path: Path) -> None:
    edit(next((shop / "rules").glob("*acme-shop*")), "interval: 1m", "interval: 2m")
    into = tmp_path / "drift.json"
    code, out, _ = run("drift", f"-json-into={into}")
    assert code == 2
    assert "Drift: 1 changed" in out
    assert into.read_text() == run("drift", "-json")[1]


def _without_backend(shop: Path) -> Path:
    """The file of the backend, moved out of the way."""
    (path,) = (one for one in shop.rglob("*.yaml") if "kind: Backend" in one.read_text())
    documents = path.read_text().split("\n---\n")
    path.with_suffix(".kept").write_text(path.read_text())
    path.write_text("\n---\n".join(one for one in documents if "kind: Backend" not in one) or "# none\n")
    return path


def test_a_backend_leaves_the_files_once_its_objects_are_removed_or_forgotten(
    shop: Path, run: Run, store: SqliteStore
) -> None:
    for one in shop.rglob("*.yaml"):
        one.write_text(one.read_text().replace("preventDestroy: true", "preventDestroy: false"))
    run("apply", "-auto-approve", "-force")
    path = _without_backend(shop)
    code, _, err = run("plan")
    assert (code, 'slactl destroy -target="prom.*"' in err, "slactl state rm" in err) == (1, True, True), err

    assert run("state", "rm", *store.read().resources)[0] == 0  # the system is gone for good
    assert run("plan")[2] == ""

    path.with_suffix(".kept").replace(path)  # it is there again, with what was forgotten
    run("apply", "-auto-approve", "-force")
    code, out, err = run("destroy", "-auto-approve", "-target=prom.*")
    assert code == 0, out + err
    _without_backend(shop)
    assert (run("plan")[2], store.read().resources) == ("", {})
