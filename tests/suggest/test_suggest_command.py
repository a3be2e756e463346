"""`slactl suggest` as its users type it: exit codes, the document, and what it writes."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slactl.cli.main import main

Run = Callable[..., tuple[int, str, str]]
DAY = "-as-of=2026-11-23"
SUBJECT = "sla.acme-shop.availability"


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def shop(repository: Path, tmp_path: Path) -> Path:
    """A copy of the webshop example in which the gold customer is promised more than holds."""
    root = tmp_path / "webshop"
    hidden = shutil.ignore_patterns(".slactl", "rules")
    shutil.copytree(repository / "examples" / "webshop", root, ignore=hidden)
    edit(root / "agreements/slas/acme-shop.yaml", "target: 99.9%", "target: 99.97%")
    return root


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def texts(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (root / "agreements").rglob("*.yaml")}


def test_proposals_name_file_line_old_and_new(shop: Path, slactl: Run) -> None:
    code, out, _ = slactl(f"-chdir={shop}", "suggest", DAY)
    assert code == 0
    assert f"{SUBJECT}  99.97%  unsupported" in out
    assert "1. Stricter targets: " in out
    assert "ola.checkout objectives.availability.target  99.98% -> 99.99%  agreements/olas.yaml:11" in out
    assert "Promise less: nothing changes below" in out
    assert texts(shop)["olas.yaml"].count("99.99%") == 1


def test_writing_changes_single_values_and_is_checked_from_the_disk(shop: Path, slactl: Run) -> None:
    here, before = f"-chdir={shop}", texts(shop)
    code, _, err = slactl(here, "suggest", SUBJECT, "-write", DAY)
    assert code == 0
    assert f"Checked again: {SUBJECT} 99.97% is guaranteed." in err
    pairs = [
        (was, now)
        for name, text in texts(shop).items()
        for was, now in zip(before[name].splitlines(), text.splitlines(), strict=True)
        if was != now
    ]
    assert len(pairs) == 4
    assert all(was.partition("#")[1:] == now.partition("#")[1:] for was, now in pairs)
    assert slactl(here, "fmt", "-check")[0] == 0
    assert slactl(here, "check", DAY)[0] == 0
    assert "Nothing to do" in slactl(here, "suggest", DAY)[1]


def test_a_file_behind_a_link_is_written_where_it_is(shop: Path, slactl: Run) -> None:
    link, kept = shop / "agreements/olas.yaml", shop.parent / "shared-olas.yaml"
    link.rename(kept)
    link.symlink_to(kept)
    kept.chmod(0o640)
    assert slactl(f"-chdir={shop}", "suggest", SUBJECT, "-write", DAY)[0] == 0
    assert link.is_symlink()
    assert kept.read_text().count("99.99%") > 1
    assert kept.stat().st_mode & 0o777 == 0o640
    kept.write_text(kept.read_text().replace("spec:", "spec:  "))
    assert slactl(f"-chdir={shop}", "fmt")[0] == 0
    assert link.is_symlink()
    assert "spec:  " not in kept.read_text()


def test_writing_another_proposal_than_the_first(shop: Path, slactl: Run) -> None:
    here = f"-chdir={shop}"
    document = json.loads(slactl(here, "suggest", "-json", DAY)[1])
    (objective,) = document["objectives"]
    last = objective["proposals"][-1]
    assert last["kinds"] == ["promise-less"]
    code, _, err = slactl(here, "suggest", SUBJECT, f"-write={last['number']}", DAY)
    assert code == 0
    assert "Wrote agreements/slas/acme-shop.yaml." in err
    assert "target: 99.95%\n" in texts(shop)["acme-shop.yaml"]


def test_what_a_level_says_is_overridden_and_the_level_stays(shop: Path, slactl: Run) -> None:
    here, slas = f"-chdir={shop}", shop / "agreements/slas/acme-shop.yaml"
    edit(slas, "      target: 99.97%\n", "")
    edit(shop / "agreements/levels.yaml", "99.9%, window", "99.97%, window")
    out = slactl(here, "suggest", SUBJECT, DAY)[1]
    number = out[: out.index(". Promise less")].rsplit(maxsplit=1)[-1]
    assert "level.gold stays as it is" in out
    assert slactl(here, "suggest", SUBJECT, "-write", number, DAY)[0] == 0
    assert "      indicator: shop-requests\n      target: 99.95%\n" in slas.read_text()
    assert "99.97%, window" in texts(shop)["levels.yaml"]


def test_a_value_that_comes_from_a_variable_is_not_written(shop: Path, slactl: Run) -> None:
    edit(shop / "slactl.yaml", "variables:\n", 'variables:\n    checkout: {default: "99.98%"}\n')
    edit(shop / "agreements/olas.yaml", "target: 99.98%", 'target: "${var.checkout}"')
    before = texts(shop)
    code, _, err = slactl(f"-chdir={shop}", "suggest", SUBJECT, "-write", DAY)
    assert code == 1
    assert "objectives.availability.target of ola.checkout cannot be written" in err
    assert "${var.checkout}" in err
    assert texts(shop) == before


def test_a_promise_that_holds_needs_nothing(shop: Path, slactl: Run) -> None:
    code, out, _ = slactl(f"-chdir={shop}", "suggest", "sla.birch-shop.availability", "-write", DAY)
    assert code == 0
    assert "Nothing to do. The strictest usual target that would hold as well is 99.8%." in out


def test_the_document_has_costs_and_results(shop: Path, slactl: Run) -> None:
    document = json.loads(slactl(f"-chdir={shop}", "suggest", "-json", DAY)[1])
    assert document["helped"] is True
    first = document["objectives"][0]["proposals"][0]
    assert first["result"]["verdict"] == "guaranteed"
    assert first["cost"]["contracts"] == ["uc.nimbus-hosting"]
    assert float(first["cost"]["tightening_seconds_a_month"]) == pytest.approx(570.24)
    assert set(first["edits"][0]) == {
        "action", "address", "file", "line", "field", "old", "new", "inherited_from"
    }  # fmt: skip


def test_what_somebody_waived_is_left_alone_until_it_is_asked_for(shop: Path, slactl: Run) -> None:
    waived = "sla.acme-shop.p95-latency"
    assert waived not in slactl(f"-chdir={shop}", "suggest", DAY)[1]
    code, out, _ = slactl(f"-chdir={shop}", "suggest", waived, DAY)
    assert code == 1
    assert out.startswith(f"{waived}  300ms  unsupported")


def test_nothing_helps_is_exit_code_1_and_says_why(workspace: Callable[..., Path], slactl: Run) -> None:
    root = workspace(
        "apiVersion: slactl/v1\nkind: Party\nmetadata: {name: acme}\nspec: {type: customer}\n---\n"
        "apiVersion: slactl/v1\nkind: Service\nmetadata: {name: lan}\nspec: {owner: acme}\n---\n"
        "apiVersion: slactl/v1\nkind: Party\nmetadata: {name: web}\nspec: {type: internal}\n---\n"
        "apiVersion: slactl/v1\nkind: Service\nmetadata: {name: shop}\nspec: {owner: web, dependsOn: [lan]}\n---\n"
        "apiVersion: slactl/v1\nkind: SLA\nmetadata: {name: a}\n"
        "spec: {service: shop, customer: acme, objectives: {availability: {target: 99%}}}\n"
    )
    code, out, _ = slactl(f"-chdir={root}", "suggest", DAY)
    assert code == 1
    assert "Nothing helps:" in out
    assert "service.lan" in out
    code, _, err = slactl(f"-chdir={root}", "suggest", "-write", DAY)
    assert code == 1
    assert "There is no proposal 1 for sla.a.availability" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sla.acme-shp",), 'Did you mean "sla.acme-shop"?'),
        ((SUBJECT, "-write=0"), "is no number of a proposal"),
        ((SUBJECT, "-write=99"), "There is no proposal 99"),
    ],
)
def test_what_cannot_be_done_is_said(shop: Path, slactl: Run, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = slactl(f"-chdir={shop}", "suggest", *arguments, DAY)
    assert code == 1
    assert words in err
