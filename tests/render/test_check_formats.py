"""The formats of `check`: what other tools read has to be what they expect, and hold what the check found."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from slactl.base.diagnostics import Place, Severity
from slactl.check.fingerprint import fingerprints
from slactl.check.result import AmountResult, Assessment, Finding, Known
from slactl.check.rules import all_rules
from slactl.cli.main import main
from slactl.documents.locate import Locator
from slactl.render.check_formats import FORMATS
from slactl.render.check_report import CheckReport
from slactl.render.github import github
from slactl.render.junit import junit
from slactl.render.markdown import MOST_CHARACTERS
from slactl.render.markdown_check import check_markdown
from slactl.render.markdown_parts import Parts
from slactl.render.style import Style

Run = Callable[..., tuple[int, str, str]]
AS_OF = "-as-of=2026-11-23"

PARTIES = """\
apiVersion: slactl/v1
kind: Party
metadata: {name: acme}
spec: {type: customer}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: web}
spec: {type: internal}
---
apiVersion: slactl/v1
kind: Party
metadata: {name: cloud}
spec: {type: supplier}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: shop}
spec: {owner: web, dependsOn: [net], intrinsic: {availability: 100%}}
---
apiVersion: slactl/v1
kind: Service
metadata: {name: net}
spec: {owner: cloud}
---
apiVersion: slactl/v1
kind: UC
metadata: {name: net}
spec: {service: net, customer: example-inc, status: agreed, objectives: {availability: {target: 99.9%}}}
"""
SLA = """\
apiVersion: slactl/v1
kind: SLA
metadata: {{name: {name}}}
spec:
  {spec}
  service: shop
  objectives:
    availability: {{target: {target}}}
"""
WAIVER = """\
apiVersion: slactl/v1
kind: Waiver
metadata: {name: second-line}
spec: {rule: SLA201, subject: sla.waived.availability, reason: "a second line, in March", owner: head of web, until: 2027-03-31}
"""
WAIVED = "waived by waiver.second-line: a second line, in March (head of web, until 2027-03-31)"
ROOT = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: estate}
spec: {organization: example-inc, files: ["agreements/*.yaml"], check: {severity: {SILENT}}}
"""
USED = ("SLA101", "SLA201")
SILENT = ", ".join(f"{rule.id}: off" for rule in all_rules() if rule.id not in USED)


def sla(name: str, target: str, spec: str = "status: agreed\n  customer: acme") -> str:
    return SLA.format(name=name, target=target, spec=spec)


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """A repository with a workspace in a folder: one promise broken, one waived, one kept, one without customer."""
    (tmp_path / ".git").mkdir()
    root = tmp_path / "service levels"
    (root / "agreements").mkdir(parents=True)
    (root / "slactl.yaml").write_text(ROOT.replace("SILENT", SILENT))
    (root / "agreements" / "base.yaml").write_text(PARTIES)
    slas = [
        sla("broken", "99.95%"),
        sla("kept", "99.9%"),
        sla("nobody", "99.9%", "status: agreed"),
        sla("waived", "99.95%"),
        WAIVER,
    ]
    (root / "agreements" / "slas.yaml").write_text("---\n".join(slas))
    return root


def checked(slactl: Run, root: Path, *arguments: str) -> tuple[int, str]:
    code, out, err = slactl(f"-chdir={root}", "check", AS_OF, *arguments)
    assert err == ""
    return code, out


MARKER = "<!-- slactl-check -->"


def made_up(*findings: Finding, **parts: Any) -> CheckReport:
    assessment = Assessment(date(2026, 11, 23), date(2028, 11, 30), {}, findings, **parts)
    return CheckReport(assessment, Locator(Path("/nowhere")))


# SARIF: no package on PyPI carries the official schema, so the part of the standard that is used is written down here,
# closed: a property that is not named, or a value of another kind, is refused.


def closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = required | (optional or {})
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def items(of: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least}


TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
LINE = {"type": "integer", "minimum": 1}
BAG = {"type": "object"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RELATIVE = {"type": "string", "pattern": r"^(?![/.])(?!.*:)([A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+$"}
ARTIFACT = closed({"uri": RELATIVE, "uriBaseId": {"const": "%SRCROOT%"}})
REGION = closed(
    {"startLine": LINE, "startColumn": LINE, "endLine": LINE, "endColumn": LINE},
    {"snippet": closed({"text": TEXT})},
)
LOCATION = closed(
    {
        "physicalLocation": closed({"artifactLocation": ARTIFACT}, {"region": REGION}),
        "logicalLocations": items(closed({"fullyQualifiedName": TEXT}), 1),
    }
)
SUPPRESSION = closed(
    {"kind": {"enum": ["inSource", "external"]}, "status": {"enum": ["accepted", "underReview", "rejected"]}},
    {"justification": TEXT, "properties": BAG},
)
RESULT = closed(
    {
        "ruleId": TEXT,
        "level": LEVEL,
        "message": closed({"text": TEXT}),
        "locations": items(LOCATION, 1),
        "partialFingerprints": {"type": "object", "additionalProperties": TEXT, "minProperties": 1},
        "suppressions": items(SUPPRESSION),
        "properties": BAG,
    },
    {
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
    },
)
RULE = closed(
    {
        "id": TEXT,
        "shortDescription": closed({"text": TEXT}),
        "fullDescription": closed({"text": TEXT}),
        "help": closed({"text": TEXT, "markdown": TEXT}),
        "defaultConfiguration": closed({"level": LEVEL}),
        "properties": BAG,
    }
)
DRIVER = closed({"name": TEXT, "version": TEXT, "semanticVersion": TEXT, "rules": items(RULE, 1)})
RUN = closed(
    {
        "tool": closed({"driver": DRIVER}),
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "originalUriBaseIds": closed({"%SRCROOT%": closed({"description": closed({"text": TEXT})})}),
        "results": items(RESULT),
        "properties": BAG,
    }
)
LOG = closed({"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": items(RUN, 1)})


def sarif_run(text: str) -> dict[str, Any]:
    """The run of a log, after what the standard asks for beyond types: indices that fit, states for all or none."""
    document = json.loads(text)
    jsonschema.validate(document, LOG)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result.get("kind", "fail") == "fail") == (result["level"] != "none")
    assert len({"baselineState" in result for result in run["results"]}) <= 1
    names = [tuple(result["partialFingerprints"].values()) for result in run["results"]]
    assert len(set(names)) == len(names)
    return dict(run)


def test_sarif_has_every_rule_and_every_finding(estate: Path, slactl: Run) -> None:
    code, out = checked(slactl, estate, "-format=sarif")
    assert code == 1
    run = sarif_run(out)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in all_rules()]
    found = [(one["ruleId"], one["level"], one["properties"]["address"]) for one in run["results"]]
    assert found == [
        ("SLA101", "error", "sla.nobody"),
        ("SLA201", "error", "sla.broken.availability"),
        ("SLA201", "error", "sla.waived.availability"),
    ]
    assert not any("baselineState" in one for one in run["results"])


def test_sarif_points_to_the_text_below_the_root_of_the_repository(estate: Path, slactl: Run) -> None:
    for result in sarif_run(checked(slactl, estate, "-format=sarif")[1])["results"]:
        physical = result["locations"][0]["physicalLocation"]
        lines = (estate.parent / unquote(physical["artifactLocation"]["uri"])).read_text().splitlines()
        region = physical["region"]
        text = lines[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1]
        assert region["snippet"]["text"] == text != ""


def test_sarif_suppresses_what_is_waived_with_the_waivers_reason(estate: Path, slactl: Run) -> None:
    results = sarif_run(checked(slactl, estate, "-format=sarif")[1])["results"]
    assert [one["suppressions"] for one in results[:2]] == [[], []]
    (suppression,) = results[2]["suppressions"]
    assert (suppression["kind"], suppression["justification"]) == ("external", "a second line, in March")
    assert suppression["properties"] == {
        "waiver": "waiver.second-line",
        "owner": "head of web",
        "until": "2027-03-31",
    }


def lasting(slactl: Run, root: Path) -> set[str]:
    results = sarif_run(checked(slactl, root, "-format=sarif")[1])["results"]
    return {value for one in results for value in one["partialFingerprints"].values()}


def test_fingerprints_stay_when_lines_move_and_numbers_change(estate: Path, slactl: Run) -> None:
    before = lasting(slactl, estate)
    slas = estate / "agreements" / "slas.yaml"
    slas.write_text("# moved\n\n\n" + slas.read_text().replace("99.95%", "99.96%"))
    slas.rename(estate / "agreements" / "elsewhere.yaml")
    assert lasting(slactl, estate) == before


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from(["target", "until"])),
        max_size=12,
    )
)
def test_no_two_findings_share_a_fingerprint(parts: list[tuple[str, str, str]]) -> None:
    findings = [
        Finding(rule, Severity.ERROR, address, f"{number}", place=Place("f", 0, ("spec", name, number)))
        for number, (rule, address, name) in enumerate(parts)
    ]
    names = fingerprints(findings)
    assert len(set(names)) == len(findings)
    assert fingerprints(findings[:-1]) == names[: max(0, len(findings) - 1)]


def cases(text: str) -> dict[tuple[str, str], ET.Element]:
    root = ET.fromstring(text.encode())  # noqa: S314 - what we wrote ourselves
    found = {(one.get("classname", ""), one.get("name", "")): one for one in root.iter("testcase")}
    for suite in [root, *root.iter("testsuite")]:
        below = list(suite.iter("testcase"))
        counted = [
            len(below),
            *(sum(one.find(tag) is not None for one in below) for tag in ("failure", "skipped")),
        ]
        assert [int(suite.get(name, "")) for name in ("tests", "failures", "skipped")] == counted
    return found


def test_junit_has_a_case_for_each_objective_and_for_errors_beside_them(estate: Path, slactl: Run) -> None:
    found = cases(checked(slactl, estate, "-format=junit")[1])
    results = {
        name: next((one.tag for one in case if one.tag in ("failure", "skipped")), "passed")
        for name, case in found.items()
    }
    assert results == {
        ("sla.broken", "availability"): "failure",
        ("sla.kept", "availability"): "passed",
        ("sla.nobody", "availability"): "passed",
        ("sla.waived", "availability"): "skipped",
        ("SLA101", "sla.nobody"): "failure",
    }
    broken = found["sla.broken", "availability"]
    failure = broken.find("failure")
    assert failure is not None
    assert failure.get("type") == "SLA201"
    assert "sla.broken.availability promises 99.95%" in failure.get("message", "")
    assert "Weakest links: uc.net.availability" in (failure.text or "")
    properties = {one.get("name"): one.get("value") for one in broken.iter("property")}
    assert properties["verdict"] == "contradicted"
    assert (properties["target"], properties["guaranteed"]) == ("99.95%", "99.9%")
    waived = found["sla.waived", "availability"].find("skipped")
    assert waived is not None
    assert waived.get("message") == WAIVED


def amount_result(agreed: bool, supported: int | None) -> AmountResult:
    return AmountResult(
        address="sla.a.p1-resolution",
        place=Place("slactl.yaml"),
        metric="resolution-time",
        target="4h",
        unit="s",
        verdict="guaranteed" if supported == 4 * 3600 else "unsupported",
        local_verdict="guaranteed",
        promised=Fraction(4 * 3600),
        supported=None if supported is None else Fraction(supported),
        worst="logged on Fri 2026-04-03 17:50 Europe/Berlin",
        customers=("acme",),
        agreed=agreed,
    )


def test_junit_has_times_and_rates_too_and_skips_what_is_only_a_target() -> None:
    result = amount_result(agreed=False, supported=5 * 3600)
    report = made_up(amounts={result.address: result})
    case = cases(junit(report))["sla.a", "p1-resolution"]
    skipped = case.find("skipped")
    assert skipped is not None
    assert "target only" in skipped.get("message", "")
    properties = {one.get("name"): one.get("value") for one in case.iter("property")}
    assert (properties["supported"], properties["margin"]) == ("5h", "short by 1h")


@given(st.text())
def test_junit_is_well_formed_whatever_a_message_says(message: str) -> None:
    found = cases(junit(made_up(Finding("SLA101", Severity.ERROR, f"sla.{message}", message, message))))
    assert len(found) == 1


COMMAND = re.compile(r"::(error|warning|notice) ([^\n]*?)::([^\n]*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner reads them: properties between commas, then the data, each unescaped."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        if match:
            pairs = (one.split("=", 1) for one in match[2].split(","))
            found.append((match[1], {name: unquote(value) for name, value in pairs}, unquote(match[3])))
    return found


def test_github_annotates_the_lines_and_only_informs_of_what_is_waived(estate: Path, slactl: Run) -> None:
    code, out = checked(slactl, estate, "-format=github")
    assert code == 1
    found = commands(out)
    assert [(kind, properties["title"]) for kind, properties, _ in found] == [
        ("error", "SLA101 sla.nobody"),
        ("error", "SLA201 sla.broken.availability"),
        (
            "notice",
            f"SLA201 sla.waived.availability ({WAIVED})",
        ),
    ]
    _, properties, text = found[1]
    lines = (estate.parent / properties["file"]).read_text().splitlines()
    assert "target: 99.95%" in lines[int(properties["line"]) - 1][int(properties["col"]) - 1 :]
    assert "\n\nWeakest links:" in text
    assert out.splitlines()[-1] == "slactl check failed: 2 errors."


@given(st.text(alphabet=st.sampled_from("ab%:,=\r\n"), max_size=20))
def test_github_commands_stay_one_line_and_say_what_was_said(text: str) -> None:
    ((kind, properties, data),) = commands(github(made_up(Finding("SLA1", Severity.WARNING, text, text))))
    assert (kind, properties["title"], data) == ("warning", f"SLA1 {text}", text)


def test_github_puts_the_rest_into_the_step_summary(
    estate: Path, slactl: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    checked(slactl, estate, "-format=markdown")
    assert summary.read_text() == "before\n"
    checked(slactl, estate, "-format=github")
    assert summary.read_text().startswith(f"before\n{MARKER}\n## slactl check failed: 2 errors")


def test_the_step_summary_has_all_parts_and_is_never_more_than_github_takes(
    monkeypatch: pytest.MonkeyPatch, estate: Path, slactl: Run, tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    parts = tuple(f"part {number} {'é' * 60_000}" for number in range(9))
    monkeypatch.setattr("slactl.cli.findings.check_comment", lambda _report: Parts(parts, parts[0]))
    checked(slactl, estate, "-format=github")
    assert summary.stat().st_size <= 1024 * 1024
    assert summary.read_text() == "".join(f"{part}\n\n" for part in parts[:8])


def test_gitlab_gets_unique_fingerprints_severities_and_lines(estate: Path, slactl: Run) -> None:
    issues = json.loads(checked(slactl, estate, "-format", "gitlab-codequality")[1])
    assert {tuple(issue) for issue in issues} == {
        ("description", "check_name", "fingerprint", "severity", "location")
    }
    assert [(one["check_name"], one["severity"]) for one in issues] == [
        ("SLA101", "blocker"),
        ("SLA201", "blocker"),
        ("SLA201", "info"),
    ]
    assert len({one["fingerprint"] for one in issues}) == len(issues)
    lines = (estate.parent / issues[1]["location"]["path"]).read_text().splitlines()
    assert "99.95%" in lines[issues[1]["location"]["lines"]["begin"] - 1]


def test_markdown_begins_with_the_promises_at_risk(estate: Path, slactl: Run) -> None:
    lines = checked(slactl, estate, "-format=markdown")[1].splitlines()
    assert lines[:8] == [
        MARKER,
        "## slactl check failed: 2 errors",
        "",
        "### Promises to customers that are not guaranteed: 2 of 4",
        "",
        "- `sla.broken.availability` to acme: 99.95% is **contradicted**, short by 21m 36s (2026-11)",
        f"- `sla.waived.availability` to acme: 99.95% is **contradicted**, short by 21m 36s (2026-11); {WAIVED}",
        "",
    ]
    row = next(line for line in lines if line.startswith("| `sla.kept.availability`"))
    assert (
        row
        == "| `sla.kept.availability` | 99.9% | guaranteed | 99.9% | 99.9% | 99.9% | margin 0s (2026-11) |"
    )


def test_markdown_goes_on_in_parts_each_below_the_limit() -> None:
    findings = [
        Finding("SLA301", Severity.ERROR, f"sla.{number}", f"{number:04} {'x' * 90}") for number in range(900)
    ]
    found = check_markdown(made_up(*findings))
    first, *later = found.parts
    assert all(len(text) < MOST_CHARACTERS for text in found.parts)
    assert later
    assert first.startswith(
        f"{MARKER}\n## slactl check failed: 900 errors (part 1 of {1 + len(later)})\n\nNo promise"
    )
    assert re.search(r"^\*\*And \d+ more findings\*\*: in part 2\.$", first, re.MULTILINE)
    assert later[0].startswith("<!-- slactl-check part 2 -->\n")
    assert first.endswith("\nAs of 2026-11-23, up to 2028-11-30.")
    shown = [
        line.split()[3]
        for text in found.parts
        for line in text.splitlines()
        if line.startswith("- **error**")
    ]
    assert shown == [f"{number:04}" for number in range(900)]
    assert f"`-markdown-into=FILE` writes all {1 + len(later)} parts" in found.alone


def test_the_tables_of_a_check_have_their_head_in_each_part() -> None:
    found = {
        f"sla.a{number:04}.resolution": amount_result(agreed=True, supported=4 * 3600)
        for number in range(3_000)
    }
    parts = check_markdown(made_up(amounts=found)).parts
    tables = MarkdownIt("commonmark").enable("table")
    rows = [sum(one.type == "tr_open" for one in tables.parse(text)) for text in parts]
    assert len(parts) > 3
    assert all(rows)
    assert sum(rows) - len(parts) == 3_000


def test_markdown_takes_nothing_in_a_message_for_markup() -> None:
    text = check_markdown(
        made_up(Finding("SLA301", Severity.NOTE, "sla.a", "<b>|*a*|\n# @all `x` &lt;"))
    ).alone
    assert r"\<b\>\|\*a\*\| \# &#64;all \`x\` &amp;lt;" in text


def test_a_finding_without_a_place_is_reported_at_the_workspace() -> None:
    report = made_up(Finding("SLA301", Severity.ERROR, "sla.a", "no place"))
    assert "::error file=slactl.yaml,title=SLA301 sla.a::no place" in FORMATS["github"](report, Style())
    (issue,) = json.loads(FORMATS["gitlab-codequality"](report, Style()))
    assert issue["location"] == {"path": "slactl.yaml", "lines": {"begin": 1}}
    (result,) = sarif_run(FORMATS["sarif"](report, Style()))["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_says_that_a_finding_is_known(name: str) -> None:
    known = Known(date(2026, 1, 5), "Jo Doe")
    report = made_up(Finding("SLA301", Severity.ERROR, "sla.a", "late", known=known))
    assert report.assessment.passed
    text = FORMATS[name](report, Style())
    if name in ("github", "gitlab-codequality", "junit", "markdown"):
        assert "known since 2026-01-05 (Jo Doe)" in text
    elif name == "json":
        (finding,) = json.loads(text)["findings"]
        assert finding["known"] == {"since": "2026-01-05", "owner": "Jo Doe", "worse": False}


def test_several_formats_are_written_beside_the_text_for_people(
    estate: Path, slactl: Run, tmp_path: Path
) -> None:
    names = ["json", "sarif", "junit", "gitlab-codequality", "markdown"]
    files = {name: tmp_path / name for name in names}
    options = [f"-{name}-into={file}" for name, file in files.items()]
    code, out = checked(slactl, estate, *options)
    assert code == 1
    assert out == checked(slactl, estate)[1]
    assert {name: file.read_text() for name, file in files.items()} == {
        name: checked(slactl, estate, f"-format={name}")[1] for name in names
    }


def test_json_stays_and_two_formats_at_once_are_refused(estate: Path, slactl: Run) -> None:
    assert checked(slactl, estate, "-json") == checked(slactl, estate, "-format=json", "-json")
    code, out, err = slactl(f"-chdir={estate}", "check", "-json", "-format=sarif")
    assert (code, out) == (1, "")
    assert "contradict" in err
    assert slactl(f"-chdir={estate}", "check", "-format=xml")[0] == 1
