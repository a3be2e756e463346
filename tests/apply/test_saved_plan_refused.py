"""A saved plan is applied to the state that it was made for, and to no other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slactl.cli.main import main
from slactl.state.sqlite import SqliteStore

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def shop(repository: Path, tmp_path: Path) -> Path:
    leave = shutil.ignore_patterns(".slactl", "rules")
    return Path(shutil.copytree(repository / "examples" / "webshop", tmp_path / "shop", ignore=leave))


@pytest.fixture
def run(shop: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str]:
        code = main([f"-chdir={shop}", *arguments, "-as-of=2026-11-23"])
        return code, "".join(capsys.readouterr())

    return run


def test_a_plan_of_another_lineage_does_not_match(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    saved = str(shop / "saved.plan")
    run("plan", f"-out={saved}")
    shutil.rmtree(shop / ".slactl")
    shutil.rmtree(shop / "rules")
    assert run("apply", "-auto-approve")[0] == 0
    code, said = run("apply", saved)
    assert code == 1
    assert "does not match" in said


def test_a_plan_is_stale_after_an_apply_that_crashed_half_way(shop: Path, run: Run) -> None:
    saved = str(shop / "saved.plan")
    assert run("plan", f"-out={saved}")[0] == 0
    with SqliteStore(shop / ".slactl" / "state.db", "webshop").lock("apply", 0) as writer:
        writer.begin("digest", [("prom.rules.sla.acme-shop", "create")])
    code, said = run("apply", saved)
    assert code == 1
    assert "stale" in said
    assert not list((shop / "rules").glob("*.yaml"))


def test_a_plan_is_stale_when_the_serial_is_the_same_and_the_history_is_not(shop: Path, run: Run) -> None:
    state, copy, saved = shop / ".slactl" / "state.db", shop / "copy.db", str(shop / "saved.plan")
    assert run("apply", "-auto-approve")[0] == 0
    shutil.copy(state, copy)
    assert run("state", "rm", "prom.shared.fleet")[0] == 0
    assert run("plan", f"-out={saved}")[0] == 0
    for one in (shop / ".slactl").glob("state.db*"):
        one.unlink()
    shutil.copy(copy, state)
    assert run("state", "rm", "prom.rules.sla.birch-shop")[0] == 0
    code, said = run("apply", saved)
    assert code == 1
    assert "has another history than when it was made" in said


def test_a_saved_plan_holds_no_secret(shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROM_TOKEN", "hunter2-and-more")
    backends = shop / "agreements" / "backends.yaml"
    with_secret = backends.read_text().replace("config: {", 'config: {bearerToken: "${env.PROM_TOKEN}", ', 1)
    backends.write_text(with_secret)
    code, said = run("plan", f"-out={shop / 'saved.plan'}", f"-json-into={shop / 'plan.json'}")
    assert (code, "PROM_TOKEN" in with_secret) == (0, True), said
    for text in (said, *((shop / name).read_text() for name in ("saved.plan", "plan.json"))):
        assert text
        assert "hunter2" not in text
