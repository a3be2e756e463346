"""Formats that pipelines show beside the lines: of files that are not valid, and of what speaks against a plan."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.running import Run

WRONG = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: x}
spec: {type: customer, typo: x}
"""
MESSAGE = 'Unknown key "typo" in spec'
FILE = "agreements/wrong.yaml"
FINDING_FILES = ("sarif", "junit", "gitlab-codequality")


@pytest.fixture
def wrong(shop: Path) -> Path:
    (shop / FILE).write_text(WRONG)
    return shop


def where(name: str, text: str) -> list[tuple[str, str, int | None]]:
    """File, message and line of each finding; JUnit has no lines."""
    match name:
        case "sarif":
            found = []
            for one in json.loads(text)["runs"][0]["results"]:
                place = one["locations"][0]["physicalLocation"]
                said = one["message"]["text"].split("\n")[0]
                found.append((place["artifactLocation"]["uri"], said, place["region"]["startLine"]))
            return found
        case "junit":
            cases = ET.fromstring(text).iter("testcase")  # noqa: S314 - our own document
            fails = [(one.get("name", ""), one.find("failure")) for one in cases]
            return [(name, fail.get("message", ""), None) for name, fail in fails if fail is not None]
        case "gitlab-codequality":
            return [
                (
                    one["location"]["path"],
                    one["description"].removeprefix("validate "),
                    one["location"]["lines"]["begin"],
                )
                for one in json.loads(text)
            ]
        case _:
            lines = [json.loads(line) for line in text.splitlines()]
            found_lines = [one for one in lines if one["type"] == "finding"]
            return [(one["address"], one["message"], one["range"]["start"]["line"]) for one in found_lines]


@pytest.mark.parametrize("verb", ["validate", "check", "plan"])
def test_files_that_are_not_valid_are_reported_where_pipelines_look(
    wrong: Path, run: Run, tmp_path: Path, verb: str
) -> None:
    into = {name: tmp_path / f"found.{name}" for name in FINDING_FILES}
    code, _, err = run(verb, *(f"-{name}-into={path}" for name, path in into.items()))
    assert code == 1
    assert MESSAGE in err, "the log has it, too"
    for name, path in into.items():
        assert where(name, path.read_text()) == [(FILE, MESSAGE, None if name == "junit" else 4)], name
    assert not (wrong / ".slactl" / "state.db").exists()


@pytest.mark.parametrize("verb", ["validate", "check"])
def test_lines_and_comments_of_files_that_are_not_valid(wrong: Path, run: Run, verb: str) -> None:
    assert wrong.exists()
    code, out, _ = run(verb, "-format=jsonl")
    assert (code, where("jsonl", out)) == (1, [(FILE, MESSAGE, 4)])
    code, out, _ = run(verb, "-format=markdown")
    assert code == 1
    assert out.startswith(f"<!-- slactl-{verb} -->\n## slactl {verb} failed: 1 error\n")
    assert f"`{FILE}:4`" in out


@pytest.mark.parametrize("verb", ["validate", "check", "plan"])
def test_github_marks_the_line_that_is_not_valid(wrong: Path, run: Run, verb: str) -> None:
    assert wrong.exists()
    code, out, _ = run(verb, "-format=github")
    assert code == 1
    assert f"::error file={FILE},line=4,col=24,title=validate {FILE}::{MESSAGE}" in out
    assert out.endswith(f"slactl {verb} failed: 1 error.\n")


def test_a_workspace_file_that_is_not_valid_is_reported_like_any_other(shop: Path, run: Run) -> None:
    (shop / "slactl.yaml").write_text("apiVersion: slactl/v1\nkind: Workspace\nmetadata: {name: [}\n")
    for verb in ("validate", "check", "plan"):
        code, out, _ = run(verb, "-format=gitlab-codequality")
        assert code == 1
        assert json.loads(out)[0]["location"] == {"path": "slactl.yaml", "lines": {"begin": 3}}


def test_valid_files_are_a_case_that_passes_and_no_finding(run: Run, tmp_path: Path) -> None:
    into = {name: tmp_path / name for name in (*FINDING_FILES, "json")}
    code, out, _ = run("validate", *(f"-{name}-into={path}" for name, path in into.items()))
    assert (code, out.startswith("Success!")) == (0, True)
    root = ET.fromstring(into["junit"].read_text())  # noqa: S314 - our own document
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert json.loads(into["gitlab-codequality"].read_text()) == []
    assert json.loads(into["json"].read_text())["valid"] is True


def test_what_protects_an_agreement_is_a_finding_of_the_plan(shop: Path, run: Run, tmp_path: Path) -> None:
    assert run("apply", "-auto-approve")[0] == 0
    (shop / "agreements" / "slas" / "acme-shop.yaml").unlink()
    report = tmp_path / "plan.json"
    code, out, _ = run("plan", f"-gitlab-codequality-into={report}")
    assert (code, "This plan must not be applied" in out) == (1, True)
    (found,) = [one for one in json.loads(report.read_text()) if "preventDestroy" in one["description"]]
    assert (found["check_name"], found["severity"]) == ("plan", "critical")


def test_a_plan_has_the_findings_of_its_check_and_what_a_backend_cannot_hold(run: Run) -> None:
    checked = json.loads(run("check", "-format=gitlab-codequality")[1])
    planned = json.loads(run("plan", "-format=gitlab-codequality")[1])
    assert planned[: len(checked)] == checked
    (first, _) = planned[len(checked) :]
    assert first["description"].startswith("plan 1 objective on times, throughput or support hours is not")
    assert first["location"] == {"path": "agreements/backends.yaml", "lines": {"begin": 3}}
    assert len({one["fingerprint"] for one in planned}) == len(planned)


def test_github_shows_the_plan_on_the_page_of_the_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    code, out, _ = run("plan", "-format=github")
    assert (code, out.endswith("slactl plan passed, 1 waived error.\n")) == (0, True)
    assert page.read_text().startswith("<!-- slactl-plan webshop -->\n")


def test_the_lines_of_a_check_say_what_its_document_says(run: Run) -> None:
    document = json.loads(run("check", "-json")[1])
    lines = [json.loads(line) for line in run("check", "-format=jsonl")[1].splitlines()]
    assert (lines[0]["type"], lines[-1]["type"]) == ("check", "summary")
    assert (lines[-1]["lines"], lines[-1]["passed"]) == (len(lines), True)
    for kind, key in (("objective", "objectives"), ("amount", "amounts"), ("finding", "findings")):
        assert [one for one in lines if one["type"] == kind] == [
            {"type": kind} | one for one in document[key]
        ]
