"""terraform-compliance reads our plans: what holds passes, what does not fails."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from compliance_tool import installed
from folder_world import FolderWorld

from slactl.cli.main import main
from slactl.render.plan_json import plan_json

Judge = Callable[[Path, Path], tuple[int, str]]
FEATURES = Path(__file__).parent / "compliance"


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Exit code and words for features and a plan."""
    python = installed(Path(__file__).parents[2])

    def run(features: Path, plan: Path) -> tuple[int, str]:
        done = subprocess.run(
            [python, "-m", "terraform_compliance.main", f"--features={features}", f"--planfile={plan}"],
            cwd=plan.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)

    return run


@pytest.fixture
def planned(repository: Path, tmp_path: Path) -> Path:
    """The webshop, applied, and the plan of a higher promise."""
    leave = shutil.ignore_patterns(".slactl", "rules")
    root = Path(shutil.copytree(repository / "examples" / "webshop", tmp_path / "shop", ignore=leave))
    day = "-as-of=2026-11-23"
    assert main([f"-chdir={root}", "apply", "-auto-approve", day]) == 0
    sla = root / "agreements/slas/acme-shop.yaml"
    sla.write_text(sla.read_text().replace("target: 99.9%", "target: 99.95%"))
    assert main([f"-chdir={root}", "plan", day, f"-json-into={tmp_path / 'plan.json'}"]) == 0
    return tmp_path / "plan.json"


def test_features_that_hold_pass(judge: Judge, planned: Path) -> None:
    code, words = judge(FEATURES / "kept", planned)
    assert code == 0, words
    assert "4 scenarios (4 passed)" in words
    assert "SKIPPING" not in words


def test_features_that_do_not_hold_fail_and_name_the_object(judge: Judge, planned: Path) -> None:
    code, words = judge(FEATURES / "broken", planned)
    assert code == 1, words
    assert "2 scenarios (0 passed, 2 failed)" in words
    assert "prom.rules.sla.acme-shop" in words


def test_a_plan_of_nothing_and_one_with_references_are_read(judge: Judge, tmp_path: Path) -> None:
    world = FolderWorld(tmp_path)
    plan = tmp_path / "plan.json"
    plan.write_text(plan_json(world.plan()) + "\n")
    features = tmp_path / "features"
    features.mkdir()
    (features / "sizes.feature").write_text(
        "Feature: sizes\n  Scenario: small\n    Given I have file defined\n    Then it must have size\n"
        "    And its value must be 1\n"
    )
    code, words = judge(features, plan)
    assert (code, "SKIPPING" in words) == (0, True), words
    world.wanted = {"b": {"child": {"of": "ref:parent", "size": 1}, "parent": {"size": 1}}}
    plan.write_text(plan_json(world.plan()) + "\n")
    code, words = judge(features, plan)
    assert code == 0, words
    assert "1 scenarios (1 passed)" in words
    assert "SKIPPING" not in words
