"""YAML to plain data: text alone, and nothing that has no place in an agreement."""

import pytest

from slactl.base.diagnostics import InvalidFiles, SlactlError
from slactl.documents.reader import MAX_DEPTH, decode, read_documents


def summaries(text: str) -> list[str]:
    with pytest.raises(InvalidFiles) as caught:
        read_documents(text, "x.yaml")
    return [one.summary for one in caught.value.diagnostics]


def test_scalars_are_text() -> None:
    data = read_documents(
        "{country: NO, at: 08:00, on: yes, octal: 010, date: 2026-01-01, price: 1e3}", "x.yaml"
    )
    assert data == [
        {"country": "NO", "at": "08:00", "on": "yes", "octal": "010", "date": "2026-01-01", "price": "1e3"}
    ]


def test_plain_nothing_is_none_and_quoted_nothing_is_text() -> None:
    assert read_documents('{a: , b: ~, c: null, d: "null", e: ""}', "x.yaml") == [
        {"a": None, "b": None, "c": None, "d": "null", "e": ""}
    ]


def test_a_merge_key_is_an_ordinary_key() -> None:
    assert read_documents("{a: &x {b: 1}, c: {<<: *x}}", "x.yaml") == [
        {"a": {"b": "1"}, "c": {"<<": {"b": "1"}}}
    ]


def test_every_duplicate_key_is_refused_at_its_place() -> None:
    with pytest.raises(InvalidFiles) as caught:
        read_documents("a: 1\nb: {c: 1, c: 2}\na: 3\n", "x.yaml")
    found = [
        (one.summary, one.range and (one.range.start.line, one.range.start.column))
        for one in caught.value.diagnostics
    ]
    assert found == [
        ('The key "c" appears twice in one mapping', (2, 11)),
        ('The key "a" appears twice in one mapping', (3, 1)),
    ]


def test_an_alias_bomb_is_refused_quickly() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert summaries(bomb) == ["The document's aliases multiply without end"]


@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 5_000, 200_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    assert summaries("[" * depth + "]" * depth)[0] in (
        "The document is nested too deeply",
        "The file is not valid YAML",  # libyaml's own limit comes first
    )


def test_an_anchor_inside_itself_is_refused() -> None:
    assert summaries("a: &a [*a]\n")


def test_a_syntax_error_names_line_and_column_and_what_to_do() -> None:
    with pytest.raises(InvalidFiles) as caught:
        read_documents("spec:\n  what: a: b\n", "x.yaml")
    (problem,) = caught.value.diagnostics
    assert problem.range is not None
    assert (problem.range.start.line, problem.range.code) == (2, "  what: a: b")
    assert "quotes" in problem.detail


def test_bytes_that_are_no_utf8_are_refused_with_their_line() -> None:
    with pytest.raises(SlactlError, match="not UTF-8") as caught:
        decode(b"a: 1\nb: \xff\n", "x.yaml")
    assert "line 2" in caught.value.diagnostics[0].detail


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_documents(decode(b"\xef\xbb\xbfa: 1", "x.yaml"), "x.yaml") == [{"a": "1"}]
