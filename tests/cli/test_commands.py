"""Commands as their users type them: exit codes, messages, habits of Terraform."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from slactl.cli.main import COMMANDS, main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def slactl(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def shop(repository: Path, tmp_path: Path) -> Path:
    """A copy of the webshop example."""
    root = tmp_path / "webshop"
    shutil.copytree(
        repository / "examples" / "webshop", root, ignore=shutil.ignore_patterns(".slactl", "rules")
    )
    return root


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


@pytest.mark.parametrize("example", ["webshop", "hr-outsourcing"])
def test_examples_are_valid_formatted_and_supported(repository: Path, slactl: Run, example: str) -> None:
    folder = f"-chdir={repository / 'examples' / example}"
    assert slactl(folder, "validate")[0] == 0
    assert slactl(folder, "fmt", "-check") == (0, "", "")
    code, out, _ = slactl(folder, "check", "-as-of=2026-11-23")
    assert code == 0
    assert "\nSupported: " in out


def test_the_whole_way(shop: Path, slactl: Run) -> None:
    here = f"-chdir={shop}"
    saved = str(shop / "first.plan")
    assert slactl(here, "plan", "-detailed-exitcode", f"-out={saved}")[0] == 2
    assert slactl(here, "show", saved)[1] in slactl(here, "plan")[1]
    code, out, _ = slactl(here, "apply", saved)
    assert code == 0
    assert "Apply complete! Resources: 5 added, 0 changed, 0 destroyed." in out
    code, out, _ = slactl(here, "plan", "-detailed-exitcode")
    assert code == 0
    assert any(line.startswith("No changes.") for line in out.splitlines())
    assert any(
        line.startswith("No changes.") for line in slactl(here, "plan", "-as-of=2026-12-31")[1].splitlines()
    )

    code, _, err = slactl(here, "apply", saved)
    assert code == 1
    assert "stale" in err

    edit(shop / "agreements/slas/acme-shop.yaml", "target: 99.9%", "target: 99.95%")
    code, out, _ = slactl(here, "plan", "-detailed-exitcode")
    assert code == 2
    assert "99.9% -> 99.95%   43m 12s a month -> 21m 36s a month" in out
    assert out.splitlines()[-1] == "Plan: 0 to add, 1 to change, 0 to destroy."
    saved_too = str(shop / "second.plan")
    slactl(here, "plan", f"-out={saved_too}")
    edit(shop / "agreements/slas/acme-shop.yaml", "target: 99.95%", "target: 99.93%")
    code, _, err = slactl(here, "apply", saved_too)
    assert code == 1
    assert "other files" in err

    assert slactl(here, "apply", "-auto-approve")[0] == 0
    assert "sla.acme-shop" in slactl(here, "state", "list")[1].splitlines()
    assert (
        json.loads(slactl(here, "state", "show", "sla.acme-shop")[1])["promise"]["objectives"][
            "availability"
        ]["target"]
        == "99.93%"
    )
    history = json.loads(slactl(here, "state", "pull")[1])["history"]
    assert [one["serial"] for one in history] == [1, 2]

    code, _, err = slactl(here, "destroy", "-auto-approve")
    assert code == 1
    assert "preventDestroy" in err
    edit(shop / "agreements/slas/acme-shop.yaml", ", lifecycle: {preventDestroy: true}", "")
    assert slactl(here, "apply", "-auto-approve")[0] == 0
    assert slactl(here, "destroy", "-auto-approve")[0] == 0
    assert list((shop / "rules").glob("*.yaml")) == []


def test_an_unsupported_promise_is_planned_whole_and_not_applied(shop: Path, slactl: Run) -> None:
    here = f"-chdir={shop}"
    slactl(here, "apply", "-auto-approve")
    edit(shop / "agreements/slas/acme-shop.yaml", "target: 99.9%", "target: 99.97%")
    saved = str(shop / "p.plan")
    code, out, _ = slactl(here, "plan", f"-out={saved}")
    assert code == 1
    assert "at risk  sla.acme-shop.availability: guaranteed -> unsupported" in out
    assert "Plan: 0 to add, 1 to change, 0 to destroy." in out.splitlines()
    assert "This plan must not be applied:" in out
    for arguments in (("apply", saved), ("apply", "-auto-approve")):
        code, _, err = slactl(here, *arguments)
        assert code == 1
        assert "SLA201" in err
    document = json.loads(slactl(here, "plan", "-json")[1])
    assert document["errored"] is True
    assert document["applyable"] is False


def test_a_protected_agreement_that_left_the_files_is_still_protected(shop: Path, slactl: Run) -> None:
    here = f"-chdir={shop}"
    slactl(here, "apply", "-auto-approve")
    (shop / "agreements/slas/acme-shop.yaml").unlink()
    (shop / "agreements/waivers.yaml").unlink()
    code, out, _ = slactl(here, "plan")
    assert code == 1
    assert "sla.acme-shop has lifecycle.preventDestroy" in out


def test_the_plan_document_has_terraforms_shape(shop: Path, slactl: Run) -> None:
    code, out, _ = slactl(f"-chdir={shop}", "plan", "-json")
    assert code == 0
    assert out.count("\n") == 1
    document = json.loads(out)
    assert document["format_version"] == "1.2"
    assert {change["change"]["actions"][0] for change in document["resource_changes"]} == {"create"}
    assert {one["status"] for one in document["checks"]} == {"pass"}
    assert document["planned_values"]["root_module"]["resources"]
    assert document["agreements"][0]["address"] == "ola.catalogue"


def test_check_json_has_its_fields(shop: Path, slactl: Run) -> None:
    document = json.loads(slactl(f"-chdir={shop}", "check", "-json", "-as-of=2026-11-23")[1])
    assert document["format_version"] == "1.0"
    (objective,) = [one for one in document["objectives"] if one["address"] == "sla.acme-shop.availability"]
    assert objective["target"] == "0.999"
    assert objective["guaranteed"] == {"lower": "0.99955", "upper": "0.99955"}
    assert (objective["verdict"], objective["local_verdict"], objective["best"]) == (
        "guaranteed",
        "guaranteed",
        "0.9998",
    )
    assert objective["margin_seconds"] == "1425.6"
    (finding,) = [one for one in document["findings"] if one["rule"] == "SLA202"]
    assert finding["waived"] is True
    assert finding["range"]["filename"] == "agreements/slas/acme-shop.yaml"


def test_validate_json_is_terraforms_document(shop: Path, slactl: Run) -> None:
    edit(shop / "agreements/slas/acme-shop.yaml", "customer: acme", "custmer: acme")
    code, out, err = slactl(f"-chdir={shop}", "validate", "-json")
    assert (code, err) == (1, "")
    document = json.loads(out)
    assert (document["valid"], document["error_count"]) == (False, 1)
    (one,) = document["diagnostics"]
    byte = (shop / "agreements/slas/acme-shop.yaml").read_bytes().index(b"custmer")
    assert (one["severity"], one["summary"], one["detail"]) == (
        "error",
        'Unknown key "custmer" in spec',
        'Did you mean "customer"?',
    )
    assert one["range"]["start"] == {"line": 7, "column": 3, "byte": byte}
    assert one["snippet"]["code"] == "  custmer: acme"
    assert one["snippet"]["highlight_start_offset"] == 2


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("slas/acme-shop.yaml", "target: 99.9%", "target: 101%", "more than all of it"),
        ("slas/acme-shop.yaml", "target: 99.9%", "target: 0.999", "99.9%"),
        (
            "slas/acme-shop.yaml",
            "customer: acme",
            "customer: acme\n  customers: [birch]",
            "both customer and customers",
        ),
        ("slas/acme-shop.yaml", "customer: acme", "customer: acmee", 'Did you mean "acme"?'),
        ("slas/acme-shop.yaml", "extends: [gold]", "extends: [golden]", 'Did you mean "gold"?'),
        ("slas/acme-shop.yaml", "until: 2027-12-31", "until: 2025-12-31", "ends before it begins"),
        ("slas/acme-shop.yaml", "from: 2026-01-01", "from: 2026-02-30", "no date of the calendar"),
        (
            "levels.yaml",
            "target: 99.9%, window: calendar-month",
            "target: 99.9%, window: {rolling: 0d}",
            "rolling",
        ),
        (
            "levels.yaml",
            "target: 99.9%, window: calendar-month",
            "target: 99.9%, window: calendar-moon",
            "calendar-month",
        ),
        ("services.yaml", "dependsOn: [hosting]", "dependsOn: [catalogue]", "catalogue -> catalogue"),
        (
            "services.yaml",
            "dependsOn: [hosting]",
            "dependsOn: [{atLeast: {count: 3, of: [hosting]}}]",
            "At least 3 of 1",
        ),
        (
            "services.yaml",
            "any: [cdn-east, cdn-west]",
            "any: [cdn-east, cdn-wets]",
            'Did you mean "cdn-west"?',
        ),
        ("calendars.yaml", "Europe/Berlin", "Europe/Berln", "Europe/Berlin"),
        ("calendars.yaml", "08:00-18:00", "8-18", "no range of hours"),
        ("calendars.yaml", "country: DE", "country: XX", "XX"),
        ("slas/birch-shop.yaml", "FREQ=MONTHLY", "FREQ=MOONLY", "FREQ="),
        ("indicators.yaml", "probe: ", "prob: ", 'Did you mean "probe"?'),
        ("parties.yaml", "name: birch,", "name: acme,", "two documents"),
        ("parties.yaml", "type: customer}\n---", "type: [customer", "not valid YAML"),
    ],
)
def test_bad_input_is_a_message_with_its_place(
    shop: Path, slactl: Run, file: str, before: str, after: str, words: str
) -> None:
    edit(shop / "agreements" / file, before, after)
    code, out, err = slactl(f"-chdir={shop}", "validate")
    assert code == 1
    assert words in err
    assert f"on agreements/{file} line" in err
    assert "^" in err
    assert "Traceback" not in err + out


ALONE = ("version", "rules", "fmt", "calc", "verify", "provider")
"""Commands that need no workspace."""


@pytest.mark.parametrize("verb", [verb for verb in COMMANDS if verb not in ALONE])
def test_no_command_shows_a_traceback_without_a_workspace(tmp_path: Path, slactl: Run, verb: str) -> None:
    extra_of = {
        "show": ["sla.x"],
        "state": ["list"],
        "workspace": ["list"],
        "force-unlock": ["x"],
        "explain": ["sla.x"],
        "impact": ["ola.x"],
    }
    extra = extra_of.get(verb, [])
    code, out, err = slactl(f"-chdir={tmp_path}", verb, *extra)
    assert code == 1
    assert "slactl.yaml" in out + err


def test_an_unreadable_file_and_a_provider_that_is_not_there(shop: Path, slactl: Run) -> None:
    (shop / "agreements/odd.yaml").write_bytes(b"\xff\xfe\x00")
    code, _, err = slactl(f"-chdir={shop}", "validate")
    assert code == 1
    assert "not UTF-8" in err
    (shop / "agreements/odd.yaml").unlink()
    edit(shop / "agreements/backends.yaml", "provider: prometheus", "provider: promtheus")
    code, _, err = slactl(f"-chdir={shop}", "plan")
    assert code == 1
    assert 'Did you mean "prometheus"?' in " ".join(err.split())


def test_a_wrong_backend_configuration_keeps_the_plan_from_being_applied(shop: Path, slactl: Run) -> None:
    edit(shop / "agreements/backends.yaml", "config: {", "config: {relaod: true, ")
    code, out, err = slactl(f"-chdir={shop}", "plan")
    assert code == 1
    assert 'Did you mean "reload"?' in out + err


def test_nobody_is_asked_without_a_terminal(shop: Path, slactl: Run) -> None:
    code, out, err = slactl(f"-chdir={shop}", "apply")
    assert code == 1
    assert "save it (slactl plan -out=FILE) and apply the file" in " ".join(err.split())
    assert "Note: backend.prom: 1 objective on times, throughput or support hours is not measured" in out
    assert "Plan: 5 to add" in out
    assert not (shop / "rules").exists()


def test_fmt_keeps_comments_and_meaning(tmp_path: Path, slactl: Run) -> None:
    (tmp_path / "a.yaml").write_text(
        "# head\na:   {x: 1,   y: NO}   # tail\nlist:\n- 08:00\n- '010'\n\n\n\nb: 2\n"
    )
    assert slactl(f"-chdir={tmp_path}", "fmt", "-check")[0] == 3
    assert slactl(f"-chdir={tmp_path}", "fmt") == (0, "a.yaml\n", "")
    text = (tmp_path / "a.yaml").read_text()
    assert "# head\n" in text
    assert "# tail" in text
    assert "{x: 1, y: NO}" in text
    assert "  - 08:00\n  - '010'\n" in text
    assert slactl(f"-chdir={tmp_path}", "fmt", "-check") == (0, "", "")


def test_show_names_the_origin_of_each_value(shop: Path, slactl: Run) -> None:
    document = json.loads(slactl(f"-chdir={shop}", "show", "-json", "sla.acme-shop")[1])
    origins = {one["path"]: (one["value"], one["origin"]) for one in document["values"]}
    assert origins["objectives.availability.window"] == (
        "calendar-month",
        "level.gold (agreements/levels.yaml:18)",
    )
    assert origins["reviews.every"] == ("6M", "agreements/slas/acme-shop.yaml:16")
    assert "Did you mean" in slactl(f"-chdir={shop}", "show", "sla.acme-shoop")[2]


def test_graph_draws_every_service(shop: Path, slactl: Run) -> None:
    assert '"service.shop" -> "service.checkout"' in slactl(f"-chdir={shop}", "graph")[1]
    assert slactl(f"-chdir={shop}", "graph", "-format=mermaid")[1].startswith("flowchart TB\n")


def test_flags_work_with_one_dash_and_two_and_unknown_verbs_are_suggested(shop: Path, slactl: Run) -> None:
    assert slactl("-C", str(shop), "plan", "--out", str(shop / "a"))[0] == 0
    assert slactl("-chdir", str(shop), "plan", f"-out={shop / 'b'}")[0] == 0
    assert (shop / "a").read_text() == (shop / "b").read_text()
    code, _, err = slactl("plann")
    assert code == 1
    assert 'Did you mean "plan"?' in err
    assert slactl("-help")[0] == 0
    assert slactl("plan", "-help")[0] == 0
    assert slactl("plan", "-nonsense")[0] == 1


HEAVY = "yaml requests networkx jsonschema holidays dataclasses inspect numpy highspy oxidd zoneinfo shutil difflib"


@pytest.mark.parametrize("command", [["version"], ["calc", "-format=open-psa", "tree.xml"]])
def test_small_commands_start_without_heavy_imports(command: list[str], tmp_path: Path) -> None:
    gate = '<define-gate name="top"><and><basic-event name="a"/><basic-event name="b"/></and></define-gate>'
    events = "".join(
        f'<define-basic-event name="{one}"><float value="0.1"/></define-basic-event>' for one in "ab"
    )
    tree = f'<opsa-mef><define-fault-tree name="t">{gate}{events}</define-fault-tree></opsa-mef>'
    (tmp_path / "tree.xml").write_text(tree)
    code = f"""
import sys
from slactl.cli.main import main
main({command})
print([name for name in {HEAVY.split()} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_is_as_wide_as_it_is_told(slactl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in (120, 150):
        monkeypatch.setenv("COLUMNS", str(columns))
        text = slactl("plan", "-help")[1]
        assert columns - 20 < max(map(len, text.splitlines())) < columns
