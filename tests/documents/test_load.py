"""Workspaces: every error at once, at its place; variables, repetition, the cache."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slactl.base.cache_folder import cache_folder
from slactl.base.diagnostics import SlactlError
from slactl.documents.load import load_workspace
from slactl.documents.locate import Locator
from slactl.documents.variables import Given

Write = Callable[..., Path]
PARTY = "apiVersion: slactl/v1\nkind: Party\nmetadata: {name: acme}\nspec: {type: customer}\n"


def problems(root: Path, given: Given | None = None) -> list[str]:
    return [one.summary for one in load_workspace(root, given).problems.items]


def test_every_error_of_every_file_is_reported_at_once(workspace: Write) -> None:
    root = workspace(
        PARTY.replace("customer", "custmer"),
        PARTY.replace("slactl/v1", "slactl/v9"),
        PARTY.replace("Party", "Partie"),
        PARTY.replace("Party", "{a: party}"),
        PARTY.replace("type", "typ"),
        "- a list\n",
    )
    assert problems(root) == [
        'spec.type cannot be "custmer"',
        'apiVersion must be "slactl/v1"',
        'There is no kind "Partie"',
        "kind is missing, or no text",
        'Unknown key "typ" in spec',
        '"type" is missing in spec',
        "A document must be a mapping",
    ]


def test_an_unknown_key_is_pointed_at_with_a_suggestion(workspace: Write) -> None:
    root = workspace(PARTY + "---\n" + PARTY.replace("spec", "spce"))
    bundle = load_workspace(root)
    found = next(one for one in bundle.problems.items if "spce" in one.summary)
    assert found.detail == 'Did you mean "spec"?'
    assert found.place is not None
    where = Locator(root).range(found.place)
    assert where is not None
    assert (where.file, where.start.line, where.start.column) == ("agreements/00.yaml", 9, 1)
    assert where.code == "spce: {type: customer}"


@pytest.mark.parametrize(
    ("name", "why"),
    [("../x", "lower-case"), ("Acme", "lower-case"), ("a" * 64, "at most 63"), ("-a", "beginning")],
)
def test_names_are_dns_labels(workspace: Write, name: str, why: str) -> None:
    (found,) = load_workspace(workspace(PARTY.replace("acme", name))).problems.items
    assert found.summary.startswith("metadata.name is not valid")
    assert why in found.detail


def test_a_bare_number_as_percentage_names_both_readings(workspace: Write) -> None:
    sla = "apiVersion: slactl/v1\nkind: SLA\nmetadata: {name: a}\nspec: {service: s, extends: [], credits: [{objective: availability, below: 0.999, credit: 10%}]}\n"
    (found,) = load_workspace(workspace(sla)).problems.items
    assert "0.999%" in found.detail
    assert "99.9%" in found.detail


def test_integers_and_booleans_are_typed_by_the_schema_alone(workspace: Write) -> None:
    service = (
        "apiVersion: slactl/v1\nkind: Service\nmetadata: {name: s, labels: {level: 3}}\n"
        "spec: {owner: t, dependsOn: [{atLeast: {count: 2, of: [a, {service: b, retries: 1}]}}]}\n"
    )
    (document,) = load_workspace(workspace(service)).documents
    assert document.metadata["labels"] == {"level": "3"}
    group = document.spec["dependsOn"][0]["atLeast"]
    assert group == {"count": 2, "of": ["a", {"service": "b", "retries": 1}]}


def test_a_text_where_an_integer_belongs_is_refused(workspace: Write) -> None:
    service = "apiVersion: slactl/v1\nkind: Service\nmetadata: {name: s}\nspec: {owner: t, dependsOn: [{service: b, retries: many}]}\n"
    assert problems(workspace(service)) == ['spec.dependsOn.0.retries must be a whole number, not "many"']


ROOT = """\
apiVersion: slactl/v1
kind: Workspace
metadata: {name: estate}
spec:
  organization: example-inc
  files: ["agreements/*.yaml"]
  variables: {who: {default: one}, must: {}}
"""
NAMED = PARTY.replace("acme", "acme, displayName: '${var.who}/${var.must}/$${x}'")


def test_variables_follow_terraforms_precedence(workspace: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = workspace(NAMED, root=ROOT)

    def shown(*given: tuple[str, str]) -> str:
        (document,) = load_workspace(root, Given(given), cached=False).documents
        return str(document.metadata["displayName"])

    (root / "more.slavars.yaml").write_text("who: file\n")
    assert shown(("var", "must=m")) == "one/m/${x}"
    monkeypatch.setenv("SLACTL_VAR_who", "environment")
    assert shown(("var", "must=m")) == "environment/m/${x}"
    (root / "slactl.slavars.yaml").write_text("who: standard\nmust: s\n")
    assert shown() == "standard/s/${x}"
    (root / "b.auto.slavars.yaml").write_text("who: b\n")
    (root / "a.auto.slavars.yaml").write_text("who: a\n")
    assert shown() == "b/s/${x}"
    assert shown(("file", "more.slavars.yaml"), ("var", "who=option")) == "option/s/${x}"
    assert shown(("var", "who=option"), ("file", "more.slavars.yaml")) == "file/s/${x}"


def test_missing_undeclared_and_misused_references_are_reported(workspace: Write) -> None:
    root = workspace(
        NAMED.replace("var.who", "var.whom")
        + "---\n"
        + PARTY.replace("acme", "b, displayName: '${env.HOME}${each.key}${x}'"),
        root=ROOT,
    )
    assert problems(root, Given((("var", "mustt=1"),))) == [
        'The variable "mustt" is not declared',
        'The variable "must" has no value',
        'The variable "whom" is not declared',
        'The variable "must" is not declared',
        "${env.HOME} may stand only in a backend's config",
        "${each.key} stands in a document without forEach",
        "${x} refers to nothing",
    ]


def test_for_each_repeats_a_document_and_errors_name_the_element(workspace: Write) -> None:
    repeated = PARTY.replace(
        "spec: {type: customer}", "forEach: {eu: customer, us: wrong}\nspec: {type: '${each.value}'}"
    ).replace("acme", "'p-${each.key}'")
    bundle = load_workspace(workspace(repeated))
    assert [one.name for one in bundle.documents] == ["p-eu"]
    (problem,) = bundle.problems.items
    assert problem.place is not None
    assert problem.place.element == "us"


def test_a_second_run_reads_the_cache_and_says_the_same(workspace: Write) -> None:
    root = workspace(PARTY, PARTY.replace("acme", "b"))
    first = load_workspace(root)
    assert (cache_folder(root) / "cache.db").is_file()
    second = load_workspace(root)
    assert [(one.name, one.data) for one in first.documents] == [
        (one.name, one.data) for one in second.documents
    ]
    assert first.digest == second.digest
    (root / "agreements" / "00.yaml").write_text(PARTY.replace("acme", "c"))
    third = load_workspace(root)
    assert [one.name for one in third.documents] == ["c", "b"]
    assert third.digest != first.digest


def test_a_damaged_cache_is_passed_over(workspace: Write) -> None:
    root = workspace(PARTY)
    load_workspace(root)
    (cache_folder(root) / "cache.db").write_bytes(
        b"not a database at all, but long enough to be read as one" * 100
    )
    assert [one.name for one in load_workspace(root).documents] == ["acme"]


def test_an_invalid_file_is_reported_again_on_the_second_run(workspace: Write) -> None:
    root = workspace(PARTY.replace("customer", "x"))
    assert problems(root) == problems(root) == ['spec.type cannot be "x"']


def test_openslo_is_refused_by_name(workspace: Write) -> None:
    (found,) = load_workspace(workspace("apiVersion: openslo/v1\nkind: SLO\n")).problems.items
    assert found.summary == "OpenSLO documents (openslo/v1) are not read yet"


def test_a_folder_without_workspace_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(SlactlError, match=r"There is no slactl\.yaml") as caught:
        load_workspace(tmp_path)
    assert "kind: Workspace" in caught.value.diagnostics[0].detail


def test_patterns_stay_inside_the_workspace_and_match_something(workspace: Write) -> None:
    root = workspace(
        root=ROOT.replace('"agreements/*.yaml"', '"../*.yaml", "nothing/*.yaml"').replace(", must: {}", "")
    )
    assert problems(root) == ['"../*.yaml" leads out of the workspace', 'No file matches "nothing/*.yaml"']
