"""Answers that are said again: only while nothing that they follow from has changed."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import slactl.cli.validate
import slactl.cli.workspace
from slactl.base import file_digests
from slactl.base.diagnostics import Diagnostics
from slactl.cli.main import main
from slactl.documents.load import Bundle
from slactl.model.building.estate import build_estate
from slactl.model.estate import Estate
from tests.running import Run

BUDGET = "vector(0.001)"


def unchanged(run: Run) -> bool:
    return "\nNo changes. " in run("plan")[1]


@pytest.fixture(autouse=True)
def _own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACTL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(file_digests, "_TRUSTED_AFTER_NS", 0)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An entry for each command that did not merely repeat itself."""
    made: list[str] = []

    def counted(bundle: Bundle) -> tuple[Estate, Diagnostics]:
        made.append("built")
        return build_estate(bundle)

    monkeypatch.setattr(slactl.cli.workspace, "build_estate", counted)
    monkeypatch.setattr(slactl.cli.validate, "build_estate", counted)
    return made


@pytest.mark.parametrize(
    "command",
    [
        ("validate",),
        ("check",),
        ("check", "-json"),
        ("plan",),
        ("plan", "-json"),
        ("plan", "-detailed-exitcode"),
    ],
)
def test_the_second_answer_is_the_first_one_to_the_letter(
    run: Run, computed: list[str], command: tuple[str, ...]
) -> None:
    first = run(*command)
    assert len(computed) == 1
    assert run(*command) == first
    assert len(computed) == 1, "the second time nothing is computed"
    assert run(*command, "-no-cache") == first
    assert len(computed) == 2


def test_a_failing_check_fails_again_with_its_warnings(
    workspace: Callable[..., Path], computed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    header = "apiVersion: slactl/v1\nmetadata: {name: web}\n"
    root = workspace(
        header + "kind: Service\nspec: {owner: o}\n---\n" + header + "kind: Party\nspec: {type: customer}\n---\n" + header
        + "kind: SLA\nspec: {service: web, customer: web, status: agreed, term: {from: 2026-01-01, until: 2026-12-31, "
        "renewal: {for: 12M}, notice: 12M}, objectives: {availability: {target: 99%}}}\n",
        root="apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: w}\nspec: {organization: o}\n",
    )  # fmt: skip
    answers = []
    for _ in range(2):
        code = main([f"-chdir={root}", "check", "-as-of=2026-06-01"])
        answers.append((code, *capsys.readouterr()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 1
    assert len(computed) == 1


def test_another_day_option_or_place_of_output_is_answered_anew(
    run: Run, computed: list[str], tmp_path: Path
) -> None:
    run("plan")
    run("plan", "-as-of=2026-11-01")
    run("plan", "-as-of=2026-11-02")
    run("plan", "-target=sla.acme-shop")
    assert len(computed) == 4
    for _ in range(2):
        assert run("plan", f"-out={tmp_path / 'a.plan'}")[0] == 0
        assert (tmp_path / "a.plan").is_file()
        (tmp_path / "a.plan").unlink()
    assert len(computed) == 6, "a plan that is saved is made"
    for _ in range(2):
        run("check", f"-json-into={tmp_path / 'check.json'}")
        (tmp_path / "check.json").unlink()


def test_a_changed_agreement_is_seen_though_size_and_time_are_as_before(run: Run, shop: Path) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    run("plan")
    assert unchanged(run)
    file = shop / "agreements" / "slas" / "acme-shop.yaml"
    before = file.stat()
    file.write_text(file.read_text().replace("target: 99.9%", "target: 99.8%"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert "99.9% -> 99.8%" in run("plan")[1]


def test_an_agreement_beside_the_workspace_in_its_file_is_seen(run: Run, shop: Path, tmp_path: Path) -> None:
    moved = shop / "agreements" / "slas" / "acme-shop.yaml"
    own = shop / "slactl.yaml"
    own.write_text(f"{own.read_text()}---\n{moved.read_text()}")
    moved.unlink()
    assert run("check")[0] == 0
    saved = str(tmp_path / "saved.plan")
    run("plan", f"-out={saved}")
    own.write_text(own.read_text().replace("target: 99.9%", "target: 99.99%"))
    assert run("check")[0] == 1
    code, _, err = run("apply", "-auto-approve", saved)
    assert (code, "files" in err) == (1, True)
    line = run("check")[1].partition("on slactl.yaml line ")[2].partition(",")[0]
    own.write_text(f"# one line more\n{own.read_text()}")
    assert f"on slactl.yaml line {int(line) + 1}," in run("check")[1]


def test_what_was_changed_deleted_or_added_in_a_backend_by_hand_is_seen(run: Run, shop: Path) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    (file,) = (shop / "rules").glob("*.prom.rules.sla.acme-shop.yaml")
    text = file.read_text()
    for _ in range(2):
        assert unchanged(run)
    file.write_text(text.replace(BUDGET, "vector(0.002)"))
    assert "1 to change" in run("plan")[1]
    file.unlink()
    assert "1 to add" in run("plan")[1]
    file.write_text(text)
    assert unchanged(run)


def test_a_plan_right_after_an_apply_is_remembered_at_once(run: Run, computed: list[str]) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    assert unchanged(run)
    made = len(computed)
    assert unchanged(run)
    assert len(computed) == made, "what reading a state leaves behind is no change"


def test_other_commands_do_not_forget_what_a_plan_has_seen(run: Run, tmp_path: Path) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    assert unchanged(run)
    (stamps,) = (tmp_path / "cache").rglob("watched-plan.json")
    seen = stamps.read_text()
    assert "prom.rules.sla.acme-shop" in seen
    run("validate")
    run("check")
    assert stamps.read_text() == seen


def test_a_link_that_leads_elsewhere_now_is_seen(run: Run, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    (shop / "rules").symlink_to(tmp_path / "one")
    assert run("apply", "-auto-approve")[0] == 0
    for _ in range(2):
        assert unchanged(run)
    (shop / "rules").unlink()
    (shop / "rules").symlink_to(tmp_path / "other")
    assert "5 to add" in run("plan")[1], "the folder that is read now is empty"


def test_a_state_behind_a_link_that_leads_elsewhere_now_is_seen(run: Run, shop: Path, tmp_path: Path) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    state = shop / ".slactl" / "state.db"
    state.rename(tmp_path / "kept.db")
    state.symlink_to(tmp_path / "kept.db")
    for _ in range(2):
        assert unchanged(run)
    state.unlink()
    state.symlink_to(tmp_path / "nothing.db")
    assert not unchanged(run)


def test_an_apply_a_lost_state_and_another_workspace_are_seen(
    run: Run, shop: Path, computed: list[str]
) -> None:
    first = run("plan")[1]
    assert "to add" in first
    assert run("apply", "-auto-approve")[0] == 0
    assert unchanged(run)
    state = shop / ".slactl" / "state.db"
    kept = state.read_bytes()
    state.unlink()
    assert not unchanged(run)
    state.write_bytes(kept)
    assert unchanged(run)
    assert run("workspace", "new", "staging")[0] == 0
    assert "to add" in run("plan")[1]
    assert len(computed) >= 5


def test_variables_of_the_environment_are_seen(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = shop / "slactl.yaml"
    root.write_text(root.read_text().replace("variables:\n", "variables:\n    target: {default: 99.9%}\n"))
    file = shop / "agreements" / "slas" / "acme-shop.yaml"
    file.write_text(file.read_text().replace("target: 99.9%", "target: ${var.target}"))
    assert run("apply", "-auto-approve")[0] == 0
    assert unchanged(run)
    monkeypatch.setenv("SLACTL_VAR_target", "99.8%")
    assert "99.9% -> 99.8%" in run("plan")[1]
    monkeypatch.setenv("SLACTL_VAR_targett", "99.8%")
    assert 'The variable "targett" is not declared' in run("plan")[2]


def test_a_plan_that_a_server_or_a_secret_decides_is_never_remembered(
    run: Run, shop: Path, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RULES", "rules")
    file = shop / "agreements" / "backends.yaml"
    file.write_text(file.read_text().replace("${var.rules_dir}", "${env.RULES}"))
    for _ in range(2):
        assert run("plan")[0] == 0
    assert len(computed) == 2


def test_a_new_program_answers_anew(run: Run, computed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run("plan")
    monkeypatch.setattr("slactl.cli.answers.program_digest", lambda: "another")
    run("plan")
    assert len(computed) == 2


def test_a_baseline_that_changed_is_compared_anew(run: Run, shop: Path, computed: list[str]) -> None:
    assert run("check", "-baseline=known.yaml", "-update-baseline", "-owner=me")[0] == 0
    for _ in range(2):
        run("check", "-baseline=known.yaml")
    assert len(computed) == 2
    known = shop / "known.yaml"
    known.write_text(known.read_text() + "\n# looked at\n")
    run("check", "-baseline=known.yaml")
    assert len(computed) == 3


def test_a_memory_that_is_damaged_or_of_another_kind_is_passed_over(
    run: Run, computed: list[str], tmp_path: Path
) -> None:
    first = run("plan")
    (answer,) = (tmp_path / "cache").rglob("answer-plan.json")
    assert answer.stat().st_mode & 0o077 == 0, "nobody else reads it"
    key = answer.read_text().splitlines()[0]
    for broken in (f"{key}\n{{", f"{key}\n[]", f"{key}\n{json.dumps({'said': []})}", "", "\xff"):
        answer.write_bytes(broken.encode("latin-1"))
        assert run("plan") == first
    assert len(computed) == 6


def test_a_file_that_changed_a_moment_ago_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_digests, "_TRUSTED_AFTER_NS", 10**12)
    file = tmp_path / "a"
    file.write_text("one")
    for _ in range(2):
        with file_digests.FileDigests(tmp_path / "memory", bytes) as digests:
            seen = digests.see(str(file))
        assert seen is not None
        assert seen.content == b"one", "its stamp tells nothing yet"


def test_a_file_that_is_as_it_was_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one")
    contents = []
    for _ in range(2):
        with file_digests.FileDigests(tmp_path / "memory", bytes) as digests:
            seen = digests.see(str(file))
        assert seen is not None
        assert seen.digest == b"one".hex()
        contents.append(seen.content)
    assert contents == [b"one", None]
