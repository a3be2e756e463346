"""`plan -format`, `-FORMAT-into` and `show FILE -format`, as pipelines call them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slactl.cli.main import main
from slactl.render.plan_formats import PLAN_FORMATS
from tests.running import Run

DAY = "-as-of=2026-11-23"
FILES = [name for name in PLAN_FORMATS if name != "text"]


@pytest.fixture
def shop(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The webshop, applied; then an object changed by hand, and a promise that what is below does not support."""
    leave = shutil.ignore_patterns(".slactl", "rules")
    root = Path(shutil.copytree(repository / "examples" / "webshop", tmp_path / "shop", ignore=leave))
    assert main([f"-chdir={root}", "apply", "-auto-approve", DAY]) == 0
    capsys.readouterr()
    sla = root / "agreements/slas/acme-shop.yaml"
    sla.write_text(sla.read_text().replace("target: 99.9%", "target: 99.99%"))
    rules = next((root / "rules").glob("*birch*"))
    rules.write_text(rules.read_text().replace("interval: 1m", "interval: 5m"))
    return root


def test_every_format_is_printed_or_written_beside_the_text_in_the_same_run(run: Run, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in FILES}
    code, out, _ = run("plan", DAY, *(f"-{name}-into={file}" for name, file in files.items()))
    assert (code, out) == run("plan", DAY)[:2]
    printed = {name: run("plan", DAY, f"-format={name}")[1] for name in FILES}
    assert {name: file.read_text() for name, file in files.items()} == printed
    assert "at risk  sla.acme-shop.availability: guaranteed -> contradicted" in out
    assert printed["markdown"].splitlines()[1].endswith("must not be applied, 1 customer promise at risk")
    assert json.loads(printed["gitlab-terraform"]) == {"create": 0, "update": 2, "delete": 0}
    assert {one.name for one in tmp_path.iterdir()} == {*FILES, "shop"}


def test_a_saved_plan_is_shown_in_every_format_byte_for_byte_as_it_was_planned(
    run: Run, tmp_path: Path
) -> None:
    saved = f"{tmp_path / 'p.plan'}"
    run("plan", DAY, f"-out={saved}")
    for name in PLAN_FORMATS:
        assert run("show", saved, f"-format={name}")[:2] == (0, run("plan", DAY, f"-format={name}")[1])
    files = {name: tmp_path / name for name in FILES}
    assert run("show", saved, *(f"-{name}-into={file}" for name, file in files.items())) == run("show", saved)
    assert {name: file.read_text() for name, file in files.items()} == {
        name: run("show", saved, f"-format={name}")[1] for name in FILES
    }
    assert run("show", saved, "-json") == run("show", saved, "-format=json")


def test_json_stays_the_short_form_and_two_formats_at_once_are_refused(run: Run) -> None:
    assert run("plan", DAY, "-json") == run("plan", DAY, "-format=json", "-json")
    code, out, err = run("plan", DAY, "-json", "-format=markdown")
    assert (code, out) == (1, "")
    assert "-json and -format=markdown contradict each other" in err
    assert run("plan", DAY, "-format=xml")[0] == 1


def test_where_a_plan_is_saved_is_said_among_words_for_people_alone(run: Run, tmp_path: Path) -> None:
    saved = f"-out={tmp_path / 'p.plan'}"
    assert "Saved as" in run("plan", DAY, saved)[1]
    for name in FILES:
        assert "Saved as" not in run("plan", DAY, saved, f"-format={name}")[1]


def test_an_agreement_has_no_formats_of_plans(run: Run) -> None:
    assert run("show", "sla.acme-shop", "-format=json", DAY) == run("show", "sla.acme-shop", "-json", DAY)
    for more in ((), ("-at=2026-11-01",)):
        for option in ("-format=markdown", "-markdown-into=plan.md"):
            code, _, err = run("show", "sla.acme-shop", option, *more)
            assert code == 1
            assert f"{option.partition('=plan')[0]} is for saved plans" in err
    assert not Path("plan.md").exists()


def test_a_file_that_cannot_be_written_is_named_and_no_other_is_left_half_written(
    run: Run, tmp_path: Path
) -> None:
    code, out, err = run("plan", DAY, f"-markdown-into={tmp_path / 'no' / 'plan.md'}")
    assert (code, out) == (1, "")
    assert f"{tmp_path / 'no' / 'plan.md'} cannot be written: No such file or directory" in err
    (tmp_path / "folder").mkdir()
    assert "Is a directory" in run("plan", DAY, f"-json-into={tmp_path / 'folder'}")[2]


def test_what_is_no_plain_file_is_written_to_and_not_replaced(run: Run, tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "target"
    link.symlink_to(target)
    assert run("plan", DAY, f"-gitlab-terraform-into={link}", "-json-into=/dev/null")[0] == 1
    assert link.is_symlink()
    assert json.loads(target.read_text())["update"] == 2
    assert Path("/dev/null").is_char_device()


def test_plans_are_the_same_byte_for_byte_in_every_process(shop: Path, tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        into = [f"-{name}-into={folder / name}" for name in FILES]
        done = subprocess.run(
            [sys.executable, "-m", "slactl", f"-chdir={shop}", "plan", DAY, "-no-cache", f"-out={folder / 'saved'}", *into],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        texts = {one.name: one.read_bytes() for one in folder.iterdir()}
        made.append((done.stdout.replace(str(folder).encode(), b""), texts))
    assert set(made[0][1]) == {*FILES, "saved"}
    assert made[0] == made[1]
