"""A comment in parts: each within the limit and whole by itself, nothing lost, nothing doubled."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from slactl.render.markdown_parts import Comment, Parts, in_parts, is_later_part
from slactl.render.markdown_section import Row, Section, cut, listed, paragraph

MARKDOWN = MarkdownIt("commonmark").enable("table")
COMMENT = Comment(
    "slactl-plan shop", "slactl plan of shop: 9 objects to change", "`slactl plan` prints everything."
)
HEAD = ["| a | b |", "| --- | --- |"]
LEAST = 3_000
"""Characters of a part in which six sections have a share that holds their frame and a row."""


@dataclass(frozen=True)
class Made:
    """A section and the names of its rows."""

    section: Section
    names: tuple[str, ...]


def a_list(title: str, lengths: Sequence[int], share: int, *, folded: bool) -> Made:
    names = tuple(f"{title}-{number}." for number in range(len(lengths)))
    rows = [f"- {name}{'x' * length}" for name, length in zip(names, lengths, strict=True)]
    return Made(listed(title, rows, "object", share, folded=folded), names)


def a_table(title: str, lengths: Sequence[int], share: int) -> Made:
    names = tuple(f"{title}-{number}." for number in range(len(lengths)))
    rows = [Row(f"| {name}{'x' * length} | y |") for name, length in zip(names, lengths, strict=True)]
    section = Section(title, rows, len(rows), "objective", share, opening=HEAD, comes_last=True)
    return Made(section, names)


def a_diff(title: str, lengths: Sequence[int], share: int) -> Made:
    """Blocks of up to five lines."""
    rows, names = [], []
    for number, length in enumerate(lengths):
        lines = [f"{title}-{number}-{line}." for line in range(1 + length % 5)]
        names += lines
        rows += [
            Row(f"+ {name}{'x' * length}", f"@@ block {number}, continued @@")
            if name != lines[0]
            else Row(f"@@ block {number} @@\n+ {name}")
            for name in lines
        ]
    section = Section(
        title, iter(rows), len(lengths), "change", share, folded=True, opening=["```diff"], closing=["```"], comes_last=True
    )  # fmt: skip
    return Made(section, tuple(names))


LENGTHS = st.lists(st.integers(0, 300) | st.just(20_000), max_size=60)


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[Made], int]:
    limit = draw(st.integers(LEAST, 2 * LEAST))
    kinds = draw(st.lists(st.sampled_from(["list", "fold", "table", "diff"]), max_size=5))
    share = (limit - 300) // 6
    made = [Made(paragraph("Plan: 1 to add.", share), ())]
    for number, kind in enumerate(kinds):
        lengths, title = draw(LENGTHS), f"{kind}{number}"
        if kind == "table":
            made.append(a_table(title, lengths, share))
        elif kind == "diff":
            made.append(a_diff(title, lengths, share))
        else:
            made.append(a_list(title, lengths, share, folded=kind == "fold"))
    return made, limit


def blocks(text: str) -> list[Token]:
    return MARKDOWN.parse(text)


def named(text: str, title: str) -> list[str]:
    """The rows of a section that a text shows, in their order."""
    return re.findall(rf"^(?:- |\| |\+ )({re.escape(title)}-[0-9-]+\.)", text, re.MULTILINE)


def assert_whole(text: str, limit: int) -> None:
    """A comment by itself: within the limit; folds, fences and tables as such."""
    assert len(text) + 1 <= limit
    lines, tokens = text.splitlines(), blocks(text)
    folds = [line for line in lines if line.startswith(("<details>", "</details>"))]
    assert folds[::2] == [line for line in folds if line.startswith("<details>")]
    assert folds[1::2] == ["</details>"] * (len(folds) // 2)
    assert len(folds) % 2 == 0
    fences = [one.content for one in tokens if one.type == "fence"]
    assert 2 * len(fences) == sum(line.startswith("```") for line in lines)
    shown = [line for content in fences for line in content.splitlines()]
    assert shown == [line for line in lines if line.startswith(("@@", "+ "))]
    assert all(content.startswith("@@") for content in fences), "no line without the block that it is of"
    rows = sum(one.type == "tr_open" for one in tokens)
    assert rows == sum(line.startswith("| ") for line in lines) - sum(line == HEAD[1] for line in lines)
    items = sum(one.type == "list_item_open" for one in tokens)
    assert items == sum(line.startswith("- ") for line in lines)


def markers(parts: Parts) -> list[str]:
    return [text.splitlines()[0] for text in parts.parts]


@given(pages(), st.integers(2, 40))
def test_parts_are_whole_and_nothing_is_lost_or_doubled_or_out_of_order(
    page: tuple[list[Made], int], most: int
) -> None:
    made, limit = page
    found = in_parts(COMMENT, [one.section for one in made], limit, most)
    of = len(found.parts)
    assert of <= most
    for text in (*found.parts, found.alone):
        assert_whole(text, limit)
    assert markers(found) == [
        "<!-- slactl-plan shop -->",
        *(f"<!-- slactl-plan shop part {number} -->" for number in range(2, of + 1)),
    ]
    assert all(is_later_part(one, number) == (number > 1) for number, one in enumerate(markers(found), 1))
    assert "Plan: 1 to add." in found.parts[0]
    whole = "\n".join(found.parts)
    for one in made:
        shown = named(whole, one.section.title)
        if "### Left out" not in whole:
            assert shown == list(one.names)
        else:
            assert of == most
            assert shown == list(one.names[: len(shown)])
            missing = len(one.names) - len(shown)
            assert (f', under "{one.section.title}"\n' in found.parts[-1]) == (missing > 0)


@given(pages())
def test_what_is_left_out_is_counted(page: tuple[list[Made], int]) -> None:
    made, limit = page
    found = in_parts(COMMENT, [one.section for one in made], limit, most=2)
    whole = "\n".join(found.parts)
    for one in made:
        begun = {
            re.sub(r"-[0-9]+\.$", "", name) if "diff" in name else name
            for name in named(whole, one.section.title)
        }
        told = re.search(
            rf'^- .*?([0-9,]+) more \w+, under "{one.section.title}"', found.parts[-1], re.MULTILINE
        )
        assert len(begun) + (int(told[1].replace(",", "")) if told else 0) == one.section.count * bool(
            one.names
        )


@given(pages())
def test_the_same_page_is_the_same_byte_for_byte_and_alone_says_how_to_have_all(
    page: tuple[list[Made], int],
) -> None:
    made, limit = page
    sections = [replace(one.section, rows=[*one.section.rows]) for one in made]
    found = in_parts(COMMENT, sections, limit)
    assert in_parts(COMMENT, sections, limit) == found
    if len(found.parts) == 1:
        assert found.alone == found.parts[0]
        assert "part 1 of" not in found.alone
    else:
        told = f"`-markdown-into=FILE` writes all {len(found.parts)} parts, each for a comment of its own."
        assert found.alone.replace(f"{told} ", "").replace(f"{told}\n\n", "") == found.parts[0]
        assert f"(part 1 of {len(found.parts)})" in found.alone.splitlines()[1]


def test_the_first_part_has_something_of_each_section_and_says_where_the_rest_is() -> None:
    made = [
        a_list("risky", [50] * 100, 700, folded=False),
        Made(paragraph("Plan: 1 to add.", 100), ()),
        a_diff("diff", [54] * 100, 700),
        a_list("warned", [50] * 100, 700, folded=False),
    ]
    first, *later = in_parts(COMMENT, [one.section for one in made], LEAST, 100).parts
    told = re.findall(r"\*\*And (.*) more (object|change)s\*\*: in part ([0-9]+)\.", first)
    assert [one[1] for one in told] == ["object", "change", "object"]
    assert told[0][2] == "2"
    for title, (_, _, number) in zip(("risky", "diff", "warned"), told, strict=True):
        begins = next(index for index, text in enumerate(later, start=2) if named(text, title))
        assert begins == int(number)
        assert named(first, title)
    last = [
        next(index for index, text in reversed([*enumerate(later)]) if named(text, one))
        for one in ("risky", "warned")
    ]
    assert last[0] <= last[1] <= int(told[1][2]) - 2, "what may be left out comes last"


def test_a_block_that_is_broken_goes_on_below_its_title() -> None:
    rows = [
        Row("@@ a @@\n+ a-0."),
        *(Row(f"+ a-{one}." + "x" * 90, "@@ a, continued @@") for one in range(1, 99)),
    ]
    section = Section("a", rows, 1, "change", 700, opening=["```diff"], closing=["```"])
    first, second, *_ = in_parts(COMMENT, [section], LEAST, 9).parts
    assert "\n**And the rest of one change**: in part 2." in first
    assert "\n### a, continued\n\n```diff\n@@ a, continued @@\n+ a-" in second


def test_a_row_that_is_longer_than_a_part_says_how_long_it_is() -> None:
    (text,) = in_parts(COMMENT, [listed("a", ["- " + "x" * 90_000], "object", 700)], LEAST).parts
    assert text.endswith("xxx... (90,002 characters)")


def test_a_row_is_cut_neither_in_code_nor_in_an_escape_nor_in_an_entity() -> None:
    row = r"- a `@all` b ``c`@d`` &#64;e \` f `g\` h &amp; `` i` `` \*j\*" + "k" * 40
    told = f"... ({len(row)} characters)"
    assert cut(row, len(row)) == row
    ends = set()
    for most in range(len(told) + 3, len(row)):
        found = cut(row, most)
        assert len(found) <= most
        assert found.endswith(told)
        shown = found.removesuffix(told)
        assert row.startswith(shown)
        ends.add(shown)
        words = [one for block in blocks(found) for one in block.children or () if one.type == "text"]
        assert not [one for one in words if re.search(r"@all|@d|\\|&\w|#", one.content)]
    assert len(ends) > 30


def test_nothing_is_made_that_no_part_has_room_for() -> None:
    made: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(1_000_000):
            made.append(number)
            yield Row(f"- {number}")

    endless = Section("a", rows(), 1_000_000, "object", 700)
    found = in_parts(COMMENT, [endless], LEAST, 3)
    assert len(made) < 3 * LEAST
    shown = sum(len(re.findall("^- [0-9]+$", text, re.MULTILINE)) for text in found.parts)
    assert f'- {1_000_000 - shown:,} more objects, under "a"' in found.parts[-1]


def test_time_grows_with_the_number_of_rows_and_no_faster() -> None:
    def seconds(count: int) -> float:
        sections = [listed(f"s{one}", ["- " + "x" * 90] * count, "object", 5_000) for one in range(10)]
        begin = time.process_time()
        in_parts(COMMENT, sections, most=10_000)
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(40_000) < 12 * max(seconds(10_000), 0.05)


@pytest.mark.parametrize(
    ("line", "number", "is_part"),
    [
        ("<!-- slactl-plan shop part 4 -->", 4, True),
        ("<!-- slactl-check part 2 -->", 2, True),
        ("<!-- slactl-plan shop part 4 -->", 5, False),
        ("<!-- slactl-plan shop -->", 4, False),
        ("<!-- slactl-plan part -->", 4, False),
        ("<!-- slactl-plan shop part 4 --> and more", 4, False),
        ("# notes on <!-- slactl-plan shop part 4 -->", 4, False),
        ("", 2, False),
    ],
)
def test_later_parts_are_known_by_their_marker(line: str, number: int, *, is_part: bool) -> None:
    assert is_later_part(line, number) == is_part
