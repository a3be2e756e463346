"""A plan as a comment on a merge request: what stands where, within the limit, and nothing breaks out."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_plans import EMPTY, everything, objective, promise, thing
from markdown_it import MarkdownIt
from markdown_it.token import Token

from slactl.plan.plan import Drift, Kept, Plan, PlanFinding, PlanNotice, SupportChange
from slactl.plan.saved import digest
from slactl.render.markdown import MOST_CHARACTERS
from slactl.render.markdown_parts import MOST_PARTS
from slactl.render.plan_markdown import plan_markdown as parts_of

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def plan_markdown(plan: Plan) -> str:
    """The comment of a plan that needs no more than one."""
    (text,) = parts_of(plan).parts
    return text


def parsed(text: str) -> list[Token]:
    """Blocks, and what is in their lines."""
    return [one for block in MARKDOWN.parse(text) for one in (block, *(block.children or ()))]


def html(tokens: list[Token]) -> list[str]:
    """What a browser would take for HTML."""
    return [one.content for one in tokens if one.type in ("html_block", "html_inline")]


def fences(tokens: list[Token]) -> list[Token]:
    return [one for one in tokens if one.type == "fence"]


def heads(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("##")]


def test_the_page_in_its_order() -> None:
    plan = everything()
    assert plan_markdown(plan) == PAGE.replace("DIGEST", digest(plan))


PAGE = """\
<!-- slactl-plan estate -->
## slactl plan of estate: must not be applied, 2 customer promises at risk

### Customer promises put at risk: 2

- `sla.lost.availability` to acme and birch: 99.95% is promised, **guaranteed → contradicted**, short by 21m 36s in 2026-11. SLA201: it may be down for 21m.
- `sla.never`: SLA101: nobody signed it.

### Promises that end: 1

- `sla.old` to cedar ends: availability 99.9% → none, 43m 12s a month → none, support guaranteed → none

### Objects destroyed: 2

- `b.file.anew` replaced: `size` cannot change in place, needed by `sla.anew`
- `b.file.gone`, carries this workspace's mark, and nothing needs it, needed by `sla.gone`

### Why it must not be applied

- The check fails with 3 errors.

Plan: 2 to add, 1 to change, 2 to destroy.

History head: `c0ffee`. Plan digest: `DIGEST`.

### Promises that begin: 1

- `sla.new` to acme: availability 99.95%, 21m 36s a month, support guaranteed

### Promises that change: 1

- `sla.lost` to acme and birch: availability 99.9% → 99.95%, 43m 12s a month → 21m 36s a month, support guaranteed; fee 1 → 2

### Objects created: 1

- `b.file.new`, needed by `sla.new`

### Objects changed in place: 1

- `b.file.changed`, changed outside of slactl, needed by `sla.changed`

### Recorded in state alone: 2

- `b.file.kept` is as it should be
- `b.file.forgotten` is forgotten; neither files nor backend have it

<details><summary>The diff of 3 promises and 4 objects</summary>

```diff
@@ sla.new is created @@
+ objectives.availability.target = "99.95%"
+ fee = "2"
@@ sla.lost changes in place @@
! objectives.availability.target = "99.9%" -> "99.95%"
! fee = "1" -> "2"
@@ sla.old ends @@
- objectives.availability.target = "99.9%"
- fee = "1"
@@ b.file.new is created @@
+ size = 2
@@ b.file.changed changes in place @@
! size = 1 -> 2
@@ b.file.anew is replaced @@
! size = 1 -> 2 # forces replacement
@@ b.file.gone is destroyed @@
- size = 1
```

</details>

### Customer promises supported again: 1

- `sla.again.availability`: unsupported → guaranteed

### Changed outside of slactl: 2

- `b.file.changed` was changed: `size`
- `b.file.lost` was deleted

### What the backends carry

- b: 1 → 2 files

### Warnings and notices: 3

- **error** SLA103: it has no address
- **warning** SLA701: 700 EUR are uncovered
- **warning** `backend.b`: it cannot hold this

<details><summary>Waived: 1</summary>

- **error** SLA205: nothing is promised

</details>"""


def test_a_plan_without_changes_says_so_first() -> None:
    lines = plan_markdown(EMPTY).splitlines()
    assert lines[:4] == [
        "<!-- slactl-plan estate -->",
        "## slactl plan of estate: no changes",
        "",
        "No changes. The backends hold what the agreements say.",
    ]
    assert lines[5].startswith("History head: `c0ffee`. Plan digest: `")
    assert len(lines) == 6
    assert "nothing was applied yet" in plan_markdown(replace(EMPTY, head=""))


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"agreements": (promise("create", "sla.a"),)}, "1 promise to change"),
        ({"changes": (thing("create", "a"), thing("delete", "b"))}, "2 objects to change"),
        ({"gone": ("b.file.x",)}, "state alone to change"),
        ({"errors": ("because",)}, "must not be applied"),
        ({"mode": "destroy", "changes": (thing("delete", "a"),)}, "1 object to remove"),
        (
            {"support_changes": (SupportChange("sla.a.x", "guaranteed", "unsupported"),)},
            "no changes, 1 customer promise at risk",
        ),
    ],
)
def test_the_title_has_the_verdict(changes: dict[str, Any], title: str) -> None:
    text = plan_markdown(replace(EMPTY, **changes))
    assert text.splitlines()[1] == f"## slactl plan of estate: {title}"


def test_when_everything_ends_no_promise_is_at_risk_and_no_error_is_lost() -> None:
    text = plan_markdown(replace(everything(), mode="destroy", errors=()))
    assert "at risk" not in text
    assert "SLA201: it may be down for 21m" in text


def test_a_promise_whose_errors_are_all_waived_is_listed_as_waived() -> None:
    found = PlanFinding("SLA201", "error", "sla.a.x", "short", waived=True)
    lost = SupportChange("sla.a.x", "guaranteed", "unsupported")
    text = plan_markdown(replace(EMPTY, findings=(found,), support_changes=(lost,)))
    assert "- `sla.a.x`: **guaranteed → unsupported**. SLA201: short. (waived)\n" in text


NASTY = (
    "```\n</details>\n<script>alert(1)</script>",
    "`` `x` ``",
    "|a|b|",
    "--> <b>",
    "[x](javascript:y) ![i](z)",
    "@all #1 !2 &lt; ~s~",
    "\n\n# head\n/merge\n- [ ] x",
    "~~~\n~~~",
    "\x1b[2J\u202e",
    "",
    " ",
)


def full_of(nasty: str) -> Plan:
    """A plan that has a text wherever it may have one."""
    return replace(
        everything(),
        workspace=nasty,
        agreements=(promise("update", f"sla.{nasty}", nasty, field=nasty, value=nasty),),
        changes=(
            thing("update", nasty, {"a": nasty}),
            replace(thing("update", nasty), before={nasty: f"x\n{nasty}" * 9}, after={nasty: f"{nasty}\ny" * 9}),
            replace(thing("replace", nasty), forced_by=(nasty,), needed_by=(nasty,)),
        ),
        kept=(Kept(f"b.file.{nasty}", "p", "i", {}, {}, (), new=True),),
        gone=(f"b.file.{nasty}",),
        drift=(Drift(f"b.file.{nasty}", "p", {nasty: 1}, {nasty: 2}),),
        support=(objective(f"sla.{nasty}.x", nasty, -5, nasty),),
        support_changes=(SupportChange(f"sla.{nasty}.x", nasty, nasty), SupportChange(f"sla.{nasty}", nasty, "guaranteed")),
        findings=(
            PlanFinding(nasty, "error", f"sla.{nasty}.x", nasty, waived=False),
            PlanFinding(nasty, "warning", nasty, nasty, waived=True),
        ),
        notices=(PlanNotice(nasty, nasty, nasty),),
        errors=(nasty,),
        head=nasty,
    )  # fmt: skip


def assert_nothing_breaks_out(text: str) -> None:
    tokens = parsed(text)
    (fence,) = fences(tokens)
    assert fence.info == "diff"
    assert all(line[0] in "+-!@#" for line in fence.content.splitlines())
    first, *rest = html(tokens)
    assert first.startswith("<!-- slactl-plan ")
    assert first.endswith(" -->\n")
    assert {one.strip() for one in rest} <= {
        "<details><summary>The diff of 1 promise and 3 objects</summary>",
        "<details><summary>Waived: 1</summary>",
        "</details>",
    }
    assert len(rest) == 4
    kinds = {one.type for one in tokens}
    assert not kinds & {"link_open", "image", "table_open", "code_block", "hr", "s_open", "em_open"}
    levels = [one.tag for one in tokens if one.type == "heading_open"]
    assert levels[0] == "h2"
    assert set(levels[1:]) == {"h3"}
    assert not [
        line for line in text.splitlines() if line.startswith("/") or "\x1b" in line or "\u202e" in line
    ]
    in_code = "".join(one.content for one in tokens if one.type in ("fence", "code_inline"))
    assert text.count("@") == in_code.count("@"), "outside of code nobody is mentioned"


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_that_a_plan_holds_breaks_out(nasty: str) -> None:
    assert_nothing_breaks_out(plan_markdown(full_of(nasty)))


@given(st.text(alphabet=st.sampled_from("`~|<>*_[]()!#@&-+=\\\n\r\t x:/"), max_size=12))
def test_nothing_that_a_plan_might_hold_breaks_out(nasty: str) -> None:
    assert_nothing_breaks_out(plan_markdown(full_of(nasty)))


def assert_whole(text: str) -> None:
    """Below the limit, every fence and every fold closed."""
    assert len(text) < MOST_CHARACTERS
    assert sum(line.startswith("```") for line in text.splitlines()) in (0, 2)
    tokens = parsed(text)
    assert len(fences(tokens)) == (1 if "```diff" in text else 0)
    folds = [one for one in html(tokens) if "details" in one]
    opened = sum(one.startswith("<details>") for one in folds)
    assert opened == sum(one.startswith("</details>") for one in folds)
    assert text.splitlines().count("</details>") == opened


@pytest.mark.parametrize("action", ["create", "update", "replace", "delete"])
def test_ten_thousand_changes_are_many_comments_and_the_rest_is_counted(action: str) -> None:
    changes = tuple(thing(action, f"object-{number:05}", {"text": "x" * 90}) for number in range(10_000))
    begin = time.process_time()
    parts = parts_of(replace(EMPTY, changes=changes)).parts
    assert time.process_time() - begin < 5
    assert len(parts) == MOST_PARTS
    for text in parts:
        assert_whole(text)
        assert len(text) > MOST_CHARACTERS - 2_000
    lines = "\n".join(parts).splitlines()
    shown = [line for line in lines if line.startswith("- `b.file.object-")]
    assert shown == sorted(set(shown))
    blocks = sum(line.startswith("@@ ") and ", continued @@" not in line for line in lines)
    left = parts[-1].partition("### Left out\n\n")[2].splitlines()
    if len(shown) < 10_000:
        assert left.pop(0).startswith(f"- {10_000 - len(shown):,} more objects, under ")
    assert left[0].endswith(f'{10_000 - blocks:,} more changes, under "The diff of 10000 objects"')
    assert parts[-1].endswith("\n\n`slactl plan` and `slactl show FILE` print everything.")
    assert "10 comments are the most: the end of part 10 says what is left out." in parts[0]


RISK = "### Customer promises put at risk: 8,333"


def test_of_ten_thousand_of_everything_the_first_part_has_some_and_later_parts_what_matters_most() -> None:
    many = range(10_000)
    plan = replace(
        everything(),
        agreements=tuple(promise(("create", "update", "delete")[one % 3], f"sla.a{one}", "acme") for one in many),
        changes=tuple(thing(("create", "update", "replace", "delete")[one % 4], f"o{one}") for one in many),
        gone=tuple(f"b.file.g{one}" for one in many),
        drift=tuple(Drift(f"b.file.d{one}", "p", {"a": 1}, None) for one in many),
        support_changes=tuple(
            SupportChange(f"sla.s{one}", *(("x", "guaranteed"), ("guaranteed", "x"))[one % 2]) for one in many
        ),
        findings=tuple(
            PlanFinding("SLA1", ("error", "warning")[one % 2], f"sla.f{one}", "@" * 90, waived=one % 3 == 0) for one in many
        ),
        notices=tuple(PlanNotice("warning", f"n{one}", "&" * 90) for one in many),
        errors=tuple(f"error {one}" for one in many),
    )  # fmt: skip
    first, *later = parts_of(plan).parts
    for text in (first, *later):
        assert_whole(text)
    assert RISK in first
    assert len(heads(first)) == 14
    assert (
        len(re.findall(r"^\*\*And .* more \w+\*\*(: in part \d+\.|, left out\.)$", first, re.MULTILINE)) == 14
    )
    assert "\nPlan: 5000 to add, 2500 to change, 5000 to destroy.\n" in first
    for line in first.splitlines():
        if line.startswith("### "):
            assert f"{line}\n\n- " in first, "a section shows at least one row"
    assert [*map(heads, later)] == [
        [*heads(text)[:1], f"{RISK}, continued", *heads(text)[2:]] for text in later
    ]
    assert later[-1].partition("### Left out\n")[2].count(" more ") == 14


def test_the_end_of_a_fold_that_just_fits_and_just_does_not_is_there_all_the_same() -> None:
    for length in range(1, 400, 37):
        changes = tuple(thing("update", f"o{one}", {"text": "x" * length}) for one in range(2_000))
        for text in parts_of(replace(EMPTY, changes=changes)).parts:
            assert_whole(text)


def test_one_enormous_value_is_cut_line_by_line_and_goes_on_below_its_name() -> None:
    before, after = {"a": "x" * 200_000, "b": "l\n" * 90_000}, {"a": "y" * 200_000, "b": "m\n" * 90_000}
    first, second, *rest = parts_of(
        replace(EMPTY, changes=(replace(thing("update", "a"), before=before, after=after),))
    ).parts
    for text in (first, second, *rest):
        assert_whole(text)
    assert "... (200,000 characters)" in first
    assert "\n**And the rest of one change**: in part 2." in first
    assert "\n```diff\n@@ b.file.a changes in place, continued @@\n- " in second
