"""Edits in a file's text: only the value changes, whatever the file looks like; what cannot be written is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slactl.base.diagnostics import Place, SlactlError
from slactl.documents.format import formatted
from slactl.documents.reader import read_documents
from slactl.suggest.edit import Edit, as_text, with_value
from slactl.suggest.splice import spliced

BLOCK = """\
# first words
apiVersion: slactl/v1
kind: OLA
metadata: {name: db}   # who
spec:
    service:   db
    extends:
    - basic    # the cheap one
    objectives:
        availability:
            target:  "99.9%"      # since 2024
            # last words of the objective

# last words of the document
---
kind: Other
spec: {extends: [basic, more], objectives: {}, limits: {a: 1 }}
"""


def edit(value: Any, *path: str | int, document: int = 0) -> Edit:
    return Edit("ola.db", Place("a.yaml", document, tuple(path)), value)


def put(text: str, value: Any, *path: str | int, document: int = 0) -> str:
    return spliced(text, "a.yaml", edit(value, *path, document=document))


def test_a_value_changes_and_nothing_else() -> None:
    after = put(BLOCK, "99.95%", "spec", "objectives", "availability", "target")
    assert after == BLOCK.replace('"99.9%"', '"99.95%"')


def test_a_value_in_brackets_changes_and_nothing_else() -> None:
    after = put(BLOCK, "plus", "spec", "extends", 1, document=1)
    assert after == BLOCK.replace("[basic, more]", "[basic, plus]")


def test_an_entry_is_added_behind_the_others_and_before_the_comments_that_follow() -> None:
    after = put(BLOCK, "24x7", "spec", "objectives", "availability", "hours")
    line = '            target:  "99.9%"      # since 2024\n'
    assert after == BLOCK.replace(line, line + "            hours: 24x7\n")


def test_an_entry_is_added_in_brackets() -> None:
    assert "{a: 1, b: 2 }" in put(BLOCK, "2", "spec", "limits", "b", document=1)
    after = put(BLOCK, "99%", "spec", "objectives", "availability", "target", document=1)
    assert "objectives: {availability: {target: 99%}}" in after


def test_an_item_is_added_to_a_list() -> None:
    assert "    - basic    # the cheap one\n    - plus\n" in put(BLOCK, "plus", "spec", "extends", 1)
    assert "[basic, more, plus]" in put(BLOCK, "plus", "spec", "extends", 2, document=1)


def test_a_name_becomes_a_group() -> None:
    assert "    - {any: [basic, basic-2]}    # the cheap" in put(
        BLOCK, {"any": ["basic", "basic-2"]}, "spec", "extends", 0
    )


def test_an_empty_value_is_filled() -> None:
    assert put("spec:\n  objectives:\n  a: 1\n", {"x": "1"}, "spec", "objectives") == (
        "spec:\n  objectives: {x: 1}\n  a: 1\n"
    )


def test_a_document_is_added_in_the_usual_form() -> None:
    document = {
        "apiVersion": "slactl/v1",
        "kind": "UC",
        "metadata": {"name": "net"},
        "spec": {"service": "net", "objectives": {"availability": {"target": "99.9%"}}},
    }
    text = "---\nkind: Other # of ours\n"
    after = spliced(text, "a.yaml", Edit("uc.net", Place("a.yaml"), document, adds=True))
    assert after.startswith(text)
    assert after.endswith("spec:\n  service: net\n  objectives:\n    availability: {target: 99.9%}\n")
    assert formatted(after, "a.yaml") == after


def test_line_ends_of_another_system_are_kept() -> None:
    text = "spec:\r\n  a: 1\r\n"
    assert put(text, "2", "spec", "b") == "spec:\r\n  a: 1\r\n  b: 2\r\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("spec: {a: '${var.target}'}\n", "comes from ${var.target}"),
        ("forEach: [x]\nspec: {a: 1}\n", "forEach"),
        ("spec:\n  a: |\n    1\n", "several lines"),
        ("spec:\n  b: &one 1\n  a: *one\n", "unusual"),
        ("spec:\n  a:\n    - 1\n    - 2\n", "several lines"),
    ],
)
def test_what_only_a_person_can_change_is_refused(text: str, words: str) -> None:
    with pytest.raises(SlactlError) as caught:
        put(text, "2", "spec", "a")
    (diagnostic,) = caught.value.diagnostics
    assert words in diagnostic.detail
    assert diagnostic.place == Place("a.yaml", 0, ("spec", "a"))


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=8)


@given(TEXTS)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert read_documents(f"a: {as_text(text)}\nb: [{as_text(text)}]\n", "a.yaml") == [
        {"a": text, "b": [text]}
    ]


@given(
    st.recursive(TEXTS, lambda below: st.dictionaries(st.sampled_from("abc"), below, min_size=1, max_size=3)),
    st.data(),
)
def test_setting_a_value_leaves_the_rest(data: Any, draw: st.DataObject) -> None:
    path = draw.draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=3))
    after = with_value({"top": data}, ("top", *path), "new")
    found = after["top"]
    for step in path:
        found = found[step]
    assert found == "new"
    if isinstance(data, dict):
        assert {key: value for key, value in after["top"].items() if key != path[0]} == {
            key: value for key, value in data.items() if key != path[0]
        }
