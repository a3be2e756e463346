"""Refactorings as people write them: a renamed agreement, rule files of others, protections, attributes left to others."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.running import Run

HEAD = "apiVersion: slactl/v1\nkind: Refactoring\nmetadata: {name: r}\nspec:\n"


def edit(path: Path, before: str, after: str) -> None:
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def refactor(shop: Path, text: str) -> None:
    (shop / "agreements" / "refactoring.yaml").write_text(HEAD + text)


def rename_checkout(shop: Path) -> None:
    edit(shop / "agreements/olas.yaml", "metadata: {name: checkout}", "metadata: {name: till}")


def test_a_renamed_agreement_goes_on_under_its_new_name(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    rename_checkout(shop)
    without = json.loads(run("plan", "-json")[1])
    assert {one["address"]: one["action"] for one in without["agreements"]} == {
        "ola.checkout": "delete",
        "ola.till": "create",
    }
    refactor(shop, "  moved: [{from: ola.checkout, to: ola.till}]\n")
    document = json.loads(run("plan", "-json")[1])
    assert [(one["address"], one["action"]) for one in document["agreements"]] == [("ola.till", "move")]
    moved = {one["address"]: one.get("previous_address") for one in document["resource_changes"]}
    assert moved["prom.rules.ola.till"] == "prom.rules.ola.checkout"
    code, text, _ = run("plan")
    assert (code, "# ola.checkout has moved to ola.till" in text) == (0, True), text
    assert "`ola.checkout` → `ola.till`" in run("plan", "-format=markdown")[1]
    assert "prom.rules.ola.till" in run("apply", "-auto-approve")[1]
    assert run("plan", "-detailed-exitcode")[0] == 0
    assert not list((shop / "rules").glob("*ola.checkout*"))
    assert run("show", "ola.till", "-at=2026-11-22")[0] in (0, 1)
    assert run("history", "verify")[0] == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  moved: [{from: ola.till, to: ola.till}]\n", "leads from an address to itself"),
        ("  moved: [{from: ola.old, to: uc.new}]\n", "cannot become"),
        ("  moved: [{from: nonsense, to: ola.checkout}]\n", "cannot be moved"),
        ("  moved: [{from: ola.checkout, to: ola.catalogue}]\n", "still stands in the files"),
        (
            "  moved: [{from: ola.a, to: ola.checkout}, {from: ola.b, to: ola.checkout}]\n",
            "Two moves lead to",
        ),
        (
            "  moved: [{from: ola.a, to: ola.b}, {from: ola.b, to: ola.c}, {from: ola.c, to: ola.a}]\n",
            "go in a circle",
        ),
        ("  removed: [{address: ola.checkout, keepObjects: true}]\n", "still stands in the files"),
        ('  import: [{to: "none.rules.ola.checkout", id: "x"}]\n', 'no backend "none"'),
    ],
)
def test_a_refactoring_that_cannot_be_meant_is_an_error_at_its_line(
    shop: Path, run: Run, text: str, words: str
) -> None:
    refactor(shop, text)
    code, _, err = run("validate")
    assert (code, words in err) == (1, True), err
    assert "refactoring.yaml line 5, column" in err
    assert "Traceback" not in err


def test_an_agreement_can_end_while_its_rules_stay(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    (kept,) = (shop / "rules").glob("*rules.sla.birch-shop*")
    before = kept.read_text()
    (shop / "agreements/slas/birch-shop.yaml").unlink()
    refactor(shop, "  removed: [{address: sla.birch-shop, keepObjects: true}]\n")
    _, text, err = run("plan")
    assert "will no longer be managed" in text, err
    plan = json.loads(run("plan", "-json")[1])
    actions = {one["address"]: one["change"]["actions"] for one in plan["resource_changes"]}
    assert actions["prom.rules.sla.birch-shop"] == ["forget"]
    assert "No longer managed" in run("apply", "-auto-approve")[1]
    assert kept.read_text() == before
    assert run("plan", "-detailed-exitcode")[0] == 0


def test_rule_files_of_others_are_offered_reviewed_and_taken_over(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    mine = next((shop / "rules").glob("*ola.checkout*"))
    body = yaml.safe_load(mine.read_text())
    shutil.rmtree(shop / ".slactl")
    shutil.rmtree(shop / "rules")
    (shop / "rules").mkdir()
    (shop / "rules" / "by-hand.yml").write_text(yaml.safe_dump({"groups": body["groups"][:1]}))
    code, out, _ = run("import")
    assert code == 0
    assert yaml.safe_load(out)["spec"]["import"] == [{"to": "prom.rules.ola.checkout", "id": "by-hand.yml"}]
    target = shop / "agreements" / "imports.yaml"
    assert run("import", f"-out={target}")[0] == 0
    assert run("import", f"-out={target}")[0] == 1, "nothing is overwritten"
    assert "1 to import" in run("plan")[1]
    assert "Imported" in run("apply", "-auto-approve")[1]
    assert not (shop / "rules" / "by-hand.yml").exists()
    assert run("plan", "-detailed-exitcode")[0] == 0
    assert run("drift")[0] == 0


def test_rule_files_of_others_with_several_groups_are_left_alone(shop: Path, run: Run) -> None:
    (shop / "rules").mkdir()
    foreign = shop / "rules" / "many.yml"
    foreign.write_text(yaml.safe_dump({"groups": [{"name": one, "rules": []} for one in "ab"]}))
    refactor(shop, '  import: [{to: "prom.rules.ola.checkout", id: "many.yml/a"}]\n')
    before = foreign.read_text()
    code, _, err = run("apply", "-auto-approve")
    assert (code, "holds 2 groups" in err) == (1, True), err
    assert foreign.read_text() == before


def test_a_protection_outlives_its_file(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    (shop / "agreements/slas/acme-shop.yaml").unlink()
    code, _, err = run("apply", "-auto-approve")
    assert code == 1
    assert "sla.acme-shop has lifecycle.preventDestroy" in err
    assert "State keeps the protection although its file is gone" in " ".join(err.split())
    code, _, err = run("destroy", "-auto-approve")
    assert (code, "preventDestroy" in err) == (1, True), err


def leave_to_others(shop: Path, *paths: str) -> None:
    edit(
        shop / "agreements/olas.yaml",
        "metadata: {name: checkout}",
        f"metadata: {{name: checkout, lifecycle: {{ignoreChanges: {json.dumps(paths)}}}}}",
    )


def test_attributes_that_are_left_to_others_are_neither_drift_nor_change(shop: Path, run: Run) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    (rules,) = (shop / "rules").glob("*rules.ola.checkout*")
    edit(rules, "interval: 1m", "interval: 2m")
    assert run("drift")[0] == 2
    assert "prom.rules.ola.checkout" in run("plan")[1]
    leave_to_others(shop, "groups[ola.checkout-1m].interval")
    assert run("drift")[0] == 0
    code, out, _ = run("plan", "-detailed-exitcode")
    assert (code, "prom.rules.ola.checkout" in out) == (0, False), out


def test_a_path_that_leads_nowhere_is_said(shop: Path, run: Run) -> None:
    leave_to_others(shop, "groups[nothing].interval")
    assert "none of its backend objects has such an attribute" in run("plan")[1]
